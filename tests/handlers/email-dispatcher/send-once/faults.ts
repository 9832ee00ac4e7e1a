import type { Call } from "../../message-store/world";

/** What becomes of a call. */
export type Fate = "ok" | "fails" | "reply lost" | "crash before" | "crash after" | "refused" | "throttled";

/** How many faults of each kind one schedule has left. */
export class FaultBudget {
  private left: { crashes: number; lost: number; duplicates: number; throttles: number; refusals: number };
  /** Faults so far. */
  spent = 0;

  constructor(private readonly random: () => number) {
    const most = (n: number): number => Math.floor(random() * (n + 1));
    this.left = { crashes: most(3), lost: most(3), duplicates: most(2), throttles: most(4), refusals: most(3) };
  }

  /** Nothing goes wrong any more. */
  end(): void {
    this.left = { crashes: 0, lost: 0, duplicates: 0, throttles: 0, refusals: 0 };
  }

  get mayDuplicate(): boolean {
    return this.left.duplicates > 0;
  }

  duplicate(): void {
    this.spend("duplicates");
  }

  fateOf(call: Call): Fate {
    const { left } = this;
    const roll = this.random();
    const mail = call.operation === "SendRawEmail";
    if (roll < 0.12 && left.crashes > 0) {
      this.spend("crashes");
      return this.random() < 0.5 ? "crash before" : "crash after";
    }
    if (roll < (mail ? 0.45 : 0.2) && left.lost > 0) {
      this.spend("lost");
      return this.random() < 0.5 ? "fails" : "reply lost";
    }
    if (mail && roll < 0.65 && left.throttles > 0) return this.spend("throttles", "throttled");
    if (mail && roll < 0.85 && left.refusals > 0) return this.spend("refusals", "refused");
    return "ok";
  }

  private spend(kind: keyof FaultBudget["left"], fate: Fate = "ok"): Fate {
    this.left[kind] -= 1;
    this.spent += 1;
    return fate;
  }
}
