import { hasWildcard, parseArn } from "../framework/arn";
import { UNKNOWN, isRecord, type Resource } from "../framework/resource";
import type { Rule } from "../framework/rule";
import { isFailureTarget, isStream } from "./targets";
import type { Stack } from "../framework/stack";

const FUNCTION = "aws:lambda/function:Function";
const INVOKE_CONFIG = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig";
const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";
const PERMISSION = "aws:lambda/permission:Permission";

export const lambdaSupportedRuntime: Rule = {
  name: "lambda-supported-runtime",
  what: "Every function names a runtime that AWS still mends.",
  why: "A deprecated runtime gets no security updates, and one day its functions can no longer be changed.",
  fix: "Set runtime to a supported one.",
  outside: ["FSBP Lambda.2", "CKV_AWS_363", "NAG L1", "cfn-lint W2531"],
  example: 'runtime: "nodejs22.x"',
  types: [FUNCTION],
  config: {
    runtimes: {
      type: "array",
      description: "Runtimes that are supported.",
      default: [
        "nodejs22.x",
        "nodejs24.x",
        "python3.12",
        "python3.13",
        "python3.14",
        "java21",
        "java25",
        "dotnet8",
        "dotnet10",
        "ruby3.4",
        "provided.al2023",
      ],
    },
  },
  checks: [
    (fn, { refuse, texts }) => {
      const runtime = fn.text("runtime");
      if (fn.at("packageType") !== "Image" && (runtime === undefined || !texts("runtimes").includes(runtime)))
        refuse("runtime", runtime, `one of ${texts("runtimes").join(", ")}`);
    },
  ],
};

export const lambdaXray: Rule = {
  name: "lambda-xray",
  what: "Every function is traced.",
  why: "A message passes a stream, topics and queues: without traces nobody can tell where it stayed.",
  fix: 'Set tracingConfig.mode to "Active".',
  outside: ["SH Lambda.7", "CKV_AWS_50", "NAG LambdaTracing", "PCP enableTracingConfig"],
  example: 'tracingConfig: { mode: "Active" }',
  types: [FUNCTION],
  checks: [
    (fn, { refuse }) => {
      if (fn.at("tracingConfig.mode") !== "Active") refuse("tracingConfig.mode", fn.at("tracingConfig.mode"), "Active");
    },
  ],
  remediate: ({ props }) => ({ ...props, tracingConfig: { mode: "Active" } }),
};

export const lambdaBoundedConcurrency: Rule = {
  name: "lambda-bounded-concurrency",
  what: "What feeds a function bounds how many of it run: a queue's mapping by its maximum concurrency, a stream's by its parallelization factor.",
  why: "A full queue would take all the concurrency of the account, and players' connections fail. Reserved concurrency does it too, but a new account refuses any.",
  fix: "Set scalingConfig.maximumConcurrency on the mapping of a queue (2 or more).",
  outside: ["CKV_AWS_115", "NAG LambdaConcurrency", "GRD LAMBDA_CONCURRENCY_CHECK"],
  contradicts:
    "The outside rules ask for reserved concurrency on every function; an account with the default quota of 10 refuses any reservation, so the bound sits on the mapping and, for routes, on the stage's throttling.",
  example: "scalingConfig: { maximumConcurrency: 10 }",
  types: [MAPPING],
  config: {
    maximum: {
      type: "integer",
      description: "Highest number of functions at once for one queue.",
      default: 100,
      minimum: 2,
    },
  },
  checks: [
    (mapping, { refuse, number }) => {
      if (isStream(mapping)) {
        const factor = mapping.number("parallelizationFactor") ?? 1;
        if (factor < 1 || factor > 10) refuse("parallelizationFactor", factor, "1 to 10");
        return;
      }
      const maximum = mapping.number("scalingConfig.maximumConcurrency");
      if (maximum === undefined || maximum < 2 || maximum > number("maximum"))
        refuse("scalingConfig.maximumConcurrency", maximum, `2 to ${number("maximum")}`);
    },
  ],
};

