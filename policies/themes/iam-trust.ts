import { isFilledByRequest } from "../framework/arn";
import { eachStatement } from "../framework/documents";
import type { Condition, Statement } from "../framework/document";
import { binds, hiddenPrincipals } from "../framework/principals";
import type { Context, Rule } from "../framework/rule";

const ROLE = "aws:iam/role:Role";

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
  what: "A role trusts named services, for this account where they say so, named roles, tokens of one subject, and nobody in general.",
  why: "A service acts for all its customers, and an issuer signs for all of its: without a condition another account, or another's repository, uses the role.",
  fix: "Name the service, and add StringEquals aws:SourceAccount where it is supplied; of an account name the role, of an issuer the subject.",
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

const ASSUMING =
  /^sts:(AssumeRole|AssumeRoleWithWebIdentity|AssumeRoleWithSAML|SetContext|SetSourceIdentity|TagSession)$/i;
const WHOLE_ACCOUNT = /^(\d{12}|arn:[\w-]+:iam::\d{12}:root)$/;

function refuseOpenTrust(statement: Statement, { refuse, texts }: Context): void {
  const { path, actions, notActions, principals, notPrincipals, conditions } = statement;
  const isBound = conditions.some(binds);
  if (notPrincipals.length > 0) refuse(`${path}.NotPrincipal`, notPrincipals, "Principal");
  if (principals.length === 0) refuse(`${path}.Principal`, undefined, "the service that assumes the role");
  const odd = [...actions, ...notActions.map((action) => `not ${action}`)].filter((action) => !ASSUMING.test(action));
  if (odd.length > 0 || actions.length === 0) refuse(`${path}.Action`, odd, "sts:AssumeRole");
  for (const { kind, value } of principals) {
    if (kind === "*" || /[*?]/.test(value))
      refuse(`${path}.Principal`, value, "a named service or role, condition or not");
    else if (kind === "Service") {
      if (!texts("services").includes(value))
        refuse(`${path}.Principal.Service`, value, `one of ${texts("services").join(", ")}`);
      else if (texts("sourced").includes(value) && !isBound)
        refuse(`${path}.Condition`, conditions, `aws:SourceAccount or aws:SourceArn for ${value}`);
    } else if (kind === "AWS") {
      if (hiddenPrincipals({ ...statement, principals: [{ kind, value }] }).length > 0)
        refuse(`${path}.Principal.AWS`, value, "a role by its ARN");
      if (WHOLE_ACCOUNT.test(value) && !conditions.some(namesSomebody))
        refuse(
          `${path}.Principal.AWS`,
          value,
          "a role, or a condition on aws:PrincipalArn: an account's root stands for everybody in it",
        );
    } else if (kind === "Federated") refuseOpenTokens(statement, value, refuse);
    else refuse(`${path}.Principal.${kind}`, value, "a service, a role or an issuer of tokens");
  }
}

/** Whether a condition leaves some principals of an account only. */
function namesSomebody(condition: Condition): boolean {
  return /^aws:(PrincipalArn|userId|PrincipalTag\/.+)$|^sts:ExternalId$/i.test(condition.key) && isExact(condition);
}

/** Who signs for one customer alone by its address: there the audience says enough. */
function refuseOpenTokens({ path, conditions }: Statement, issuer: string, refuse: Context["refuse"]): void {
  const isSaml = /:saml-provider\//.test(issuer);
  const claim = isSaml || issuer === "cognito-identity.amazonaws.com" ? "aud" : "sub";
  const found = conditions.find((one) => one.key.toLowerCase().endsWith(`:${claim}`) && isExact(one));
  if (!found)
    refuse(
      `${path}.Condition`,
      conditions,
      `StringEquals on ${claim === "aud" ? "the audience" : "the subject (sub)"} of tokens of ${issuer}; a wildcard only behind owner and name, as in repo:owner/name:*`,
    );
}

/** Whether a condition holds for some values only, each without a wildcard before its third part; an ARN's sixth. */
function isExact({ operator, values }: Condition): boolean {
  if (values.length === 0 || values.includes("") || values.some(isFilledByRequest)) return false;
  if (/^(ForAnyValue:)?StringEquals(IgnoreCase)?$/.test(operator)) return true;
  if (!/^(ForAnyValue:)?(StringLike|ArnLike|ArnEquals)$/.test(operator)) return false;
  return values.every((value) => {
    const [start = ""] = value.split(/[*?]/, 1);
    const parts = start.split(/[:/]/).filter((part) => part !== "");
    return start === value || (/[:/]$/.test(start) && parts.length >= (value.startsWith("arn:") ? 6 : 3));
  });
}
