import { expect } from "chai";
import { encodePlayerId, playerPk } from "../../../components/shared/player-keys";
import type { Json } from "../../../local/service";
import type { StreamRecord } from "../../../local/ports";
import { audienceOf, presenceOf, watchListOf } from "../../../components/realtime-gateway/presence-items";
import { Game, isTold } from "./game";
import { quietly } from "./quietly";
import { PLAYERS, PRESENCE, World, type Process, type Request } from "./world";

/** Schedules in all; more by the environment for a campaign. */
const SCHEDULES = Number(process.env["INTERLEAVINGS"] ?? 1_800);
/** Seeds from here on; one failing seed replays exactly. */
const FIRST_SEED = Number(process.env["INTERLEAVINGS_FROM"] ?? 1);

type Step =
  | { readonly do: "hello"; readonly player: string; readonly connection: string; readonly wait?: boolean }
  | { readonly do: "drop"; readonly player: string; readonly connection: string }
  | {
      readonly do: "friends";
      readonly player: string;
      readonly connection: string;
      readonly action: string;
      readonly with: string;
    };

const hello = (player: string, connection: string, wait = true): Step => ({ do: "hello", player, connection, wait });
const drop = (player: string, connection: string): Step => ({ do: "drop", player, connection });
const friends = (player: string, connection: string, action: string): Step => ({
  do: "friends",
  player,
  connection,
  action,
  with: player === "P" ? "Q" : "P",
});

/** Scripts that run at the same time; those of presence.py and the friend changes. */
const SCENARIOS: Readonly<Record<string, readonly (readonly Step[])[]>> = {
  "both connect": [[hello("P", "p1")], [hello("Q", "q1")]],
  "connect against disconnect": [[hello("P", "p1")], [hello("Q", "q1"), drop("Q", "q1")]],
  flap: [[hello("P", "p1")], [hello("Q", "q1"), drop("Q", "q1"), hello("Q", "q2")]],
  "two devices": [[hello("P", "p1")], [hello("Q", "q1")], [hello("Q", "q2"), drop("Q", "q2")]],
  block: [[hello("P", "p1")], [hello("Q", "q1"), friends("Q", "q1", "block")]],
  "block against flap": [
    [hello("P", "p1"), drop("P", "p1"), hello("P", "p2")],
    [hello("Q", "q1"), friends("Q", "q1", "block")],
  ],
  "both flap": [
    [hello("P", "p1"), drop("P", "p1"), hello("P", "p2")],
    [hello("Q", "q1"), drop("Q", "q1")],
  ],
  "drop before the answer": [[hello("P", "p1", false), drop("P", "p1"), hello("P", "p2")], [hello("Q", "q1")]],
  "remove and befriend again": [
    [hello("P", "p1"), friends("P", "p1", "remove"), friends("P", "p1", "request")],
    [hello("Q", "q1"), friends("Q", "q1", "request")],
  ],
  "block and unblock against connect": [
    [friends("P", "p0", "block"), friends("P", "p0", "unblock"), hello("P", "p1")],
    [hello("Q", "q1"), hello("Q", "q2")],
  ],
  "mute against connect": [
    [hello("P", "p1"), friends("P", "p1", "mute")],
    [hello("Q", "q1"), drop("Q", "q1")],
  ],
  "mute and unmute against flap": [
    [hello("P", "p1"), friends("P", "p1", "mute"), friends("P", "p1", "unmute")],
    [hello("Q", "q1"), drop("Q", "q1"), hello("Q", "q2")],
  ],
};

/** A rule of the protocol that is broken on purpose: what of a request still arrives. */
type Sabotage = (request: Request) => Request | undefined;

function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

interface Pending {
  readonly process: Process;
  readonly request: Request;
  go(fate: "pass" | "crash-before" | "crash-after" | "repeat"): Promise<void>;
}

/** What clients know of a friend. */
type View = Map<string, { readonly status: string; readonly version: number }>;