export const lambdaAsyncFailureTarget: Rule = {
  name: "lambda-async-failure-target",
  what: "A function that is invoked asynchronously tells a queue or topic what it could not do.",
  why: "After two retries Lambda drops the event, and nobody knows.",
  fix: "Give the function a FunctionEventInvokeConfig with destinationConfig.onFailure, or a deadLetterConfig.",
  outside: ["CKV_AWS_116", "NAG LambdaDLQ", "PRW awslambda_function_no_dead_letter_queue"],
  example:
    'new aws.lambda.FunctionEventInvokeConfig("failures", { functionName, destinationConfig: { onFailure: { destination: queue.arn } } })',
  types: [INVOKE_CONFIG, FUNCTION],
  checks: [
    (config, { refuse }) => {
      if (config.type === INVOKE_CONFIG && !config.has("destinationConfig.onFailure.destination"))
        refuse("destinationConfig.onFailure.destination", undefined, "the ARN of a queue or topic");
    },
    (config, { refuse }) => {
      if (config.type !== INVOKE_CONFIG) return;
      const age = config.number("maximumEventAgeInSeconds");
      if (age === undefined || age < 60 || age > 21_600) refuse("maximumEventAgeInSeconds", age, "60 to 21600 seconds");
      const retries = config.number("maximumRetryAttempts");
      if (retries === undefined || retries < 0 || retries > 2) refuse("maximumRetryAttempts", retries, "0, 1 or 2");
    },
  ],
  stackChecks: [
    (fn, { stack, refuse }) => {
      if (fn.type !== FUNCTION || !isInvokedAsynchronously(fn, stack) || fn.has("deadLetterConfig.targetArn")) return;
      const configs = stack
        .ofType(INVOKE_CONFIG)
        .filter((config) => stack.target(config, "functionName", FUNCTION) === fn);
      if (!configs.some((config) => config.has("destinationConfig.onFailure.destination")))
        refuse(
          "deadLetterConfig.targetArn",
          undefined,
          "a failure target, since a rule, a topic or a bucket invokes it",
        );
    },
    (config, { stack, refuse }) => {
      if (config.type !== INVOKE_CONFIG) return;
      if (!stack.target(config, "functionName", FUNCTION))
        refuse("functionName", config.at("functionName"), "a function of this stack");
      if (
        config.has("destinationConfig.onFailure.destination") &&
        !isFailureTarget(stack, config, "destinationConfig.onFailure.destination")
      )
        refuse(
          "destinationConfig.onFailure.destination",
          config.at("destinationConfig.onFailure.destination"),
          "a queue, topic or bucket of this stack",
        );
    },
  ],
};

/** What looks like a credential, whatever its name. */
const CREDENTIAL =
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----|\bgh[pousr]_[A-Za-z0-9]{36}|\bxox[abp]-|\bsk_live_|\beyJ[\w-]+\.eyJ[\w-]+\./;
const SECRET_NAME = /(PASSWORD|PASSWD|SECRET|PRIVATE_?KEY|API_?KEY|ACCESS_?KEY|TOKEN|CREDENTIAL)S?$/i;

