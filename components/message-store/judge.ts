import type * as dynamodb from "@aws-sdk/client-dynamodb";
import type { Captured } from "../shared/callback";
import type { ChannelAdapter, Recipient } from "./channel";
import type { Conclusion } from "./conclude";
import { passGates, type Verdict } from "./gates";
import type { MessageType, StoredMessage } from "./message";
import { readRecipients } from "./recipients";
import { readSuppressed } from "./suppressions";

/** What preparation judges messages by. */
export interface JudgeSettings {
  readonly table: Captured<string>;
  /** Table of players; none when messages carry their own addresses. */
  readonly directory: Captured<string> | undefined;
  readonly types: Readonly<Record<string, MessageType>>;
  readonly channels: Readonly<Record<string, ChannelAdapter>>;
}

/** A message that waits for preparation, and the record that told of it. */
export interface Work {
  readonly sequence: string;
  readonly message: StoredMessage;
}

/** What is to become of a message: a fate, or what its type's topic receives. */
export interface Judged extends Work {
  readonly outcome: Conclusion | { readonly to: "publish"; readonly body: string };
}

/** Notes that a record could not be done now. */
export type Fail = (sequence: string, error: unknown) => void;

/**
 * Reads what the messages of a batch need, all at once, and judges and renders each by itself: one at which an adapter
 * throws is told to `fail` and is missing in the answer, its neighbours are there. Rejects when a read fails.
 *
 * @param now epoch seconds.
 */
export async function judge(
  database: dynamodb.DynamoDBClient,
  settings: JudgeSettings,
  work: readonly Work[],
  now: number,
  fail: Fail,
): Promise<Judged[]> {
  const { directory, types, channels } = settings;
  if (work.length === 0) return [];
  const players = work.map(({ message }) => message.player);
  const recipients = directory ? await readRecipients(database, directory.get(), players) : {};
  const passed = each(work, fail, (one) => {
    const recipient = recipients[one.message.player] ?? { known: false, preferences: {} };
    // Names come with the message: `constructor` is none of a type or channel.
    const type = ownOf(types, one.message.type);
    const adapter = ownOf(channels, one.message.channel);
    const verdict = passGates(one.message, recipient, type, adapter, now);
    if (verdict.to === "render" && typeof verdict.address !== "string") {
      throw new TypeError(
        `address of channel "${one.message.channel}": got ${typeof verdict.address}; expected a string`,
      );
    }
    return { ...one, recipient, adapter, verdict };
  });
  const addresses = passed.flatMap(({ verdict }) => (verdict.to === "render" ? [verdict.address] : []));
  const suppressed = await readSuppressed(database, settings.table.get(), addresses);
  return each(passed, fail, ({ sequence, message, recipient, adapter, verdict }) => {
    return { sequence, message, outcome: outcomeOf(message, recipient, adapter, verdict, suppressed) };
  });
}

function each<T extends Work, R>(items: readonly T[], fail: Fail, step: (item: T) => R): R[] {
  const results: R[] = [];
  for (const item of items) {
    try {
      results.push(step(item));
    } catch (error) {
      fail(item.sequence, error);
    }
  }
  return results;
}

function outcomeOf(
  message: StoredMessage,
  recipient: Recipient,
  adapter: ChannelAdapter | undefined,
  verdict: Verdict,
  suppressed: Readonly<Record<string, string>>,
): Judged["outcome"] {
  if (verdict.to === "publish") return { to: "publish", body: JSON.stringify(message) };
  if (verdict.to !== "render") return verdict;
  const why = suppressed[verdict.address];
  if (why !== undefined) return { to: "skipped", reason: { code: "suppressed", detail: why } };
  try {
    const answer = adapter?.render(message, recipient, verdict.address);
    if (answer && "body" in answer) return { to: "publish", body: JSON.stringify(answer.body) };
    return { to: "failed", reason: answer?.fail ?? { code: "channel-unknown", detail: message.channel } };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { to: "failed", reason: { code: "template-error", template: message.template, detail } };
  }
}

/** What a record itself holds under a name. */
export function ownOf<T>(values: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
