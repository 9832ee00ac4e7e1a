import { hasWildcard, matches, parseArn } from "../framework/arn";
import type { Condition } from "../framework/document";
import { isOwn, UNTYPED } from "../framework/own";
import { restricts } from "../framework/principals";
import type { Rule } from "../framework/rule";
import { eachGrant, IDENTITY_DOCUMENTS } from "./iam-documents";
import { iamNoEscalation } from "./iam-escalation";
import { iamTrustNarrow } from "./iam-trust";

const ROLE = "aws:iam/role:Role";
/** What gives rights to a role, and the property that names it. */
const GIVES_TO: Readonly<Record<string, string>> = {
  "aws:iam/rolePolicy:RolePolicy": "role",
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "role",
  "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": "roleName",
};

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
        "Actions that may be granted on `*`, under a condition on a key of their own service, although AWS knows a resource for some of what they do.",
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
                !(context.texts("everywhere").includes(action) && conditions.some((one) => isOfAction(one, action))),
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

/** Whether a condition restricts an action by a key of its service: `cloudwatch:namespace` for PutMetricData. */
function isOfAction(condition: Condition, action: string): boolean {
  const service = action.toLowerCase().split(":")[0] ?? "";
  return restricts(condition) && condition.key.toLowerCase().startsWith(`${service}:`);
}

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

export const iamRoleReach: Rule = {
  name: "iam-role-reach",
  what: "What a role may reach is part of its own stack, and only the stack's own roles are given rights.",
  why: "A grant on something else, or to somebody else, is a mistake in a name, or a way into a neighbour's data.",
  fix: "Use the ARN of a resource of the stack; list what is meant to be reached outside in the setting `outside`.",
  outside: [],
  example: '{ Action: "dynamodb:GetItem", Resource: table.arn }',
  types: [...new Set([...Object.keys(IDENTITY_DOCUMENTS), ...Object.keys(GIVES_TO)])],
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
      const path = GIVES_TO[policy.type];
      if (path !== undefined && !stack.target(policy, path, ROLE))
        refuse(path, policy.at(path), "a role of this stack");
    },
  ],
};

export const iamNoUsers: Rule = {
  name: "iam-no-users",
  what: "A stack makes no IAM users, and no access keys or other credentials that do not expire.",
  why: "A key that does not expire is found one day in a repository.",
  fix: "Let people and game servers assume a role.",
  outside: ["SH IAM.22", "CKV_AWS_273", "CKV_AWS_40"],
  example: 'new aws.iam.Role("game-server", { assumeRolePolicy })',
  types: [
    "aws:iam/user:User",
    "aws:iam/accessKey:AccessKey",
    "aws:iam/userLoginProfile:UserLoginProfile",
    "aws:iam/serviceSpecificCredential:ServiceSpecificCredential",
    "aws:iam/signingCertificate:SigningCertificate",
    "aws:iam/sshKey:SshKey",
  ],
  checks: [(user, { refuse }) => refuse("name", user.name, "a role instead")],
};

export const iamRules: readonly Rule[] = [iamNoWildcards, iamTrustNarrow, iamNoEscalation, iamRoleReach, iamNoUsers];