/** One schedule: a scenario under a seed. Every request waits for its turn, which chance gives. */
class Schedule {
  private readonly random: () => number;
  private readonly pending: Pending[] = [];
  private readonly views = new Map<string, View>();
  private readonly answered = new Set<string>();
  private readonly scripts: { steps: Step[]; busy: boolean }[];
  private crashes: number;
  private batch: readonly StreamRecord[] = [];
  private reading = false;
  /** Players who must not be told about the other. */
  private readonly silent = new Set<string>();
  private passed = 0;
  readonly problems: string[] = [];

  constructor(
    private readonly world: World,
    private readonly game: Game,
    scenario: readonly (readonly Step[])[],
    seed: number,
  ) {
    this.random = mulberry32(seed);
    // Containers live on from schedule to schedule, and their flood buckets know connections by name.
    const named = (step: Step): Step => ({ ...step, connection: `${step.connection}.${seed}` });
    this.scripts = scenario.map((steps) => ({ steps: steps.map(named), busy: false }));
    this.crashes = Math.floor(this.random() * 3);
  }

  async run(sabotage?: Sabotage): Promise<void> {
    const { world } = this;
    world.reset();
    for (const player of ["P", "Q"]) {
      await world.call("PutItem", { TableName: PLAYERS, Item: { pk: { S: playerPk(player) }, sk: { S: "PROFILE" } } });
    }
    await this.game.seedFriends("P", ["Q"]);
    if (sabotage) world.sabotage = sabotage;
    world.onFrame = (connection, frame, process) => this.see(connection, frame, process);
    world.gate = (process, request, serve) => {
      if (!process) return serve();
      return new Promise((resolve, reject) => {
        this.pending.push({
          process,
          request,
          go: async (fate) => {
            if (fate === "crash-before") process.dead = true;
            if (process.dead) return;
            try {
              if (fate === "repeat") await serve();
              const answer = await serve();
              if (fate === "crash-after") process.dead = true;
              else resolve(answer);
            } catch (error) {
              reject(error instanceof Error ? error : new Error(String(error)));
            }
          },
        });
      });
    };
    await this.shuffle();
    await this.settle();
    await this.judge();
  }

