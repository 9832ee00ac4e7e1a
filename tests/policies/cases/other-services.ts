import { ACCOUNT } from "../graph";
import { arn, D, DEAD, document, KEY, Q, QUEUE, SOURCED, TABLE, type RuleCase } from "./fixtures";

/** Whom a catalog admits: the copy of one table. */
const CATALOG = {
  Effect: "Allow",
  Principal: { Service: "glue.amazonaws.com" },
  Action: "glue:AuthorizeInboundIntegration",
  Resource: arn("glue", "catalog"),
  Condition: { StringEquals: { "aws:SourceArn": TABLE.arn } },
};

export const otherServicesCases: Readonly<Record<string, RuleCase>> = {
  "resource-policy-no-public": {
    good: {
      "cloudwatch/eventPermission:EventPermission e": { principal: ACCOUNT },
      "lambda/layerVersionPermission:LayerVersionPermission l": { principal: "*", organizationId: "o-1" },
      "glue/resourcePolicy:ResourcePolicy c": { policy: document(CATALOG) },

      "dynamodb/table:Table t": TABLE,
      "dynamodb/resourcePolicy:ResourcePolicy p": { resourceArn: TABLE.arn, policy: document(SOURCED) },
    },
    bad: {
      "everybody, of a secret, inline": {
        "secretsmanager/secret:Secret s": { policy: document({ ...SOURCED, Principal: "*", Condition: {} }) },
      },
      "everybody, of a type that no rule names": {
        "efs/fileSystemPolicy:FileSystemPolicy e": { policy: document({ ...SOURCED, Principal: "*", Condition: {} }) },
      },
      "a bus for everybody": { "cloudwatch/eventPermission:EventPermission e > principal": "*" },
      "a layer for everybody": {
        "lambda/layerVersionPermission:LayerVersionPermission l > organizationId": undefined,
      },
      "a catalog for another table": {
        "glue/resourcePolicy:ResourcePolicy c > policy": document({
          ...CATALOG,
          Condition: { StringEquals: { "aws:SourceArn": "arn:x" } },
        }),
      },
      "a database elsewhere": {
        "glue/resourcePolicy:ResourcePolicy c > policy": document({
          ...CATALOG,
          Resource: [CATALOG.Resource, arn("glue", "database/x")],
        }),
      },
      "every database": { "glue/resourcePolicy:ResourcePolicy c > policy": document({ ...CATALOG, Resource: "*" }) },

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
      "kinesis/firehoseDeliveryStream:FirehoseDeliveryStream k": {
        kinesisSourceConfiguration: { kinesisStreamArn: "x" },
      },

      "kinesis/firehoseDeliveryStream:FirehoseDeliveryStream s": {
        serverSideEncryption: { enabled: true, keyType: "CUSTOMER_MANAGED_CMK", keyArn: KEY },
      },
    },
    bad: {
      "a source that is taken away": {
        "kinesis/firehoseDeliveryStream:FirehoseDeliveryStream k > kinesisSourceConfiguration": undefined,
      },

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
        rules: [{ action: { block: {} }, statement: { rateBasedStatement: { limit: 100 } } }],
        visibilityConfig: { cloudwatchMetricsEnabled: true },
      },
      "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration l": { resourceArn: "w" },
    },
    bad: {
      "a log of another": { "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration l > resourceArn": "x" },

      empty: { "wafv2/webAcl:WebAcl w > rules": [] },
      "a limit that only counts": { "wafv2/webAcl:WebAcl w > rules.0.action": { count: {} } },
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
      "a rotation of another": { "secretsmanager/secretRotation:SecretRotation r > secretId": "x" },
      "AWS's key by its alias": { "secretsmanager/secret:Secret s > kmsKeyId": "alias/aws/secretsmanager" },

      "AWS's key": { "secretsmanager/secret:Secret s > kmsKeyId": undefined },
      "for ever": { "secretsmanager/secretRotation:SecretRotation r": undefined },
    },
  },
  "references-stay-in-account": {
    good: { "sqs/queue:Queue q": QUEUE, "sqs/queue:Queue d": DEAD },
    bad: {
      "an image": { "lambda/function:Function g": { imageUri: "999999999999.dkr.ecr.us-east-1.amazonaws.com/x:1" } },

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
    good: {
      "kms/alias:Alias a": { name: "alias/mine" },
      "sqs/queue:Queue a": { ...DEAD, kmsMasterKeyId: "alias/mine" },
      "kms/key:Key k": { arn: KEY },
      "sqs/queue:Queue q": QUEUE,
      "sqs/queue:Queue d": DEAD,
    },
    bad: {
      "a key by its alias": { "sqs/queue:Queue q > kmsMasterKeyId": "alias/other" },
      "a key by its id": { "sqs/queue:Queue q > kmsMasterKeyId": "1b2c3d4e-1234-4abc-8abc-0123456789ab" },

      "a key": { "sqs/queue:Queue q > kmsMasterKeyId": arn("kms", "key/other") },
      "a queue in JSON": {
        "sqs/queue:Queue q > redrivePolicy": JSON.stringify({ deadLetterTargetArn: arn("sqs", "x") }),
      },
      "a bucket": { "s3/bucketLogging:BucketLogging l": { target: "arn:aws:s3:::x" } },
    },
  },
  "no-way-around": {
    good: { "cloudcontrol/resource:Resource i": { typeName: "AWS::Glue::Integration" } },
    bad: {
      "a role": { "cloudcontrol/resource:Resource i > typeName": "AWS::IAM::Role" },
      "a template": { "cloudformation/stack:Stack s": { templateBody: "{}" } },
      "a set of templates": { "cloudformation/stackSet:StackSet s": {} },
    },
  },
  "resources-judged": {
    good: { "sqs/queue:Queue q": QUEUE, "random:index/randomId:RandomId r": {} },
    bad: {
      "another provider's bucket": { "aws-native:s3:Bucket b": {} },
      "a database": { "rds/instance:Instance d": {} },
      "a command": { "command:local:Command c": { create: "x" } },
    },
  },
};
