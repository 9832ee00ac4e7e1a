import type { Environment } from "../../../policies/framework/rule";
import { ACCOUNT } from "../graph";

/** Properties of a resource by its short type and name, e.g. `sqs/queue:Queue orders`. */
export type Resources = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Changes by `resource > dotted path`; `undefined` removes, and a resource alone is dropped or added. */
export type Edit = Readonly<Record<string, unknown>>;

export interface RuleCase {
  readonly good: Resources;
  readonly bad: Readonly<Record<string, Edit>>;
  /** @default production */
  readonly environment?: Environment;
  /** Settings of the rule that are not its defaults. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

export const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/mine`;
export const arn = (service: string, resource: string): string => `arn:aws:${service}:us-east-1:${ACCOUNT}:${resource}`;
export const document = (...Statement: readonly object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement });
export const tls = (Action: string, Resource: unknown) => ({
  Effect: "Deny",
  Principal: "*",
  Action,
  Resource,
  Condition: { Bool: { "aws:SecureTransport": "false" } },
});
export const bySource = (Action: string, Resource: string, source: string, Service = "sns.amazonaws.com") => ({
  Effect: "Allow",
  Principal: { Service },
  Action,
  Resource,
  Condition: { ArnEquals: { "aws:SourceArn": source } },
});
export const everybody = (Action: string, Resource: string, Condition?: object) => ({
  Effect: "Allow",
  Principal: "*",
  Action,
  Resource,
  ...(Condition ? { Condition } : {}),
});

export const Q = arn("sqs", "q");
export const D = arn("sqs", "d");
export const T = arn("sns", "t");
export const FN = arn("lambda", "function:f");
export const QUEUE = {
  arn: Q,
  url: "https://q",
  name: "q",
  kmsMasterKeyId: KEY,
  visibilityTimeoutSeconds: 60,
  messageRetentionSeconds: 345_600,
  redrivePolicy: JSON.stringify({ deadLetterTargetArn: D, maxReceiveCount: 3 }),
};
export const DEAD = { arn: D, url: "https://d", name: "d", kmsMasterKeyId: KEY, messageRetentionSeconds: 1_209_600 };
export const FUNCTION = {
  arn: FN,
  name: "f",
  invokeArn: "invoke:f",
  timeout: 10,
  runtime: "nodejs22.x",
  role: arn("iam", "role/f").replace("us-east-1", ""),
  tracingConfig: { mode: "Active" },
  loggingConfig: { logGroup: "/f" },
  environment: { variables: { TABLE: "t" } },
  kmsKeyArn: KEY,
};
export const ROLE = {
  arn: FUNCTION.role,
  name: "f",
  assumeRolePolicy: document({
    Effect: "Allow",
    Principal: { Service: "lambda.amazonaws.com" },
    Action: "sts:AssumeRole",
  }),
};
export const STREAM = {
  eventSourceArn: arn("dynamodb", "table/t/stream/1"),
  functionName: "f",
  startingPosition: "TRIM_HORIZON",
  functionResponseTypes: ["ReportBatchItemFailures"],
  bisectBatchOnFunctionError: true,
  maximumRetryAttempts: 3,
  maximumRecordAgeInSeconds: 3_600,
  destinationConfig: { onFailure: { destinationArn: D } },
};
export const FED = {
  eventSourceArn: Q,
  functionName: "f",
  functionResponseTypes: ["ReportBatchItemFailures"],
  scalingConfig: { maximumConcurrency: 5 },
};
export const STAGE = {
  apiId: "a",
  accessLogSettings: {
    destinationArn: arn("logs", "log-group:g"),
    format: "$context.requestId $context.connectionId $context.eventType $context.routeKey $context.status",
  },
  defaultRouteSettings: {
    loggingLevel: "ERROR",
    dataTraceEnabled: false,
    throttlingRateLimit: 100,
    throttlingBurstLimit: 100,
  },
};
export const TABLE = {
  arn: arn("dynamodb", "table/t"),
  name: "t",
  billingMode: "PAY_PER_REQUEST",
  pointInTimeRecovery: { enabled: true },
  deletionProtectionEnabled: true,
  serverSideEncryption: { enabled: true, kmsKeyArn: KEY },
  ttl: { enabled: true, attributeName: "expiresAt" },
  streamEnabled: true,
  streamViewType: "NEW_AND_OLD_IMAGES",
  streamArn: STREAM.eventSourceArn,
};
export const grant = (...statements: readonly object[]) => ({ role: "f", policy: document(...statements) });
export const READ = { Effect: "Allow", Action: "dynamodb:GetItem", Resource: TABLE.arn };
export const BUCKET = { arn: "arn:aws:s3:::b", id: "b", bucket: "b" };
export const SET = {
  configurationSetName: "s",
  deliveryOptions: { tlsPolicy: "REQUIRE" },
  reputationOptions: { reputationMetricsEnabled: true },
  suppressionOptions: { suppressedReasons: ["BOUNCE", "COMPLAINT"] },
};
export const DESTINATION = {
  configurationSetName: "s",
  eventDestination: {
    enabled: true,
    matchingEventTypes: ["SEND", "BOUNCE", "COMPLAINT", "REJECT", "DELIVERY"],
    snsDestination: { topicArn: T },
  },
};
export const MAIL = {
  Effect: "Allow",
  Action: "ses:SendRawEmail",
  Resource: arn("ses", "identity/a@example.com"),
  Condition: {
    StringEquals: { "ses:FromAddress": "a@example.com" },
    "ForAllValues:StringLike": { "ses:Recipients": ["*@players.test"] },
  },
};
export const ROOT = {
  Effect: "Allow",
  Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
  Action: "kms:*",
  Resource: "*",
};
export const CRYPT = {
  Effect: "Allow",
  Principal: { Service: "sns.amazonaws.com" },
  Action: ["kms:Decrypt"],
  Resource: "*",
  Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } },
};
export const SOURCED = {
  Effect: "Allow",
  Principal: { Service: "glue.amazonaws.com" },
  Action: ["dynamodb:DescribeTable"],
  Resource: "*",
  Condition: {
    StringEquals: { "aws:SourceAccount": ACCOUNT },
    ArnLike: { "aws:SourceArn": arn("glue", "integration:*") },
  },
};
export const SECURITY = {
  s3Encryption: { s3EncryptionMode: "SSE-KMS", kmsKeyArn: KEY },
  cloudwatchEncryption: { cloudwatchEncryptionMode: "SSE-KMS", kmsKeyArn: KEY },
  jobBookmarksEncryption: { jobBookmarksEncryptionMode: "CSE-KMS", kmsKeyArn: KEY },
};
export const ALARM = {
  namespace: "AWS/SQS",
  metricName: "ApproximateNumberOfMessagesVisible",
  dimensions: { QueueName: "d" },
  comparisonOperator: "GreaterThanThreshold",
  threshold: 0,
  evaluationPeriods: 1,
  period: 300,
  statistic: "Maximum",
};