  /** Takes one step after the other, whichever chance picks, until none is left. */
  private async shuffle(): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const moves: (() => Promise<void> | void)[] = [];
      for (const pending of this.pending) moves.push(() => this.serve(pending));
      for (const script of this.scripts) {
        if (!script.busy && script.steps.length > 0) moves.push(() => this.begin(script));
      }
      if (!this.reading && this.fresh().length > 0) moves.push(() => this.tell());
      const due = this.world.checks.filter(({ due: at }) => at - this.world.now <= 20_000);
      if (due.length > 0 && this.passed < 300_000) moves.push(() => this.check(due[0]!.body, due[0]!.due));
      if (moves.length === 0) return;
      await moves[Math.floor(this.random() * moves.length)]!();
    }
  }

  private async serve(pending: Pending): Promise<void> {
    this.pending.splice(this.pending.indexOf(pending), 1);
    const { process, request } = pending;
    if (process.name === "notify" && request.operation === "Query") process.notes["silent"] ??= [...this.silent];
    const dice = this.random();
    if (this.crashes > 0 && dice < 0.06) {
      this.crashes--;
      await pending.go(dice < 0.03 ? "crash-before" : "crash-after");
      if (process.dead) (process.notes["died"] as (() => void) | undefined)?.();
      return;
    }
    // The reply was lost, and the SDK asked again; a transaction carries a token that makes the repetition harmless.
    const again = dice > 0.97 && request.service === "dynamodb" && request.operation !== "TransactWriteItems";
    await pending.go(again ? "repeat" : "pass");
  }

  /** Starts a process; `ended` is called when it has ended or died. */
  private start<T>(name: string, work: () => Promise<T>, ended: (result: T | undefined) => void): Process {
    const { process, done } = this.world.run(name, work);
    let over = false;
    const end = (result: T | undefined): void => {
      if (over) return;
      over = true;
      ended(result);
    };
    process.notes["died"] = () => end(undefined);
    done.then(end, () => end(undefined));
    return process;
  }

  private begin(script: { steps: Step[]; busy: boolean }): void {
    const step = script.steps.shift()!;
    const { world, game } = this;
    if (step.do === "drop") {
      world.sockets.delete(step.connection);
      this.start(
        "disconnect",
        () => game.disconnectFn(game.disconnectEvent(step.player, step.connection), {} as never),
        () => undefined,
      );
      return;
    }
    const { player, connection } = step;
    if (step.do === "hello") world.open(connection, player);
    script.busy = true;
    if (step.do === "friends" && step.action.startsWith("un")) this.silent.clear();
    const ask = (): void => {
      const work =
        step.do === "hello"
          ? () => game.frame(player, connection, "hello")
          : () => game.frame(player, connection, `friends.${step.action}`, { player: step.with });
      this.start(step.do, work, (answer) => {
        const code = answer?.["type"] === "error" ? (answer["error"] as Json)["code"] : undefined;
        // No answer, or one that asks to repeat: the client repeats while its socket is open.
        if (answer === undefined || code === "unavailable" || code === "internal" || code === "conflict") {
          if (step.do === "friends" || world.sockets.has(connection)) {
            ask();
            return;
          }
        } else this.answer(step, answer);
        if (code === "too-many-frames") this.problems.push("a flood was seen where there is none");
        script.busy = false;
      });
    };
    ask();
    if (step.do === "hello" && step.wait === false) script.busy = false;
  }

  private answer(step: Step, frame: Json): void {
    if (frame["type"] !== "reply") return;
    const body = frame["body"] as Json;
    if (step.do === "hello") {
      if (!this.world.sockets.has(step.connection)) return;
      this.answered.add(step.connection);
      for (const friend of body["friends"] as Json[]) this.learn(step.connection, friend);
    } else if (step.do === "friends") {
      if (step.action === "block" || step.action === "mute") this.silent.add(step.player);
      if (step.action === "block") this.silent.add(step.with);
      if (body["status"] !== undefined) this.learn(step.connection, body);
    }
  }

  private learn(connection: string, friend: Json): void {
    const view: View = this.views.get(connection) ?? new Map<string, never>();
    const name = String(friend["player"] ?? friend["friend"]);
    const version = Number(friend["version"]);
    if (version >= (view.get(name)?.version ?? -1)) view.set(name, { status: String(friend["status"]), version });
    this.views.set(connection, view);
  }

  private see(connection: string, frame: Json, process: Process | undefined): void {
    const silent = (process?.notes["silent"] ?? []) as readonly string[];
    if (silent.includes(this.world.sockets.get(connection) ?? "")) {
      this.problems.push(`${connection} was told after the block or mute was acknowledged: ${JSON.stringify(frame)}`);
    }
    for (const notice of (frame["notices"] as Json[] | undefined) ?? []) {
      const kind = String(notice["kind"]);
      if (notice["friend"] === this.world.sockets.get(connection)) this.problems.push("told of himself");
      if (kind === "friend") this.learn(connection, notice);
      else if (kind !== "event") this.learn(connection, { ...notice, status: kind });
    }
  }

  private fresh(): readonly StreamRecord[] {
    if (this.batch.length > 0) return this.batch;
    const records = this.world.unread();
    this.batch = records.filter(isTold);
    if (this.batch.length === 0) this.world.checkpoint(records);
    return this.batch;
  }

  /** Gives the reader a batch; one that fails or dies comes again. */
  private tell(): void {
    const records = this.batch.slice(0, 1 + Math.floor(this.random() * this.batch.length));
    this.reading = true;
    this.start(
      "notify",
      () => this.game.notify(records),
      (failed) => {
        this.reading = false;
        if (failed !== 0) return;
        this.world.checkpoint(records);
        this.batch = [];
      },
    );
  }

  /** A queue message: one that fails or dies comes again. */
  private check(body: string, due: number): void {
    const { world } = this;
    world.checks.splice(
      world.checks.findIndex((check) => check.body === body && check.due === due),
      1,
    );
    this.passed += Math.max(0, due - world.now);
    world.now = Math.max(world.now, due);
    this.start(
      "check",
      () => this.game.check(body),
      (answer) => {
        if (answer === undefined || answer.batchItemFailures.length > 0) world.checks.push({ body, due: world.now });
      },
    );
  }

  /** Twenty-five minutes pass: clients that are there keep alive, every check comes due, nothing dies any more. */
  private async settle(): Promise<void> {
    const { world } = this;
    this.crashes = 0;
    const until = world.now + 1_500_000;
    while (world.now < until) {
      for (const [connection, player] of world.sockets) {
        if (this.answered.has(connection))
          this.start(
            "ping",
            () => this.game.frame(player, connection, "ping"),
            (frame) => {
              if (frame?.["type"] === "error") this.problems.push(`${connection} is open and was dropped`);
            },
          );
      }
      await this.shuffle();
      world.now += 500_000;
      const due = world.checks.filter((check) => check.due <= world.now);
      for (const { body, due: at } of due) this.check(body, at);
      this.passed = 0;
      await this.shuffle();
    }
  }

  private async item(table: string, player: string, sk: string): Promise<Json | undefined> {
    const answer = await this.world.call("GetItem", {
      TableName: table,
      Key: { pk: { S: playerPk(player) }, sk: { S: sk } },
    });
    return answer["Item"] as Json | undefined;
  }

  /** The assertions of presence.py, on what is in the tables and in the clients' heads. */
  private async judge(): Promise<void> {
    const { world, problems } = this;
    for (const [me, friend] of [
      ["P", "Q"],
      ["Q", "P"],
    ] as const) {
      const there = (player: string) =>
        [...world.sockets]
          .filter(([connection, of]) => of === player && this.answered.has(connection))
          .map(([id]) => id);
      const want = there(friend).length > 0 ? "online" : "offline";
      const presence = presenceOf((await this.item(PRESENCE, friend, "PRESENCE")) as never);
      if (presence.status !== want) problems.push(`${friend} is ${presence.status}, not ${want}`);
      const ids = presence.connections.map(({ id }) => id).sort();
      if (ids.join() !== there(friend).sort().join()) problems.push(`${friend} has the connections ${ids.join()}`);
      const side = await this.item(PLAYERS, me, `FRIEND#${encodePlayerId(friend)}`);
      const accepted = (side?.["status"] as { S?: string } | undefined)?.S === "accepted";
      const muted = (side?.["muted"] as { BOOL?: boolean } | undefined)?.BOOL === true;
      const { Items } = await world.call("Query", {
        TableName: PRESENCE,
        KeyConditionExpression: "pk = :pk AND begins_with(sk, :w)",
        ExpressionAttributeValues: { ":pk": { S: playerPk(friend) }, ":w": { S: "WATCH" } },
      });
      const list = watchListOf(Items as never, world.now);
      const audience = audienceOf(list);
      for (const connection of there(me)) {
        const told = audience.some((watcher) => watcher.friend === me && watcher.connection === connection);
        const seen = this.views.get(connection)?.get(friend)?.status;
        if (accepted && !muted) {
          if (seen !== want) problems.push(`${connection} sees ${friend} ${seen}, not ${want}`);
          if (want === "online" && !told) problems.push(`${friend} will not tell ${connection}`);
        } else {
          if (told) problems.push(`${friend} will tell ${connection} although ${muted ? "muted" : "no friend"}`);
          if (!accepted && list.watchers.some((watcher) => watcher.connection === connection)) {
            problems.push(`${friend} keeps an entry for ${connection}, who is no friend`);
          }
        }
      }
    }
  }
}

