/**
 * Drives the real handlers of the e-mail path through one interleaving chosen by a seed: every outgoing call is a step
 * that can be held back, lose its reply, fail, or take its worker with it; queues deliver twice, SES refuses and
 * throttles, its events come late, twice and out of order.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { MAX_TRIES } from "../../../../components/email-dispatcher/limits";
import { messageKey } from "../../../../components/message-store/keys";
import { RANK, type MessageStatus } from "../../../../components/message-store/status";
import { context, type Call, type Copy, type World } from "../../message-store/world";
import { lost, sdkError } from "../../shared/sdk";
import { seededRandom } from "../../../../local/random";
import { envelope, LETTERS, QUEUE, RECONCILE, sesEvent, type handlers } from "../fixture";
import { mayFollow } from "../may-follow";
import { effectWithout, redriveRegardless, without, type Break, type MessageOf } from "./broken-rules";
import { FaultBudget, type Fate } from "./faults";

export interface Plan {
  readonly seed: number;
  readonly broken?: Break;
}

type Running = {
  readonly kind: "send" | "reconcile" | "deadLetter" | "event";
  readonly copy: Copy;
  state: "running" | "blocked" | "done" | "dead";
};

type Pending = { readonly worker: Running; readonly call: Call; go(kind: Fate): void };

const STATUS_OF: Record<string, MessageStatus> = {
  Send: "sent",
  Delivery: "delivered",
  Open: "opened",
  Click: "clicked",
  Bounce: "bounced",
};
const DETAIL: Record<string, Record<string, unknown>> = {
  Bounce: { bounceType: "Permanent", bounceSubType: "General" },
};
const VISIBILITY_MS = 360_000;
const DLQ = "dlq";
const EVENTS = "events";
const workers = new AsyncLocalStorage<Running>();

export interface Outcome {
  /** What is wrong; empty when all is right. */
  readonly wrong: string[];
  readonly status: string | undefined;
  readonly faults: number;
  readonly steps: number;
  readonly accepted: number;
}

export class Schedule {
  private readonly random: () => number;
  private readonly pending: Pending[] = [];
  private readonly running: Running[] = [];
  private readonly faults: FaultBudget;
  private readonly receives: number;
  private accepted: number[] = [];
  private expected: MessageStatus = "queued";
  private steps = 0;
  readonly wrong: string[] = [];
  private readonly of: MessageOf;

  constructor(
    private readonly world: World,
    private readonly h: ReturnType<typeof instances>,
    private readonly plan: Plan,
  ) {
    this.random = seededRandom(plan.seed * 0x9e3779b9);
    this.of = { player: `p${plan.seed}`, id: `m${plan.seed}-${plan.broken ?? ""}` };
    this.faults = new FaultBudget(this.random);
    this.receives = this.random() < 0.3 ? 2 : 10;
  }

  async run(): Promise<Outcome> {
    const { world, of } = this;
    for (const name of Object.keys(world.queues)) delete world.queues[name];
    world.gate = (call, effect) => this.gate(call, effect);
    await world.put({
      ...messageKey(of.player, of.id),
      id: { S: of.id },
      player: { S: of.player },
      status: { S: "queued" },
      rank: { N: "0" },
      dispatch: { N: "1" },
      attempt: { N: "0" },
      tries: { N: "0" },
      history: { L: [{ M: { status: { S: "queued" }, at: { N: "0" } } }] },
    });
    world.enqueueCopy(QUEUE, JSON.stringify(envelope(of)));
    await this.untilQuiet();
    await this.check();
    const { status } = await this.item();
    if (this.wrong.length === 0) await this.redriveTwice();
    const { wrong, steps, accepted } = this;
    return { wrong, status, faults: this.faults.spent, steps, accepted: accepted.length };
  }

  private async untilQuiet(): Promise<void> {
    for (;;) {
      const actions = this.actions();
      if (actions.length === 0) {
        if (!this.passTime()) return;
        continue;
      }
      this.steps += 1;
      if (this.steps > 2_000) {
        this.wrong.push("never ends");
        return;
      }
      await this.pick(actions)();
      await this.settle();
    }
  }

  /** Everything that can happen next. */
  private actions(): (() => void | Promise<void>)[] {
    const actions: (() => void)[] = [];
    for (const p of this.pending) actions.push(() => p.go(this.faults.fateOf(p.call)));
    const live = this.running.length;
    if (live < 3) {
      for (const name of [QUEUE, RECONCILE, DLQ, EVENTS]) {
        if (name === DLQ && this.plan.broken === "silent-dlq") continue;
        for (const copy of this.world.queues[name] ?? []) {
          if (copy.visibleAt <= this.world.now) actions.push(() => this.start(name, copy));
        }
      }
      for (const worker of this.running) {
        if (this.faults.mayDuplicate && worker.kind !== "deadLetter") actions.push(() => this.duplicate(worker));
      }
    }
    return actions;
  }

