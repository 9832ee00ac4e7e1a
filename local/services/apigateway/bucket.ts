import type { Clock } from "../../clock";
import type { Limits } from "./model";

/** A token bucket as API Gateway throttles: `rate` tokens a second, at most `burst` of them. */
export class Bucket {
  private tokens: number;
  private at: number;

  constructor(
    private readonly clock: Clock,
    private readonly limits: Limits,
  ) {
    this.tokens = limits.burst;
    this.at = clock.now();
  }

  /** Takes a token; false if there is none. */
  take(): boolean {
    const now = this.clock.now();
    const { rate, burst } = this.limits;
    this.tokens = Math.min(burst, this.tokens + ((now - this.at) / 1000) * rate);
    this.at = now;
    if (this.tokens < 1) return false;
    this.tokens--;
    return true;
  }
}