describe("presence protocol, interleaved", () => {
  let world: World;
  let game: Game;

  before(async () => {
    world = await World.make();
    game = new Game(world);
  });

  after(() => world.close());

  const each = Math.ceil(SCHEDULES / Object.keys(SCENARIOS).length);

  /** Seeds that end wrong, with what is wrong. */
  async function failing(name: string, count: number, sabotage?: Sabotage, stopAtFirst = false): Promise<string[]> {
    const found: string[] = [];
    await quietly(async () => {
      for (let seed = FIRST_SEED; seed < FIRST_SEED + count; seed++) {
        const schedule = new Schedule(world, game, SCENARIOS[name]!, seed);
        await schedule.run(sabotage);
        if (schedule.problems.length > 0) found.push(`seed ${seed}: ${schedule.problems.join("; ")}`);
        if (stopAtFirst && found.length > 0) break;
      }
    });
    return found;
  }

  for (const name of Object.keys(SCENARIOS)) {
    it(`keeps every friend and leaves no ghost: ${name}`, async function () {
      this.timeout(600_000);
      expect((await failing(name, each)).slice(0, 5)).to.deep.equal([]);
    });
  }

  /** Rules left out, and a scenario in which that goes wrong. */
  const broken: Readonly<Record<string, readonly [string, Sabotage]>> = {
    "no delayed check": ["connect against disconnect", (request) => (request.service === "sqs" ? undefined : request)],
    "no tombstones": ["block", withoutPuts("WATCH!")],
    "no watch entries": ["both connect", withoutPuts("WATCH#")],
    "no second read that undoes": ["block", withoutDeletes],
    "no conditional offline": ["flap", offlineWhateverIsThere],
    "status writes that are not told": ["both connect", withoutStatus],
  };

  for (const [rule, [name, sabotage]] of Object.entries(broken)) {
    it(`goes wrong with ${rule}`, async function () {
      this.timeout(60_000);
      expect(await failing(name, 3_000, sabotage, true)).to.have.length(1);
    });
  }
});

