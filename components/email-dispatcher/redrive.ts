import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as sqs from "@aws-sdk/client-sqs";
import { messageKey } from "../message-store/keys";
import { transition } from "../message-store/transition";
import type { Captured, HandlerFactory } from "../shared/callback";
import { N } from "../shared/attributes";
import type { DeadLetter } from "./copies";
import { isPlayerId, PLAYER_ID_RULE } from "../shared/player-keys";
import { requestError, requireMembers } from "../shared/request";
import { parseEnvelope } from "./envelope";
import { fateOf } from "./fate";

/** What an operator asks for: these messages, or what lies in the dead-letter queue. */
export type RedriveRequest =
  | { readonly messages: readonly { readonly player: string; readonly id: string }[] }
  /** @default at most 1,000 */
  | { readonly deadLetters: true; readonly most?: number };

export interface RedriveResponse {
  /** Messages queued again. */
  readonly redriven: number;
  /** Messages that were not `failed` any more, or not at that attempt: left as they are. */
  readonly unchanged: number;
  /** Dead letters that stay: they were never a mail, or their message is still being worked on. */
  readonly kept: number;
}

export interface RedriveSettings {
  readonly table: Captured<string>;
  readonly deadLettersUrl: Captured<string>;
}

const MOST_AT_ONCE = 1_000;
const RESERVE_MS = 5_000;
/** Seconds for which a letter that stays is out of sight, so that one redrive looks at it once. */
const KEPT_SECONDS = 60;

/** Sets `failed` messages back to `queued` with a new attempt number, so that a second redrive does nothing. */
export function redriveHandler(settings: RedriveSettings): HandlerFactory<RedriveRequest, RedriveResponse> {
  return () => {
    const database = new dynamodb.DynamoDBClient({ maxAttempts: 5 });
    const queues = new sqs.SQSClient({ maxAttempts: 3 });
    return async (request, context) => {
      const count = { redriven: 0, unchanged: 0, kept: 0 };
      const wanted = checked(request);
      if ("messages" in wanted) {
        for (const { player, id } of wanted.messages) count[await redrive(player, id, undefined)] += 1;
        return count;
      }
      const most = wanted.most ?? MOST_AT_ONCE;
      let seen = 0;
      while (seen < most && context.getRemainingTimeInMillis() > RESERVE_MS) {
        const { Messages: letters = [] } = await queues.send(
          new sqs.ReceiveMessageCommand({
            QueueUrl: settings.deadLettersUrl.get(),
            MaxNumberOfMessages: Math.min(10, most - seen),
            VisibilityTimeout: KEPT_SECONDS,
          }),
        );
        if (letters.length === 0) break;
        seen += letters.length;
        for (const letter of letters) count[await open(letter)] += 1;
      }
      return count;
    };

    async function open(letter: sqs.Message): Promise<keyof RedriveResponse> {
      const said = letterOf(letter.Body ?? "");
      if (!said) return "kept";
      const result = await redrive(said.envelope.player, said.envelope.id, said.attempt);
      if (result !== "kept") {
        const QueueUrl = settings.deadLettersUrl.get();
        await queues.send(new sqs.DeleteMessageCommand({ QueueUrl, ReceiptHandle: letter.ReceiptHandle }));
      }
      return result;
    }

    async function redrive(player: string, id: string, attempt: number | undefined): Promise<keyof RedriveResponse> {
      const { Item } = await database.send(
        new dynamodb.GetItemCommand({
          TableName: settings.table.get(),
          Key: messageKey(player, id),
          ConsistentRead: true,
        }),
      );
      const fate = fateOf(Item);
      if (!fate) return "unchanged";
      // The letter was laid down, the status not yet written: whoever does that is still at work.
      if (fate.attempt === attempt && (fate.status === "sending" || fate.status === "queued")) return "kept";
      if (fate.status !== "failed" || (attempt !== undefined && attempt !== fate.attempt)) return "unchanged";
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
      return done ? "redriven" : "unchanged";
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

/** @throws RequestError for anything but a `RedriveRequest`. */
function checked(request: unknown): RedriveRequest {
  const members = requireMembers(request, "", ["messages", "deadLetters", "most"]);
  const { messages, deadLetters, most } = members;
  if (messages === undefined) {
    if (deadLetters !== true) throw requestError("deadLetters", deadLetters, "true, or a list of `messages` instead");
    if (most !== undefined && !(Number.isSafeInteger(most) && Number(most) > 0)) {
      throw requestError("most", most, "a whole number from 1");
    }
    return members as unknown as RedriveRequest;
  }
  if (deadLetters !== undefined || most !== undefined) {
    throw requestError("messages", messages, "either a list of messages or `deadLetters`");
  }
  if (!Array.isArray(messages) || messages.length === 0 || messages.length > MOST_AT_ONCE) {
    throw requestError("messages", messages, `a list of 1 to ${MOST_AT_ONCE} messages`);
  }
  messages.forEach((message, i) => {
    const { player, id } = requireMembers(message, `messages[${i}]`, ["player", "id"]);
    if (!isPlayerId(player)) throw requestError(`messages[${i}].player`, player, PLAYER_ID_RULE);
    if (typeof id !== "string" || !/^[0-9A-Za-z]{1,64}$/.test(id)) {
      throw requestError(`messages[${i}].id`, id, "the id of a message");
    }
  });
  return members as unknown as RedriveRequest;
}
