import { accountOf, hasWildcard, matches, parseArn } from "../framework/arn";
import { isOwn } from "../framework/own";
import { eachStatement, refuseOpen } from "../framework/documents";
import { isRecord, type Data } from "../framework/resource";
import type { Rule } from "../framework/rule";
import { eachText } from "../framework/stack";

/** Resource policies that no other rule reads, and where each stands. */
const DOCUMENTS: Readonly<Record<string, string>> = {
  "aws:dynamodb/resourcePolicy:ResourcePolicy": "policy",
  "aws:glue/resourcePolicy:ResourcePolicy": "policy",
  "aws:kinesis/resourcePolicy:ResourcePolicy": "policy",
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "policy",
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyDocument",
  "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
  "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
  "aws:backup/vaultPolicy:VaultPolicy": "policy",
  "aws:opensearch/domainPolicy:DomainPolicy": "accessPolicies",
};

export const resourcePolicyNoPublic: Rule = {
  name: "resource-policy-no-public",
  what: "A resource policy admits named principals, services on behalf of something of this account, and named actions.",
  why: "A resource policy opens a resource past every role: to an account, to a service that acts for anybody, to everybody.",
  fix: "Name the principals; bind a service by aws:SourceArn and aws:SourceAccount; write out the actions.",
  outside: [
    "PRW dynamodb_table_cross_account_access",
    "PRW glue_data_catalogs_not_publicly_accessible",
    "PRW eventbridge_bus_exposed",
  ],
  example:
    '{ Principal: { Service: "glue.amazonaws.com" }, Action: ["dynamodb:DescribeTable"], Resource: "*", Condition: { StringEquals: { "aws:SourceAccount": accountId } } }',
  types: Object.keys(DOCUMENTS),
  checks: [
    (policy, context) =>
      eachStatement(policy, context, DOCUMENTS[policy.type] ?? "policy", (statement) =>
        refuseOpen(statement, context, "aws:SourceArn or aws:SourceAccount without wildcards where the account stands"),
      ),
    (policy, context) => {
      // Zero-ETL: DynamoDB asks for both, the integration and the account.
      if (policy.type !== "aws:dynamodb/resourcePolicy:ResourcePolicy") return;
      eachStatement(policy, context, "policy", ({ path, effect, principals, conditions }) => {
        if (effect !== "Allow" || !principals.some(({ kind }) => kind === "Service")) return;
        const holds = (key: string, fits: (value: string) => boolean): boolean =>
          conditions.some(
            (one) =>
              one.key.toLowerCase() === key &&
              /^(String|Arn)(Equals|Like)$/.test(one.operator) &&
              one.values.every(fits),
          );
        if (!holds("aws:sourceaccount", (value) => /^\d{12}$/.test(value)) || !holds("aws:sourcearn", isOfOneAccount))
          context.refuse(
            `${path}.Condition`,
            conditions,
            "both aws:SourceArn (integrations of the account) and aws:SourceAccount",
          );
      });
    },
    (policy, context) => {
      if (policy.type !== "aws:glue/resourcePolicy:ResourcePolicy") return;
      eachStatement(policy, context, "policy", ({ path, effect, conditions, resources }) => {
        if (effect !== "Allow") return;
        if (!conditions.some(({ key, values }) => key.toLowerCase() === "aws:sourcearn" && !values.some(hasWildcard)))
          context.refuse(`${path}.Condition`, conditions, "aws:SourceArn of the table that is copied");
        if (resources.length === 0 || resources.some(hasWildcard))
          context.refuse(`${path}.Resource`, resources, "the catalog and the database that are meant");
      });
    },
  ],
  stackChecks: [
    (policy, context) =>
      eachStatement(policy, context, DOCUMENTS[policy.type] ?? "policy", ({ path, effect, conditions }) => {
        if (effect !== "Allow" || policy.type !== "aws:glue/resourcePolicy:ResourcePolicy") return;
        for (const { key, values } of conditions)
          for (const value of key.toLowerCase() === "aws:sourcearn" ? values : [])
            if (context.stack.named(value).length === 0)
              context.refuse(`${path}.Condition`, value, "a table of this stack");
      }),
    (policy, { stack, refuse }) => {
      if (
        policy.type === "aws:dynamodb/resourcePolicy:ResourcePolicy" &&
        !stack.target(policy, "resourceArn", "aws:dynamodb/table:Table")
      )
        refuse("resourceArn", policy.at("resourceArn"), "a table of this stack");
    },
  ],
};

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
      const key = stream.text("kmsKeyId");
      if (key === undefined || /alias\/aws\//.test(key)) refuse("kmsKeyId", key, "a customer-managed key");
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
      if (!stream.has("serverSideEncryption.keyArn")) refuse("serverSideEncryption.keyArn", undefined, "a key's ARN");
    },
  ],
};

