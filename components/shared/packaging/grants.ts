import type { Statement } from "../iam";

const granted = new WeakMap<object, (() => Statement[])[]>();

/**
 * Attaches grants to a client that handlers capture: a function, or an object of functions. Each function that
 * captures it (or one of its functions), by identity, gets exactly these statements in its role.
 * @param statements asked for once per function that captures the client.
 * @returns the same client.
 *
 * @example
 * const send = withGrants((body: string) => post(queueUrl.get(), body), () => [
 *   { Action: "sqs:SendMessage", Resource: queue.arn },
 * ]);
 */
export function withGrants<T extends object>(client: T, statements: () => Statement[]): T {
  const holders: object[] = [client];
  if (typeof client === "object") {
    // A function taken out of its client ("const { enqueue } = messages.client()") must not lose its grants.
    holders.push(...Object.values(client).filter((member): member is object => typeof member === "function"));
  }
  for (const holder of holders) granted.set(holder, [...(granted.get(holder) ?? []), statements]);
  return client;
}

/** The grants of a captured value. */
export function grantsOf(value: unknown): readonly (() => Statement[])[] {
  const isHolder = typeof value === "function" || (typeof value === "object" && value !== null);
  return isHolder ? (granted.get(value) ?? []) : [];
}
