import { hasWildcard } from "../framework/arn";
import { eachStatement } from "../framework/documents";
import { admitsEverybody, unboundServices, wildServices } from "../framework/principals";
import type { Rule } from "../framework/rule";

const KEY = "aws:kms/key:Key";

export const kmsRotation: Rule = {
  name: "kms-rotation",
  what: "Every symmetric key rotates, and can be used.",
  why: "What one version of a key protects stays bounded.",
  fix: "Set enableKeyRotation to true.",
  outside: [
    "SH KMS.4",
    "CIS 4.6",
    "CKV_AWS_7",
    "NAG KMS5",
    "GRD CMK_BACKING_KEY_ROTATION_ENABLED",
    "awsguard kmsKeyRotation",
    "PCP enableKeyRotation",
  ],
  example: "enableKeyRotation: true",
  types: [KEY],
  checks: [
    (key, { refuse }) => {
      const isSymmetric = /^(SYMMETRIC_DEFAULT)?$/.test(key.text("customerMasterKeySpec") ?? "");
      if (isSymmetric && !key.flag("enableKeyRotation"))
        refuse("enableKeyRotation", key.at("enableKeyRotation"), "true");
    },
    (key, { refuse }) => {
      if (key.at("isEnabled") === false) refuse("isEnabled", false, "true");
    },
  ],
  remediate: ({ props }) => ({ ...props, enableKeyRotation: true }),
};

/** What a service needs of a key to encrypt and decrypt; the prefixes are those that AWS documents for CloudWatch Logs. */
const CRYPTOGRAPHIC =
  /^kms:(Encrypt\*?|Decrypt\*?|ReEncrypt(From|To|\*)|GenerateDataKey(\*|WithoutPlaintext)?|Describe(Key|\*)|CreateGrant|ListGrants)$/i;

export const kmsClosedPolicy: Rule = {
  name: "kms-closed-policy",
  what: "A key has a policy of its own that leaves the account in control, admits nobody in general, and services for cryptography only and on behalf of this account.",
  why: "Who may use the key may read everything; who may change its policy may use it; a key deleted too fast takes all data with it.",
  fix: "Start with the account's root, give each service its actions with aws:SourceAccount, and keep deletionWindowInDays at 30.",
  outside: [
    "FSBP KMS.5",
    "FSBP KMS.3",
    "CKV_AWS_33",
    "CKV2_AWS_64",
    "GRD KMS_NO_WILDCARD_PRINCIPAL",
    "PCP configureKeyPolicy",
  ],
  contradicts:
    "EventBridge supplies neither aws:SourceArn nor aws:SourceAccount when it uses a key, and a condition drops its events in silence: the setting `unconditional` names it.",
  example: 'new EncryptionKey("messaging")',
  types: [KEY, "aws:kms/keyPolicy:KeyPolicy"],
  config: {
    days: {
      type: "integer",
      description: "Fewest days until a deleted key is gone.",
      default: 30,
      minimum: 7,
      maximum: 30,
    },
    unconditional: {
      type: "array",
      description: "Services that supply no source to KMS.",
      default: ["events.amazonaws.com"],
    },
  },
  checks: [
    (key, context) => {
      const { refuse, texts } = context;
      if (!key.has("policy")) {
        refuse("policy", undefined, "a policy that is written out");
        return;
      }
      eachStatement(key, context, "policy", (statement) => {
        const { path, effect, actions, principals } = statement;
        if (admitsEverybody(statement))
          refuse(`${path}.Principal`, "*", "named principals, or a condition that binds them");
        for (const service of wildServices(statement)) refuse(`${path}.Principal`, service, "named services");
        for (const service of unboundServices(statement))
          if (!texts("unconditional").includes(service))
            refuse(`${path}.Condition`, service, "aws:SourceAccount, aws:SourceArn or the encryption context");
        if (effect !== "Allow") return;
        if (statement.notActions.length > 0) refuse(`${path}.NotAction`, statement.notActions, "Action");
        const isService = principals.some(({ kind }) => kind === "Service");
        const wrong = actions.filter((action) => (isService ? !CRYPTOGRAPHIC.test(action) : action === "*"));
        if (wrong.length > 0)
          refuse(
            `${path}.Action`,
            wrong,
            isService ? "Encrypt, Decrypt, ReEncrypt, GenerateDataKey, DescribeKey" : "actions of kms",
          );
        const isRoot =
          principals.length > 0 &&
          principals.every(({ value }) => /^(\d{12}|arn:[\w-]+:iam::\d{12}:root)$/.test(value));
        if (!isService && !isRoot && actions.some(hasWildcard))
          refuse(`${path}.Action`, actions, "the actions that are meant");
      });
    },
    (key, context) => {
      let hasRoot = !key.has("policy");
      eachStatement(key, context, "policy", ({ effect, principals, actions, conditions }) => {
        hasRoot ||=
          effect === "Allow" &&
          conditions.length === 0 &&
          actions.includes("kms:*") &&
          principals.some(({ kind, value }) => kind === "AWS" && /^(\d{12}|arn:[\w-]+:iam::\d{12}:root)$/.test(value));
      });
      if (!hasRoot)
        context.refuse(
          "policy",
          key.at("policy"),
          "a statement that gives kms:* to the account's root",
          "Without it nobody can ever change the policy again.",
        );
    },
    (key, { refuse }) => {
      if (key.flag("bypassPolicyLockoutSafetyCheck")) refuse("bypassPolicyLockoutSafetyCheck", true, "false");
    },
    (key, { refuse, number }) => {
      const days = key.number("deletionWindowInDays") ?? 30;
      if (days < number("days")) refuse("deletionWindowInDays", days, `at least ${number("days")}`);
    },
  ],
};

export const kmsRules: readonly Rule[] = [kmsRotation, kmsClosedPolicy];
