import { hasWildcard, matches, parseArn } from "../framework/arn";
import { eachStatement } from "../framework/documents";
import type { Statement } from "../framework/document";
import { isOwn } from "../framework/own";
import { binds, restricts } from "../framework/principals";
import type { Resource } from "../framework/resource";
import type { Rule, StackContext } from "../framework/rule";
import { ESCALATIONS } from "./escalation";
import { eachGrant, IDENTITY_DOCUMENTS } from "./iam-documents";

const ROLE = "aws:iam/role:Role";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const POLICY = "aws:iam/policy:Policy";
const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";

export const iamNoWildcards: Rule = {
  name: "iam-no-wildcards",
  what: "A grant names its actions and its resources; `*` stands only where AWS knows no resource for an action.",
  why: "A wildcard grants what comes to exist tomorrow: the next table, the next action of the service.",
  fix: "Write out the actions, and the ARNs that they are for.",
  outside: [
    "FSBP IAM.1",
    "FSBP IAM.21",
    "FSBP KMS.1",
    "FSBP KMS.2",
    "CKV_AWS_1",
    "CKV_AWS_49",
    "CKV_AWS_62",
    "CKV_AWS_63",
    "CKV2_AWS_40",
    "NAG IAM5",
    "GRD IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS",
    "GRD IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS",
    "CIS 2.15",
  ],
  example: '{ Action: ["dynamodb:GetItem"], Resource: table.arn }',
  types: Object.keys(IDENTITY_DOCUMENTS),
  config: {
    everywhere: {
      type: "array",
      description:
        "Actions that may be granted on `*`, under a condition, although AWS knows a resource for some of what they do.",
      default: ["cloudwatch:PutMetricData"],
    },
  },
  checks: [
    (policy, context) =>
      eachGrant(policy, context, ({ path, effect, actions, notActions, notResources }) => {
        if (effect !== "Allow") return;
        const open = actions.filter(hasWildcard);
        if (open.length > 0) context.refuse(`${path}.Action`, open, "actions written out");
        if (notActions.length > 0)
          context.refuse(`${path}.NotAction`, notActions, "Action; NotAction grants every action of AWS but a few");
        if (notResources.length > 0)
          context.refuse(`${path}.NotResource`, notResources, "Resource; NotResource grants everything but a few");
        for (const action of actions.filter((one) => !hasWildcard(one)))
          if (context.iam.expand(action).length === 0)
            context.refuse(`${path}.Action`, action, "an action that AWS knows");
      }),
    (policy, context) =>
      eachGrant(policy, context, ({ path, effect, actions, resources, notResources, conditions }) => {
        if (effect !== "Allow") return;
        if (resources.length === 0 && notResources.length === 0)
          context.refuse(`${path}.Resource`, undefined, "the ARNs that the grant is for");
        for (const resource of resources) {
          if (resource === "*" || /^arn:\*+$/.test(resource)) {
            const avoidable = actions.filter(
              (action) =>
                !context.iam.needsEverything(action) &&
                !(conditions.some(restricts) && context.texts("everywhere").includes(action)),
            );
            if (avoidable.length > 0)
              context.refuse(`${path}.Resource`, "*", `ARNs, since AWS knows resources for ${avoidable.join(", ")}`);
          } else if (!isBounded(resource))
            context.refuse(
              `${path}.Resource`,
              resource,
              "an ARN with account, Region and a whole name; a wildcard only behind them",
            );
        }
      }),
  ],
};

/** Services whose ARNs begin with the name itself, not with the kind of resource. */
const UNTYPED = new Set(["s3", "sns", "sqs", "execute-api"]);

/** Whether an ARN is whole up to its first wildcard: partition to account, kind, and the name up to a separator. */
function isBounded(text: string): boolean {
  if (!hasWildcard(text)) return true;
  const arn = parseArn(text);
  if (!arn || [arn.partition, arn.service, arn.region, arn.account].some(hasWildcard)) return false;
  const literal = arn.resource.slice(0, arn.resource.search(/[*?]/));
  // A pattern of addresses of one domain is as narrow as a name: `identity/*@players.test`.
  if (arn.service === "ses" && /^identity\/[^@*?]*[*?][^@]*@[^*?]+$/.test(arn.resource)) return true;
  if (!/[:/]$/.test(literal)) return false;
  return literal.split(/[:/]/).filter((part) => part !== "").length >= (UNTYPED.has(arn.service) ? 1 : 2);
}

/** Services that document that they say in whose name they assume a role (docs/decisions/0002-trust-policies.md). */
const SOURCE_SERVICES = [
  "scheduler.amazonaws.com",
  "states.amazonaws.com",
  "events.amazonaws.com",
  "pipes.amazonaws.com",
  "logs.amazonaws.com",
  "vpc-flow-logs.amazonaws.com",
  "delivery.logs.amazonaws.com",
  "bedrock.amazonaws.com",
  "bedrock-agentcore.amazonaws.com",
  "ecs-tasks.amazonaws.com",
  "batchoperations.s3.amazonaws.com",
  "ses.amazonaws.com",
  "iot.amazonaws.com",
  "transcribe.amazonaws.com",
  "appsync.amazonaws.com",
];

