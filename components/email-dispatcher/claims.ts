/** The conditional writes of the protocol: each names the attempt that it speaks for. */
import type * as dynamodb from "@aws-sdk/client-dynamodb";
import { transition } from "../message-store/transition";
import type { Reason } from "../message-store/message";
import { N, S, SS } from "../shared/attributes";
import type { Envelope } from "./envelope";
import type { Fate } from "./protocol";

/** A table, and the mail in it. */
export interface Place {
  readonly client: dynamodb.DynamoDBClient;
  readonly table: string;
  readonly envelope: Envelope;
  readonly fate: Fate;
  /** Epoch milliseconds. */
  readonly now: number;
}

function step(place: Place, attempt: number, shift = 0) {
  return {
    player: place.envelope.player,
    id: place.envelope.id,
    attempt,
    at: Math.floor(place.now / 1000),
    historyLength: place.fate.historyLength + shift,
  };
}

/** Takes the next attempt: from `queued`, or from an attempt whose hold is over. Who gets false reads again. */
export function claim(place: Place, from: "queued" | "sending", attempt: number, holdMs: number): Promise<boolean> {
  const held = from === "sending";
  return transition(place.client, place.table, {
    ...step(place, attempt - 1),
    from,
    to: "sending",
    detail: `attempt ${attempt}`,
    condition: held ? "claimedAt <= :over" : "dispatch = :of",
    set: ["attempt = :next", "tries = tries + :one", "claimedAt = :now"],
    values: {
      ":next": N(attempt),
      ":one": N(1),
      ":now": N(place.now),
      ...(held ? { ":over": N(place.now - holdMs) } : { ":of": N(place.envelope.dispatch) }),
    },
  });
}

/** SES has taken the mail: the attempt is the one that was sent. */
export function accepted(place: Place, attempt: number, providerId: string): Promise<boolean> {
  return transition(place.client, place.table, {
    ...step(place, attempt, 1),
    from: "sending",
    to: "sent",
    set: ["providerId = :provider"],
    remove: ["#reason"],
    // SES's own Send event says the same once more: no second line of history.
    add: ["#seen :keys"],
    names: { "#reason": "reason", "#seen": "seen" },
    values: { ":provider": S(providerId), ":keys": SS([`Send-${attempt}`]) },
  });
}

/** Surely not sent, and it counts. */
export function refused(place: Place, attempt: number, detail: string): Promise<boolean> {
  const reason = { code: "refused", detail };
  return transition(place.client, place.table, { ...step(place, attempt, 1), from: "sending", to: "queued", reason });
}

/** Surely not sent, and it does not count. */
export function throttled(place: Place, attempt: number, detail: string): Promise<boolean> {
  return transition(place.client, place.table, {
    ...step(place, attempt, 1),
    from: "sending",
    to: "queued",
    reason: { code: "throttled", detail },
    set: ["tries = tries - :one", "throttles = if_not_exists(throttles, :zero) + :one"],
    values: { ":one": N(1), ":zero": N(0) },
  });
}

/** The end, without a mail, of the attempt that the item is at. */
export function end(
  place: Place,
  from: "queued" | "sending",
  to: "failed" | "skipped" | "expired",
  attempt: number,
  reason: Reason,
  shift = 0,
): Promise<boolean> {
  return transition(place.client, place.table, { ...step(place, attempt, shift), from, to, reason });
}
