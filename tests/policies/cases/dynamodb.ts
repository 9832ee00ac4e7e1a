import { KEY, arn, STREAM, TABLE, type RuleCase } from "./fixtures";

export const dynamodbCases: Readonly<Record<string, RuleCase>> = {
  "ddb-scales": {
    good: { "dynamodb/table:Table t": TABLE },
    bad: { provisioned: { "dynamodb/table:Table t > billingMode": "PROVISIONED" } },
  },
  "ddb-pitr": {
    good: {
      "dynamodb/table:Table r": { ...TABLE, replicas: [{ kmsKeyArn: KEY, pointInTimeRecovery: true }] },
      "dynamodb/tableReplica:TableReplica s": { kmsKeyArn: KEY, pointInTimeRecovery: true },
      "dynamodb/table:Table t": TABLE,
    },
    bad: {
      "a replica without": { "dynamodb/table:Table r > replicas.0.pointInTimeRecovery": false },
      "a replica of its own without": { "dynamodb/tableReplica:TableReplica s > pointInTimeRecovery": undefined },

      off: { "dynamodb/table:Table t > pointInTimeRecovery.enabled": false },
      none: { "dynamodb/table:Table t > pointInTimeRecovery": undefined },
      "one day": { "dynamodb/table:Table t > pointInTimeRecovery.recoveryPeriodInDays": 1 },
    },
  },
  "ddb-deletion-protection": {
    good: { "dynamodb/table:Table t": TABLE },
    bad: { off: { "dynamodb/table:Table t > deletionProtectionEnabled": false } },
  },
  "ddb-cmk": {
    good: {
      "dynamodb/table:Table r": { ...TABLE, replicas: [{ kmsKeyArn: KEY, pointInTimeRecovery: true }] },
      "dynamodb/tableReplica:TableReplica s": { kmsKeyArn: KEY, pointInTimeRecovery: true },
      "dynamodb/table:Table t": TABLE,
    },
    bad: {
      "a replica without a key": { "dynamodb/table:Table r > replicas.0.kmsKeyArn": undefined },
      "a replica of its own without a key": { "dynamodb/tableReplica:TableReplica s > kmsKeyArn": undefined },
      "the account's alias": {
        "dynamodb/table:Table t > serverSideEncryption.kmsKeyArn": arn("kms", "alias/mine"),
      },

      off: { "dynamodb/table:Table t > serverSideEncryption.enabled": false },
      "AWS's key": { "dynamodb/table:Table t > serverSideEncryption.kmsKeyArn": undefined },
      "an alias": { "dynamodb/table:Table t > serverSideEncryption.kmsKeyArn": arn("kms", "alias/aws/dynamodb") },
    },
  },
  "ddb-in-backup-plan": {
    good: { "dynamodb/table:Table t": TABLE, "backup/selection:Selection s": { resources: [TABLE.arn] } },
    bad: {
      "another table": { "backup/selection:Selection s > resources": [arn("dynamodb", "table/x")] },
      none: { "backup/selection:Selection s": undefined },
    },
  },
  "ddb-ttl-on-ephemeral": {
    good: {
      "dynamodb/table:Table t": TABLE,
      "dynamodb/table:Table my-players": { arn: "x" },
      "lambda/eventSourceMapping:EventSourceMapping s": {
        ...STREAM,
        filterCriteria: { filters: [{ pattern: "NewImage OldImage" }] },
      },
    },
    bad: {
      "kept for ever": { "dynamodb/table:Table t > ttl": undefined },
      "switched off": { "dynamodb/table:Table t > ttl.enabled": false },
      "no attribute": { "dynamodb/table:Table t > ttl.attributeName": undefined },
      "no stream": { "dynamodb/table:Table t > streamEnabled": false },
      "no view": { "dynamodb/table:Table t > streamViewType": undefined },
      "keys only": { "dynamodb/table:Table t > streamViewType": "KEYS_ONLY" },
      "no old image": { "dynamodb/table:Table t > streamViewType": "NEW_IMAGE" },
    },
  },
};
