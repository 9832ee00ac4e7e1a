import { arn, document, MAIL, Q, TABLE } from "../cases/fixtures";
import { allowing, held, type Attacks } from "./world";

const everything = { Effect: "Allow", Action: "*", Resource: "*" };
const wild = { by: "iam-no-wildcards", at: "p policy.Statement.0.Action" } as const;

/** Ways to write a grant that reads like less than it is. */
export const documentAttacks: Attacks = {
  "every action of a service, in lower case": { add: allowing({ Action: "dynamodb:*" }), ...wild },
  "every action that begins so, in capitals": { add: allowing({ Action: "DYNAMODB:PUT*" }), ...wild },
  "every action of every service": { add: allowing({ Action: "*:*" }), ...wild },
  "a letter left open": { add: allowing({ Action: "iam:Pass?ole" }), ...wild },
  "every verb of one noun": { add: allowing({ Action: "s3:*Object" }), ...wild },
  "a wildcard among whole names": { add: allowing({ Action: ["dynamodb:GetItem", "dynamodb:*Item"] }), ...wild },
  "keys in lower case": {
    add: held(JSON.stringify({ version: "2012-10-17", statement: { effect: "Allow", action: "*", resource: "*" } })),
    ...wild,
  },
  "keys in capitals": {
    add: held(JSON.stringify({ STATEMENT: [{ EFFECT: "Allow", ACTION: "*", RESOURCE: "*" }] })),
    ...wild,
  },
  "keys with escapes": {
    add: held('{"Statement":[{"Effect":"Allow","\\u0041ction":"dynamodb:*","Resource":"*"}]}'),
    ...wild,
  },
  "an action twice, in two spellings": {
    add: held(JSON.stringify({ Statement: [{ ...everything, Action: "dynamodb:GetItem", action: "*" }] })),
    by: "iam-no-wildcards",
    at: "p policy",
  },
  "no effect, where AWS itself would read none": {
    add: held(JSON.stringify({ Statement: [{ Action: "*", Resource: "*" }] })),
    by: "iam-no-wildcards",
    at: "p policy",
  },
  "an effect in lower case": {
    add: held(JSON.stringify({ Statement: [{ ...everything, Effect: "allow" }] })),
    by: "iam-no-wildcards",
    at: "p policy",
  },
  "an element that no policy has": {
    add: held(JSON.stringify({ Statement: [{ ...everything, Actions_: "*" }] })),
    by: "iam-no-wildcards",
    at: "p policy",
  },
  "text within text": { add: held(JSON.stringify(document(everything))), by: "iam-no-wildcards", at: "p policy" },
  "an object instead of text": { add: held({ Version: "2012-10-17", Statement: everything }), ...wild },
  "arguments of getPolicyDocument": {
    add: held({ statements: [{ actions: ["*"], resources: ["*"] }] }),
    ...wild,
  },
  "a harmless document with another under it": {
    add: held({ json: document(everything), statements: [{ actions: ["dynamodb:GetItem"], resources: [TABLE.arn] }] }),
    ...wild,
  },
  "the second of two statements": {
    add: held(document({ Effect: "Allow", Action: "dynamodb:GetItem", Resource: TABLE.arn }, everything)),
    by: "iam-no-wildcards",
    at: "p policy.Statement.1.Action",
  },
  "all but a few actions": {
    add: allowing({ NotAction: ["iam:*"] }),
    by: "iam-no-wildcards",
    at: "p policy.Statement.0.NotAction",
  },
  "all but one resource": {
    add: held(document({ Effect: "Allow", Action: "dynamodb:GetItem", NotResource: TABLE.arn })),
    by: "iam-no-wildcards",
    at: "p policy.Statement.0.NotResource",
  },
  "every resource, in other words": {
    add: allowing({ Action: "dynamodb:GetItem", Resource: "arn:aws:dynamodb:*:*:*" }),
    by: "iam-no-wildcards",
    at: "p policy.Statement.0.Resource",
  },
  "every resource by a question mark": {
    add: allowing({ Action: "sqs:SendMessage", Resource: Q.replace(/.$/, "?") }),
    by: "iam-no-wildcards",
    at: "p policy.Statement.0.Resource",
  },
  "metrics of everybody under a condition that is always met": {
    add: allowing({
      Action: "cloudwatch:PutMetricData",
      Resource: "*",
      Condition: { StringEquals: { "aws:RequestedRegion": "us-east-1" } },
    }),
    by: "iam-no-wildcards",
    at: "p policy.Statement.0.Resource",
  },
  "metrics of the namespace that the request names": {
    add: allowing({
      Action: "cloudwatch:PutMetricData",
      Resource: "*",
      Condition: { StringEquals: { "cloudwatch:namespace": "${cloudwatch:namespace}" } },
    }),
    by: "iam-no-wildcards",
    at: "p policy.Statement.0.Resource",
  },
  "mail from the address that the request names": {
    add: allowing({
      ...MAIL,
      Condition: { ...MAIL.Condition, StringEquals: { "ses:FromAddress": "${ses:FromAddress}" } },
    }),
    by: "ses-guarded-recipients",
    at: "p policy.Statement.0.Condition.ses:FromAddress",
  },
  "a policy of a group": {
    add: { "iam/groupPolicy:GroupPolicy g": { group: "admins", policy: document(everything) } },
    by: "iam-no-wildcards",
    at: "g policy.Statement.0.Action",
  },
  "a policy of a user": {
    add: { "iam/userPolicy:UserPolicy u": { user: "ci", policy: document(everything) } },
    by: "iam-no-wildcards",
    at: "u policy.Statement.0.Action",
  },
  "a permission set of the organization": {
    add: {
      "ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy s": { inlinePolicy: document(everything) },
    },
    by: "iam-no-wildcards",
    at: "s inlinePolicy.Statement.0.Action",
  },
  "a neighbour's table, beside a table that is called as tables are": {
    add: {
      "dynamodb/table:Table decoy": { name: "table" },
      ...allowing({ Action: "dynamodb:GetItem", Resource: TABLE.arn.replace(/t$/, "neighbour") }),
    },
    by: "iam-role-reach",
    at: "p policy.Statement.0.Resource",
  },
  "a role elsewhere, beside a role that is called as roles are": {
    add: {
      "iam/role:Role decoy": { name: "role" },
      ...allowing({ Action: "sts:AssumeRole", Resource: "arn:aws:iam::123456789012:role/Administrator" }),
    },
    by: "iam-role-reach",
    at: "p policy.Statement.0.Resource",
  },
  "a neighbour's table that bears a name of the stack's": {
    add: {
      "cloudwatch/logGroup:LogGroup decoy": { name: "table" },
      ...allowing({ Action: "dynamodb:GetItem", Resource: TABLE.arn.replace(/t$/, "neighbour") }),
    },
    by: "iam-role-reach",
    at: "p policy.Statement.0.Resource",
  },
  "a neighbour's topic that has a subscription called like a queue of the stack": {
    add: {
      "sns/topic:Topic t": { name: "t" },
      ...allowing({ Action: "sns:GetSubscriptionAttributes", Resource: arn("sns", "neighbour:t") }),
    },
    by: "iam-role-reach",
    at: "p policy.Statement.0.Resource",
  },
  "a neighbour's role with an own table's ARN in its name": {
    add: allowing({
      Action: "sts:AssumeRole",
      Resource: `arn:aws:iam::123456789012:role/${TABLE.arn}`,
    }),
    by: "iam-role-reach",
    at: "p policy.Statement.0.Resource",
  },
};
