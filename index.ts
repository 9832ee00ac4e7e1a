import {
  Dashboard,
  EmailDispatcher,
  EncryptionKey,
  MessageStore,
  RealtimeGateway,
  SegmentPipeline,
  operationsOf,
} from "./components";
import { readSettings } from "./config";
import { achievement, seasonNews, welcome } from "./templates";

const settings = readSettings();
const { alarms, alarmTopicArn, unsubscribeUrl } = settings;
const monitoring = { alarms, ...(alarmTopicArn === undefined ? {} : { alarmTopicArn }) };
const key = new EncryptionKey("messaging", { retainOnDelete: settings.protect });

const gateway = new RealtimeGateway("gateway", {
  key,
  monitoring,
  protect: settings.protect,
  manageAccountLogging: settings.manageAccount,
  auth: { issuer: settings.issuer, audience: settings.audience },
  playerAttributes: { level: "number", country: "string", spentCents: "number", premium: "boolean" },
});

const messages = new MessageStore("messages", {
  key,
  monitoring,
  protect: settings.protect,
  directory: gateway.directory,
  retentionDays: settings.messageRetentionDays,
});

const emails = new EmailDispatcher("emails", {
  key,
  monitoring,
  messages,
  protect: settings.protect,
  sender: settings.sender,
  ...(unsubscribeUrl === undefined ? {} : { unsubscribeUrl }),
  ...(settings.environment === "production" ? { production: true } : { recipients: [...settings.recipients] }),
});
emails.template("welcome", welcome);
const achieved = emails.template("achievement", achievement);
emails.template("season-news", seasonNews);

const segments = new SegmentPipeline("segments", {
  key,
  monitoring,
  protect: settings.protect,
  directory: gateway.directory,
  messages,
  manageCatalogPolicy: settings.manageAccount,
  refreshMinutes: settings.refreshMinutes,
});
segments.define("active-30-days", {
  description: "All players active in the last 30 days.",
  where: { attribute: "lastActiveAt", within: { days: 30 } },
  message: { type: "social", template: "season-news", data: { season: "Season 7" } },
  ...(settings.segmentSchedule === undefined ? {} : { schedule: settings.segmentSchedule }),
});

const { enqueue } = messages.client();
gateway.onPlayerEvent("achievement", async (event) => {
  await enqueue({
    player: event.player,
    type: "transactional",
    template: achieved,
    data: { achievement: typeof event.data["name"] === "string" ? event.data["name"] : "a secret" },
    deduplicationKey: `achievement-${event.id}`,
  });
});

if (alarms === "all") {
  new Dashboard("delivery", {
    sections: [
      { title: "Connections and notices", widgets: gateway.widgets() },
      { title: "Messages", widgets: messages.widgets() },
      { title: "E-mail", widgets: emails.widgets() },
      { title: "Segments", widgets: segments.widgets() },
    ],
  });
}

export const url = gateway.url;
export const protocol = gateway.protocol;
export const playersTable = gateway.players.name;
export const presenceTable = gateway.presence.name;
export const messagesTable = messages.table.name;
export const enqueueFunction = messages.enqueueFunction.arn;
export const profileFunction = gateway.profileFunction.arn;
export const eventFunction = gateway.eventFunction.arn;
export const dnsRecords = emails.dnsRecords;
export const redriveFunction = emails.redriveFunction.arn;
export const redriveMessagesFunction = messages.redriveFunction.arn;
export const redriveNoticesFunction = gateway.redriveFunction.arn;
export const segmentFunction = segments.startFunction.arn;
export const runsTable = segments.runs.name;
export const operations = operationsOf({ gateway, messages, emails, segments });
