import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ENDPOINT, Image, START } from "../bench/faults/image";
import { GameClient } from "../bench/faults/client";
import type { VirtualClock } from "../local/clock";
import type { Cloud } from "../local/cloud";
import type { FaultKind } from "../local/faults";
import { Front } from "../local/http/front";
import { ISSUER_PATH, LocalIssuer } from "../local/issuer";
import { seededRandom } from "../local/random";
import type { HttpRequest, HttpResponse, Json } from "../local/service";
import type { ApiGatewayService } from "../local/services/apigateway";
import { iamEngine, statementsIn } from "../local/services/iam";
import type { LambdaService } from "../local/services/lambda";
import { VmRunner } from "../local/services/lambda/vm-runner";
import { logicalName } from "./names";

/**
 * Beside the settings of the local stack: with a schedule, the right to start by it is tried too. Fridays are days away from
 * the beginning of a check's time: only those see one that wait for it.
 */
const SETTINGS = { segmentSchedule: "cron(0 16 ? * FRI *)" };

/** The program, evaluated once; a cloud of its resources takes a tenth of a second from it. */
export class House {
  private readonly tokens = new Map<string, string>();
  private quiet: Promise<Stage> | undefined;

  private constructor(
    readonly image: Image,
    readonly issuer: LocalIssuer,
    private readonly folder: string,
  ) {}

  /** Evaluates `index.ts` with the settings of the local stack, and a schedule. */
  static async open(): Promise<House> {
    const folder = mkdtempSync(join(tmpdir(), "games-messaging-privilege-"));
    return new House(await Image.evaluate(folder, ENDPOINT, SETTINGS), await LocalIssuer.create(() => START), folder);
  }

  async token(player: string): Promise<string> {
    let token = this.tokens.get(player);
    if (token === undefined) this.tokens.set(player, (token = await this.issuer.token(ENDPOINT, player, 10_000_000)));
    return token;
  }

  /** One cloud of the program for all who only ask what its policies say. */
  inquiries(): Promise<Stage> {
    return (this.quiet ??= Stage.set(this));
  }

