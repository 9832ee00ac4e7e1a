/**
 * The rules by which a mail is sent once, or said not to be, as one pure function over what is known. SES has no
 * idempotency token: after a lost reply only SES's own `Send` event tells whether the mail left.
 */
import type { MessageStatus } from "../message-store/status";
import { MAX_TRIES } from "./limits";

/** What the item says about the mail. */
export interface Fate {
  readonly status: MessageStatus;
  readonly dispatch: number;
  /** Claims so far. */
  readonly attempt: number;
  /** Claims that count: those that were not throttled. */
  readonly tries: number;
  /** Times that the rate or the quota stood against it. */
  readonly throttles: number;
  /** Epoch milliseconds of the last claim. */
  readonly claimedAt: number;
  /** Epoch seconds. */
  readonly validUntil: number | undefined;
  /** Entries of the history. */
  readonly historyLength: number;
}

/** What whoever holds a copy of the mail does next. */
export type Step =
  /** Its fate is known, or a newer pass made another copy: delete this one. */
  | { readonly step: "drop" }
  /** Write `sending` with this attempt, on condition of the previous one; only then send. */
  | { readonly step: "claim"; readonly from: "queued" | "sending"; readonly attempt: number }
  /** Another attempt is unclear: see to it that somebody looks again after its hold, and delete this copy. */
  | { readonly step: "hold"; readonly attempt: number; readonly delaySeconds: number }
  /** The last try is over and no event came: write `failed`, into the dead letters. */
  | { readonly step: "giveUp"; readonly attempt: number; readonly from: "queued" | "sending" }
  | { readonly step: "expire"; readonly attempt: number; readonly from: "queued" | "sending" };

/** Decides by the item alone; `now` in epoch milliseconds. */
export function nextStep(fate: Fate | undefined, dispatch: number, now: number, holdMs: number): Step {
  if (!fate || fate.dispatch > dispatch) return { step: "drop" };
  if (fate.status !== "queued" && fate.status !== "sending") return { step: "drop" };
  if (fate.status === "sending") {
    const left = fate.claimedAt + holdMs - now;
    if (left > 0) return { step: "hold", attempt: fate.attempt, delaySeconds: Math.ceil(left / 1000) };
  }
  const { status: from, attempt } = fate;
  if (fate.validUntil !== undefined && fate.validUntil * 1000 <= now) return { step: "expire", from, attempt };
  if (fate.tries >= MAX_TRIES) return { step: "giveUp", from, attempt };
  return { step: "claim", from, attempt: attempt + 1 };
}

/** Seconds until a refused mail is tried again: 30 s, 60 s. */
export function refusalDelay(tries: number): number {
  return 30 * 2 ** Math.max(0, tries - 1);
}

/** Seconds until a throttled mail is tried again: doubling from 2 s to SES's own advice of ten minutes, with jitter. */
export function throttleDelay(throttles: number, daily: boolean, chance: number): number {
  const longest = 600;
  const base = daily ? longest : Math.min(longest, 2 ** Math.min(throttles + 1, 10));
  return Math.max(1, Math.round(base * (0.5 + chance / 2)));
}