export const lambdaEnvEncryptedNoSecrets: Rule = {
  name: "lambda-env-encrypted-no-secrets",
  what: "Environment variables are encrypted with a customer key and hold no secret.",
  why: "Whoever may read a function's configuration reads its variables; with the AWS-managed key nothing but that right stands between.",
  fix: "Set kmsKeyArn; keep secrets in Secrets Manager and pass their ARN.",
  outside: [
    "CKV_AWS_173",
    "CKV_AWS_45",
    "PRW awslambda_function_no_secrets_in_variables",
    "PRW awslambda_function_env_vars_not_encrypted_with_cmk",
  ],
  example: "kmsKeyArn: key.arn",
  types: [FUNCTION],
  checks: [
    (fn, { refuse }) => {
      if (!fn.has("environment.variables")) return;
      const key = fn.at("kmsKeyArn");
      if (typeof key !== "string" || !/^arn:[\w-]+:kms:/.test(key))
        refuse("kmsKeyArn", key, "the ARN of a customer-managed key");
    },
    (fn, { refuse }) => {
      const variables = fn.has("environment.variables") ? fn.at("environment.variables") : {};
      for (const [name, value] of Object.entries(isRecord(variables) ? variables : {})) {
        if (value === UNKNOWN || typeof value !== "string") continue;
        const isReference = /^(arn:|https?:|\/|\{\{resolve)/.test(value) || value.length < 8;
        if (CREDENTIAL.test(value) || (SECRET_NAME.test(name) && !isReference))
          refuse(`environment.variables.${name}`, `${value.slice(0, 4)}…`, "no secret; the ARN of one");
      }
    },
  ],
};

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
      if (source === undefined || stack.named(source).length > 0) return;
      const parts = (parseArn(source)?.resource ?? "").split(/[:/]/);
      if (!parts.some((part) => stack.named(part).length > 0)) refuse("sourceArn", source, "something of this stack");
    },
    (permission, { stack, refuse }) => {
      if (!stack.target(permission, "function", FUNCTION, "aws:lambda/alias:Alias"))
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
      if (url.list("cors.allowOrigins").includes("*")) refuse("cors.allowOrigins", "*", "the origins that may call");
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
        refuse(
          "role",
          fn.has("role") ? role.name : undefined,
          `a role that ${sharing.map(({ name }) => `"${name}"`).join(", ")} does not use`,
        );
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
  ],
  config: {
    allowed: {
      type: "array",
      description: "Policies of AWS that may be attached, by name.",
      default: [
        "service-role/AmazonAPIGatewayPushToCloudWatchLogs",
        "service-role/AWSLambdaBasicExecutionRole",
        "AWSXRayDaemonWriteAccess",
      ],
    },
  },
  checks: [
    (attachment, { refuse, texts }) => {
      const paths = attachment.type === "aws:iam/role:Role" ? ["managedPolicyArns"] : ["policyArn"];
      for (const path of paths) {
        if (!attachment.has(path)) continue;
        for (const arn of attachment.list(path)) {
          const name = /^arn:[\w-]+:iam::aws:policy\/(.+)$/.exec(String(arn))?.[1];
          if (name !== undefined && !texts("allowed").includes(name))
            refuse(path, arn, `a policy of one's own, or one of ${texts("allowed").join(", ")}`);
        }
      }
    },
  ],
};

export const lambdaNoRecursion: Rule = {
  name: "lambda-no-recursion",
  what: "Lambda goes on stopping functions that call themselves in a loop.",
  why: "A loop through a queue or topic costs without end.",
  fix: 'Leave the FunctionRecursionConfig out, or set recursiveLoop to "Terminate".',
  outside: [],
  example: 'recursiveLoop: "Terminate"',
  types: ["aws:lambda/functionRecursionConfig:FunctionRecursionConfig"],
  checks: [
    (config, { refuse }) => {
      if (config.at("recursiveLoop") !== "Terminate") refuse("recursiveLoop", config.at("recursiveLoop"), "Terminate");
    },
  ],
};

export const lambdaCodeSigned: Rule = {
  name: "lambda-code-signed",
  what: "Functions run only code that a trusted profile has signed.",
  why: "Whoever may update a function's code could otherwise run anything; here only the deployment may, and its archive is compared by hash.",
  fix: "Set codeSigningConfigArn.",
  outside: ["CKV_AWS_272"],
  example: "codeSigningConfigArn: signing.arn",
  level: "disabled",
  types: [FUNCTION],
  checks: [
    (fn, { refuse }) => {
      if (!fn.has("codeSigningConfigArn"))
        refuse("codeSigningConfigArn", undefined, "the ARN of a code signing configuration");
    },
  ],
};

const ASYNCHRONOUS = new Set([
  "events.amazonaws.com",
  "sns.amazonaws.com",
  "s3.amazonaws.com",
  "ses.amazonaws.com",
  "iot.amazonaws.com",
  "scheduler.amazonaws.com",
  "config.amazonaws.com",
]);

function isInvokedAsynchronously(fn: Resource, stack: Stack): boolean {
  return stack
    .ofType(PERMISSION)
    .some(
      (permission) =>
        ASYNCHRONOUS.has(permission.text("principal") ?? "") && stack.target(permission, "function", FUNCTION) === fn,
    );
}

export const lambdaRules: readonly Rule[] = [
  lambdaSupportedRuntime,
  lambdaXray,
  lambdaBoundedConcurrency,
  lambdaAsyncFailureTarget,
  lambdaEnvEncryptedNoSecrets,
  lambdaPermissionNarrow,
  lambdaUrlAuthorized,
  lambdaOwnRole,
  lambdaNoDefaultCallbackRole,
  lambdaNoRecursion,
  lambdaCodeSigned,
];
