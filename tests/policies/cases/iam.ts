import { ACCOUNT } from "../graph";
import { arn, document, FN, grant, MAIL, READ, ROLE, TABLE, type RuleCase } from "./fixtures";

const GITHUB = {
  Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com` },
  Action: "sts:AssumeRoleWithWebIdentity",
};

export const iamCases: Readonly<Record<string, RuleCase>> = {
  "iam-no-wildcards": {
    good: {
      "iam/rolePolicy:RolePolicy p": grant(
        READ,
        { Effect: "Allow", Action: "xray:PutTraceSegments", Resource: "*" },
        { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*" },
        { Effect: "Deny", Action: "*", Resource: "*" },
        {
          Effect: "Allow",
          Action: "cloudwatch:PutMetricData",
          Resource: "*",
          Condition: { StringEquals: { "cloudwatch:namespace": "x" } },
        },
      ),
    },
    bad: Object.fromEntries(
      Object.entries({
        "every action": { ...READ, Action: "*" },
        "every action of a service": { ...READ, Action: "dynamodb:*" },
        "a prefix": { ...READ, Action: "dynamodb:Get*" },
        "a question mark": { ...READ, Action: "dynamodb:Get?tem" },
        "an action that does not exist": { ...READ, Action: "dynamodb:GetItems" },
        NotAction: { Effect: "Allow", NotAction: "iam:*", Resource: TABLE.arn },
        NotResource: { Effect: "Allow", Action: "dynamodb:GetItem", NotResource: TABLE.arn },
        everything: { ...READ, Resource: "*" },
        "every table": { ...READ, Resource: "arn:aws:dynamodb:*:*:table/*" },
        "every table of the account": { ...READ, Resource: arn("dynamodb", "table/*") },
        "tables by prefix": { ...READ, Resource: arn("dynamodb", "table/prod-*") },
        "every bucket": { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::*" },
        "no resource": { Effect: "Allow", Action: "dynamodb:GetItem" },
        "metrics under any condition": {
          Effect: "Allow",
          Action: "cloudwatch:PutMetricData",
          Resource: "*",
          Condition: { StringEquals: { "aws:RequestedRegion": "us-east-1" } },
        },
        "metrics of every namespace": { Effect: "Allow", Action: "cloudwatch:PutMetricData", Resource: "*" },
      }).map(([label, statement]) => [label, { "iam/rolePolicy:RolePolicy p": grant(statement) }]),
    ),
  },
  "iam-trust-narrow": {
    good: {
      "iam/role:Role f": ROLE,
      "iam/role:Role deploys": {
        assumeRolePolicy: document({
          Effect: "Allow",
          ...GITHUB,
          Condition: {
            StringEquals: { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" },
            StringLike: { "token.actions.githubusercontent.com:sub": "repo:me/game:*" },
          },
        }),
      },
      "iam/role:Role servers": {
        assumeRolePolicy: document({
          Effect: "Allow",
          Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/fleet` },
          Action: "sts:AssumeRole",
        }),
      },
      "iam/role:Role admins": {
        assumeRolePolicy: document({
          Effect: "Allow",
          Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
          Action: "sts:AssumeRole",
          Condition: { ArnLike: { "aws:PrincipalArn": `arn:aws:iam::${ACCOUNT}:role/admins/*` } },
        }),
      },
    },
    bad: Object.fromEntries(
      Object.entries({
        everybody: { Principal: "*" },
        "everybody of AWS": { Principal: { AWS: "*" } },
        "an unknown service": { Principal: { Service: "example.amazonaws.com" } },
        "a service for anybody": { Principal: { Service: "scheduler.amazonaws.com" } },
        "a service if": {
          Principal: { Service: "scheduler.amazonaws.com" },
          Condition: { StringNotEquals: { "aws:SourceAccount": "1" } },
        },
        "tokens of anybody": {
          Principal: { Federated: "token.actions.githubusercontent.com" },
          Action: "sts:AssumeRoleWithWebIdentity",
        },
        "the whole account": { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } },
        "the whole account by its number": { Principal: { AWS: ACCOUNT } },
        "a unique id": { Principal: { AWS: "AROAEXAMPLEEXAMPLE123" } },
        "a canonical user": { Principal: { CanonicalUser: "abc" } },
        "tokens of every repository": {
          ...GITHUB,
          Condition: { StringLike: { "token.actions.githubusercontent.com:sub": "repo:*" } },
        },
        "tokens of everybody but one": {
          ...GITHUB,
          Condition: { StringNotEquals: { "token.actions.githubusercontent.com:sub": "repo:me/game:x" } },
        },
        "more than assuming": { Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:*" },
        "all but one": { NotPrincipal: { AWS: ACCOUNT } },
      }).map(([label, statement]) => [
        label,
        { "iam/role:Role f > assumeRolePolicy": document({ Effect: "Allow", Action: "sts:AssumeRole", ...statement }) },
      ]),
    ),
  },
  "iam-no-escalation": {
    good: {
      "iam/role:Role f": ROLE,
      "iam/rolePolicy:RolePolicy p": grant(READ, { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: FN }),
    },
    bad: {
      "in one policy": {
        "iam/rolePolicy:RolePolicy p": grant({
          Effect: "Allow",
          Action: ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"],
          Resource: "*",
        }),
      },
      "by a wildcard": {
        "iam/rolePolicy:RolePolicy p": grant({ Effect: "Allow", Action: "lambda:Update*", Resource: "*" }),
      },
      "by NotAction": { "iam/rolePolicy:RolePolicy p": grant({ Effect: "Allow", NotAction: "s3:*", Resource: "*" }) },
      "over two policies": {
        "iam/rolePolicy:RolePolicy p": grant({ Effect: "Allow", Action: "iam:PassRole", Resource: "*" }),
        "iam/rolePolicy:RolePolicy q": grant({
          Effect: "Allow",
          Action: ["states:CreateStateMachine", "states:StartExecution"],
          Resource: "*",
        }),
      },
      "by an attached policy": {
        "iam/policy:Policy x": {
          arn: "arn:x",
          policy: grant({ Effect: "Allow", Action: "iam:PutRolePolicy", Resource: "*" }).policy,
        },
        "iam/rolePolicyAttachment:RolePolicyAttachment a": { role: "f", policyArn: "arn:x" },
      },
      "by the role's own list": {
        "iam/policy:Policy x": {
          arn: "arn:x",
          policy: grant({ Effect: "Allow", Action: "iam:PassRole", Resource: "*" }).policy,
        },
        "iam/role:Role f > managedPolicyArns": ["arn:x"],
        "iam/rolePolicy:RolePolicy q": grant({ Effect: "Allow", Action: "ec2:RunInstances", Resource: "*" }),
      },
      "of a user by its group": {
        "iam/user:User u": { name: "u" },
        "iam/group:Group g": { name: "g" },
        "iam/groupMembership:GroupMembership m": { group: "g", users: ["u"] },
        "iam/userPolicy:UserPolicy a": {
          ...grant({ Effect: "Allow", Action: "iam:PassRole", Resource: "*" }),
          user: "u",
        },
        "iam/groupPolicy:GroupPolicy b": {
          ...grant({ Effect: "Allow", Action: "ec2:RunInstances", Resource: "*" }),
          group: "g",
        },
      },
      "inline in the role": {
        "iam/role:Role f > inlinePolicies": [
          { name: "x", policy: document({ Effect: "Allow", Action: "iam:CreateAccessKey", Resource: "*" }) },
        ],
      },
    },
  },
  "iam-role-reach": {
    good: {
      "dynamodb/table:Table t": TABLE,
      "iam/role:Role f": ROLE,
      "cloudwatch/logGroup:LogGroup g": { name: "/aws/lambda/f" },
      "iam/rolePolicy:RolePolicy p": grant(
        READ,
        { ...READ, Resource: `${TABLE.arn}/index/x` },
        { Effect: "Allow", Action: "logs:PutLogEvents", Resource: arn("logs", "log-group:/aws/lambda/f:*") },
        { ...MAIL, Resource: arn("ses", "identity/players.test") },
      ),
    },
    bad: {
      "another table": { "iam/rolePolicy:RolePolicy p": grant({ ...READ, Resource: arn("dynamodb", "table/x") }) },
      "another recipient": {
        "iam/rolePolicy:RolePolicy p": grant({ ...MAIL, Resource: arn("ses", "identity/x.example") }),
      },
      "another table, inline in the role": {
        "iam/role:Role f > inlinePolicies": [{ policy: document({ ...READ, Resource: arn("dynamodb", "table/x") }) }],
      },
      "a table that bears a log group's name": {
        "cloudwatch/logGroup:LogGroup x": { name: "table" },
        "iam/rolePolicy:RolePolicy p": grant({ ...READ, Resource: arn("dynamodb", "table/x") }),
      },
      "another role": { "iam/rolePolicy:RolePolicy p > role": "x" },
    },
  },
  "iam-no-users": {
    good: { "iam/role:Role f": ROLE },
    bad: {
      "a user": { "iam/user:User u": {} },
      "an access key": { "iam/accessKey:AccessKey k": {} },
      "a service's own credential": { "iam/serviceSpecificCredential:ServiceSpecificCredential c": {} },
    },
  },
};
