import { hasWildcard, matches } from "../framework/arn";
import type { Condition } from "../framework/document";
import { eachStatement } from "../framework/documents";
import { admitsEverybody, hiddenPrincipals, unboundServices, wildServices } from "../framework/principals";
import type { Rule } from "../framework/rule";

const KEY = "aws:kms/key:Key";
const KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy";
const GRANT = "aws:kms/grant:Grant";
/** Every kind of key that has a policy of its own. */
const KEYS = [
  KEY,
  "aws:kms/externalKey:ExternalKey",
  "aws:kms/replicaKey:ReplicaKey",
  "aws:kms/replicaExternalKey:ReplicaExternalKey",
];

export const kmsRotation: Rule = {
  name: "kms-rotation",
  what: "Every symmetric key rotates, once a year or more often, and can be used.",
  why: "What one version of a key protects stays bounded.",
  fix: "Set enableKeyRotation to true, and leave rotationPeriodInDays out.",
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
  types: KEYS,
  config: {
    rotationDays: {
      type: "integer",
      description: "Most days that one version of a key is used.",
      default: 365,
      minimum: 90,
      maximum: 2560,
    },
  },
  checks: [
    (key, { refuse, number }) => {
      if (key.type !== KEY) return; // A replica rotates with its original; imported material cannot.
      const isSymmetric = /^(SYMMETRIC_DEFAULT)?$/.test(key.text("customerMasterKeySpec") ?? "");
      if (!isSymmetric) return;
      if (!key.flag("enableKeyRotation")) refuse("enableKeyRotation", key.at("enableKeyRotation"), "true");
      // AWS's own period is a year.
      const days = key.number("rotationPeriodInDays") ?? 365;
      if (days > number("rotationDays")) refuse("rotationPeriodInDays", days, `at most ${number("rotationDays")}`);
    },
    (key, { refuse }) => {
      for (const path of ["isEnabled", "enabled"])
        if (key.has(path) && !key.flag(path)) refuse(path, key.at(path), "true");
    },
  ],
  remediate: ({ type, props }) => (type === KEY ? { ...props, enableKeyRotation: true } : undefined),
};

/** An account as a whole, which every policy has to leave in control. */
const ROOT = /^(\d{12}|arn:[\w-]+:iam::\d{12}:root)$/;

/** What a service needs of a key to encrypt and decrypt; the prefixes are those that AWS documents for CloudWatch Logs. */
const CRYPTOGRAPHIC =
  /^kms:(Encrypt\*?|Decrypt\*?|ReEncrypt(From|To|\*)|GenerateDataKey(\*|WithoutPlaintext)?|Describe(Key|\*)|CreateGrant|ListGrants)$/i;

/** By a grant whoever may make one hands the key on, unless it is a service of AWS that makes it in the caller's name. */
const HANDS_ON = /^kms:CreateGrant$/i;

function isForAws({ operator, key, values }: Condition): boolean {
  return (
    operator === "Bool" && key.toLowerCase() === "kms:grantisforawsresource" && values.every((one) => one === "true")
  );
}

