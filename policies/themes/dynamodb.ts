import { isKeyArn, KEY_ARN } from "../framework/keys";
import type { Resource } from "../framework/resource";
import type { Rule } from "../framework/rule";

const REPLICA = "aws:dynamodb/tableReplica:TableReplica";
const TABLE = "aws:dynamodb/table:Table";
const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";

export const ddbScales: Rule = {
  name: "ddb-scales",
  what: "A table is paid per request, or scales by itself.",
  why: "A fixed capacity throttles on the day of a launch.",
  fix: 'Set billingMode to "PAY_PER_REQUEST".',
  outside: ["FSBP DynamoDB.1", "NAG DynamoDBAutoScalingEnabled", "GRD DYNAMODB_AUTOSCALING_ENABLED", "CKV2_AWS_16"],
  example: 'billingMode: "PAY_PER_REQUEST"',
  types: [TABLE],
  stackChecks: [
    (table, { stack, refuse }) => {
      if (table.at("billingMode") === "PAY_PER_REQUEST") return;
      const scaled = stack.ofType("aws:appautoscaling/target:Target").map((target) => String(target.at("resourceId")));
      if (!scaled.includes(`table/${table.text("name") ?? table.text("id") ?? ""}`))
        refuse("billingMode", table.at("billingMode"), "PAY_PER_REQUEST, or an autoscaling target for the table");
    },
  ],
};

export const ddbPitr: Rule = {
  name: "ddb-pitr",
  what: "Every table can be restored to any second of the last days.",
  why: "A handler's bug that overwrites items cannot be undone otherwise; zero-ETL needs it too.",
  fix: "Set pointInTimeRecovery.enabled to true.",
  outside: [
    "FSBP DynamoDB.2",
    "CKV_AWS_28",
    "NAG DDB3",
    "GRD DYNAMODB_PITR_ENABLED",
    "PRW dynamodb_tables_pitr_enabled",
  ],
  example: "pointInTimeRecovery: { enabled: true }",
  types: [TABLE, REPLICA],
  config: { days: { type: "integer", description: "Fewest days back.", default: 7, minimum: 1, maximum: 35 } },
  checks: [
    (table, { refuse, number }) => {
      if (table.type !== TABLE) return;
      if (!table.flag("pointInTimeRecovery.enabled"))
        refuse("pointInTimeRecovery.enabled", table.at("pointInTimeRecovery.enabled"), "true");
      const days = table.number("pointInTimeRecovery.recoveryPeriodInDays") ?? 35;
      if (days < number("days")) refuse("pointInTimeRecovery.recoveryPeriodInDays", days, `at least ${number("days")}`);
    },
    (table, { refuse }) => {
      const flags =
        table.type === REPLICA
          ? ["pointInTimeRecovery"]
          : table.list("replicas").map((_, index) => `replicas.${index}.pointInTimeRecovery`);
      for (const path of flags) if (!table.flag(path)) refuse(path, table.at(path), "true");
    },
  ],
  remediate: ({ type, props }) => ({ ...props, pointInTimeRecovery: type === TABLE ? { enabled: true } : true }),
};

export const ddbDeletionProtection: Rule = {
  name: "ddb-deletion-protection",
  what: "A table in production cannot be deleted by mistake.",
  why: "A renamed component would take the players with it.",
  fix: "Set deletionProtectionEnabled to true (the setting `protect` of the program does).",
  outside: ["FSBP DynamoDB.6", "PRW dynamodb_table_deletion_protection_enabled"],
  example: "deletionProtectionEnabled: true",
  level: { production: "mandatory", other: "disabled" },
  types: [TABLE],
  checks: [
    (table, { refuse }) => {
      if (!table.flag("deletionProtectionEnabled"))
        refuse("deletionProtectionEnabled", table.at("deletionProtectionEnabled"), "true");
    },
  ],
  remediate: ({ props }) => ({ ...props, deletionProtectionEnabled: true }),
};