export const iamTrustNarrow: Rule = {
  name: "iam-trust-narrow",
  what: "A role trusts named services, for this account where they say so, and nobody in general.",
  why: "A service acts for all its customers: without a source condition another account can make it use the role.",
  fix: "Name the service, and add StringEquals aws:SourceAccount where it is supplied.",
  outside: [
    "CKV_AWS_60",
    "CKV_AWS_61",
    "CKV_AWS_393",
    "PRW iam_role_cross_service_confused_deputy_prevention",
    "PRW iam_role_cross_account_readonlyaccess_policy",
  ],
  contradicts:
    "PRW asks for a source condition on every service principal; Lambda, Glue and API Gateway do not document that they supply one, and a condition that is never met locks the role (docs/decisions/0002-trust-policies.md).",
  example: 'assumeRolePolicy: serviceTrust("scheduler.amazonaws.com", accountId)',
  types: [ROLE],
  config: {
    sourced: { type: "array", description: "Services that must be bound to a source.", default: SOURCE_SERVICES },
    services: {
      type: "array",
      description: "Services that roles may trust.",
      default: [
        "lambda.amazonaws.com",
        "glue.amazonaws.com",
        "apigateway.amazonaws.com",
        "firehose.amazonaws.com",
        "athena.amazonaws.com",
        ...SOURCE_SERVICES,
      ],
    },
  },
  checks: [
    (role, context) => {
      if (!role.has("assumeRolePolicy")) {
        context.refuse("assumeRolePolicy", undefined, "a trust policy");
        return;
      }
      let trusts = 0;
      eachStatement(role, context, "assumeRolePolicy", (statement) => {
        if (statement.effect !== "Allow") return;
        trusts += 1;
        refuseOpenTrust(statement, context);
      });
      if (trusts === 0)
        context.refuse(
          "assumeRolePolicy",
          role.at("assumeRolePolicy"),
          "a statement that allows somebody to assume the role",
        );
    },
  ],
};

function refuseOpenTrust(statement: Statement, { refuse, texts }: Pick<StackContext, "refuse" | "texts">): void {
  const { path, actions, notActions, principals, notPrincipals, conditions } = statement;
  const isBound = conditions.some(binds);
  if (notPrincipals.length > 0) refuse(`${path}.NotPrincipal`, notPrincipals, "Principal");
  if (principals.length === 0) refuse(`${path}.Principal`, undefined, "the service that assumes the role");
  const odd = [...actions, ...notActions.map((action) => `not ${action}`)].filter(
    (action) =>
      !/^sts:(AssumeRole|AssumeRoleWithWebIdentity|AssumeRoleWithSAML|TagSession|SetSourceIdentity)$/.test(action),
  );
  if (odd.length > 0 || actions.length === 0) refuse(`${path}.Action`, odd, "sts:AssumeRole");
  for (const { kind, value } of principals) {
    if (kind === "*" || value.includes("*"))
      refuse(`${path}.Principal`, value, "a named service or role, condition or not");
    else if (kind === "Service" && !texts("services").includes(value))
      refuse(`${path}.Principal.Service`, value, `one of ${texts("services").join(", ")}`);
    else if (kind === "Service" && texts("sourced").includes(value) && !isBound)
      refuse(`${path}.Condition`, conditions, `aws:SourceAccount or aws:SourceArn for ${value}`);
    else if (
      kind === "Federated" &&
      !conditions.some(({ key, values }) => /:(sub|aud)$/.test(key) && !values.some((one) => /^[*?]/.test(one)))
    )
      refuse(`${path}.Condition`, conditions, `the audience or subject of tokens of ${value}`);
  }
}

export const iamNoEscalation: Rule = {
  name: "iam-no-escalation",
  what: "No role holds a combination of rights by which it raises its own.",
  why: "Whoever takes over one function would take over the account.",
  fix: "Take one of the actions away, or bind it to the resource that is meant in a role of its own.",
  outside: [
    "PRW iam_policy_allows_privilege_escalation",
    "PRW iam_inline_policy_allows_privilege_escalation",
    "CKV2_AWS_40",
    "CKV2_AWS_56",
  ],
  example: '{ Action: ["lambda:InvokeFunction"], Resource: fn.arn }',
  types: Object.keys(IDENTITY_DOCUMENTS),
  checks: [
    (policy, context) => {
      const statements: Statement[] = [];
      eachGrant(policy, context, (statement) => void statements.push(statement));
      for (const combination of escalationsOf(statements))
        context.refuse("policy", combination.join(" + "), "no such combination in one policy");
    },
  ],
  stackChecks: [
    (role, context) => {
      if (role.type !== ROLE) return;
      for (const combination of escalationsOf(grantsOf(role, context)))
        context.refuse("policies", combination.join(" + "), "no such combination over all policies of the role");
    },
  ],
};

