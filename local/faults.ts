import type { Principal } from "./principal";

/** What may go wrong with one outgoing call of a function. */
export type FaultKind =
  /** refused with the service's throttling error, no effect */
  | "throttle"
  /** the connection breaks before the request took effect */
  | "lost-request"
  /** the effect takes place, the reply is lost */
  | "lost-reply"
  /** no effect and no reply: the caller waits until its time-out */
  | "time-out-before"
  /** the effect takes place, no reply comes: the caller waits until its time-out */
  | "time-out-after"
  /** the function's environment dies before the call took effect */
  | "crash-before"
  /** the function's environment dies after the call took effect */
  | "crash-after";

export interface FaultSite {
  readonly service: string;
  readonly operation: string;
  readonly principal: Principal;
}

/** Decides the fate of each outgoing call; undefined lets it pass. */
export type FaultPlan = (site: FaultSite) => FaultKind | undefined;

/** A rule of the fault switch as `/_local/faults` takes it. */
export interface FaultRule {
  readonly kind: FaultKind;
  /** Service and operation, e.g. `dynamodb:PutItem`; `*` at either side of the colon matches all. */
  readonly on: string;
  /** Chance per call, 0 to 1. @default 1 */
  readonly chance?: number;
  /** How often at most. @default unlimited */
  readonly times?: number;
}

/** Turns rules into a plan; the same seed and calls give the same faults. */
export function planOf(rules: readonly FaultRule[], random: () => number): FaultPlan {
  const left = rules.map((rule) => rule.times ?? Infinity);
  return (site) => {
    for (const [i, rule] of rules.entries()) {
      const [service, operation] = rule.on.split(":");
      if (service !== "*" && service !== site.service) continue;
      if (operation !== "*" && operation !== site.operation) continue;
      if (left[i]! <= 0 || random() >= (rule.chance ?? 1)) continue;
      left[i]!--;
      return rule.kind;
    }
    return undefined;
  };
}
