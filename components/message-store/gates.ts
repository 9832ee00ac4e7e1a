import type { ChannelAdapter, Recipient } from "./channel";
import type { MessageType, Reason, StoredMessage } from "./message";

/** What preparation does with a message. */
export type Verdict =
  | { readonly to: "held"; readonly until: number; readonly reason: Reason }
  | { readonly to: "expired" | "skipped" | "failed"; readonly reason: Reason }
  | { readonly to: "render"; readonly address: string }
  /** No channel of this store: published as it is, so that whoever takes the channel gets it, or the catch-all. */
  | { readonly to: "publish" };

/** The gates before rendering, in order; the first that closes decides. `now` in epoch seconds. */
export function passGates(
  message: StoredMessage,
  recipient: Recipient,
  type: MessageType | undefined,
  adapter: ChannelAdapter | undefined,
  now: number,
): Verdict {
  if (message.validUntil !== undefined && message.validUntil <= now) {
    return { to: "expired", reason: { code: "expired", detail: `valid until ${message.validUntil}` } };
  }
  if (message.notBefore !== undefined && message.notBefore > now) {
    return { to: "held", until: message.notBefore, reason: { code: "not-before" } };
  }
  if (!type) return { to: "failed", reason: { code: "type-unknown", detail: message.type } };
  if (!adapter) return { to: "publish" };
  const answer = adapter.address(message, recipient);
  if ("skip" in answer) return { to: "skipped", reason: answer.skip };
  const missing = missingConsent(message, recipient, type);
  if (missing !== undefined) return { to: "skipped", reason: { code: "consent-missing", detail: missing } };
  return { to: "render", address: answer.address };
}

/** Name of the preference that forbids the message, e.g. `emailMarketing`. */
function missingConsent(message: StoredMessage, recipient: Recipient, type: MessageType): string | undefined {
  if (type.consent === "none") return undefined;
  const name = preferenceName(message.channel, message.type);
  const said = recipient.preferences[name];
  return said === true || (said === undefined && type.consent === "opt-out") ? undefined : name;
}

/** Name of the preference about a type on a channel: `email` and `marketing` make `emailMarketing`. */
export function preferenceName(channel: string, type: string): string {
  const words = `${channel}-${type}`.split(/[^A-Za-z0-9]+/).filter((word) => word.length > 0);
  return words.map((word, i) => (i === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1))).join("");
}