  private gate(call: Call, effect: () => Promise<unknown>): Promise<unknown> {
    const worker = workers.getStore();
    const lease = JSON.stringify(call.input["Key"] ?? "").includes("LEASE#");
    if (!worker || lease || call.operation === "GetSendQuota") return effect();
    const changed =
      call.operation === "SendRawEmail"
        ? this.provided(call, effect)
        : effectWithout(this.plan.broken, this.world, this.of, call, effect);
    worker.state = "blocked";
    return new Promise((resolve, reject) => {
      const entry: Pending = {
        worker,
        call,
        go: (fate) => {
          this.pending.splice(this.pending.indexOf(entry), 1);
          worker.state = "running";
          void this.happen(fate, worker, call, this.watched(changed)).then(resolve, (error: unknown) => {
            if (worker.state !== "dead") reject(error instanceof Error ? error : new Error(String(error)));
          });
        },
      };
      this.pending.push(entry);
    });
  }

  private async happen(chosen: Fate, worker: Running, call: Call, effect: () => Promise<unknown>): Promise<unknown> {
    const release = this.plan.broken === "release" && call.operation === "SendRawEmail";
    if (release && chosen === "reply lost") await effect();
    const fate = release && (chosen === "fails" || chosen === "reply lost") ? "refused" : chosen;
    switch (fate) {
      case "ok":
        return effect();
      case "fails":
        throw lost();
      case "reply lost":
        await effect().catch(() => undefined);
        throw lost();
      case "crash before":
        return this.kill(worker);
      case "crash after":
        await effect().catch(() => undefined);
        return this.kill(worker);
      case "refused":
        throw sdkError("MessageRejected", "Address blacklisted.", 400);
      case "throttled":
        throw sdkError("ThrottlingException", "Maximum sending rate exceeded.", 400);
    }
  }

  /** The effect, with a look at the status before and after it. */
  private watched(effect: () => Promise<unknown>): () => Promise<unknown> {
    return async () => {
      const before = (await this.item()).status as MessageStatus;
      try {
        return await effect();
      } finally {
        const after = (await this.item()).status as MessageStatus;
        if (before !== after && !mayFollow(before, after)) this.wrong.push(`status went from ${before} to ${after}`);
        if (before === "failed" && after !== "failed") this.wrong.push(`called failed, then ${after}`);
      }
    };
  }

  private kill(worker: Running): Promise<never> {
    worker.state = "dead";
    this.running.splice(this.running.indexOf(worker), 1);
    return new Promise(() => undefined);
  }

  /** SES takes the mail, and tells of it in events. */
  private provided(call: Call, effect: () => Promise<unknown>): () => Promise<unknown> {
    return async () => {
      const tags = call.input["Tags"] as { Name: string; Value: string }[];
      const attempt = Number(tags.find((tag) => tag.Name === "attempt")?.Value);
      this.accepted.push(attempt);
      if (this.accepted.length > 1) this.wrong.push(`sent twice: attempts ${this.accepted.join(" and ")}`);
      const kinds = ["Send", ...["Send", "Delivery", "Open", "Click", "Bounce"].filter(() => this.random() < 0.3)];
      for (const kind of kinds) this.world.enqueueCopy(EVENTS, sesEvent(kind, { ...this.of, attempt }, DETAIL[kind]));
      for (const kind of kinds) this.expected = higher(this.expected, STATUS_OF[kind] ?? "sent");
      return effect();
    };
  }

  private start(name: string, copy: Copy): void {
    const { world } = this;
    copy.receives += 1;
    const queue = world.queues[name] ?? [];
    const limited = name === QUEUE || name === RECONCILE;
    if (limited && copy.receives > this.receives) {
      world.queues[name] = queue.filter((other) => other !== copy);
      world.enqueueCopy(DLQ, copy.body);
      return;
    }
    copy.visibleAt = world.now + VISIBILITY_MS;
    const kinds = { [QUEUE]: "send", [RECONCILE]: "reconcile", [DLQ]: "deadLetter", [EVENTS]: "event" } as const;
    this.work(kinds[name as keyof typeof kinds], copy, name);
  }

  private duplicate(worker: Running): void {
    this.faults.duplicate();
    const names = { send: QUEUE, reconcile: RECONCILE, event: EVENTS, deadLetter: DLQ };
    this.work(worker.kind, worker.copy, names[worker.kind]);
  }

