import { hasWildcard, parseArn } from "../framework/arn";
import { DocumentError, statementsOf, type Condition } from "../framework/document";
import { eachStatement, refuseOpen } from "../framework/documents";
import { isOwn } from "../framework/own";
import { binds } from "../framework/principals";
import { isRecord, Undecided, type Data, type Resource } from "../framework/resource";
import type { Context, Rule } from "../framework/rule";

/** Resource policies that no other rule reads, and where each stands. */
const DOCUMENTS: Readonly<Record<string, string>> = {
  "aws:dynamodb/resourcePolicy:ResourcePolicy": "policy",
  "aws:glue/resourcePolicy:ResourcePolicy": "policy",
  "aws:kinesis/resourcePolicy:ResourcePolicy": "policy",
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "policy",
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyDocument",
  "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
  "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
  "aws:backup/vaultPolicy:VaultPolicy": "policy",
  "aws:opensearch/domainPolicy:DomainPolicy": "accessPolicies",
  "aws:cloudwatch/logDestinationPolicy:LogDestinationPolicy": "accessPolicy",
  "aws:lambda/resourcePolicy:ResourcePolicy": "policy",
  "aws:s3control/accessPointPolicy:AccessPointPolicy": "policy",
  "aws:ses/identityPolicy:IdentityPolicy": "policy",
  "aws:sesv2/emailIdentityPolicy:EmailIdentityPolicy": "policy",
};

export const resourcePolicyNoPublic: Rule = {
  name: "resource-policy-no-public",
  what: "A resource policy, of whatever type, admits named principals, services on behalf of something of this account, and named actions.",
  why: "A resource policy opens a resource past every role: to an account, to a service that acts for anybody, to everybody.",
  fix: "Name the principals; bind a service by aws:SourceArn and aws:SourceAccount; write out the actions.",
  outside: [
    "PRW dynamodb_table_cross_account_access",
    "PRW glue_data_catalogs_not_publicly_accessible",
    "PRW eventbridge_bus_exposed",
  ],
  example:
    '{ Principal: { Service: "glue.amazonaws.com" }, Action: ["dynamodb:DescribeTable"], Resource: "*", Condition: { StringEquals: { "aws:SourceAccount": accountId } } }',
  checks: [
    (policy, context) => {
      for (const path of policiesOf(policy))
        eachStatement(policy, context, path, (statement) =>
          refuseOpen(
            statement,
            context,
            "aws:SourceArn or aws:SourceAccount without wildcards where the account stands",
          ),
        );
    },
    refuseOpenPermission,
    (policy, context) => {
      // Zero-ETL: DynamoDB asks for both, the integration and the account.
      if (policy.type !== "aws:dynamodb/resourcePolicy:ResourcePolicy") return;
      eachStatement(policy, context, "policy", ({ path, effect, principals, conditions }) => {
        if (effect !== "Allow" || !principals.some(({ kind }) => kind === "Service")) return;
        const holds = (key: string, fits: (value: string) => boolean): boolean =>
          conditions.some(
            (one) =>
              one.key.toLowerCase() === key &&
              /^(String|Arn)(Equals|Like)$/.test(one.operator) &&
              one.values.every(fits),
          );
        if (!holds("aws:sourceaccount", (value) => /^\d{12}$/.test(value)) || !holds("aws:sourcearn", isOfOneAccount))
          context.refuse(
            `${path}.Condition`,
            conditions,
            "both aws:SourceArn (integrations of the account) and aws:SourceAccount",
          );
      });
    },
    (policy, context) => {
      if (policy.type !== "aws:glue/resourcePolicy:ResourcePolicy") return;
      eachStatement(policy, context, "policy", ({ path, effect, conditions, resources }) => {
        if (effect !== "Allow") return;
        const isOfOne = (one: Condition): boolean =>
          one.key.toLowerCase() === "aws:sourcearn" && binds(one) && !one.values.some(hasWildcard);
        if (!conditions.some(isOfOne))
          context.refuse(`${path}.Condition`, conditions, "aws:SourceArn of the table that is copied");
        if (resources.length === 0 || resources.some(hasWildcard))
          context.refuse(`${path}.Resource`, resources, "the catalog and the database that are meant");
      });
    },
  ],
  stackChecks: [
    (policy, context) => {
      if (policy.type !== "aws:glue/resourcePolicy:ResourcePolicy") return;
      eachStatement(policy, context, "policy", ({ path, effect, conditions, resources }) => {
        if (effect !== "Allow") return;
        for (const resource of resources)
          if (!/:catalog$/.test(resource) && !isOwn(resource, context.stack))
            context.refuse(`${path}.Resource`, resource, "the catalog, or a database of this stack");
        for (const { key, values } of conditions)
          for (const value of key.toLowerCase() === "aws:sourcearn" ? values : [])
            if (context.stack.named(value).length === 0)
              context.refuse(`${path}.Condition`, value, "a table of this stack");
      });
    },
    (policy, { stack, refuse }) => {
      if (
        policy.type === "aws:dynamodb/resourcePolicy:ResourcePolicy" &&
        !stack.target(policy, "resourceArn", "aws:dynamodb/table:Table")
      )
        refuse("resourceArn", policy.at("resourceArn"), "a table of this stack");
    },
  ],
};

/** Whether an ARN names its service, its account and the kind of thing. */
function isOfOneAccount(text: string): boolean {
  const arn = parseArn(text);
  return (
    arn !== undefined &&
    /^\d{12}$/.test(arn.account) &&
    !hasWildcard(arn.service) &&
    /^integration[:/]/.test(arn.resource)
  );
}

/** Types whose policies other rules read, and those of which an open policy is AWS's own and opens nothing. */
const READ_ELSEWHERE =
  /^aws:(iam|kms|organizations|ssoadmin)\/|^aws:(sqs|sns)\/\w*(queue|topic)|^aws:s3\/bucket(Policy)?:|^aws:ec2\/vpcEndpoint|^aws:cloudcontrol\//i;

/** Properties of a resource that hold a resource policy: those that are known to, and whatever looks like one. */
function policiesOf({ type, props }: Resource): readonly string[] {
  const declared = DOCUMENTS[type];
  if (declared !== undefined) return [declared];
  if (READ_ELSEWHERE.test(type)) return [];
  return Object.keys(props).filter((path) => admitsSomebody(props[path], path));
}

function admitsSomebody(value: Data, path: string): boolean {
  if (!(typeof value === "string" && /^\s*\{/.test(value)) && !isRecord(value)) return false;
  try {
    return statementsOf(value, path).some((read) => {
      const { principals, notPrincipals } = read();
      return principals.length + notPrincipals.length > 0;
    });
  } catch (error) {
    if (error instanceof DocumentError || error instanceof Undecided) return false;
    throw error;
  }
}

/** Permissions that are written as properties, not as a document: who, and what narrows it. */
const PERMISSIONS: Readonly<Record<string, string>> = {
  "aws:cloudwatch/eventPermission:EventPermission": "condition",
  "aws:lambda/layerVersionPermission:LayerVersionPermission": "organizationId",
};

function refuseOpenPermission(permission: Resource, { refuse }: Context): void {
  const narrowed = PERMISSIONS[permission.type];
  if (narrowed === undefined) return;
  const principal = permission.text("principal");
  if ((principal === undefined || hasWildcard(principal)) && !permission.has(narrowed))
    refuse("principal", principal, `an account, or ${narrowed} beside it`);
}

export const resourcePolicyRules: readonly Rule[] = [resourcePolicyNoPublic];
