import { ACCOUNT } from "../graph";
import { arn, bySource, CRYPT, document, everybody, KEY, Q, QUEUE, ROOT, T, TABLE, tls } from "../cases/fixtures";
import { STRANGER, trusting, type Attack, type Attacks } from "./world";

/** A queue's policy that admits everybody under a condition. */
const queueIf = (Condition: object, Principal: unknown = { AWS: "*" }): Attack => ({
  add: {
    "sqs/queue:Queue q": QUEUE,
    "sqs/queuePolicy:QueuePolicy p": {
      queueUrl: "https://q",
      policy: document(tls("sqs:*", Q), { ...everybody("sqs:SendMessage", Q), Principal, Condition }),
    },
  },
  by: "sqs-private-tls",
  at: "p policy.Statement.1.Principal",
});

const trust = (statement: object, at = "Condition"): Attack => ({
  add: trusting(statement),
  by: "iam-trust-narrow",
  at: `r assumeRolePolicy.Statement.0.${at}`,
});
const GITHUB = {
  Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com` },
  Action: "sts:AssumeRoleWithWebIdentity",
};
const AUD = "token.actions.githubusercontent.com:aud";
const SUB = "token.actions.githubusercontent.com:sub";
const MINE = { StringEquals: { [AUD]: "sts.amazonaws.com" } };

/** Principals that are wider than they look. */
export const principalAttacks: Attacks = {
  "a source that is anything": queueIf({ StringLike: { "aws:SourceArn": "*" } }),
  "a source in any account": queueIf({ ArnLike: { "aws:SourceArn": "arn:aws:sns:us-east-1:*:*" } }),
  "a bucket of any name": queueIf({ ArnLike: { "aws:SourceArn": "arn:aws:s3:::*" } }),
  "an account if there is one": queueIf({ StringEqualsIfExists: { "aws:SourceAccount": ACCOUNT } }),
  "all of no values": queueIf({
    "ForAllValues:StringEquals": { "aws:PrincipalArn": `arn:aws:iam::${ACCOUNT}:role/x` },
  }),
  "a key that must be there": queueIf({ Null: { "aws:SourceAccount": "false" } }),
  "any account but one": queueIf({ StringNotEquals: { "aws:SourceAccount": STRANGER } }),
  "one account or any": queueIf({ StringLike: { "aws:SourceAccount": [ACCOUNT, "*"] } }),
  "the whole of the internet in two halves": queueIf({ IpAddress: { "aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"] } }),
  "every address of IPv6": queueIf({ IpAddress: { "aws:SourceIp": "2000::/3" } }),
  "a condition on the transport only": queueIf({ Bool: { "aws:SecureTransport": "true" } }),
  "an account that the request itself names": queueIf({
    StringEquals: { "aws:SourceAccount": "${aws:SourceAccount}" },
  }),
  "a role that the request itself names, with a default": queueIf({
    ArnLike: { "aws:PrincipalArn": "${aws:PrincipalArn, 'x'}" },
  }),
  "everybody in a list": queueIf({}, ["*"]),
  "everybody among others": queueIf({}, { AWS: [`arn:aws:iam::${ACCOUNT}:role/f`, "*"] }),
  "everybody but one": {
    ...queueIf({}),
    add: {
      "sqs/queue:Queue q": QUEUE,
      "sqs/queuePolicy:QueuePolicy p": {
        queueUrl: "https://q",
        policy: document(tls("sqs:*", Q), {
          Effect: "Allow",
          NotPrincipal: { AWS: `arn:aws:iam::${STRANGER}:root` },
          Action: "sqs:SendMessage",
          Resource: Q,
        }),
      },
    },
  },
  "a stranger's topic": {
    add: {
      "sqs/queue:Queue q": QUEUE,
      "sqs/queuePolicy:QueuePolicy p": {
        queueUrl: "https://q",
        policy: document(tls("sqs:*", Q), bySource("sqs:SendMessage", Q, T.replace(ACCOUNT, STRANGER))),
      },
    },
    by: "references-stay-in-account",
    at: "p policy",
  },
  "a neighbour's topic, by a key in lower case": {
    add: {
      "sqs/queue:Queue q": QUEUE,
      "sqs/queuePolicy:QueuePolicy p": {
        queueUrl: "https://q",
        policy: document(tls("sqs:*", Q), {
          ...bySource("sqs:SendMessage", Q, T),
          Condition: { ArnEquals: { "aws:sourcearn": `${T}-neighbour` } },
        }),
      },
    },
    by: "sqs-private-tls",
    at: "p policy.Statement.1.Condition",
  },
  "an inline policy of a queue, of which another is good": {
    add: {
      "sqs/queue:Queue q": { ...QUEUE, policy: document(everybody("sqs:SendMessage", Q)) },
      "sqs/queuePolicy:QueuePolicy p": { queueUrl: "https://q", policy: document(tls("sqs:*", Q)) },
    },
    by: "sqs-private-tls",
    at: "q policy.Statement.0.Principal",
  },
  "a topic with the policy that AWS gives it": {
    add: {
      "sns/topic:Topic t": {
        arn: T,
        kmsMasterKeyId: KEY,
        policy: document(everybody("SNS:Publish", T, { StringEquals: { "AWS:SourceOwner": ACCOUNT } })),
      },
    },
    by: "sns-private-tls",
    at: "t policy",
  },
  "a secret with an inline policy": {
    add: {
      "secretsmanager/secret:Secret s": { policy: document(everybody("secretsmanager:GetSecretValue", "*")) },
    },
    by: "resource-policy-no-public",
    at: "s policy.Statement.0.Principal",
  },
  "an open policy of a type that no rule names": {
    add: {
      "efs/fileSystemPolicy:FileSystemPolicy e": { policy: document(everybody("elasticfilesystem:ClientMount", "*")) },
    },
    by: "resource-policy-no-public",
    at: "e policy.Statement.0.Principal",
  },
  "the same as an object under another name": {
    add: { "x/y:Z e": { accessRules: { Statement: everybody("x:Read", "*") } } },
    by: "resource-policy-no-public",
    at: "e accessRules.Statement.0.Principal",
  },
  "a bus that anybody may fill": {
    add: { "cloudwatch/eventPermission:EventPermission e": { principal: "*", statementId: "x" } },
    by: "resource-policy-no-public",
    at: "e principal",
  },
  "a layer for anybody": {
    add: {
      "lambda/layerVersionPermission:LayerVersionPermission l": { principal: "*", action: "lambda:GetLayerVersion" },
    },
    by: "resource-policy-no-public",
    at: "l principal",
  },
  "a table's policy for a stranger": {
    add: {
      "dynamodb/resourcePolicy:ResourcePolicy d": {
        resourceArn: TABLE.arn,
        policy: document({
          Effect: "Allow",
          Principal: { AWS: `arn:aws:iam::${STRANGER}:root` },
          Action: "dynamodb:GetItem",
          Resource: "*",
        }),
      },
    },
    by: "references-stay-in-account",
    at: "d policy",
  },
  "a catalog for every table but one": {
    add: {
      "glue/resourcePolicy:ResourcePolicy c": {
        policy: document({
          Effect: "Allow",
          Principal: { Service: "glue.amazonaws.com" },
          Action: "glue:AuthorizeInboundIntegration",
          Resource: arn("glue", "catalog"),
          Condition: {
            StringEquals: { "aws:SourceAccount": ACCOUNT },
            ArnNotEquals: { "aws:SourceArn": TABLE.arn },
          },
        }),
      },
    },
    by: "resource-policy-no-public",
    at: "c policy.Statement.0.Condition",
  },
  "an identity that anybody may send from, by the older API": {
    add: { "ses/identityPolicy:IdentityPolicy i": { policy: document(everybody("ses:SendEmail", "*")) } },
    by: "ses-identity-auth",
    at: "i policy.Statement.0.Principal",
  },
  "a key for a stranger beside the root": {
    add: {
      "kms/key:Key l": {
        arn: KEY,
        policy: document(ROOT, { ...ROOT, Principal: { AWS: `arn:aws:iam::${STRANGER}:root` } }),
      },
    },
    by: "references-stay-in-account",
    at: "l policy",
  },
  "a key for a role with everything, beside the root": {
    add: {
      "kms/key:Key l": {
        arn: KEY,
        policy: document({ ...ROOT, Principal: { AWS: [ROOT.Principal.AWS, `arn:aws:iam::${ACCOUNT}:role/f`] } }),
      },
    },
    by: "kms-closed-policy",
    at: "l policy.Statement.0.Action",
  },
  "a key that a function's role may hand on": {
    add: {
      "kms/key:Key l": {
        policy: document(ROOT, {
          ...ROOT,
          Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/f` },
          Action: "kms:PutKeyPolicy",
        }),
      },
    },
    by: "kms-closed-policy",
    at: "l policy.Statement.1.Action",
  },
  "a key that a function's role may grant to others": {
    add: {
      "kms/key:Key l": {
        policy: document(ROOT, {
          ...ROOT,
          Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/f` },
          Action: ["kms:Decrypt", "kms:CreateGrant"],
        }),
      },
    },
    by: "kms-closed-policy",
    at: "l policy.Statement.1.Action",
  },
  "a replica's key for everybody": {
    add: { "kms/replicaKey:ReplicaKey l": { policy: document(ROOT, { ...CRYPT, Principal: "*", Condition: {} }) } },
    by: "kms-closed-policy",
    at: "l policy.Statement.1.Principal",
  },
  "a key that AWS gave its policy": {
    add: { "kms/key:Key l": { policy: JSON.stringify({ Id: "key-default-1", Statement: [ROOT] }) } },
    by: "kms-closed-policy",
    at: "l policy",
  },
  "a grant past the key's policy": {
    add: { "kms/grant:Grant g": { keyId: "k", granteePrincipal: arn("iam", "role/x"), operations: ["Decrypt"] } },
    by: "kms-grant-narrow",
    at: "g granteePrincipal",
  },
  "a trust of everybody, under a condition": trust(
    { Principal: { AWS: "*" }, Condition: { StringEquals: { "sts:ExternalId": "1" } } },
    "Principal",
  ),
  "a trust of the whole account": trust({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } }, "Principal.AWS"),
  "a trust of a stranger's account, by its number": {
    add: trusting({ Principal: { AWS: STRANGER } }),
    by: "references-stay-in-account",
    at: "r assumeRolePolicy",
  },
  "a trust of every role of the account": trust(
    {
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
      Condition: { ArnLike: { "aws:PrincipalArn": `arn:aws:iam::${ACCOUNT}:role/*` } },
    },
    "Principal.AWS",
  ),
  "tokens without a subject": trust({ ...GITHUB, Condition: MINE }),
  "tokens of every repository": trust({ ...GITHUB, Condition: { ...MINE, StringLike: { [SUB]: "repo:*" } } }),
  "tokens of every repository of an owner": trust({
    ...GITHUB,
    Condition: { ...MINE, StringLike: { [SUB]: "repo:me/*" } },
  }),
  "tokens of everybody but one": trust({
    ...GITHUB,
    Condition: { ...MINE, StringNotEquals: { [SUB]: "repo:me/x:*" } },
  }),
  "tokens whose subject need not be there": trust({
    ...GITHUB,
    Condition: { ...MINE, StringEqualsIfExists: { [SUB]: "repo:me/x:ref:refs/heads/main" } },
  }),
  "tokens of all of no subjects": trust({
    ...GITHUB,
    Condition: { ...MINE, "ForAllValues:StringLike": { [SUB]: "repo:me/x:*" } },
  }),
  "tokens that name their own subject": trust({
    ...GITHUB,
    Condition: { StringEquals: { [SUB]: `\${${SUB}}` } },
  }),
  "a trust of every role of the account, by its own name": trust(
    {
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
      Condition: { StringEquals: { "aws:PrincipalArn": "${aws:PrincipalArn}" } },
    },
    "Principal.AWS",
  ),
  "somebody's unique id": trust({ Principal: { AWS: "AROAEXAMPLEEXAMPLE123" } }, "Principal.AWS"),
  "a bucket for a canonical user": {
    add: {
      "s3/bucketPolicy:BucketPolicy b": {
        bucket: "b",
        policy: document({
          Effect: "Allow",
          Principal: { CanonicalUser: "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be" },
          Action: "s3:GetObject",
          Resource: "arn:aws:s3:::b/*",
        }),
      },
    },
    by: "s3-tls-only",
    at: "b policy.Statement.0.Principal",
  },
  "a key for whoever holds a token": {
    add: {
      "kms/key:Key l": {
        policy: document(ROOT, {
          ...CRYPT,
          Principal: { Federated: "cognito-identity.amazonaws.com" },
        }),
      },
    },
    by: "kms-closed-policy",
    at: "l policy.Statement.1.Principal",
  },
  "a service in another's name": trust({
    Principal: { Service: "scheduler.amazonaws.com" },
    Condition: { StringEqualsIfExists: { "aws:SourceAccount": ACCOUNT } },
  }),
};
