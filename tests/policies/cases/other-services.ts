import { ACCOUNT } from "../graph";
import { arn, D, DEAD, document, KEY, Q, QUEUE, SOURCED, TABLE, type RuleCase } from "./fixtures";

export const otherServicesCases: Readonly<Record<string, RuleCase>> = {
  "resource-policy-no-public": {
    good: {
      "dynamodb/table:Table t": TABLE,
      "dynamodb/resourcePolicy:ResourcePolicy p": { resourceArn: TABLE.arn, policy: document(SOURCED) },
    },
    bad: {
      everybody: {
        "dynamodb/resourcePolicy:ResourcePolicy p > policy": document({ ...SOURCED, Principal: "*", Condition: {} }),
      },
      "a service for anybody": {
        "dynamodb/resourcePolicy:ResourcePolicy p > policy": document({ ...SOURCED, Condition: {} }),
      },
      "the account only": {
        "dynamodb/resourcePolicy:ResourcePolicy p > policy": document({
          ...SOURCED,
          Condition: { StringEquals: SOURCED.Condition.StringEquals },
        }),
      },
      "every action": {
        "dynamodb/resourcePolicy:ResourcePolicy p > policy": document({ ...SOURCED, Action: "dynamodb:*" }),
      },
      "another table": { "dynamodb/resourcePolicy:ResourcePolicy p > resourceArn": "x" },
      "a catalog for any source": {
        "glue/resourcePolicy:ResourcePolicy g": {
          policy: document({
            Effect: "Allow",
            Principal: { AWS: ACCOUNT },
            Action: "glue:CreateInboundIntegration",
            Resource: arn("glue", "catalog"),
          }),
        },
      },
    },
  },
  "kinesis-cmk": {
    good: { "kinesis/stream:Stream s": { encryptionType: "KMS", kmsKeyId: KEY } },
    bad: {
      none: { "kinesis/stream:Stream s > encryptionType": "NONE" },
      "AWS's key": { "kinesis/stream:Stream s > kmsKeyId": "alias/aws/kinesis" },
    },
  },
  "kinesis-retention": {
    good: { "kinesis/stream:Stream s": { retentionPeriod: 168 } },
    bad: { "a day": { "kinesis/stream:Stream s > retentionPeriod": undefined } },
  },
  "firehose-cmk": {
    good: {
      "kinesis/firehoseDeliveryStream:FirehoseDeliveryStream s": {
        serverSideEncryption: { enabled: true, keyType: "CUSTOMER_MANAGED_CMK", keyArn: KEY },
      },
    },
    bad: {
      off: { "kinesis/firehoseDeliveryStream:FirehoseDeliveryStream s > serverSideEncryption.enabled": false },
      "AWS's key": {
        "kinesis/firehoseDeliveryStream:FirehoseDeliveryStream s > serverSideEncryption.keyType": "AWS_OWNED_CMK",
      },
      "no key": { "kinesis/firehoseDeliveryStream:FirehoseDeliveryStream s > serverSideEncryption.keyArn": undefined },
    },
  },
  "waf-rules-logged": {
    good: {
      "wafv2/webAcl:WebAcl w": {
        arn: "w",
        rules: [{ statement: { rateBasedStatement: { limit: 100 } } }],
        visibilityConfig: { cloudwatchMetricsEnabled: true },
      },
      "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration l": { resourceArn: "w" },
    },
    bad: {
      empty: { "wafv2/webAcl:WebAcl w > rules": [] },
      "no metrics": { "wafv2/webAcl:WebAcl w > visibilityConfig.cloudwatchMetricsEnabled": false },
      "no log": { "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration l": undefined },
    },
  },
  "secrets-rotated-cmk": {
    good: {
      "secretsmanager/secret:Secret s": { id: "s", kmsKeyId: KEY },
      "secretsmanager/secretRotation:SecretRotation r": { secretId: "s" },
    },
    bad: {
      "AWS's key": { "secretsmanager/secret:Secret s > kmsKeyId": undefined },
      "for ever": { "secretsmanager/secretRotation:SecretRotation r": undefined },
    },
  },
  "references-stay-in-account": {
    good: { "sqs/queue:Queue q": QUEUE, "sqs/queue:Queue d": DEAD },
    bad: {
      "a key": { "sqs/queue:Queue q > kmsMasterKeyId": KEY.replace(ACCOUNT, "999999999999") },
      "a queue in JSON": {
        "sqs/queue:Queue q > redrivePolicy": JSON.stringify({
          deadLetterTargetArn: D.replace(ACCOUNT, "999999999999"),
        }),
      },
      "a URL": {
        "lambda/function:Function f": {
          environment: { variables: { Q: "https://sqs.us-east-1.amazonaws.com/999999999999/q" } },
        },
      },
      "a principal": {
        "sqs/queuePolicy:QueuePolicy p": {
          policy: document({
            Effect: "Allow",
            Principal: { AWS: "999999999999" },
            Action: "sqs:SendMessage",
            Resource: Q,
          }),
        },
      },
    },
  },
  "references-stay-in-stack": {
    good: { "kms/key:Key k": { arn: KEY }, "sqs/queue:Queue q": QUEUE, "sqs/queue:Queue d": DEAD },
    bad: {
      "a key": { "sqs/queue:Queue q > kmsMasterKeyId": arn("kms", "key/other") },
      "a queue in JSON": {
        "sqs/queue:Queue q > redrivePolicy": JSON.stringify({ deadLetterTargetArn: arn("sqs", "x") }),
      },
      "a bucket": { "s3/bucketLogging:BucketLogging l": { target: "arn:aws:s3:::x" } },
    },
  },
};