export const wafRulesLogged: Rule = {
  name: "waf-rules-logged",
  what: "A web ACL has rules, one of them by rate, shows metrics, and is logged.",
  why: "An empty ACL protects nothing and looks as if it did.",
  fix: "Add a rate-based rule, cloudwatchMetricsEnabled, and a WebAclLoggingConfiguration.",
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
      const rules = acl.list("rules");
      const limited = rules.some(
        (rule) =>
          isRecord(rule) && isRecord(rule["statement"]) && rule["statement"]["rateBasedStatement"] !== undefined,
      );
      if (!limited) refuse("rules", rules.length, "at least one rate-based rule");
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
      if (!secret.has("kmsKeyId") || /alias\/aws\//.test(secret.text("kmsKeyId") ?? ""))
        refuse("kmsKeyId", secret.at("kmsKeyId"), "a customer-managed key");
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

/** Properties that refer to nothing: texts for people, and what AWS answers with (`properties` of Cloud Control). */
const NO_REFERENCE = /^(code|description|tags|tagsAll|dashboardBody|owner|ownerId|properties)(\.|$)/;

/** Whom alarms notify: mostly a topic that an account's stacks share. Of another account it must not be either. */
const NOTIFIED = /^(alarmActions|okActions|insufficientDataActions)\./;

export const referencesStayInAccount: Rule = {
  name: "references-stay-in-account",
  what: "Nothing refers to another account: no key, role, queue, topic, function or principal of it.",
  why: "Data sent there is out of reach, and what is admitted from there is out of control; mostly it is a copied ARN.",
  fix: "Use the resource of this stack, or list the account in the setting `trusted`.",
  outside: [],
  example: "kmsKeyArn: key.arn",
  config: {
    trusted: { type: "array", description: "Accounts that may be referred to, by their 12 digits.", default: [] },
  },
  stackChecks: [
    (resource, { stack, refuse, texts }) => {
      const own = stack.account;
      if (own === undefined) return;
      eachText(resource.props, (text, path) => {
        if (NO_REFERENCE.test(path)) return;
        for (const account of accountsIn(text))
          if (account !== own && !texts("trusted").includes(account))
            refuse(path, account, `this stack's account, ${own}`);
      });
    },
  ],
};

/** Whether an ARN names its service, its account and the kind of thing. */
function isOfOneAccount(text: string): boolean {
  const arn = parseArn(text);
  return (
    arn !== undefined &&
    /^\d{12}$/.test(arn.account) &&
    !hasWildcard(arn.service) &&
    /^integration[:/]/.test(arn.resource)
  );
}

export const referencesStayInStack: Rule = {
  name: "references-stay-in-stack",
  what: "What a property refers to by an ARN or a queue's URL is part of the stack: keys, roles, queues, topics, functions, log groups. Whom alarms notify may be shared.",
  why: "A key of somebody else decides who reads the data; a queue of a neighbour takes the failures where nobody looks.",
  fix: "Use the resource of the stack, or list a pattern of what is shared in the setting `shared`.",
  outside: [],
  example: "kmsKeyArn: key.arn",
  config: {
    shared: {
      type: "array",
      description: "Patterns of ARNs and URLs outside the stack that may be referred to.",
      default: [],
    },
  },
  stackChecks: [
    (resource, { stack, refuse, texts }) => {
      const own = stack.account;
      if (own === undefined) return;
      const look = (text: string, path: string): void => {
        if (NO_REFERENCE.test(path) || NOTIFIED.test(path) || isDocument(text)) return;
        const inside = parsedText(text);
        if (inside !== undefined) {
          eachText(inside, (part, below) => look(part, `${path}.${below}`));
          return;
        }
        const arn = parseArn(text);
        const refers = arn
          ? arn.account === own || arn.service === "s3" || /:function:/.test(arn.resource)
          : accountOf(text) === own;
        if (refers && !isOwn(text, stack) && !texts("shared").some((pattern) => matches(pattern, text)))
          refuse(path, text, "something of this stack");
      };
      eachText(resource.props, look);
    },
  ],
};

/** Whether a text is a policy document, whose grants other rules read. */
function isDocument(text: string): boolean {
  return /^\s*\{/.test(text) && text.includes('"Statement"');
}

function parsedText(text: string): Data {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Data;
  } catch {
    return undefined;
  }
}

/** Accounts that a text names: as a whole, in an ARN or a queue's URL, or in the JSON that it is. */
function accountsIn(text: string): readonly string[] {
  if (/^\d{12}$/.test(text)) return [text];
  if (/^\s*[{[]/.test(text)) {
    try {
      const found: string[] = [];
      eachText(JSON.parse(text) as Data, (part) => found.push(...accountsIn(part)));
      return found;
    } catch {
      return [];
    }
  }
  const inside = [...text.matchAll(/arn:[\w-]+:[\w-]+:[\w-]*:(\d{12}):/g)].map(([, account = ""]) => account);
  const whole = accountOf(text);
  return whole === undefined ? inside : [...inside, whole];
}

export const otherServiceRules: readonly Rule[] = [
  resourcePolicyNoPublic,
  kinesisCmk,
  kinesisRetention,
  firehoseCmk,
  wafRulesLogged,
  secretsRotatedCmk,
  referencesStayInAccount,
  referencesStayInStack,
];
