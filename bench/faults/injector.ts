import type { FaultKind, FaultSite } from "../../local/faults";
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

/** Kinds that can meet the calls of Lambda's pollers: no environment can die, no caller waits for ever. */
export const POLLER_FAULTS: readonly FaultKind[] = ["throttle", "lost-request", "lost-reply"];

/** Calls that can answer with a part left undone. */
export const PARTIAL = ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "sns:PublishBatch"];

/** Least time between two faults of the function that records SES's events, ms: the hold allows for so much delay. */
const EVENT_SPACING_MS = 420_000;

/** How the faults of one run are drawn. */
export interface InjectorOptions {
  readonly random: () => number;
  readonly now: () => number;
  /** Chance of a fault at a call. */
  readonly rate: number;
  /** Where there are more of them. @default nowhere */
  readonly focus?: readonly Focus[];
}

/** Decides the fate of calls by chance and counts what it did. */
export class Injector {
  active = false;
  /** Calls by `function service:operation`. */
  readonly calls = new Map<string, number>();
  /** Faults by `function service:operation kind`. */
  readonly hits = new Map<string, number>();
  /** Faults that are not at a call, by kind. */
  readonly others = new Map<string, number>();
  private readonly lastOnEvents = new Map<string, number>();

  constructor(private readonly options: InjectorOptions) {}

  /** The fault switch. */
  readonly plan = (site: FaultSite): FaultKind | undefined => {
    const poller = site.principal.type === "role" && site.principal.environmentId === undefined;
    return this.decide(functionOf(site.principal, poller), `${site.service}:${site.operation}`, poller);
  };

  /** Whether a batch call leaves a part undone. */
  partial(fn: string, operation: string): boolean {
    if (!this.active || this.options.random() >= this.options.rate) return false;
    count(this.hits, `${fn} ${operation} partial`);
    return true;
  }

  decide(fn: string, operation: string, poller: boolean): FaultKind | undefined {
    const site = `${fn} ${operation}`;
    count(this.calls, site);
    const { random, now, focus = [] } = this.options;
    const aimed = focus.find((one) => fn.endsWith(one.fn) && (one.call ?? operation) === operation && !poller);
    if (!this.active || random() >= (aimed?.rate ?? this.options.rate)) return undefined;
    const kinds = poller ? POLLER_FAULTS : (aimed?.kinds ?? CALL_FAULTS);
    const kind = kinds[Math.floor(random() * kinds.length)]!;
    if (delaysEvents(fn) && kind !== "throttle" && !operation.includes("Delete")) {
      // The protocol holds an unclear mail for ten minutes: SES's event must be written by then.
      if (now() - (this.lastOnEvents.get(fn) ?? -Infinity) < EVENT_SPACING_MS) return undefined;
      this.lastOnEvents.set(fn, now());
    }
    count(this.hits, `${site} ${kind}`);
    return kind;
  }

  /** Draws a fault that is not at a call. */
  happens(kind: string, chance: number): boolean {
    if (!this.active || this.options.random() >= chance) return false;
    count(this.others, kind);
    return true;
  }
}

/** Whether what hinders this function keeps SES's events from being written down. */
export function delaysEvents(fn: string): boolean {
  return fn.endsWith("emails-event-function");
}

export function count(map: Map<string, number>, key: string, by = 1): void {
  map.set(key, (map.get(key) ?? 0) + by);
}
