import { createHash, type Hash } from "node:crypto";
import { ConnectionLost, NoReply } from "../../local/aws-error";
import type { VirtualClock } from "../../local/clock";
import type { Cloud } from "../../local/cloud";
import { Front } from "../../local/http/front";
import { ISSUER_PATH, type LocalIssuer } from "../../local/issuer";
import type { AnyOperation, HttpRequest, HttpResponse, Json } from "../../local/service";
import type { ApiGatewayService } from "../../local/services/apigateway";
import type { LambdaService } from "../../local/services/lambda";
import { VmRunner } from "../../local/services/lambda/vm-runner";
import { sesEngine } from "../../local/services/ses";
import type { OutgoingCall } from "../../local/services/lambda/vm/network";
import { seededRandom } from "../../local/random";
import { OF_ONE } from "./calls";
import { Injector, PARTIAL } from "./injector";
import { ENDPOINT, type Image } from "./image";
import { MODE_COUNT, type Focus } from "./modes";
import { functionOf, shortName } from "./names";

export interface WorldOptions {
  readonly seed: number;
  /** Chance of a fault at a call. */
  readonly rate: number;
  readonly focus?: readonly Focus[];
  /** Whether SES tells of a delivery at once. @default false */
  readonly hasty?: boolean;
  /** Chance that a delivery is repeated. @default 0.07 */
  readonly repeats?: number;
  /** Chance that `$disconnect` is lost. @default 0.4 */
  readonly losses?: number;
  /** Puts the cloud behind an HTTP port, for workers. */
  readonly serve?: (cloud: Cloud) => void;
  /** Keeps one line per trace event, for whoever looks into a run. @default false */
  readonly verbose?: boolean;
}

/** One cloud of one seed: the declared program on virtual time, its functions run in this process, faults injected. */
export class World {
  readonly injector: Injector;
  /** Lines of the trace, when asked for. */
  readonly lines: string[] = [];
  /** Errors of the cloud itself, which must not be. */
  readonly internal: string[] = [];
  private readonly hash: Hash = createHash("sha256");
  /** When each invocation began, by its event's position in the trace. */
  private readonly begun = new Map<number, number>();
  private current: OutgoingCall | undefined;

  private constructor(
    readonly image: Image,
    readonly cloud: Cloud,
    readonly clock: VirtualClock,
    readonly random: () => number,
    readonly lambda: LambdaService,
    readonly gateway: ApiGatewayService,
    readonly issuer: LocalIssuer,
    options: WorldOptions,
  ) {
    this.injector = new Injector({
      // A source of its own: what is injected must not change what ids are.
      random: seededRandom(options.seed * 7 + 3),
      now: () => clock.now(),
      rate: options.rate,
      turn: Math.floor(options.seed / MODE_COUNT),
      ...(options.focus ? { focus: options.focus } : {}),
    });
    cloud.trace.on((event) => {
      const line = [
        event.seq,
        event.time,
        event.kind,
        event.service,
        event.name,
        event.principal,
        event.resource,
        event.error,
      ].join(" ");
      this.hash.update(line);
      if (event.kind === "invoke") this.begun.set(event.seq, event.time);
      if (options.verbose) this.lines.push(line);
      if (event.kind === "error" || event.kind === "denied")
        this.internal.push(`${line} ${JSON.stringify(event.data ?? {})}`);
    });
  }

  static async make(image: Image, issuer: LocalIssuer, options: WorldOptions): Promise<World> {
    const { cloud, clock, reseed } = await image.build();
    const random = seededRandom(options.seed);
    reseed(random);
    const lambda = cloud.services.get("lambda") as LambdaService;
    const gateway = cloud.services.get("apigateway") as ApiGatewayService;
    const world = new World(image, cloud, clock, seededRandom(options.seed * 5 + 1), lambda, gateway, issuer, options);
    if (options.serve) options.serve(cloud);
    else await lambda.engine.use(world.deterministicRunner());
    world.wireFaults(options);
    if (options.hasty) sesEngine(cloud).behaviour.delays = { send: 5, delivery: 15, bounce: 30, complaint: 60 };
    return world;
  }

