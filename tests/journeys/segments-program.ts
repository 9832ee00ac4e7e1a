import {
  Dashboard,
  EncryptionKey,
  MessageStore,
  operationsOf,
  RealtimeGateway,
  SegmentPipeline,
} from "../../components";

/** A program with segments of every kind and no channel: their messages are counted, not sent. */
const key = new EncryptionKey("shared");
const common = { key, protect: false, monitoring: { alarms: "none" } } as const;

const gateway = new RealtimeGateway("gateway", {
  ...common,
  manageAccountLogging: true,
  auth: { issuer: "https://id.example.com", audience: "game" },
  playerAttributes: { level: "number", vip: "boolean", region: "string", guildRank: "number" },
});
const messages = new MessageStore("messages", { ...common, directory: gateway.directory });
const segments = new SegmentPipeline("segments", {
  ...common,
  directory: gateway.directory,
  messages,
  manageCatalogPolicy: true,
  maxDataAgeSeconds: 7_200,
});

const message = { type: "social", template: "season-news", data: { season: "Season 7" } };
const veterans = { attribute: "level", atLeast: 50 } as const;

segments.define("veterans", {
  where: { all: [veterans, { not: { attribute: "vip", equals: true } }] },
  message,
});
segments.define("crowd", { where: { attribute: "region", equals: "crowd" }, message });
segments.define("nobody", { where: { attribute: "level", moreThan: 1e9 }, message });
segments.define("fresh-only", { where: veterans, message, maxDataAgeSeconds: 60 });
segments.define("tiny-only", { where: veterans, message, maxScannedBytes: 10 });
segments.define("messy", {
  sql:
    `SELECT "pk" FROM {players} WHERE "level" >= 50 AND "sk" = 'PROFILE' ` +
    `UNION ALL SELECT "pk" FROM {players} WHERE "level" >= 50 AND "sk" = 'PROFILE' ` +
    `UNION ALL SELECT 'IDENTITY#x' UNION ALL SELECT 'PLAYER#_zz' UNION ALL SELECT NULL`,
  message,
});
segments.define("broken", { sql: `SELECT "no_such_column" AS "pk" FROM {players}`, message });
// An attribute that no player has: the copy has no column of it.
segments.define("unguilded", {
  where: {
    all: [
      veterans,
      {
        any: [
          { attribute: "guildRank", exists: false },
          { attribute: "guildRank", atMost: 3 },
        ],
      },
    ],
  },
  message,
});
segments.define("daily", {
  where: { attribute: "vip", equals: true },
  message,
  schedule: "cron(30 7 * * ? *)",
  scheduleTimeZone: "Europe/Berlin",
});

new Dashboard("delivery", { sections: [{ title: "Segments", widgets: segments.widgets() }] });

export const operations = operationsOf({ gateway, messages, segments });
export const playersTable = gateway.players.name;
export const playersArn = gateway.players.arn;
export const messagesTable = messages.table.name;
export const messagesArn = messages.table.arn;
export const profileFunction = gateway.profileFunction.arn;
export const segmentFunction = segments.startFunction.arn;
export const runsTable = segments.runs.name;
export const copyBucket = segments.copy.bucket.name;
export const copyDatabase = segments.copy.database.name;
export const workgroup = segments.queries.workgroup.name;
