import { ACCOUNT } from "../graph";
import { CRYPT, document, ROOT, type RuleCase } from "./fixtures";

export const kmsCases: Readonly<Record<string, RuleCase>> = {
  "kms-rotation": {
    good: { "kms/key:Key k": { enableKeyRotation: true } },
    bad: { off: { "kms/key:Key k > enableKeyRotation": false }, disabled: { "kms/key:Key k > isEnabled": false } },
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
    },
    bad: {
      none: { "kms/key:Key k > policy": undefined },
      "no root": { "kms/key:Key k > policy": document(CRYPT) },
      everybody: { "kms/key:Key k > policy": document(ROOT, { ...ROOT, Principal: "*" }) },
      "a service for anybody": { "kms/key:Key k > policy": document(ROOT, { ...CRYPT, Condition: undefined }) },
      "a service for more": { "kms/key:Key k > policy": document(ROOT, { ...CRYPT, Action: ["kms:PutKeyPolicy"] }) },
      "every service": { "kms/key:Key k > policy": document(ROOT, { ...CRYPT, Principal: { Service: "*" } }) },
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
  },
};