  close(): void {
    // It has no port open and no timer of the machine's.
    void this.quiet?.then((stage) => stage.close()).catch(() => undefined);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Something that a check expected and that did not come to be. */
export class CheckFailure extends Error {
  constructor(message: string) {
    super(message);
    this.name = "CheckFailure";
  }
}

/** Milliseconds on the clock for which a check waits before it gives up. */
const PATIENCE_MS = 120_000;

/** One cloud for one check: the declared program on virtual time, its functions in this process. */
export class Stage {
  readonly gateway: ApiGatewayService;
  readonly lambda: LambdaService;
  readonly clients: GameClient[] = [];
  /** Something was made to fail on purpose: functions may have ended in errors, and messages may be tried again. */
  isDisturbed = false;
  private readonly failing = new Set<{ readonly fn: string; readonly call: string; readonly kind: FaultKind }>();

  private constructor(
    readonly house: House,
    readonly cloud: Cloud,
    readonly clock: VirtualClock,
  ) {
    this.gateway = cloud.services.get("apigateway") as ApiGatewayService;
    this.lambda = cloud.services.get("lambda") as LambdaService;
  }

  /**
   * Makes every resource of the program, as a deployment does.
   * @param prepare is given the cloud while it is still empty.
   * @throws Error when a resource cannot be made.
   */
  static async set(house: House, prepare?: (cloud: Cloud) => void): Promise<Stage> {
    let made: Cloud | undefined;
    try {
      const { cloud, clock, reseed } = await house.image.build((empty) => {
        made = empty;
        prepare?.(empty);
      });
      reseed(seededRandom(1));
      const stage = new Stage(house, cloud, clock);
      const front = new Front(cloud);
      await stage.lambda.engine.use(
        new VmRunner({
          clock,
          random: cloud.random,
          newId: () => cloud.uuid(),
          send: async (request) => issued(house, request) ?? front.handle(request),
        }),
      );
      // What runs by itself would blur which check needs what: checks that need it turn it on.
      await stage.schedules(false);
      await cloud.services.get("glue")?.close?.();
      return stage;
    } catch (error) {
      await made?.close();
      throw error;
    }
  }

  /** An output of the program. */
  output(name: string): string {
    const value = this.house.image.outputs[name];
    if (value === undefined) throw new Error(`output "${name}" of the program: got none; expected one. Export it.`);
    return value;
  }

  /** Waits for what needs time to pass. @throws CheckFailure when it takes longer than `ms` on the clock. */
  async done<T>(work: Promise<T>, what: string, ms = PATIENCE_MS): Promise<T> {
    let ended = false;
    const end = work.finally(() => (ended = true));
    end.catch(() => undefined);
    await this.until(() => ended, `${what} to end`, ms);
    return end;
  }

  /** Lets time pass until a fact holds. @throws CheckFailure when it does not within `ms` on the clock. */
  async until(fact: () => boolean | Promise<boolean>, what: string, ms = PATIENCE_MS): Promise<void> {
    if (!(await this.clock.advanceUntil(fact, ms)))
      throw new CheckFailure(`waited ${ms / 1_000} s for ${what}, in vain`);
  }

  /** An API call of the person at the machine. */
  operator<R = Json>(service: string, operation: string, input: Json): Promise<R> {
    return this.cloud.call<R>(service, operation, input, this.cloud.operator);
  }

  /** Invokes a function by its logical name and waits for its answer. @throws CheckFailure when it failed. */
  async invoke<R>(name: string, payload: unknown, ms = PATIENCE_MS): Promise<R> {
    const input = { FunctionName: this.functionName(name), Payload: JSON.stringify(payload) };
    const call = this.operator<{ Payload: string; FunctionError?: string }>("lambda", "Invoke", input);
    let answer: Awaited<typeof call>;
    try {
      answer = await this.done(call, name, ms);
    } catch (error) {
      throw error instanceof CheckFailure ? error : new CheckFailure(`${name}: ${(error as Error).message}`);
    }
    const text = Buffer.from(answer.Payload, "base64").toString();
    if (answer.FunctionError !== undefined) throw new CheckFailure(`${name} failed: ${text.slice(0, 300)}`);
    return JSON.parse(text) as R;
  }

  /** Invokes a function without waiting for it. */
  async event(name: string, payload: unknown): Promise<void> {
    const Payload = Buffer.from(JSON.stringify(payload)).toString("base64");
    await this.operator("lambda", "Invoke", {
      FunctionName: this.functionName(name),
      InvocationType: "Event",
      Payload,
    });
  }

  functionName(name: string): string {
    const found = [...this.lambda.engine.functions.keys()].find((one) => logicalName(one) === name);
    if (found === undefined)
      throw new Error(`function "${name}" of the stage: got none; expected its logical name. Correct the check.`);
    return found;
  }

  /** Lets calls of a function fail, as named `service:Operation`; returns how to mend it. */
  fail(fn: string, call: string, kind: FaultKind = "throttle"): () => void {
    const site = { fn, call, kind };
    this.isDisturbed = true;
    this.failing.add(site);
    this.cloud.faults = ({ service, operation, principal }) => {
      const name = principal.type === "role" ? logicalName(principal.arn.split("/").at(-1) ?? "") : "";
      return [...this.failing].find((one) => one.fn === name && one.call === `${service}:${operation}`)?.kind;
    };
    return () => void this.failing.delete(site);
  }

  /** Shuts a resource to every service that its policy admits; returns how to open it again. */
  shut(arn: string): () => void {
    this.isDisturbed = true;
    const statements = statementsIn(this.cloud.resourcePolicies.get(arn) ?? { Statement: [] });
    const undo = statements.flatMap(({ Effect }, position) =>
      Effect === "Allow"
        ? [iamEngine(this.cloud).without({ statement: { kind: "resource", owner: arn, position } })]
        : [],
    );
    return () => undo.forEach((open) => open());
  }

  /** ARN of a queue, by its logical name. */
  async queueArn(name: string): Promise<string> {
    const { QueueUrls = [] } = await this.operator<{ QueueUrls?: string[] }>("sqs", "ListQueues", {});
    const found = QueueUrls.map((url) => url.split("/").at(-1)!).find((one) => logicalName(one) === name);
    if (found === undefined)
      throw new Error(`queue "${name}" of the stage: got none; expected its logical name. Correct the check.`);
    return this.cloud.arn("sqs", found);
  }

  /** ARN of a topic, by its logical name. */
  async topicArn(name: string): Promise<string> {
    const { Topics } = await this.operator<{ Topics: { TopicArn: string }[] }>("sns", "ListTopics", {});
    const found = Topics.find(({ TopicArn }) => logicalName(TopicArn) === name);
    if (found === undefined)
      throw new Error(`topic "${name}" of the stage: got none; expected its logical name. Correct the check.`);
    return found.TopicArn;
  }

  /** ARN of the stack's key. */
  async keyArn(): Promise<string> {
    const { Keys } = await this.operator<{ Keys: { KeyArn: string }[] }>("kms", "ListKeys", {});
    return Keys[0]!.KeyArn;
  }

  /** Fails unless nothing lies in a queue, nor is held by a reader. */
  async requireEmpty(name: string): Promise<void> {
    const arn = await this.queueArn(name);
    const { NotVisible } = await this.depths(arn);
    if (NotVisible + this.cloud.ports.queues.visible(arn) > 0)
      throw new CheckFailure(`${name} still holds what was worked off`);
  }

  /** Waits until something lies in a queue, and looks whether the queue is encrypted with the stack's own key. */
  async collects(name: string, ms = PATIENCE_MS): Promise<void> {
    const arn = await this.queueArn(name);
    await this.until(() => this.cloud.ports.queues.visible(arn) > 0, `something to lie in ${name}`, ms);
    const { Attributes } = await this.operator<{ Attributes?: Record<string, string> }>("sqs", "GetQueueAttributes", {
      QueueUrl: this.cloud.ports.queues.urlOf(arn),
      AttributeNames: ["KmsMasterKeyId"],
    });
    if (!Attributes?.["KmsMasterKeyId"]?.includes(":key/")) throw new CheckFailure(`${name} is not encrypted`);
  }

  /** Connects a player. @throws CheckFailure when the gateway refuses. */
  async connect(player: string, onNotice: (notice: Readonly<Record<string, unknown>>) => void = () => undefined) {
    const token = await this.house.token(player);
    const client = new GameClient(this.gateway, this.clock, player, token, {
      notice: (_, notice) => onNotice(notice),
    });
    const status = await this.done(client.connect(), `${player}'s handshake`, 40_000);
    if (status !== 101) throw new CheckFailure(`${player}'s handshake was answered with ${status}`);
    this.clients.push(client);
    return client;
  }

  /** Sends one action and waits for its reply. @throws CheckFailure when it is an error, or none comes. */
  async ask(client: GameClient, action: string, body: Json = {}): Promise<Readonly<Record<string, unknown>>> {
    const answer = await this.done(client.request(action, body), action, 40_000);
    if (answer && "body" in answer) return answer.body;
    throw new CheckFailure(`${action} of ${client.player} was answered with ${answer?.code ?? "nothing"}`);
  }

  /** Counts the messages of a queue that are delayed, and those that a reader holds. */
  async depths(arn: string): Promise<{ readonly Delayed: number; readonly NotVisible: number }> {
    const names = ["ApproximateNumberOfMessagesDelayed", "ApproximateNumberOfMessagesNotVisible"];
    const { Attributes = {} } = await this.operator<{ Attributes?: Record<string, string> }>(
      "sqs",
      "GetQueueAttributes",
      { QueueUrl: this.cloud.ports.queues.urlOf(arn), AttributeNames: names },
    );
    return { Delayed: Number(Attributes[names[0]!]), NotVisible: Number(Attributes[names[1]!]) };
  }

  /** Turns the program's schedules on or off; they are off at first. */
  async schedules(on: boolean): Promise<void> {
    const { Rules } = await this.operator<{ Rules: { Name: string; ScheduleExpression?: string }[] }>(
      "events",
      "ListRules",
      {},
    );
    for (const { Name, ScheduleExpression } of Rules)
      if (ScheduleExpression !== undefined) await this.operator("events", on ? "EnableRule" : "DisableRule", { Name });
  }

  /** Lets a client ping now and then, as a good one does, so that its connection lives on. */
  keepAlive(client: GameClient): void {
    this.clock.setTimer(200_000, () => {
      if (!client.open) return;
      void client.request("ping");
      this.keepAlive(client);
    });
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.connection = undefined;
    await this.cloud.close();
  }
}

function issued(house: House, request: HttpRequest): HttpResponse | undefined {
  if (!request.path.startsWith(ISSUER_PATH)) return undefined;
  const body = request.path.endsWith("/jwks.json") ? house.issuer.jwks() : house.issuer.discovery(ENDPOINT);
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}
