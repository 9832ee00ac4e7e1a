import { isKey, isKeyArn, KEY_ARN, KEY_NAME } from "../framework/keys";
import type { Rule } from "../framework/rule";

export const kinesisCmk: Rule = {
  name: "kinesis-cmk",
  what: "Every stream is encrypted with a customer-managed key.",
  why: "Telemetry tells what players do.",
  fix: 'Set encryptionType to "KMS" and kmsKeyId to a key\'s ARN.',
  outside: ["FSBP Kinesis.1", "CKV_AWS_43", "CKV_AWS_185", "NAG KDS1", "GRD KINESIS_STREAM_ENCRYPTED"],
  contradicts:
    "NAG KDS3 asks for the AWS-managed key alias/aws/kinesis; CKV_AWS_185 for a customer key, which alone can be withdrawn.",
  example: 'encryptionType: "KMS", kmsKeyId: key.arn',
  types: ["aws:kinesis/stream:Stream"],
  checks: [
    (stream, { refuse }) => {
      if (stream.at("encryptionType") !== "KMS") refuse("encryptionType", stream.at("encryptionType"), "KMS");
    },
    (stream, { refuse }) => {
      if (!isKey(stream.at("kmsKeyId"))) refuse("kmsKeyId", stream.at("kmsKeyId"), KEY_NAME);
    },
  ],
};

export const kinesisRetention: Rule = {
  name: "kinesis-retention",
  what: "A stream keeps its records for a week or more.",
  why: "What a consumer got wrong on Friday can be read again on Monday.",
  fix: "Set retentionPeriod to 168 hours or more.",
  outside: ["FSBP Kinesis.3", "PRW kinesis_stream_data_retention_period"],
  example: "retentionPeriod: 168",
  types: ["aws:kinesis/stream:Stream"],
  config: { hours: { type: "integer", description: "Fewest hours.", default: 168, minimum: 24, maximum: 8760 } },
  checks: [
    (stream, { refuse, number }) => {
      const hours = stream.number("retentionPeriod") ?? 24;
      if (hours < number("hours")) refuse("retentionPeriod", hours, `at least ${number("hours")}`);
    },
  ],
};

export const firehoseCmk: Rule = {
  name: "firehose-cmk",
  what: "A delivery stream is encrypted with a customer-managed key.",
  why: "It buffers what players do.",
  fix: 'Set serverSideEncryption to { enabled: true, keyType: "CUSTOMER_MANAGED_CMK", keyArn }.',
  outside: ["FSBP DataFirehose.1", "CKV_AWS_240", "CKV_AWS_241"],
  example: 'serverSideEncryption: { enabled: true, keyType: "CUSTOMER_MANAGED_CMK", keyArn: key.arn }',
  types: ["aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"],
  checks: [
    (stream, { refuse }) => {
      if (stream.has("kinesisSourceConfiguration")) return; // The source's encryption holds.
      if (!stream.flag("serverSideEncryption.enabled"))
        refuse("serverSideEncryption.enabled", stream.at("serverSideEncryption.enabled"), "true");
      if (stream.at("serverSideEncryption.keyType") !== "CUSTOMER_MANAGED_CMK")
        refuse("serverSideEncryption.keyType", stream.at("serverSideEncryption.keyType"), "CUSTOMER_MANAGED_CMK");
      if (!isKeyArn(stream.at("serverSideEncryption.keyArn")))
        refuse("serverSideEncryption.keyArn", stream.at("serverSideEncryption.keyArn"), KEY_ARN);
    },
  ],
};

const STOPPING = ["block", "captcha", "challenge"] as const;

export const wafRulesLogged: Rule = {
  name: "waf-rules-logged",
  what: "A web ACL has rules, one of them stops who asks too often, shows metrics, and is logged.",
  why: "An ACL that is empty, or only counts, protects nothing and looks as if it did.",
  fix: "Add a rate-based rule that blocks, cloudwatchMetricsEnabled, and a WebAclLoggingConfiguration.",
  outside: [
    "FSBP WAF.10",
    "FSBP WAF.12",
    "SH WAF.11",
    "CKV_AWS_342",
    "CKV_AWS_192",
    "CKV2_AWS_31",
    "NAG WAFv2LoggingEnabled",
  ],
  example:
    'rules: [{ name: "rate", priority: 0, action: { block: {} }, statement: { rateBasedStatement: { limit: 1000, aggregateKeyType: "IP" } }, visibilityConfig }]',
  types: ["aws:wafv2/webAcl:WebAcl"],
  checks: [
    (acl, { refuse }) => {
      const isLimited = acl.list("rules").some((_, index) => {
        const rule = `rules.${index}`;
        return (
          acl.has(`${rule}.statement.rateBasedStatement`) &&
          STOPPING.some((action) => acl.has(`${rule}.action.${action}`))
        );
      });
      if (!isLimited)
        refuse("rules", acl.at("rules"), `at least one rate-based rule with the action ${STOPPING.join(" or ")}`);
    },
    (acl, { refuse }) => {
      if (!acl.flag("visibilityConfig.cloudwatchMetricsEnabled"))
        refuse(
          "visibilityConfig.cloudwatchMetricsEnabled",
          acl.at("visibilityConfig.cloudwatchMetricsEnabled"),
          "true",
        );
    },
  ],
  stackChecks: [
    (acl, { stack, refuse }) => {
      const logged = stack.ofType("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration");
      if (!logged.some((one) => stack.target(one, "resourceArn", "aws:wafv2/webAcl:WebAcl") === acl))
        refuse("logging", undefined, "a WebAclLoggingConfiguration for it");
    },
  ],
};

export const secretsRotatedCmk: Rule = {
  name: "secrets-rotated-cmk",
  what: "A secret is encrypted with a customer-managed key and rotates.",
  why: "A secret that never changes is known to everybody who ever had it.",
  fix: "Set kmsKeyId, and add a SecretRotation.",
  outside: ["FSBP SecretsManager.1", "FSBP SecretsManager.4", "NAG SMG4", "PCP configureCustomerManagedKey"],
  example: 'new aws.secretsmanager.Secret("provider", { kmsKeyId: key.arn })',
  types: ["aws:secretsmanager/secret:Secret"],
  checks: [
    (secret, { refuse }) => {
      if (!isKey(secret.at("kmsKeyId"))) refuse("kmsKeyId", secret.at("kmsKeyId"), KEY_NAME);
    },
  ],
  stackChecks: [
    (secret, { stack, refuse }) => {
      const rotations = stack.ofType("aws:secretsmanager/secretRotation:SecretRotation");
      if (!rotations.some((one) => stack.target(one, "secretId", "aws:secretsmanager/secret:Secret") === secret))
        refuse("rotation", undefined, "a SecretRotation for it");
    },
  ],
};

export const otherServiceRules: readonly Rule[] = [
  kinesisCmk,
  kinesisRetention,
  firehoseCmk,
  wafRulesLogged,
  secretsRotatedCmk,
];
