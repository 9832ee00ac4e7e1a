import { hasWildcard, parseArn } from "../framework/arn";
import { isOwn } from "../framework/own";
import type { Rule } from "../framework/rule";
import { functionOf } from "./targets";

const FUNCTION = "aws:lambda/function:Function";
const PERMISSION = "aws:lambda/permission:Permission";

/** The part of an ARN that each service's events come from. */
const SOURCES: Readonly<Record<string, string>> = {
  "apigateway.amazonaws.com": "execute-api",
  "events.amazonaws.com": "events",
  "sns.amazonaws.com": "sns",
  "s3.amazonaws.com": "s3",
  "scheduler.amazonaws.com": "scheduler",
  "cognito-idp.amazonaws.com": "cognito-idp",
  "iot.amazonaws.com": "iot",
  "ses.amazonaws.com": "ses",
  "secretsmanager.amazonaws.com": "secretsmanager",
  "config.amazonaws.com": "config",
};

export const lambdaPermissionNarrow: Rule = {
  name: "lambda-permission-narrow",
  what: "A permission lets one principal do one thing, invoke, on behalf of one source.",
  why: "Without a source anybody's API, topic or rule in that service may call the function; `lambda:*` lets it change the function too.",
  fix: 'Set action "lambda:InvokeFunction", a service as principal, and the ARN of the one thing that calls as sourceArn.',
  outside: [
    "FSBP Lambda.1",
    "CKV_AWS_301",
    "CKV_AWS_364",
    "GRD LAMBDA_NO_WILDCARD_PRINCIPALS",
    "PCP configureSourceArn",
  ],
  example:
    'new aws.lambda.Permission("connect", { action: "lambda:InvokeFunction", function: fn.name, principal: "apigateway.amazonaws.com", sourceArn })',
  types: [PERMISSION],
  checks: [
    (permission, { refuse }) => {
      const action = permission.text("action");
      const allowed = permission.has("functionUrlAuthType") ? "lambda:InvokeFunctionUrl" : "lambda:InvokeFunction";
      if (action !== allowed) refuse("action", action, allowed);
      const auth = permission.at("functionUrlAuthType");
      if (auth !== undefined && auth !== null && auth !== "AWS_IAM") refuse("functionUrlAuthType", auth, "AWS_IAM");
    },
    (permission, { refuse }) => {
      const principal = permission.text("principal");
      if (
        principal === undefined ||
        hasWildcard(principal) ||
        !/^([a-z0-9.-]+\.amazonaws\.com|\d{12}|arn:[\w-]+:iam::\d{12}:[\w+=,.@/-]+)$/.test(principal)
      )
        refuse("principal", principal, "one service, account or role");
    },
    (permission, { refuse }) => {
      if (!/\.amazonaws\.com$/.test(permission.text("principal") ?? "")) return;
      const source = permission.text("sourceArn");
      const arn = source === undefined ? undefined : parseArn(source);
      const service = SOURCES[permission.text("principal") ?? ""];
      const isNarrow =
        arn !== undefined &&
        ![arn.partition, arn.service, arn.region, arn.account].some(hasWildcard) &&
        !/^[*?]/.test(arn.resource) &&
        (service === undefined || arn.service === service);
      if (!isNarrow)
        refuse(
          "sourceArn",
          source,
          `the whole ARN of what calls${service === undefined ? "" : `, of the service ${service}`}`,
        );
    },
    (permission, { refuse }) => {
      if (permission.at("principal") === "s3.amazonaws.com" && !permission.has("sourceAccount"))
        refuse("sourceAccount", undefined, "the account of the bucket, whose ARN does not tell");
    },
  ],
  stackChecks: [
    (permission, { stack, refuse }) => {
      const source = permission.text("sourceArn");
      if (source !== undefined && !isOwn(source, stack)) refuse("sourceArn", source, "something of this stack");
    },
    (permission, { stack, refuse }) => {
      if (!functionOf(stack, permission, "function"))
        refuse("function", permission.at("function"), "a function of this stack");
    },
  ],
};

