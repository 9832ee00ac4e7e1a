import type { FaultKind, FaultSite } from "../../local/faults";
import { OF_ONE, ONCE, RARE } from "./calls";
import type { Focus } from "./modes";
import { functionOf } from "./names";

/** Every kind of fault at a call: those of the fault switch, and answers that tell of a part left undone. */
export type CallFault = FaultKind | "partial";

/** Kinds that can meet any call of a function. */
export const CALL_FAULTS: readonly FaultKind[] = [
  "throttle",
  "lost-request",
  "lost-reply",
  "time-out-before",
  "time-out-after",
  "crash-before",
  "crash-after",
];

/** Kinds after which the function itself goes no further. */
const FINAL: readonly CallFault[] = ["time-out-before", "time-out-after", "crash-before", "crash-after"];

/** Kinds that can meet the calls of Lambda's pollers: no environment can die, no caller waits for ever. */
export const POLLER_FAULTS: readonly FaultKind[] = ["throttle", "lost-request", "lost-reply"];

/** Calls that can answer with a part left undone. */
export const PARTIAL = ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "sns:PublishBatch"];

/** Least time between two faults of the function that records SES's events, ms: the hold allows for so much delay. */
const EVENT_SPACING_MS = 420_000;

/** Faults of a call in one run that it gets sooner than by the rate, so that rare calls have their share. */
const EARLY = 3;
const EARLY_RATE = 0.4;
const RARE_RATE = 0.85;
const PARTIAL_RATE = 0.8;

/** Which calls meet faults: all, none, or some at rates of their own. */
export type Reach = "all" | "none" | readonly Focus[];

/** How the faults of one run are drawn. */
export interface InjectorOptions {
  readonly random: () => number;
  readonly now: () => number;
  /** Chance of a fault at a call, once it has had its first few. */
  readonly rate: number;
  /** Where there are more of them. @default nowhere */
  readonly focus?: readonly Focus[];
  /** Which kinds a call meets first: runs that count up have all kinds of a call that each makes only once. @default 0 */
  readonly turn?: number;
}

/** Decides the fate of calls by chance and counts what it did. */
export class Injector {
  /** Who meets faults now. */
  reach: Reach = "none";
  /** Calls by `function service:operation`. */
  readonly calls = new Map<string, number>();
  /** Faults by `function service:operation kind`. */
  readonly hits = new Map<string, number>();
  /** Faults that are not at a call, by kind. */
  readonly others = new Map<string, number>();
  private readonly lastOnEvents = new Map<string, number>();
  /** Kinds that are still to come at a call before any comes again. */
  private readonly bags = new Map<string, CallFault[]>();
  /** Calls whose first round of kinds is over. */
  private readonly turned = new Set<string>();
  /** Calls that were told to leave a part undone and are about to. */
  private readonly partly = new Set<string>();
  /** Faults by `function service:operation`, all kinds. */
  private readonly met = new Map<string, number>();

  constructor(private readonly options: InjectorOptions) {}

  /** The fault switch. */
  readonly plan = (site: FaultSite): FaultKind | undefined => {
    const poller = site.principal.type === "role" && site.principal.environmentId === undefined;
    return this.decide(functionOf(site.principal, poller), `${site.service}:${site.operation}`, poller);
  };

  /**
   * Whether the operation is to leave a part undone, as was just decided for its call.
   * @param isDivisible whether it has parts: an operation that does nothing at all fails instead.
   */
  partial(fn: string, operation: string, isDivisible: boolean): boolean {
    const site = `${fn} ${operation}`;
    const kind = `${site} partial`;
    const isMeant = this.partly.delete(site);
    if (isMeant && !isDivisible) {
      count(this.hits, kind, -1);
      count(this.met, site, -1);
      this.bags.get(site)?.push("partial");
    }
    if (isMeant || !isDivisible) return isMeant && isDivisible;
    // Few batches of some calls have parts: the first that have are likely to leave one.
    const isCovered = this.reach === "all" || this.aimedAt(fn, operation, false) !== undefined;
    if (!isCovered || (this.hits.get(kind) ?? 0) >= EARLY || this.options.random() >= PARTIAL_RATE) return false;
    count(this.hits, kind);
    return true;
  }

