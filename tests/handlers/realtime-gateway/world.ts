import { ApiGatewayManagementApiClient } from "@aws-sdk/client-apigatewaymanagementapi";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Context } from "aws-lambda";
import { AsyncLocalStorage } from "node:async_hooks";
import type { Clock } from "../../../local/clock";
import { Cloud } from "../../../local/cloud";
import type { StreamRecord } from "../../../local/ports";
import type { Json } from "../../../local/service";
import { dynamodbService, type DynamoDbService, type Snapshot } from "../../../local/services/dynamodb";
import { leadClient } from "../shared/sdk";

/** One outgoing request of a handler. */
export interface Request {
  readonly service: "dynamodb" | "sqs" | "sns" | "connections";
  readonly operation: string;
  readonly input: Json;
}

/** A run of a handler, or of anything else that makes requests. */
export interface Process {
  readonly name: string;
  /** Dead ones make no request any more, and get no answer. */
  dead: boolean;
  /** Whatever a test wants to remember of it. */
  readonly notes: Record<string, unknown>;
}

/** Decides when a request of a process is served. */
export type Gate = (process: Process | undefined, request: Request, serve: () => Promise<unknown>) => Promise<unknown>;

export interface QueuedCheck {
  readonly due: number;
  readonly body: string;
}

export const PLAYERS = "players";
export const PRESENCE = "presence";
const context = {} as Context;

/**
 * Tables of the local cloud, sockets and a delay queue in memory, and the SDK's clients led there: handlers run in this
 * process as they are. Time stands still until a test moves it.
 */
export class World {
  now = Date.UTC(2026, 0, 1);
  /** Open sockets, with the player of each. */
  readonly sockets = new Map<string, string>();
  /** Frames that arrived, by connection. */
  readonly frames = new Map<string, Json[]>();
  checks: QueuedCheck[] = [];
  readonly published: Json[] = [];
  /** Every request served, in order. */
  readonly requests: Request[] = [];
  /** Write units that DynamoDB counted. */
  writeUnits = 0;
  gate: Gate = (_process, _request, serve) => serve();
  onFrame: (connection: string, frame: Json, process: Process | undefined) => void = () => undefined;
  /** Changes what the cloud gets to see, to break a rule on purpose; undefined swallows the request. */
  sabotage: (request: Request) => Request | undefined = (request) => request;

  private readonly processes = new AsyncLocalStorage<Process>();
  private readonly cloud: Cloud;
  private readonly dynamodb: DynamoDbService;
  private empty: Snapshot | undefined;
  private streamArn = "";
  private read: string | undefined;
  private readonly realNow = Date.now;
  private readonly restores: (() => void)[] = [];

  private constructor() {
    const clock: Clock = {
      now: () => this.now,
      setTimer: () => ({ cancel: () => undefined }),
      track: (work) => work,
      idle: (wait) => wait,
      close: () => undefined,
    };
    this.cloud = new Cloud({ clock, folder: "" });
    // Of millions of requests nobody reads the trace: keeping it would cost more than serving them.
    Object.assign(this.cloud.trace, { capacity: 1_000 });
    this.cloud.ports.iam = {
      evaluate: () => ({ allowed: true, reason: "" }),
      issue: () => ({ accessKeyId: "", secretAccessKey: "", sessionToken: "" }),
      revoke: () => undefined,
      lookUp: () => undefined,
      trusts: () => true,
    };
    this.dynamodb = dynamodbService(this.cloud);
    this.cloud.register(this.dynamodb);
  }

