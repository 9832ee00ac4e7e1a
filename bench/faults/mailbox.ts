import type { World } from "./world";

/** What a game server is told about a message that it enqueued. */
export interface Acknowledged {
  readonly player: string;
  readonly id: string;
}

interface Plan {
  readonly at: number;
  readonly message: Record<string, unknown>;
}

const GOOD = ["@players.test"];
const BAD = [
  "bounce@simulator.amazonses.com",
  "complaint@simulator.amazonses.com",
  "nobody@elsewhere.example",
  "not an address",
];

/** The game servers of a run: they enqueue messages, with and without keys, to good addresses and bad ones. */
export class Mailbox {
  readonly acknowledged: Acknowledged[] = [];
  readonly problems: string[] = [];
  private busy = 0;

  constructor(
    private readonly world: World,
    private readonly players: readonly string[],
  ) {}

  get done(): boolean {
    return this.busy === 0;
  }

  /** Enqueues `count` messages over `spreadMs`. */
  start(count: number, spreadMs: number): void {
    for (let i = 0; i < count; i++) {
      const plan = this.plan(i, spreadMs);
      this.busy++;
      void this.enqueue(plan).finally(() => this.busy--);
      // The same again, by another server or a nervous caller.
      if (plan.message["deduplicationKey"] !== undefined && this.world.random() < 0.3) {
        this.busy++;
        void this.enqueue({ ...plan, at: plan.at + Math.floor(this.world.random() * 60_000) }).finally(
          () => this.busy--,
        );
      }
    }
  }

  private plan(i: number, spreadMs: number): Plan {
    const { random, clock } = this.world;
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
    const player = pick(this.players);
    const at = Math.floor(random() * spreadMs);
    const now = Math.floor((clock.now() + at) / 1000);
    const bad = random() < 0.25;
    const template = random() < 0.08 ? "no-such-template" : pick(["welcome", "achievement"]);
    const message: Record<string, unknown> = {
      player,
      type: random() < 0.85 ? "transactional" : pick(["social", "marketing"]),
      template,
      // Now and then a field is missing.
      data: random() < 0.9 ? { achievement: `Ace ${i}` } : {},
      to: bad ? pick(BAD) : `${player}-${i}${GOOD[0]}`,
      locale: pick(["en", "de"]),
    };
    if (random() < 0.7) message["deduplicationKey"] = `key-${i}`;
    if (random() < 0.15) message["notBefore"] = now + 30 + Math.floor(random() * 180);
    if (random() < 0.1) message["validUntil"] = now + Math.floor(random() * 400);
    if (random() < 0.1) message["channel"] = "pigeon";
    return { at, message };
  }

  /** A careful server repeats until it is told; without a key each time may make a message. */
  private async enqueue({ at, message }: Plan): Promise<void> {
    const { world } = this;
    await world.sleep(at);
    for (let attempt = 0; attempt < 40; attempt++) {
      try {
        const answer = await world.invoke<{ results: { id?: string; error?: { field: string } }[] }>(
          "enqueueFunction",
          message,
        );
        const [result] = answer.results;
        if (result?.id !== undefined) {
          this.acknowledged.push({ player: String(message["player"]), id: result.id });
          return;
        }
        const { error } = result ?? {};
        // An address that is none, and a validity that is over by now, are refused; nothing else may be.
        if (error !== undefined && !["to", "validUntil", "notBefore"].includes(error.field)) {
          this.problems.push(`enqueue was refused: ${JSON.stringify(error)} for ${JSON.stringify(message)}`);
        }
        return;
      } catch {
        // The function failed, or its answer was lost: again.
      }
      await world.sleep(1_000 + Math.floor(world.random() * 3_000));
    }
    this.problems.push(`enqueue was never acknowledged: ${JSON.stringify(message)}`);
  }
}
