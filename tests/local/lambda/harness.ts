import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { AwsError } from "../../../local/aws-error";
import { Cloud } from "../../../local/cloud";
import { VirtualClock, type Clock } from "../../../local/clock";
import type { IamPort, StreamRecord } from "../../../local/ports";
import type { Principal } from "../../../local/principal";
import type { Json, ResourceContext } from "../../../local/service";
import { lambdaService, type LambdaService } from "../../../local/services/lambda";

/** A stream that a test appends to. */
export class FakeStream {
  readonly records: StreamRecord[] = [];
  private readonly listeners = new Set<() => void>();

  constructor(
    readonly arn: string,
    private readonly now: () => number,
  ) {}

  append(...items: Json[]): void {
    for (const item of items) {
      this.records.push({
        eventID: String(this.records.length),
        eventName: "INSERT",
        eventVersion: "1.1",
        eventSource: "aws:dynamodb",
        awsRegion: "us-east-1",
        eventSourceARN: this.arn,
        dynamodb: {
          ApproximateCreationDateTime: this.now() / 1000,
          Keys: { pk: { S: String(item["pk"] ?? "p") } },
          NewImage: Object.fromEntries(Object.entries(item).map(([key, value]) => [key, { S: String(value) }])),
          SequenceNumber: String(100_000 + this.records.length),
          SizeBytes: 10,
          StreamViewType: "NEW_AND_OLD_IMAGES",
        },
      });
    }
    for (const listener of this.listeners) listener();
  }

  read(after: string | undefined, limit: number): readonly StreamRecord[] {
    const from =
      after === undefined ? 0 : this.records.findIndex((r) => BigInt(r.dynamodb.SequenceNumber) > BigInt(after));
    return from < 0 ? [] : this.records.slice(from, from + limit);
  }

  on(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

export interface Rig {
  readonly cloud: Cloud;
  readonly clock: VirtualClock;
  readonly lambda: LambdaService;
  readonly stream: FakeStream;
  /** Actions refused to everyone. */
  readonly denied: Set<string>;
  /** Lines written to log groups. */
  readonly logs: { readonly principal: Principal; readonly group: string; readonly line: string }[];
  /** Calls to the services that the rig plays: `sqs:SendMessage` and the like. */
  readonly sent: { readonly call: string; readonly input: Json; readonly principal: Principal }[];
  /** Plays one more operation, whose calls `sent` gets. */
  register(service: string, operation: string): void;
  /** Makes a function of one file and declares it. */
  fn(name: string, source: string, inputs?: Json): Promise<Json>;
  declare(type: string, name: string, inputs: Json): Promise<Json>;
  invoke(name: string, payload?: unknown): Promise<{ payload: unknown; error: string | undefined; log: string }>;
  close(): Promise<void>;
}

export const role = "arn:aws:iam::123456789012:role/worker";

/** A cloud with Lambda and permissive or recording stand-ins for everything around it. */
export function rig(clock: Clock = new VirtualClock()): Rig {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "lambda-"));
  const cloud = new Cloud({ clock, folder });
  const denied = new Set<string>();
  const logs: Rig["logs"] = [];
  const sent: Rig["sent"] = [];
  const stream = new FakeStream("arn:aws:dynamodb:us-east-1:123456789012:table/t/stream/1", () => clock.now());
  const iam: IamPort = {
    evaluate: (_, request) =>
      denied.has(request.action)
        ? { allowed: false, reason: `because no identity-based policy allows the ${request.action} action` }
        : { allowed: true, reason: "" },
    issue: (_, __, id) => ({ accessKeyId: `AKIA${id}`, secretAccessKey: "s", sessionToken: "t" }),
    revoke: () => undefined,
    lookUp: () => undefined,
    trusts: () => !denied.has("sts:AssumeRole"),
  };
  const record = (service: string, name: string): void => {
    cloud.register({
      name: service,
      signingName: service,
      protocols: [],
      resourceTypes: {},
      operations: {
        [name]: {
          authorize: () => [{ action: `${service}:${name}`, resource: "*" }],
          answer: (input: Json, context) => {
            sent.push({ call: `${service}:${name}`, input, principal: context.principal });
            return {};
          },
        },
      },
    });
  };
  record("sqs", "SendMessage");
  record("sns", "Publish");
  record("s3", "PutObject");
  record("xray", "PutTraceSegments");
  Object.assign(cloud.ports, {
    iam,
    streams: {
      read: (_: string, after: string | undefined, limit: number) => stream.read(after, limit),
      latest: () => stream.records.at(-1)?.dynamodb.SequenceNumber,
      onAppend: (_: string, listener: () => void) => stream.on(listener),
    },
    queues: { urlOf: (arn: string) => `http://queue/${arn.split(":").pop()}` },
    logs: {
      write: (principal: Principal, group: string, _: string, lines: readonly string[]) =>
        void logs.push(...lines.map((line) => ({ principal, group, line }))),
    },
  });
  const lambda = lambdaService(cloud);
  cloud.register(lambda);
  const declare = async (type: string, name: string, inputs: Json): Promise<Json> => {
    const context: ResourceContext = { cloud, name, type, urn: `urn:${name}`, physicalName: () => `${name}-1234567` };
    for (const service of cloud.services.values()) {
      const found = service.resourceTypes[type];
      if (found) {
        const made = await found.create(inputs, context);
        return { id: made.id, ...made.state };
      }
    }
    throw new Error(`type ${type} is not played`);
  };
  return {
    cloud,
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- whoever passes a real clock does not move it
    clock: clock as VirtualClock,
    lambda,
    stream,
    denied,
    logs,
    sent,
    register: record,
    declare,
    fn: (name, source, inputs = {}) =>
      declare("aws:lambda/function:Function", name, {
        name,
        role,
        handler: "index.handler",
        code: { assets: Promise.resolve({ "index.js": { text: Promise.resolve(source) } }) },
        ...inputs,
      }),
    invoke: async (name, payload = {}) => {
      const outcome = await lambda.engine.run(lambda.engine.find(name), { payload: JSON.stringify(payload) });
      return { payload: JSON.parse(outcome.payload), error: outcome.functionError, log: outcome.logTail };
    },
    close: async () => {
      await cloud.close();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Code, status and message with which `work` is refused; `["accepted"]` if it is not. */
export async function outcome(work: Promise<unknown>): Promise<readonly unknown[]> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AwsError) return [error.code, error.status, error.message];
    throw error;
  }
  return ["accepted"];
}