  private deterministicRunner(): VmRunner {
    const { cloud, clock } = this;
    const front = new Front(cloud);
    const runner = new VmRunner({
      clock,
      random: cloud.random,
      newId: () => cloud.uuid(),
      send: (request) => this.answer(front, request),
      onCall: (call) => (this.current = call),
      // Without it every invocation would be over in an instant, and nothing would happen at the same time.
      latency: () => 1 + Math.floor(cloud.random() * 25),
    });
    cloud.realWork = (work) => clock.track(runner.pending(work));
    return runner;
  }

  /** Of everything that happened, in order. */
  get digest(): string {
    return this.hash.copy().digest("hex").slice(0, 16);
  }

  /** When the invocation began that makes the present call; undefined outside a call. */
  get callerStartedAt(): number | undefined {
    const seq = this.current && this.lambda.engine.causeOf(this.current.environmentId);
    return seq === undefined ? undefined : this.begun.get(seq);
  }

  /** Invokes a function as a game server does. @throws Error when it failed. */
  async invoke<R>(output: string, payload: unknown): Promise<R> {
    const { cloud } = this;
    const input = { FunctionName: this.image.outputs[output]!, Payload: JSON.stringify(payload) };
    const answer = await cloud.call<{ Payload: string; FunctionError?: string }>(
      "lambda",
      "Invoke",
      input,
      cloud.operator,
    );
    const text = Buffer.from(answer.Payload, "base64").toString();
    if (answer.FunctionError !== undefined) throw new Error(text);
    return JSON.parse(text) as R;
  }

  /** Invokes a function as a schedule does, which does not wait for it. */
  async event(output: string, payload: unknown): Promise<void> {
    const Payload = Buffer.from(JSON.stringify(payload)).toString("base64");
    const FunctionName = this.image.outputs[output]!;
    await this.operator("lambda", "Invoke", { FunctionName, InvocationType: "Event", Payload });
  }

  async operator<R = Json>(service: string, operation: string, input: Json): Promise<R> {
    return this.cloud.call<R>(service, operation, input, this.cloud.operator);
  }

  /** Resolves after `ms` on the clock. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.clock.setTimer(ms, resolve));
  }

  close(): Promise<void> {
    return this.cloud.close();
  }

  private async answer(front: Front, request: HttpRequest): Promise<HttpResponse> {
    if (!request.path.startsWith(ISSUER_PATH)) return front.handle(request);
    const file = request.path.split("/").at(-1)!;
    const call = this.current!;
    const fault = this.injector.decide(shortName(call.functionName), `issuer:${file}`, false);
    if (fault === "crash-before" || fault === "crash-after") this.lambda.engine.crash(call.environmentId);
    if (fault?.startsWith("time-out")) throw new NoReply();
    if (fault !== undefined && fault !== "throttle") throw new ConnectionLost();
    const body = file === "jwks.json" ? this.issuer.jwks() : this.issuer.discovery(ENDPOINT);
    return {
      status: fault === "throttle" ? 429 : 200,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    };
  }

  private wireFaults({ serve, repeats = 0.07, losses = 0.4 }: WorldOptions): void {
    const { cloud, injector, lambda, gateway } = this;
    cloud.faults = (site) => {
      const poller = site.principal.type === "role" && site.principal.environmentId === undefined;
      if (poller && !(site.service === "sqs" && /^(ReceiveMessage|DeleteMessageBatch)$/.test(site.operation)))
        return undefined;
      const fault = injector.plan(site);
      // A worker whose socket stays open does not let virtual time pass, so that nobody's patience would ever end.
      if (serve && fault?.startsWith("time-out")) return fault === "time-out-before" ? "lost-request" : "lost-reply";
      return fault;
    };
    lambda.engine.deliveryFault = ({ function: name }) =>
      !name.endsWith("emails-event-function") && injector.happens("repeated delivery", repeats) ? "repeat" : undefined;
    gateway.gateway.losesDisconnect = () => injector.happens("lost $disconnect", losses);
    const { behaviour } = sesEngine(cloud);
    behaviour.repeatChance = 0.3;
    behaviour.disorderChance = 0.3;
    for (const name of PARTIAL) this.makePartial(name);
    this.makeTwins(repeats);
  }

  /** Lets a queue deliver a message twice at about the same time, as a standard queue may. */
  private makeTwins(chance: number): void {
    const { cloud, injector } = this;
    const sqs = cloud.services.get("sqs")!;
    const original = sqs.operations["SendMessage"]!;
    const wrapped: AnyOperation = {
      ...original,
      answer: async (input, context) => {
        if (injector.happens("twin delivery", chance)) await original.answer(input, context);
        return original.answer(input, context);
      },
    };
    cloud.services.set("sqs", { ...sqs, operations: { ...sqs.operations, SendMessage: wrapped } });
  }

