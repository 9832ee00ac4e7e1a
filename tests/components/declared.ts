import * as pulumi from "@pulumi/pulumi";

/** A resource as a component declared it. */
export interface Declared {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

/** Records what is declared from now on, answering as AWS would with an ARN, a name and a URL. */
export async function record(declared: Declared[]): Promise<void> {
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        const values = inputs as Record<string, unknown>;
        declared.push({ type, name, inputs: values });
        const arn = `arn:aws:test:us-east-1:123456789012:${name}`;
        const dkimSigningAttributes = { tokens: ["t1", "t2", "t3"] };
        const own = type.endsWith(":EmailIdentity") ? { dkimSigningAttributes } : {};
        const state = { name, arn, url: `https://queue/${name}`, streamArn: `${arn}/stream`, ...values, ...own };
        return { id: `${name}-id`, state };
      },
      call: ({ token }) =>
        token.includes("getCallerIdentity")
          ? { accountId: "123456789012" }
          : { region: "us-east-1", name: "us-east-1" },
    },
    "game",
    "dev",
    false,
  );
}

/** What an output comes to. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply((value) => resolve(value)));
}

/** The one resource of this name, of a type if several have it. */
export function find(declared: readonly Declared[], name: string, type = ""): Declared {
  const found = declared.filter(
    (resource) =>
      resource.name === name && !resource.type.startsWith("games-messaging:") && resource.type.includes(type),
  );
  if (found.length !== 1) {
    throw new Error(`${found.length} resources are named ${name}; there are ${declared.map((d) => d.name).join(", ")}`);
  }
  return found[0] as Declared;
}

/** Queues of a component whose messages nobody reads by themselves, and that no alarm watches. */
export function unwatched(declared: readonly Declared[], component: string): string[] {
  const own = declared.filter(({ name }) => name.startsWith(`${component}-`));
  const of = (type: string): Declared[] => own.filter((one) => one.type.endsWith(`:${type}`));
  const read = of("EventSourceMapping").map(({ inputs }) => String(inputs["eventSourceArn"]).split(":").pop());
  const watched = of("MetricAlarm").map(({ inputs }) =>
    inputs["metricName"] === "ApproximateNumberOfMessagesVisible"
      ? (inputs["dimensions"] as { QueueName: string }).QueueName
      : undefined,
  );
  const queues = of("Queue");
  if (queues.length === 0) throw new Error(`There is no queue of "${component}" to watch.`);
  return queues.map(({ name }) => name).filter((name) => !read.includes(name) && !watched.includes(name));
}

/** Rights of a function's role, without those of every function, as `action resource`, each once. */
export function grants(declared: readonly Declared[], fn: string): string[] {
  const document = JSON.parse(String(find(declared, `${fn}-policy`).inputs["policy"])) as {
    Statement: { Sid?: string; Action: string | string[]; Resource: string | string[] }[];
  };
  const rights = document.Statement.filter(({ Sid }) => !["Logs", "Traces", "Environment"].includes(Sid ?? "")).flatMap(
    ({ Action, Resource }) =>
      [Action]
        .flat()
        .flatMap((action) => [Resource].flat().map((resource) => `${action} ${resource.split(":").pop() ?? ""}`)),
  );
  return [...new Set(rights)].sort();
}