  /** The fate of one call; undefined lets it pass. */
  decide(fn: string, operation: string, poller: boolean): FaultKind | undefined {
    const site = `${fn} ${operation}`;
    count(this.calls, site);
    const { random, now } = this.options;
    const aimed = this.aimedAt(fn, operation, poller);
    if (random() >= this.chanceOf(site, aimed)) return undefined;
    const kind = this.draw(site, kindsOf(site), aimed?.kinds);
    if (delaysEvents(fn) && kind !== "throttle" && !operation.includes("Delete")) {
      // The protocol holds an unclear mail for ten minutes: SES's event must be written by then.
      if (now() - (this.lastOnEvents.get(fn) ?? -Infinity) < EVENT_SPACING_MS) {
        this.bags.get(site)?.push(kind);
        return undefined;
      }
      this.lastOnEvents.set(fn, now());
    }
    count(this.hits, `${site} ${kind}`);
    count(this.met, site);
    if (kind !== "partial") return kind;
    this.partly.add(site);
    return undefined;
  }

  /** Draws a fault that is not at a call. */
  happens(kind: string, chance: number): boolean {
    if (this.reach !== "all" || this.options.random() >= chance) return false;
    count(this.others, kind);
    return true;
  }

  private aimedAt(fn: string, operation: string, poller: boolean): Focus | undefined {
    if (this.reach === "none") return undefined;
    const focus = this.reach === "all" ? (this.options.focus ?? []) : this.reach;
    const isMeant = (one: Focus): boolean => (poller ? fn === one.fn : fn.endsWith(one.fn));
    return focus.find((one) => isMeant(one) && (one.call ?? operation) === operation);
  }

  private chanceOf(site: string, aimed: Focus | undefined): number {
    if (aimed) return (this.met.get(site) ?? 0) < (aimed.most ?? Infinity) ? aimed.rate : 0;
    if (this.reach !== "all") return 0;
    const { rate } = this.options;
    if ((this.met.get(site) ?? 0) >= EARLY) return rate;
    return Math.max(rate, RARE.includes(site) ? RARE_RATE : EARLY_RATE);
  }

  /**
   * By chance, but every kind once before any twice; which come in the first round turns with the seeds, so that kinds of
   * calls that are hardly ever made have the same share, too. After it what ends a function comes half as often: each time
   * costs as much as many other faults, for the function must be loaded anew.
   */
  private draw(site: string, all: readonly CallFault[], only: readonly CallFault[] | undefined): CallFault {
    const { random, turn = 0 } = this.options;
    if (only) return only[Math.floor(random() * only.length)]!;
    let bag = this.bags.get(site);
    if (!bag) this.bags.set(site, (bag = firstRound(all, turn, ONCE.includes(site))));
    if (!this.turned.has(site)) {
      if (bag.length === 1) this.turned.add(site);
      return bag.shift()!;
    }
    if (bag.length === 0) this.bags.set(site, (bag = [...all, ...all.filter((kind) => !FINAL.includes(kind))]));
    return bag.splice(Math.floor(random() * bag.length), 1)[0]!;
  }
}

/**
 * Kinds that a client repeats a call for and kinds that end its function, by turns: what is done but once is not done again
 * where its function has ended, and each kind must have come before. A call of one invocation meets two of the former in a
 * row, and no part left undone among them: it passes where there are no parts.
 */
function firstRound(all: readonly CallFault[], turn: number, isOnce: boolean): CallFault[] {
  const rotated = (kinds: readonly CallFault[], by: number): CallFault[] => {
    const from = by % Math.max(kinds.length, 1);
    return [...kinds.slice(from), ...kinds.slice(0, from)];
  };
  const mild = all.filter((kind) => !FINAL.includes(kind));
  const final = all.filter((kind) => FINAL.includes(kind));
  if (isOnce) {
    const [one, two, ...more] = rotated(
      mild.filter((kind) => kind !== "partial"),
      turn,
    );
    const [end, ...ends] = rotated(final, turn);
    const last = mild.filter((kind) => kind === "partial");
    return [one, two, end, ...more, ...ends, ...last].filter((kind) => kind !== undefined);
  }
  const half = Math.floor(turn / 2);
  const halves = [rotated(mild, half), rotated(final, half)];
  if (turn % 2 === 1) halves.reverse();
  return all.flatMap((_, i) => halves.flatMap((kinds) => kinds.slice(i, i + 1)));
}

/** Kinds of faults that a call can meet. */
export function kindsOf(site: string): readonly CallFault[] {
  if (site.startsWith("poller:")) return POLLER_FAULTS;
  return PARTIAL.some((name) => site.endsWith(` ${name}`)) && !OF_ONE.includes(site) ? WITH_PARTIAL : CALL_FAULTS;
}

const WITH_PARTIAL: readonly CallFault[] = [...CALL_FAULTS, "partial"];

/** Whether what hinders this function keeps SES's events from being written down. */
export function delaysEvents(fn: string): boolean {
  return fn.endsWith("emails-event-function");
}

export function count(map: Map<string, number>, key: string, by = 1): void {
  map.set(key, (map.get(key) ?? 0) + by);
}
