import { itemOf, L, M, N, numberOf, S, textOf, type Item } from "../shared/attributes";
import { playerPk } from "../shared/player-keys";
import { SECONDS_PER_DAY } from "../shared/units";
import { dueBucket, messageId, messageKey } from "./keys";
import type { Message, Reason, StoredMessage } from "./message";
import { isStatus, RANK, type MessageStatus } from "./status";

/**
 * The item of a new message. One dated ahead is born `held`, in the index of what waits for its time.
 *
 * @param dueShards shards of that index over which messages dated ahead are spread.
 */
export function newItem(
  message: Message,
  now: number,
  retentionDays: number,
  dueShards?: number,
): { id: string; item: Item } {
  const id = messageId(message.player, message.deduplicationKey);
  const ahead = message.notBefore !== undefined && message.notBefore > now;
  const status: MessageStatus = ahead ? "held" : "queued";
  const latest = Math.max(now, message.notBefore ?? 0, message.validUntil ?? 0);
  const item = itemOf({
    ...messageKey(message.player, id),
    id: S(id),
    player: S(message.player),
    channel: S(message.channel ?? "email"),
    type: S(message.type),
    template: S(message.template),
    data: S(JSON.stringify(message.data ?? {})),
    status: S(status),
    rank: N(RANK[status]),
    history: L([historyEntry(status, now, ahead ? "not-before" : undefined)]),
    dispatch: N(ahead ? 0 : 1),
    attempt: N(0),
    tries: N(0),
    createdAt: N(now),
    expiresAt: N(latest + retentionDays * SECONDS_PER_DAY),
    notBefore: message.notBefore === undefined ? undefined : N(message.notBefore),
    validUntil: message.validUntil === undefined ? undefined : N(message.validUntil),
    to: message.to === undefined ? undefined : S(message.to),
    locale: message.locale === undefined ? undefined : S(message.locale),
    run: message.run === undefined ? undefined : S(message.run),
    origin: message.origin === undefined ? undefined : S(message.origin),
    dueBucket: ahead ? S(dueBucket(id, dueShards)) : undefined,
    dueAt: ahead ? N(message.notBefore ?? 0) : undefined,
  });
  return { id, item };
}

/** One line of a message's history; `at` in epoch seconds. */
export function historyEntry(status: MessageStatus, at: number, detail?: string, attempt?: number) {
  return M(
    itemOf({
      status: S(status),
      at: N(at),
      detail: detail === undefined ? undefined : S(detail),
      attempt: attempt === undefined ? undefined : N(attempt),
    }),
  );
}

/** A reason as an attribute; its detail is cut to 1,000 characters. */
export function reasonValue(reason: Reason) {
  return M(
    itemOf({
      code: S(reason.code),
      detail: reason.detail === undefined ? undefined : S(reason.detail.slice(0, 1_000)),
      template: reason.template === undefined ? undefined : S(reason.template),
      locale: reason.locale === undefined ? undefined : S(reason.locale),
      field: reason.field === undefined ? undefined : S(reason.field),
    }),
  );
}

/** The reason in a message's item; undefined when there is none. */
export function readReason(item: Item | undefined): Reason | undefined {
  const map = item?.["reason"]?.M;
  const code = textOf(map, "code");
  if (code === undefined) return undefined;
  const reason: Record<string, string> = { code };
  for (const name of ["detail", "template", "locale", "field"]) {
    const value = textOf(map, name);
    if (value !== undefined) reason[name] = value;
  }
  return reason as unknown as Reason;
}

/** A message's item, read; undefined when it is none of ours or has been tampered with. */
export function readMessage(item: Item | undefined): StoredMessage | undefined {
  const player = textOf(item, "player");
  const id = textOf(item, "id");
  const status = textOf(item, "status");
  const channel = textOf(item, "channel");
  const type = textOf(item, "type");
  const template = textOf(item, "template");
  const data = parseObject(textOf(item, "data"));
  const dispatch = numberOf(item, "dispatch");
  if (!player || !id || !channel || !type || !template || !data || dispatch === undefined) return undefined;
  if (!isStatus(status) || textOf(item, "pk") !== playerPk(player) || textOf(item, "sk") !== `MSG#${id}`)
    return undefined;
  const optional: { notBefore?: number; validUntil?: number; to?: string; locale?: string; run?: string } = {};
  const notBefore = numberOf(item, "notBefore");
  const validUntil = numberOf(item, "validUntil");
  const to = textOf(item, "to");
  const locale = textOf(item, "locale");
  const run = textOf(item, "run");
  if (notBefore !== undefined) optional.notBefore = notBefore;
  if (validUntil !== undefined) optional.validUntil = validUntil;
  if (to !== undefined) optional.to = to;
  if (locale !== undefined) optional.locale = locale;
  if (run !== undefined) optional.run = run;
  const attempt = numberOf(item, "attempt") ?? 0;
  return { player, id, status, channel, type, template, data, dispatch, attempt, ...optional };
}

function parseObject(json: string | undefined): Record<string, unknown> | undefined {
  if (json === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return value !== null && typeof value === "object" && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