  static async make(): Promise<World> {
    const world = new World();
    for (const TableName of [PLAYERS, PRESENCE]) {
      await world.call("CreateTable", {
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: ["pk", "sk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
        KeySchema: [
          { AttributeName: "pk", KeyType: "HASH" },
          { AttributeName: "sk", KeyType: "RANGE" },
        ],
        ...(TableName === PRESENCE
          ? { StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" } }
          : {}),
      });
    }
    for (const table of world.dynamodb.database.tables.values()) table.status = "ACTIVE";
    world.streamArn = world.dynamodb.database.find(PRESENCE)?.stream?.arn ?? "";
    world.empty = world.dynamodb.database.snapshot();
    world.install();
    return world;
  }

  /** Forgets everything but the tables themselves. */
  reset(): void {
    this.now = Date.UTC(2026, 0, 1);
    this.sockets.clear();
    this.frames.clear();
    this.checks = [];
    this.published.length = 0;
    this.requests.length = 0;
    this.writeUnits = 0;
    this.read = undefined;
    this.gate = (_process, _request, serve) => serve();
    this.onFrame = () => undefined;
    this.sabotage = (request) => request;
    this.dynamodb.database.restore(this.empty!);
  }

  close(): void {
    for (const restore of this.restores) restore();
  }

  call(operation: string, input: Json): Promise<Json> {
    return this.cloud.call("dynamodb", operation, input, this.cloud.operator);
  }

  /** Runs `work` as a process: its requests go through the gate with this name. */
  run<T>(name: string, work: () => Promise<T>): { readonly process: Process; readonly done: Promise<T> } {
    const process: Process = { name, dead: false, notes: {} };
    return { process, done: this.processes.run(process, work) };
  }

  /** Runs a handler to its end. */
  invoke<E, R>(handler: (event: E, context: Context) => Promise<R>, event: E): Promise<R> {
    return handler(event, context);
  }

  open(connection: string, player: string): void {
    this.sockets.set(connection, player);
  }

  /** ARN of the Presence table's stream. */
  get stream(): string {
    return this.streamArn;
  }

  /** Stream records of the Presence table that were not read yet. */
  unread(limit = 1_000): readonly StreamRecord[] {
    return this.cloud.ports.streams.read(this.streamArn, this.read, limit);
  }

  /** Reads on after these. */
  checkpoint(records: readonly StreamRecord[]): void {
    this.read = records.at(-1)?.dynamodb.SequenceNumber ?? this.read;
  }

  private install(): void {
    Date.now = () => this.now;
    this.restores.push(() => (Date.now = this.realNow));
    const clients = [
      [DynamoDBClient, "dynamodb"],
      [SQSClient, "sqs"],
      [SNSClient, "sns"],
      [ApiGatewayManagementApiClient, "connections"],
    ] as const;
    for (const [client, service] of clients) {
      this.restores.push(leadClient(client, (operation, input) => this.request({ service, operation, input })));
    }
  }

  private request(request: Request): Promise<unknown> {
    const process = this.processes.getStore();
    if (process?.dead) return new Promise(() => undefined);
    return this.gate(process, request, () => this.serve(request, process));
  }

  private async serve(original: Request, process: Process | undefined): Promise<unknown> {
    const request = this.sabotage(original);
    if (!request) return {};
    this.requests.push(request);
    const { input } = request;
    switch (request.service) {
      case "dynamodb": {
        const answer = await this.call(request.operation, { ...input, ReturnConsumedCapacity: "TOTAL" });
        if (/Put|Update|Delete|Write/.test(request.operation)) {
          const consumed = [answer["ConsumedCapacity"] ?? []].flat() as { CapacityUnits?: number }[];
          for (const { CapacityUnits = 0 } of consumed) this.writeUnits += CapacityUnits;
        }
        return answer;
      }
      case "sqs":
        this.checks.push({
          due: this.now + Number(input["DelaySeconds"] ?? 0) * 1000,
          body: String(input["MessageBody"]),
        });
        return { MessageId: "m" };
      case "sns":
        this.published.push(...(input["PublishBatchRequestEntries"] as Json[]));
        return { Successful: [], Failed: [] };
      case "connections":
        return this.post(String(input["ConnectionId"]), input["Data"] as Buffer, process);
    }
  }

  private post(connection: string, data: Buffer, process: Process | undefined): object {
    if (!this.sockets.has(connection)) throw Object.assign(new Error("410"), { name: "GoneException" });
    this.deliver(connection, JSON.parse(data.toString()) as Json, process);
    return {};
  }

  /** A frame reaches a client. */
  deliver(connection: string, frame: Json, process?: Process): void {
    if (!this.sockets.has(connection)) return;
    const frames = this.frames.get(connection) ?? [];
    frames.push(frame);
    this.frames.set(connection, frames);
    this.onFrame(connection, frame, process);
  }
}
