import { matches } from "../framework/arn";
import type { Statement } from "../framework/document";
import type { Resource } from "../framework/resource";
import type { Rule, StackContext } from "../framework/rule";
import { ESCALATIONS } from "./escalation";
import { eachGrant, IDENTITY_DOCUMENTS } from "./iam-documents";

const GROUP = "aws:iam/group:Group";
const POLICY = "aws:iam/policy:Policy";
const ROLE = "aws:iam/role:Role";
const USER = "aws:iam/user:User";

/** Who can hold policies, and how: the types beside it, and the property that names the holder. */
const HOLDERS: Readonly<Record<string, { readonly policy: string; readonly attachment: string; readonly by: string }>> =
  {
    [ROLE]: {
      policy: "aws:iam/rolePolicy:RolePolicy",
      attachment: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
      by: "role",
    },
    [USER]: {
      policy: "aws:iam/userPolicy:UserPolicy",
      attachment: "aws:iam/userPolicyAttachment:UserPolicyAttachment",
      by: "user",
    },
    [GROUP]: {
      policy: "aws:iam/groupPolicy:GroupPolicy",
      attachment: "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
      by: "group",
    },
  };

export const iamNoEscalation: Rule = {
  name: "iam-no-escalation",
  what: "No role, user or group holds a combination of rights by which it raises its own.",
  why: "Whoever takes over one function would take over the account.",
  fix: "Take one of the actions away, or give it to a role of its own.",
  outside: [
    "PRW iam_policy_allows_privilege_escalation",
    "PRW iam_inline_policy_allows_privilege_escalation",
    "CKV2_AWS_40",
    "CKV2_AWS_56",
  ],
  example: '{ Action: ["lambda:InvokeFunction"], Resource: fn.arn }',
  types: [...Object.keys(IDENTITY_DOCUMENTS), USER, GROUP],
  checks: [
    (policy, context) => {
      const statements: Statement[] = [];
      eachGrant(policy, context, (statement) => void statements.push(statement));
      const found = escalationsOf(statements);
      if (found.length > 0) context.refuse("policy", told(found), "no such combination in one policy");
    },
  ],
  stackChecks: [
    (holder, context) => {
      if (!(holder.type in HOLDERS)) return;
      const found = escalationsOf(grantsOf(holder, context));
      if (found.length > 0)
        context.refuse("policies", told(found), "no such combination over all policies that it holds");
    },
  ],
};

/** Characters that a violation spends on naming combinations before it only counts. */
const NAMED = 100;

/** The shortest of some combinations: whoever holds `iam:*` holds nearly all there are. */
function told(combinations: readonly (readonly string[])[]): string {
  const least = combinations
    .filter(
      (one) =>
        !combinations.some((other) => other.length < one.length && other.every((action) => one.includes(action))),
    )
    .sort((one, other) => one.length - other.length);
  const names: string[] = [];
  for (const one of least) if (names.join(", ").length < NAMED - 40) names.push(one.join(" + "));
  return least.length > names.length
    ? `${names.join(", ")}, and ${least.length - names.length} more`
    : names.join(", ");
}

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

/** Every statement that somebody holds: inline, as resources of their own, and by attached policies of the stack. */
function grantsOf(holder: Resource, context: StackContext): readonly Statement[] {
  const { stack } = context;
  const way = HOLDERS[holder.type];
  if (!way) return [];
  const statements: Statement[] = [];
  const collect = (resource: Resource): void =>
    eachGrant(resource, context, (statement) => void statements.push(statement));
  const attached = new Set<Resource>();
  const attach = (resource: Resource, path: string): void => {
    const policy = stack.target(resource, path, POLICY);
    if (policy) attached.add(policy);
  };

  collect(holder);
  for (const policy of stack.ofType(way.policy))
    if (stack.target(policy, way.by, holder.type) === holder) collect(policy);
  for (const one of stack.ofType(way.attachment))
    if (stack.target(one, way.by, holder.type) === holder) attach(one, "policyArn");
  for (const one of stack.ofType("aws:iam/policyAttachment:PolicyAttachment"))
    if (eachTarget(stack, one, `${way.by}s`, holder.type).includes(holder)) attach(one, "policyArn");
  for (const one of stack.ofType(EXCLUSIVE[way.by] ?? ""))
    if (stack.target(one, `${way.by}Name`, holder.type) === holder)
      one.list("policyArns").forEach((_, index) => attach(one, `policyArns.${index}`));
  if (holder.has("managedPolicyArns"))
    holder.list("managedPolicyArns").forEach((_, index) => attach(holder, `managedPolicyArns.${index}`));
  if (holder.type === USER) for (const group of groupsOf(holder, context)) statements.push(...grantsOf(group, context));
  for (const policy of attached) collect(policy);
  return statements;
}

const EXCLUSIVE: Readonly<Record<string, string>> = {
  role: "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
  user: "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive",
  group: "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive",
};

/** The resources of a type that a list names. */
function eachTarget(
  stack: StackContext["stack"],
  resource: Resource,
  path: string,
  type: string,
): readonly (Resource | undefined)[] {
  return resource.list(path).map((_, index) => stack.target(resource, `${path}.${index}`, type));
}

function groupsOf(user: Resource, { stack }: StackContext): readonly Resource[] {
  const memberships = stack
    .ofType("aws:iam/userGroupMembership:UserGroupMembership")
    .filter((one) => stack.target(one, "user", USER) === user)
    .flatMap((one) => eachTarget(stack, one, "groups", GROUP));
  const members = stack
    .ofType("aws:iam/groupMembership:GroupMembership")
    .filter((one) => eachTarget(stack, one, "users", USER).includes(user))
    .map((one) => stack.target(one, "group", GROUP));
  return [...memberships, ...members].filter((group): group is Resource => group !== undefined);
}
