import { playerPk } from "../../../../components/shared/player-keys";
import type { StreamRecord } from "../../../../local/ports";
import { seededRandom } from "../../../../local/random";
import type { Json } from "../../../../local/service";
import { isTold, type Game } from "../game";
import { PLAYERS, type Process, type Request, type World } from "../world";
import type { Sabotage } from "./broken-rules";
import { problemsAtRest, type View } from "./judge";
import type { Step } from "./scenarios";

interface Pending {
  readonly process: Process;
  readonly request: Request;
  go(fate: "pass" | "crash-before" | "crash-after" | "repeat"): Promise<void>;
}

/** One schedule: a scenario under a seed. Every request waits for its turn, which chance gives. */
export class Schedule {
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
    this.random = seededRandom(seed);
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
    this.problems.push(...(await problemsAtRest(world, this.answered, this.views)));
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
}