/** Puts of sort keys that begin so never arrive. */
function withoutPuts(prefix: string): Sabotage {
  const kept = (write: Json): boolean => {
    const put = (write["PutRequest"] ?? write["Put"]) as { Item: { sk: { S: string } } } | undefined;
    return !put?.Item.sk.S.startsWith(prefix);
  };
  return (request) => filtered(request, kept);
}

function withoutDeletes(request: Request): Request | undefined {
  return request.operation === "BatchWriteItem" ? filtered(request, (write) => !("DeleteRequest" in write)) : request;
}

function filtered(request: Request, kept: (write: Json) => boolean): Request | undefined {
  const { input, operation } = request;
  if (operation === "TransactWriteItems") {
    return { ...request, input: { ...input, TransactItems: (input["TransactItems"] as Json[]).filter(kept) } };
  }
  if (operation !== "BatchWriteItem") return request;
  const [[table, writes]] = Object.entries(input["RequestItems"] as Record<string, Json[]>) as [[string, Json[]]];
  const left = writes.filter(kept);
  return left.length === 0 ? undefined : { ...request, input: { RequestItems: { [table]: left } } };
}

/** The offline write does not look whether a connection is there. */
function offlineWhateverIsThere(request: Request): Request {
  const text = (request.input["ConditionExpression"] as string | undefined) ?? "";
  if (!text.includes("attribute_not_exists(#connections) AND #status = :online")) return request;
  const names = { ...(request.input["ExpressionAttributeNames"] as Json) };
  delete names["#connections"];
  const ConditionExpression = text.replace("attribute_not_exists(#connections) AND ", "");
  return { ...request, input: { ...request.input, ConditionExpression, ExpressionAttributeNames: names } };
}

/** The write that notices come from does not say that it is one. */
function withoutStatus(request: Request): Request {
  const values = request.input["ExpressionAttributeValues"] as Record<string, { S?: string }> | undefined;
  if (values?.[":change"]?.S !== "status") return request;
  return {
    ...request,
    input: { ...request.input, ExpressionAttributeValues: { ...values, ":change": { S: "connection" } } },
  };
}