export const kmsClosedPolicy: Rule = {
  name: "kms-closed-policy",
  what: "A key has a policy of its own that leaves the account in control, admits nobody in general, roles for cryptography only, and services for that alone and on behalf of this account.",
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
  types: [...KEYS, KEY_POLICY],
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
    administrators: {
      type: "array",
      description: "Patterns of ARNs of roles that may administer keys, besides the account itself.",
      default: [],
    },
  },
  checks: [
    (key, context) => {
      const { refuse, texts } = context;
      if (key.type === KEY_POLICY && !key.has("policy")) {
        refuse("policy", undefined, "a policy that is written out");
        return;
      }
      eachStatement(key, context, "policy", (statement) => {
        const { path, effect, actions, principals } = statement;
        if (admitsEverybody(statement))
          refuse(`${path}.Principal`, "*", "named principals, or a condition that binds them");
        for (const service of wildServices(statement)) refuse(`${path}.Principal`, service, "named services");
        for (const hidden of hiddenPrincipals(statement))
          refuse(`${path}.Principal`, hidden, "accounts, roles or services by their name");
        for (const service of unboundServices(statement))
          if (!texts("unconditional").includes(service))
            refuse(`${path}.Condition`, service, "aws:SourceAccount, aws:SourceArn or the encryption context");
        if (effect !== "Allow") return;
        if (statement.notActions.length > 0) refuse(`${path}.NotAction`, statement.notActions, "Action");
        const isService = principals.some(({ kind }) => kind === "Service");
        const isRoot = principals.length > 0 && principals.every(({ value }) => ROOT.test(value));
        const administers =
          principals.length > 0 &&
          principals.every(({ value }) => texts("administrators").some((pattern) => matches(pattern, value)));
        if (!isService && !isRoot && actions.some(hasWildcard)) {
          refuse(`${path}.Action`, actions, "the actions that are meant");
          return;
        }
        const isRole = !isService && !isRoot && !administers;
        const wrong = actions.filter((action) => {
          if (isRole && HANDS_ON.test(action) && !statement.conditions.some(isForAws)) return true;
          return isService || isRole ? !CRYPTOGRAPHIC.test(action) : action === "*";
        });
        if (wrong.length > 0)
          refuse(
            `${path}.Action`,
            wrong,
            isRoot || administers
              ? "actions of kms"
              : `Encrypt, Decrypt, ReEncrypt, GenerateDataKey, DescribeKey${isService ? "" : ", or a principal of the setting `administrators`"}`,
          );
      });
    },
    (key, context) => {
      if (!key.has("policy")) return;
      let hasRoot = false;
      eachStatement(key, context, "policy", ({ effect, principals, actions, conditions }) => {
        hasRoot ||=
          effect === "Allow" &&
          conditions.length === 0 &&
          actions.includes("kms:*") &&
          principals.some(({ kind, value }) => kind === "AWS" && ROOT.test(value));
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
  stackChecks: [
    (key, { stack, refuse }) => {
      if (
        key.type === KEY_POLICY ||
        stack.ofType(KEY_POLICY).some((one) => stack.target(one, "keyId", ...KEYS) === key)
      )
        return;
      // Once a key is made, its state holds the policy that AWS gave it.
      if (!key.has("policy") || JSON.stringify(key.at("policy")).includes("key-default-1"))
        refuse("policy", undefined, "a policy that is written out, or a KeyPolicy for it");
    },
  ],
};

export const kmsGrantNarrow: Rule = {
  name: "kms-grant-narrow",
  what: "A grant on a key is for a role of this stack, and for cryptography only.",
  why: "A grant goes past the key's policy, and whoever may make further grants hands the key on.",
  fix: "Use the role's own policy; or name a role of the stack as granteePrincipal, without CreateGrant among the operations.",
  outside: [],
  example: 'new aws.kms.Grant("reader", { keyId: key.keyId, granteePrincipal: role.arn, operations: ["Decrypt"] })',
  types: [GRANT],
  checks: [
    (grant, { refuse }) =>
      grant.each("operations", (operation) => {
        if (
          !/^(Encrypt|Decrypt|ReEncrypt(From|To)|GenerateDataKey(WithoutPlaintext)?|DescribeKey)$/.test(
            String(operation),
          )
        )
          refuse("operations", operation, "Encrypt, Decrypt, ReEncrypt, GenerateDataKey, DescribeKey");
      }),
  ],
  stackChecks: [
    (grant, { stack, refuse }) => {
      for (const path of ["granteePrincipal", "retiringPrincipal"])
        if ((path === "granteePrincipal" || grant.has(path)) && !stack.target(grant, path, "aws:iam/role:Role"))
          refuse(path, grant.at(path), "the ARN of a role of this stack");
    },
  ],
};

export const kmsRules: readonly Rule[] = [kmsRotation, kmsClosedPolicy, kmsGrantNarrow];
