/** Who must not be told of whom, as far as the players themselves can know it: by what was acknowledged to them. */
export class Silences {
  /** Since when the first must not hear of the second: `to<about`; 0 for strangers. */
  private readonly since = new Map<string, number>();
  private readonly muted = new Map<string, number>();
  /** Actions that may lift a silence and are under way, by pair. */
  private readonly lifting = new Map<string, number>();

  constructor(names: readonly string[]) {
    for (const to of names) for (const about of names) this.since.set(`${to}<${about}`, 0);
  }

  /** The two are friends now. */
  begin(one: string, other: string): void {
    this.since.delete(`${one}<${other}`);
    this.since.delete(`${other}<${one}`);
  }

  /** An action begins; the function that it returns is told whether, and when, it was acknowledged. */
  starts(me: string, other: string, action: string): (acknowledged: boolean, at: number) => void {
    const pair = [me, other].sort().join();
    const lifts = action === "request" || action === "accept";
    if (lifts) {
      // From its first request on it may take effect.
      this.begin(me, other);
      this.lifting.set(pair, (this.lifting.get(pair) ?? 0) + 1);
    }
    if (action === "unmute") this.muted.delete(`${me}<${other}`);
    return (acknowledged, at) => {
      if (lifts) this.lifting.set(pair, this.lifting.get(pair)! - 1);
      if (!acknowledged) return;
      if (action === "mute") this.muted.set(`${me}<${other}`, at);
      if (action !== "block" && action !== "remove") return;
      // An acceptance that is under way at this moment may come after.
      if ((this.lifting.get(pair) ?? 0) > 0) return;
      this.since.set(`${me}<${other}`, at);
      this.since.set(`${other}<${me}`, at);
    };
  }

  /** Why a notice whose making began at `begun` (ms) must not reach `to`; undefined if it may. */
  forbids(to: string, about: string, begun: number): string | undefined {
    if (to === about) return "it is the player";
    const silent = this.since.get(`${to}<${about}`);
    if (silent !== undefined && silent < begun)
      return silent === 0 ? "they are strangers" : "the end of the friendship was acknowledged";
    const muted = this.muted.get(`${to}<${about}`);
    return muted !== undefined && muted < begun ? "the mute was acknowledged" : undefined;
  }
}
