import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { DynamoDBBatchResponse, DynamoDBRecord, SQSBatchResponse } from "aws-lambda";
import { emailAdapter, type AdapterSettings } from "../../../components/email-dispatcher/adapter";
import { deadLetterHandler } from "../../../components/email-dispatcher/dead-letters";
import type { Envelope } from "../../../components/email-dispatcher/envelope";
import { eventHandler } from "../../../components/email-dispatcher/events";
import { reconcileHandler } from "../../../components/email-dispatcher/reconcile";
import { redriveHandler } from "../../../components/email-dispatcher/redrive";
import { sendHandler, type SendSettings } from "../../../components/email-dispatcher/send";
import { compileTemplate } from "../../../components/email-dispatcher/templates";
import { messageClient } from "../../../components/message-store/enqueue";
import { messageKey } from "../../../components/message-store/keys";
import { DEFAULT_TYPES, type Message } from "../../../components/message-store/message";
import { prepareHandler, type PrepareSettings } from "../../../components/message-store/prepare";
import { encodePlayerId, playerPk } from "../../../components/shared/player-keys";
import { context, PLAYERS, TABLE, type World } from "../message-store/world";
import { fixed } from "../shared/sdk";

export const QUEUE = "https://queue/send";
export const RECONCILE = "https://queue/reconcile";
export const LETTERS = "https://queue/dead-letters";
export const PARKED = "https://queue/parked";
export const HOLD_SECONDS = 600;

export const TEMPLATES = {
  welcome: compileTemplate("emails", "welcome", {
    locales: {
      en: { subject: "Hello {{name}}", html: "<p>Hello {{name}}, level {{level}}.</p>" },
      de: { subject: "Hallo {{name}}", html: "<p>Hallo {{name}}.</p>", text: "Hallo {{name}}!" },
    },
  }),
};

/** Every handler of the path, as the components make them. */
export function handlers(
  settings: {
    send?: Partial<SendSettings>;
    prepare?: Partial<PrepareSettings>;
    adapter?: Partial<AdapterSettings>;
    holdSeconds?: number;
  } = {},
) {
  const holdSeconds = settings.holdSeconds ?? HOLD_SECONDS;
  const table = fixed(TABLE);
  const urls = { queueUrl: fixed(QUEUE), reconcileUrl: fixed(RECONCILE), deadLettersUrl: fixed(LETTERS) };
  const recipients = ["*@players.test"];
  const adapter = emailAdapter({
    templates: TEMPLATES,
    types: DEFAULT_TYPES,
    recipients,
    unsubscribeUrl: "https://game.example/unsubscribe?p={player}&m={message}",
    ...settings.adapter,
  });
  return {
    client: messageClient({ table, types: Object.keys(DEFAULT_TYPES), retentionDays: 400 }),
    prepare: prepareHandler({
      table,
      directory: fixed(PLAYERS),
      types: DEFAULT_TYPES,
      topics: { transactional: fixed("t:transactional"), social: fixed("t:social"), marketing: fixed("t:marketing") },
      statusTopic: fixed("t:status"),
      subscribed: [],
      parked: fixed(PARKED),
      channels: { email: adapter },
      ...settings.prepare,
    }),
    send: sendHandler({
      table,
      ...urls,
      configurationSet: fixed("set"),
      dispatcher: "emails",
      sender: { address: "hello@game.example", name: "Das Spiel" },
      recipients,
      maxSendRate: undefined,
      holdSeconds,
      ...settings.send,
    }),
    reconcile: reconcileHandler({ table, ...urls, holdSeconds }),
    deadLetters: deadLetterHandler({ table, ...urls, holdSeconds }),
    events: eventHandler({ table }),
    redrive: redriveHandler({ table, ...urls }),
  };
}

/** A player as the directory knows it. */
export async function putPlayer(
  world: World,
  id: string,
  profile: Record<string, string>,
  preferences?: Record<string, boolean>,
): Promise<void> {
  const pk = { S: playerPk(id) };
  const item: Record<string, AttributeValue> = { pk, sk: { S: "PROFILE" }, playerId: { S: id } };
  for (const [name, value] of Object.entries(profile)) item[name] = { S: value };
  await world.put(item, PLAYERS);
  if (!preferences) return;
  const settings: Record<string, AttributeValue> = { pk, sk: { S: "PREFERENCES" } };
  for (const [name, value] of Object.entries(preferences)) settings[name] = { BOOL: value };
  await world.put(settings, PLAYERS);
}

