import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as sqs from "@aws-sdk/client-sqs";
import { messageKey } from "../message-store/keys";
import { transition } from "../message-store/transition";
import { N } from "../shared/attributes";
import type { Captured, HandlerFactory } from "../shared/callback";
import { counted, NONE_YET, redriveAll, type Done, type Redriven } from "../shared/redrive";
import type { DeadLetter } from "./copies";
import { parseEnvelope } from "./envelope";
import { fateOf } from "./fate";
import { checkedRequest, MOST_AT_ONCE, type RedriveRequest } from "./redrive-request";

/** What the handler captures. */
export interface RedriveSettings {
  readonly table: Captured<string>;
  readonly deadLettersUrl: Captured<string>;
}

const RESERVE_MS = 5_000;

/**
 * Sets `failed` messages back to `queued` with a new attempt number, so that a second redrive does nothing. Letters that
 * were never a mail, or whose message is still being worked on, stay.
 */
export function redriveHandler(settings: RedriveSettings): HandlerFactory<RedriveRequest, Redriven> {
  return () => {
    const database = new dynamodb.DynamoDBClient({ maxAttempts: 5 });
    const queues = new sqs.SQSClient({ maxAttempts: 3 });
    return async (request, context) => {
      const wanted = checkedRequest(request);
      if ("messages" in wanted) {
        let count = NONE_YET;
        for (const { player, id } of wanted.messages) count = counted(count, await redrive(player, id, undefined));
        return count;
      }
      return redriveAll({
        queues,
        queueUrl: settings.deadLettersUrl.get(),
        remaining: () => context.getRemainingTimeInMillis(),
        reserveMs: RESERVE_MS,
        most: wanted.most ?? MOST_AT_ONCE,
        again: open,
      });
    };

    async function open(body: string): Promise<Done> {
      const letter = letterOf(body);
      return letter && redrive(letter.envelope.player, letter.envelope.id, letter.attempt);
    }

    async function redrive(player: string, id: string, attempt: number | undefined): Promise<Done> {
      const { Item } = await database.send(
        new dynamodb.GetItemCommand({
          TableName: settings.table.get(),
          Key: messageKey(player, id),
          ConsistentRead: true,
        }),
      );
      const fate = fateOf(Item);
      if (!fate) return 0;
      // The letter was laid down, the status not yet written: whoever does that is still at work.
      if (fate.attempt === attempt && (fate.status === "sending" || fate.status === "queued")) return undefined;
      if (fate.status !== "failed" || (attempt !== undefined && attempt !== fate.attempt)) return 0;
      const done = await transition(database, settings.table.get(), {
        player,
        id,
        from: "failed",
        to: "queued",
        attempt: fate.attempt,
        at: Math.floor(Date.now() / 1000),
        detail: "redrive",
        historyLength: fate.historyLength,
        set: ["attempt = attempt + :one", "tries = :zero", "dispatch = dispatch + :one"],
        remove: ["#reason"],
        names: { "#reason": "reason" },
        values: { ":one": N(1), ":zero": N(0) },
      });
      return done ? 1 : 0;
    }
  };
}

/** A dead letter with a mail in it; undefined for anything else. */
function letterOf(body: string): Pick<DeadLetter, "attempt" | "envelope"> | undefined {
  try {
    const { envelope, attempt } = JSON.parse(body) as { envelope?: unknown; attempt?: unknown };
    const mail = parseEnvelope(JSON.stringify(envelope));
    return mail && typeof attempt === "number" ? { envelope: mail, attempt } : undefined;
  } catch {
    return undefined;
  }
}