  /** Lets a batch operation leave a part undone, as the service may. */
  private makePartial(name: string): void {
    const { cloud, injector } = this;
    const [service = "", operation = ""] = name.split(":");
    const found = cloud.services.get(service)!;
    const original = found.operations[operation]!;
    const wrapped: AnyOperation = {
      ...original,
      answer: async (input, context) => {
        const { principal } = context;
        if (principal.type !== "role") return original.answer(input, context);
        const { done, left, isDivisible } = halves(operation, input as Json);
        const site = functionOf(principal, false);
        if (isDivisible && OF_ONE.includes(`${site} ${name}`))
          this.internal.push(`bench/faults/calls.ts: ${site} ${name} has more than one entry.`);
        if (!injector.partial(site, name, isDivisible)) return original.answer(input, context);
        const answer = done === undefined ? { Responses: {}, Successful: [] } : await original.answer(done, context);
        return merged(operation, answer as Json, left);
      },
    };
    cloud.services.set(service, { ...found, operations: { ...found.operations, [operation]: wrapped } });
  }
}

interface Halves {
  readonly done: Json | undefined;
  readonly left: unknown;
  /** Whether the service may leave the left part undone. */
  readonly isDivisible: boolean;
}

/** Splits a batch: what is done and what is left. */
function halves(operation: string, input: Json): Halves {
  if (operation === "PublishBatch") {
    const entries = input["PublishBatchRequestEntries"] as Json[];
    const kept = entries.slice(0, entries.length >> 1);
    return {
      done: kept.length === 0 ? undefined : { ...input, PublishBatchRequestEntries: kept },
      left: entries.slice(entries.length >> 1),
      isDivisible: true,
    };
  }
  const asked = Object.entries(input["RequestItems"] as Record<string, unknown[] | { readonly Keys: unknown[] }>);
  const total = asked.reduce((sum, [, of]) => sum + listOf(of).length, 0);
  // Something is always done, so that a caller who asks again comes to an end.
  let room = Math.ceil(total / 2);
  const done: Record<string, unknown> = {};
  const left: Record<string, unknown> = {};
  for (const [table, of] of asked) {
    const list = listOf(of);
    const wrap = (part: unknown[]): unknown => (Array.isArray(of) ? part : { ...of, Keys: part });
    const cut = Math.min(room, list.length);
    room -= cut;
    if (cut > 0) done[table] = wrap(list.slice(0, cut));
    if (cut < list.length) left[table] = wrap(list.slice(cut));
  }
  return { done: { ...input, RequestItems: done }, left, isDivisible: total > 1 };
}

function listOf(asked: unknown[] | { readonly Keys: unknown[] }): unknown[] {
  return Array.isArray(asked) ? asked : asked.Keys;
}

function merged(operation: string, answer: Json, left: unknown): Json {
  switch (operation) {
    case "BatchGetItem":
      return { ...answer, UnprocessedKeys: left };
    case "BatchWriteItem":
      return { ...answer, UnprocessedItems: left };
    default: {
      const failed = (left as Json[]).map(({ Id }) => ({
        Id,
        Code: "InternalError",
        Message: "injected",
        SenderFault: "false",
      }));
      return { ...answer, Failed: [...((answer["Failed"] as Json[] | undefined) ?? []), ...failed] };
    }
  }
}