/** Feeds the stream's records to prepare, and what it published for e-mail into the e-mail queue. */
export async function prepareAll(
  world: World,
  h = handlers(),
  records: DynamoDBRecord[] = world.records(),
): Promise<DynamoDBBatchResponse> {
  const answer = await h.prepare()({ Records: records }, context);
  for (const { body, attributes } of world.published.filter((p) => p.attributes["channel"] === "email")) {
    world.enqueueCopy(QUEUE, body);
    if (attributes["channel"] !== "email") throw new Error("filter");
  }
  return answer;
}

/** Takes what is visible in a queue and hands it to a handler, as the mapping does. */
export async function drain(
  world: World,
  queue: string,
  factory: ReturnType<typeof handlers>["send"],
): Promise<SQSBatchResponse> {
  const copies = (world.queues[queue] ?? []).filter((copy) => copy.visibleAt <= world.now);
  world.queues[queue] = (world.queues[queue] ?? []).filter((copy) => !copies.includes(copy));
  const answer = await factory()(world.sqsEvent(copies.map((copy) => copy.body)), context);
  for (const { itemIdentifier } of answer.batchItemFailures) {
    const copy = copies[Number(itemIdentifier.slice(1))];
    if (copy) world.queues[queue].push(copy);
  }
  return answer;
}

/** A message's status, reason and history, as a test compares them. */
export async function told(world: World, player: string, id: string) {
  const item = await world.item(messageKey(player, id));
  const reason = item?.["reason"]?.M;
  return {
    status: item?.["status"]?.S,
    attempt: Number(item?.["attempt"]?.N),
    tries: Number(item?.["tries"]?.N),
    ...(reason ? { reason: Object.fromEntries(Object.entries(reason).map(([name, v]) => [name, v.S])) } : {}),
    history: (item?.["history"]?.L ?? []).map((entry) =>
      [entry.M?.["status"]?.S, entry.M?.["detail"]?.S].filter((word) => word !== undefined).join(" "),
    ),
  };
}

/** An event of SES about a mail that the test's SES accepted. */
export function sesEvent(
  kind: string,
  of: { player: string; id: string; attempt?: number; to?: string },
  detail: Record<string, unknown> = {},
): string {
  const timestamp = new Date(Date.now()).toISOString();
  const member =
    kind === "DeliveryDelay" ? "deliveryDelay" : kind === "Rendering Failure" ? "failure" : kind.toLowerCase();
  return JSON.stringify({
    eventType: kind,
    mail: {
      timestamp,
      messageId: `ses-${of.attempt ?? 1}`,
      destination: [of.to ?? "ada@players.test"],
      tags: {
        messageId: [of.id],
        attempt: [String(of.attempt ?? 1)],
        player: [encodePlayerId(of.player)],
        "ses:configuration-set": ["set"],
      },
    },
    [member]: { timestamp, ...detail },
  });
}

export async function enqueue(_world: World, message: Partial<Message> = {}): Promise<{ player: string; id: string }> {
  const player = message.player ?? "ada";
  const whole = { player, type: "transactional", template: "welcome", data: { name: "Ada", level: 7 }, ...message };
  const { id } = await handlers().client.enqueue(whole);
  return { player, id };
}

/** The mail that lies in the e-mail queue. */
export function envelope(of: { player: string; id: string }, more: Partial<Envelope> = {}): Envelope {
  return {
    player: of.player,
    id: of.id,
    dispatch: 1,
    type: "transactional",
    template: "welcome",
    locale: "en",
    to: "ada@players.test",
    subject: "Hello",
    html: "<p>Hello</p>",
    text: "Hello",
    ...more,
  };
}

/* eslint-disable no-console -- what handlers log is silenced */
/** Opens a world for a suite in which handlers log nothing. @param info takes what they say for metrics. */
export function openQuietly(world: World, info: (line: unknown) => void = () => undefined): void {
  const { error, warn, info: said } = console;
  before(async () => {
    await world.open();
    console.error = console.warn = () => undefined;
    console.info = info;
  });
  after(async () => {
    Object.assign(console, { error, warn, info: said });
    await world.close();
  });
}