export const ddbCmk: Rule = {
  name: "ddb-cmk",
  what: "Every table is encrypted with a customer-managed key.",
  why: "Only a key of one's own can be withdrawn, and its use is recorded.",
  fix: "Set serverSideEncryption to { enabled: true, kmsKeyArn: key.arn }.",
  outside: [
    "CKV_AWS_119",
    "GRD DYNAMODB_TABLE_ENCRYPTED_KMS",
    "awsguard dynamodbTableEncryption",
    "PRW dynamodb_tables_kms_cmk_encryption_enabled",
  ],
  example: "serverSideEncryption: { enabled: true, kmsKeyArn: key.arn }",
  types: [TABLE, REPLICA],
  checks: [
    (table, { refuse }) => {
      if (table.type === TABLE && !table.flag("serverSideEncryption.enabled"))
        refuse("serverSideEncryption.enabled", table.at("serverSideEncryption.enabled"), "true");
    },
    (table, { refuse }) => {
      if (table.type !== TABLE) return;
      const key = table.at("serverSideEncryption.kmsKeyArn");
      if (!isKeyArn(key) || key.includes(":alias/")) refuse("serverSideEncryption.kmsKeyArn", key, KEY_ARN);
    },
    (table, { refuse }) => {
      table.list("replicas").forEach((_, index) => {
        const path = `replicas.${index}.kmsKeyArn`;
        if (!isKeyArn(table.at(path))) refuse(path, table.at(path), `${KEY_ARN} of the replica's Region`);
      });
    },
    (replica, { refuse }) => {
      if (replica.type === REPLICA && !isKeyArn(replica.at("kmsKeyArn")))
        refuse("kmsKeyArn", replica.at("kmsKeyArn"), `${KEY_ARN} of the replica's Region`);
    },
  ],
};

export const ddbInBackupPlan: Rule = {
  name: "ddb-in-backup-plan",
  what: "Every table is in a backup plan of AWS Backup.",
  why: "Recovery to a point in time ends after 35 days and with the account.",
  fix: "Add the table's ARN to a backup selection.",
  outside: ["SH DynamoDB.4", "NAG DynamoDBInBackupPlan", "GRD DYNAMODB_IN_BACKUP_PLAN"],
  example: 'new aws.backup.Selection("tables", { iamRoleArn, planId, resources: [table.arn] })',
  level: "disabled",
  types: [TABLE],
  stackChecks: [
    (table, { stack, refuse }) => {
      const selected = stack
        .ofType("aws:backup/selection:Selection")
        .flatMap((selection) => selection.list("resources"));
      if (!selected.includes(table.at("arn")))
        refuse("arn", table.at("arn"), "to be among the resources of a backup selection");
    },
  ],
};

export const ddbTtlOnEphemeral: Rule = {
  name: "ddb-ttl-on-ephemeral",
  what: "A table that keeps anything for a time only lets DynamoDB remove it; a streamed table shows the images that its readers filter by.",
  why: "Connections, rate counters and messages grow without end; a filter on an image that the stream does not carry drops every record in silence.",
  fix: 'Set ttl to { enabled: true, attributeName: "expiresAt" }, and streamViewType to NEW_AND_OLD_IMAGES.',
  outside: [],
  example:
    'ttl: { enabled: true, attributeName: "expiresAt" }, streamEnabled: true, streamViewType: "NEW_AND_OLD_IMAGES"',
  types: [TABLE],
  config: {
    permanent: {
      type: "array",
      description: "Ends of the names of tables that keep everything until it is deleted.",
      default: ["players", "guilds"],
    },
  },
  checks: [
    (table, { refuse, texts }) => {
      if (texts("permanent").some((end) => table.name.endsWith(end)) && !table.has("ttl")) return;
      if (!table.flag("ttl.enabled"))
        refuse(
          "ttl.enabled",
          table.at("ttl.enabled"),
          "true, or the end of the table's name in the setting `permanent`",
        );
      if (!table.has("ttl.attributeName"))
        refuse("ttl.attributeName", undefined, "the attribute that holds the second of expiry");
    },
  ],
  stackChecks: [
    (table, { stack, refuse }) => {
      const readers = stack.ofType(MAPPING).filter((mapping) => readsStream(mapping, table));
      if (readers.length === 0) return;
      if (!table.flag("streamEnabled"))
        refuse("streamEnabled", table.at("streamEnabled"), `true, since "${readers[0]?.name ?? ""}" reads it`);
      const filters = JSON.stringify(readers.map(({ props }) => props["filterCriteria"]));
      const view = table.text("streamViewType");
      for (const [image, views] of [
        ["NewImage", ["NEW_IMAGE", "NEW_AND_OLD_IMAGES"]],
        ["OldImage", ["OLD_IMAGE", "NEW_AND_OLD_IMAGES"]],
      ] as const) {
        if (filters.includes(image) && !views.some((one) => one === view))
          refuse("streamViewType", view, `${views.join(" or ")}, since a filter looks at ${image}`);
      }
      if (view === undefined) refuse("streamViewType", view, "a view type");
    },
  ],
};

function readsStream(mapping: Resource, table: Resource): boolean {
  const source = mapping.props["eventSourceArn"];
  if (typeof source === "string") {
    const arn = table.props["arn"];
    return source === table.props["streamArn"] || (typeof arn === "string" && source.startsWith(`${arn}/stream/`));
  }
  return (mapping.references["eventSourceArn"] ?? []).includes(table.urn);
}

export const dynamodbRules: readonly Rule[] = [
  ddbScales,
  ddbPitr,
  ddbDeletionProtection,
  ddbCmk,
  ddbInBackupPlan,
  ddbTtlOnEphemeral,
];