/** Combinations that some statements allow together; those within a longer one that is also held are all told. */
export function escalationsOf(statements: readonly Statement[]): readonly (readonly string[])[] {
  const holds = (action: string): boolean => {
    const covers = ({ actions, notActions }: Statement): boolean =>
      actions.some((pattern) => covered(pattern, action)) ||
      (notActions.length > 0 && !notActions.some((pattern) => covered(pattern, action)));
    const isDenied = statements.some(
      (one) => one.effect === "Deny" && one.conditions.length === 0 && one.resources.includes("*") && covers(one),
    );
    return !isDenied && statements.some((one) => one.effect === "Allow" && covers(one));
  };
  return ESCALATIONS.filter((combination) => combination.every(holds));
}

/** Whether a granted pattern covers an action, or a pattern of actions such as `iam:Put*`. */
function covered(pattern: string, action: string): boolean {
  return matches(pattern.toLowerCase(), action.toLowerCase());
}

/** Every statement that a role holds: inline, as resources of their own, and by attached policies of the stack. */
function grantsOf(role: Resource, context: StackContext): readonly Statement[] {
  const { stack } = context;
  const statements: Statement[] = [];
  const collect = (resource: Resource): void =>
    eachGrant(resource, context, (statement) => void statements.push(statement));
  collect(role);
  for (const policy of stack.ofType(ROLE_POLICY)) if (stack.target(policy, "role", ROLE) === role) collect(policy);
  for (const attachment of stack.ofType(ATTACHMENT)) {
    if (stack.target(attachment, "role", ROLE) !== role) continue;
    const policy = stack.target(attachment, "policyArn", POLICY);
    if (policy) collect(policy);
  }
  return statements;
}

export const iamRoleReach: Rule = {
  name: "iam-role-reach",
  what: "What a role may reach is part of its own stack.",
  why: "A grant on something else is a mistake in a name, or a way into a neighbour's data.",
  fix: "Use the ARN of a resource of the stack; list what is meant to be reached outside in the setting `outside`.",
  outside: [],
  example: '{ Action: "dynamodb:GetItem", Resource: table.arn }',
  types: Object.keys(IDENTITY_DOCUMENTS),
  config: {
    outside: {
      type: "array",
      description: "Patterns of ARNs outside the stack that roles may reach.",
      default: ["arn:aws:glue:*:*:catalog", "arn:aws:logs:*:*:log-group:/aws-glue/zeroETL-integrations/*"],
    },
  },
  stackChecks: [
    (policy, context) =>
      eachGrant(policy, context, ({ path, effect, resources, conditions }) => {
        if (effect !== "Allow") return;
        // In SES's sandbox a recipient's identity has to be granted too: the address or its domain.
        const recipients = conditions
          .filter(({ key }) => key.toLowerCase() === "ses:recipients")
          .flatMap(({ values }) => values);
        const identities = new Set(recipients.flatMap((one) => [one, one.slice(one.indexOf("@") + 1)]));
        for (const resource of resources) {
          const isRecipient = identities.has(/^arn:[\w-]+:ses:[^:]*:\d{12}:identity\/(.+)$/.exec(resource)?.[1] ?? "");
          if (
            resource !== "*" &&
            !isRecipient &&
            !context.texts("outside").some((pattern) => matches(pattern, resource)) &&
            !isOwn(resource, context.stack)
          )
            context.refuse(`${path}.Resource`, resource, "something of this stack");
        }
      }),
    (policy, { stack, refuse }) => {
      if (policy.type === ROLE_POLICY && !stack.target(policy, "role", ROLE))
        refuse("role", policy.at("role"), "a role of this stack");
    },
  ],
};

export const iamNoUsers: Rule = {
  name: "iam-no-users",
  what: "A stack makes no IAM users and no access keys.",
  why: "A key that does not expire is found one day in a repository.",
  fix: "Let people and game servers assume a role.",
  outside: ["SH IAM.22", "CKV_AWS_273", "CKV_AWS_40"],
  example: 'new aws.iam.Role("game-server", { assumeRolePolicy })',
  types: ["aws:iam/user:User", "aws:iam/accessKey:AccessKey", "aws:iam/userLoginProfile:UserLoginProfile"],
  checks: [(user, { refuse }) => refuse("name", user.name, "a role instead")],
};

export const iamRules: readonly Rule[] = [iamNoWildcards, iamTrustNarrow, iamNoEscalation, iamRoleReach, iamNoUsers];
