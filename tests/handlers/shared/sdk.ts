/** How handlers are run in this process as they are: outputs that are known, and the SDK's clients led elsewhere. */

/** What a handler's settings take in place of an output. */
export function fixed<T>(value: T): { get(): T } {
  return { get: () => value };
}

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: object;
}

/**
 * Leads what clients of a class send to `serve`, which answers or throws as the client would.
 *
 * @returns how to end that; where a class was led twice, the last one first.
 */
export function leadClient(
  client: { readonly prototype: object },
  serve: (operation: string, input: Record<string, unknown>) => Promise<unknown>,
): () => void {
  const prototype = client.prototype as { send?: unknown };
  const own = Object.hasOwn(prototype, "send") ? prototype.send : undefined;
  prototype.send = ({ constructor, input }: Command) =>
    serve(constructor.name.replace(/Command$/, ""), input as Record<string, unknown>);
  return () => {
    if (own) prototype.send = own;
    else delete prototype.send;
  };
}

/** An error as the SDK throws it. */
export function sdkError(name: string, message: string, status: number, detail: object = {}): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status }, ...detail });
}

/** An error without an answer: the connection was lost. */
export function lost(): Error {
  return Object.assign(new Error("socket hang up"), { name: "TimeoutError" });
}
