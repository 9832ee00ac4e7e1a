import { ACCOUNT } from "../graph";
import { ROLE, CRYPT, document, ROOT, type RuleCase } from "./fixtures";

export const kmsCases: Readonly<Record<string, RuleCase>> = {
  "kms-rotation": {
    good: {
      "kms/key:Key k": { enableKeyRotation: true },
      "kms/key:Key often": { enableKeyRotation: true, rotationPeriodInDays: 90 },
      "kms/key:Key s": { customerMasterKeySpec: "RSA_2048" },
      "kms/externalKey:ExternalKey e": { enabled: true },
    },
    bad: {
      "off by default": { "kms/key:Key k > enableKeyRotation": undefined },
      "a key that becomes symmetric": { "kms/key:Key s > customerMasterKeySpec": "SYMMETRIC_DEFAULT" },
      "imported material, disabled": { "kms/externalKey:ExternalKey e > enabled": false },
      off: { "kms/key:Key k > enableKeyRotation": false },
      "once in seven years": { "kms/key:Key k > rotationPeriodInDays": 2560 },
      disabled: { "kms/key:Key k > isEnabled": false },
    },
  },
  "kms-closed-policy": {
    good: {
      "kms/key:Key k": {
        deletionWindowInDays: 30,
        policy: document(ROOT, CRYPT, {
          ...CRYPT,
          Principal: { Service: "events.amazonaws.com" },
          Condition: undefined,
        }),
      },
      "kms/key:Key m": {
        policy: document(
          ROOT,
          { ...ROOT, Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/reads` }, Action: ["kms:Decrypt"] },
          { ...ROOT, Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/keys` }, Action: ["kms:PutKeyPolicy"] },
        ),
      },
      "kms/key:Key l": { keyId: "l" },
      "kms/keyPolicy:KeyPolicy l": { keyId: "l", policy: document(ROOT) },
    },
    bad: {
      "a replica gone in a week": {
        "kms/replicaKey:ReplicaKey r": { policy: document(ROOT), deletionWindowInDays: 7 },
      },
      "a replica without safety check": {
        "kms/replicaKey:ReplicaKey r": { policy: document(ROOT), bypassPolicyLockoutSafetyCheck: true },
      },

      none: { "kms/key:Key k > policy": undefined },
      "the one that AWS gives": {
        "kms/key:Key k > policy": JSON.stringify({ Id: "key-default-1", Statement: [ROOT] }),
      },
      "a policy of another key": { "kms/keyPolicy:KeyPolicy l > keyId": "x" },
      "a KeyPolicy without one": { "kms/keyPolicy:KeyPolicy l > policy": undefined },
      "a replica for everybody": {
        "kms/replicaKey:ReplicaKey r": { policy: document(ROOT, { ...ROOT, Principal: { AWS: "*" } }) },
      },
      "no root": { "kms/key:Key k > policy": document(CRYPT) },
      everybody: { "kms/key:Key k > policy": document(ROOT, { ...ROOT, Principal: "*" }) },
      "a service for anybody": { "kms/key:Key k > policy": document(ROOT, { ...CRYPT, Condition: undefined }) },
      "a service for more": { "kms/key:Key k > policy": document(ROOT, { ...CRYPT, Action: ["kms:PutKeyPolicy"] }) },
      "every service": { "kms/key:Key k > policy": document(ROOT, { ...CRYPT, Principal: { Service: "*" } }) },
      "a role that may change the policy": {
        "kms/key:Key k > policy": document(ROOT, {
          ...ROOT,
          Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/x` },
          Action: ["kms:Decrypt", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"],
        }),
      },
      "a role for all": {
        "kms/key:Key k > policy": document(ROOT, { ...ROOT, Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/x` } }),
      },
      NotAction: {
        "kms/key:Key k > policy": document(ROOT, {
          Effect: "Allow",
          Principal: ROOT.Principal,
          NotAction: "kms:Delete*",
          Resource: "*",
        }),
      },
      "a week": { "kms/key:Key k > deletionWindowInDays": 7 },
      "no safety check": { "kms/key:Key k > bypassPolicyLockoutSafetyCheck": true },
    },
    settings: { administrators: [`arn:aws:iam::${ACCOUNT}:role/keys`] },
  },
  "kms-grant-narrow": {
    good: {
      "iam/role:Role f": ROLE,
      "kms/grant:Grant g": { granteePrincipal: ROLE.arn, operations: ["Decrypt", "GenerateDataKey"] },
    },
    bad: {
      "more grants": { "kms/grant:Grant g > operations": ["Decrypt", "CreateGrant"] },
      "a role elsewhere": { "kms/grant:Grant g > granteePrincipal": `arn:aws:iam::${ACCOUNT}:role/x` },
      "retired by somebody else": { "kms/grant:Grant g > retiringPrincipal": `arn:aws:iam::${ACCOUNT}:role/x` },
    },
  },
};