export const lambdaUrlAuthorized: Rule = {
  name: "lambda-url-authorized",
  what: "A function's URL asks for IAM credentials and names the origins that may call it.",
  why: "A URL without authorization is a public endpoint.",
  fix: 'Set authorizationType to "AWS_IAM", and no "*" in cors.allowOrigins.',
  outside: ["CKV_AWS_258", "PRW awslambda_function_url_public", "SH Lambda.1"],
  example: 'new aws.lambda.FunctionUrl("tool", { functionName, authorizationType: "AWS_IAM" })',
  types: ["aws:lambda/functionUrl:FunctionUrl"],
  checks: [
    (url, { refuse }) => {
      if (url.at("authorizationType") !== "AWS_IAM")
        refuse("authorizationType", url.at("authorizationType"), "AWS_IAM");
    },
    (url, { refuse }) => {
      const open = url.list("cors.allowOrigins").filter((origin) => String(origin).includes("*"));
      if (open.length > 0) refuse("cors.allowOrigins", open, "the origins that may call, each whole");
    },
  ],
};

export const lambdaOwnRole: Rule = {
  name: "lambda-own-role",
  what: "Every function has a role of its own, of this stack.",
  why: "Functions that share a role share each other's rights.",
  fix: "Make a role for the function.",
  outside: [],
  example: 'role: new aws.iam.Role("greet", { assumeRolePolicy }).arn',
  types: [FUNCTION],
  stackChecks: [
    (fn, { stack, refuse }) => {
      const role = stack.target(fn, "role", "aws:iam/role:Role");
      if (!role) {
        refuse("role", fn.at("role"), "the ARN of a role of this stack");
        return;
      }
      const sharing = stack
        .ofType(FUNCTION)
        .filter((other) => other !== fn && stack.target(other, "role", "aws:iam/role:Role") === role);
      if (sharing.length > 0)
        refuse("role", role.name, `a role that ${sharing.map(({ name }) => `"${name}"`).join(", ")} does not use`);
    },
  ],
};

export const lambdaNoDefaultCallbackRole: Rule = {
  name: "lambda-no-default-callback-role",
  what: "No broad policy of AWS is attached to anything.",
  why: "A callback function without a role of its own gets AWSLambda_FullAccess and nine more; each *FullAccess is a way to every table.",
  fix: "Give the function a role with the statements it needs (`new LambdaFunction` of the components does).",
  outside: ["NAG IAM4", "CKV_AWS_274", "SH IAM.1", "PRW iam_policy_attached_only_to_group_or_roles"],
  example: 'new LambdaFunction("greet", { statements: [{ Action: "dynamodb:GetItem", Resource: table.arn }], … })',
  types: [
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
    "aws:iam/role:Role",
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
    "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive",
    "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive",
    "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment",
    "aws:ssoadmin/managedPolicyAttachmentsExclusive:ManagedPolicyAttachmentsExclusive",
  ],
  config: {
    allowed: {
      type: "array",
      description: "Policies of AWS that may be attached, by name.",
      default: [
        "service-role/AmazonAPIGatewayPushToCloudWatchLogs",
        "service-role/AWSLambdaBasicExecutionRole",
        "service-role/AWSLambdaVPCAccessExecutionRole",
        "AWSXRayDaemonWriteAccess",
      ],
    },
  },
  checks: [
    (attachment, { refuse, texts }) => {
      for (const path of ["policyArn", "policyArns", "managedPolicyArn", "managedPolicyArns"])
        attachment.each(path, (arn) => {
          const name = /^arn:[\w-]+:iam::aws:policy\/(.+)$/.exec(String(arn))?.[1];
          if (name !== undefined && !texts("allowed").includes(name))
            refuse(path, arn, `a policy of one's own, or one of ${texts("allowed").join(", ")}`);
        });
    },
  ],
};

/** Who may call functions, and what functions may do. */
export const lambdaAccessRules: readonly Rule[] = [
  lambdaPermissionNarrow,
  lambdaUrlAuthorized,
  lambdaOwnRole,
  lambdaNoDefaultCallbackRole,
];