  private work(kind: Running["kind"], copy: Copy, queue: string): void {
    const { world, h } = this;
    const worker: Running = { kind, copy, state: "running" };
    this.running.push(worker);
    const handler = h[kind] as (event: SQSEvent, c: typeof context) => Promise<SQSBatchResponse>;
    const done = workers.run(worker, () => handler(world.sqsEvent([copy.body]), context));
    void done
      .then((answer) => {
        // A failed record becomes visible when its visibility time is over; a good one is deleted.
        if (answer.batchItemFailures.length > 0) return;
        world.queues[queue] = (world.queues[queue] ?? []).filter((other) => other !== copy);
      })
      .catch((error: unknown) => this.wrong.push(`threw: ${String(error)}`))
      .finally(() => {
        if (worker.state === "dead") return;
        worker.state = "done";
        this.running.splice(this.running.indexOf(worker), 1);
      });
  }

  /** Until every worker waits for a call of its own or has ended. */
  private async settle(): Promise<void> {
    do await new Promise((resolve) => setImmediate(resolve));
    while (this.running.some((worker) => worker.state === "running"));
  }

  /** Moves on to the next thing that becomes visible; events are never later than the hold allows. */
  private passTime(): boolean {
    let next = Infinity;
    for (const [name, copies] of Object.entries(this.world.queues)) {
      if (name === LETTERS || (name === DLQ && this.plan.broken === "silent-dlq")) continue;
      for (const copy of copies) next = Math.min(next, copy.visibleAt);
    }
    if (next === Infinity) return false;
    if (!(next > this.world.now)) throw new Error(`stuck: ${this.running.map((w) => `${w.kind} ${w.state}`).join()}`);
    this.world.now = Math.max(this.world.now, next);
    return true;
  }

  private async item() {
    const item = await this.world.item(messageKey(this.of.player, this.of.id));
    const history = (item?.["history"]?.L ?? []).map(({ M }) => [M?.["status"]?.S, M?.["detail"]?.S] as const);
    // By the history, not by the item's own count: claims, less those that SES throttled.
    const claims = history.filter(([status]) => status === "sending").length;
    const tries = claims - history.filter(([, detail]) => detail === "throttled").length;
    return { status: item?.["status"]?.S, attempt: Number(item?.["attempt"]?.N), tries };
  }

  private async check(): Promise<void> {
    const { status, attempt, tries } = await this.item();
    const { wrong, accepted } = this;
    if (status === "queued" || status === "sending") wrong.push(`ends as ${status} with nobody left to act`);
    else if (status === "failed" && accepted.length > 0) wrong.push("said failed, was accepted");
    else if (status !== "failed" && accepted.length === 0) wrong.push(`said ${status}, never accepted`);
    else if (status !== "failed" && status !== this.expected) wrong.push(`said ${status}, was ${this.expected}`);
    else if (status === "failed") {
      const letters = this.world.bodies(LETTERS) as { attempt?: number; reason?: string }[];
      const letter = letters.find((l) => l.attempt === attempt);
      if (!letter) wrong.push("failed, and no dead letter says so");
      else if (letter.reason === "attempts-used-up" && tries < MAX_TRIES) {
        wrong.push("failed before its tries were used");
      }
    }
  }

  /** What failed is redriven, twice, and sent once; what was sent is left alone. */
  private async redriveTwice(): Promise<void> {
    const { world, of, h } = this;
    this.faults.end();
    const before = await this.item();
    world.gate = (call, effect) =>
      this.plan.broken === "redrive-condition" && call.operation === "UpdateItem"
        ? world.perform("UpdateItem", without(call.input, "ConditionExpression"))
        : effect();
    for (let round = 0; round < 2; round++) {
      const was = await this.item();
      const request = this.plan.broken === "redrive-condition" ? redriveRegardless(world, of) : undefined;
      const answer = await (request ?? h.redrive({ deadLetters: true }, context));
      world.now += 61_000;
      const is = await world.item(messageKey(of.player, of.id));
      if (was.status === "failed" && round === 0 && (answer as { redriven: number }).redriven !== 1) {
        this.wrong.push("a dead letter could not be redriven");
      }
      if (is?.["status"]?.S === "queued") {
        world.enqueueCopy(QUEUE, JSON.stringify(envelope(of, { dispatch: Number(is["dispatch"]?.N) })));
      }
      const gate = world.gate;
      world.gate = (call, effect) => this.gate(call, effect);
      await this.untilQuiet();
      world.gate = gate;
    }
    const after = await this.item();
    const expected = before.status === "failed" ? this.expected : before.status;
    if (after.status !== expected) this.wrong.push(`redriven to ${after.status}, not ${expected}`);
  }

  private pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)] as T;
  }
}

/** One container of each function. */
export function instances(h: ReturnType<typeof handlers>) {
  return {
    send: h.send(),
    reconcile: h.reconcile(),
    deadLetter: h.deadLetters(),
    event: h.events(),
    redrive: h.redrive(),
  };
}

function higher(a: MessageStatus, b: MessageStatus): MessageStatus {
  return RANK[b] > RANK[a] ? b : a;
}
