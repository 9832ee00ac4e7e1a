import { UNKNOWN, Undecided, isRecord, type Resource } from "../framework/resource";
import { isKeyArn, KEY_ARN } from "../framework/keys";
import type { Rule } from "../framework/rule";
import { hasUnknown, type Stack } from "../framework/stack";
import { lambdaAccessRules } from "./lambda-access";
import { functionOf, isFailureTarget, isStream } from "./targets";

const FUNCTION = "aws:lambda/function:Function";
const INVOKE_CONFIG = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig";
const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";
const PERMISSION = "aws:lambda/permission:Permission";
const SCHEDULE = "aws:scheduler/schedule:Schedule";

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
  config: {
    schedules: {
      type: "boolean",
      description:
        "Whether a schedule counts too: its own dead-letter queue takes what could not be handed over, not what the function then fails at.",
      default: true,
    },
  },
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
    (fn, { stack, refuse, flag }) => {
      if (fn.type !== FUNCTION || fn.has("deadLetterConfig.targetArn")) return;
      if (!isInvokedAsynchronously(fn, stack, flag("schedules"))) return;
      const configs = stack.ofType(INVOKE_CONFIG).filter((config) => functionOf(stack, config, "functionName") === fn);
      if (!configs.some((config) => config.has("destinationConfig.onFailure.destination")))
        refuse(
          "deadLetterConfig.targetArn",
          undefined,
          "a failure target, since a rule, a schedule, a topic or a bucket invokes it",
        );
    },
    (config, { stack, refuse }) => {
      if (config.type !== INVOKE_CONFIG) return;
      if (!functionOf(stack, config, "functionName"))
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

/** What looks like a credential, whatever its name; last, addresses with one in them. */
const CREDENTIAL = new RegExp(
  [
    String.raw`\b(AKIA|ASIA)[A-Z0-9]{16}\b`,
    String.raw`-----BEGIN [A-Z ]*PRIVATE KEY-----`,
    String.raw`\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_\w{20}|\bglpat-[\w-]{20}|\bnpm_[A-Za-z0-9]{36}`,
    String.raw`\bxox[abeprs]-|\b[sr]k_(live|test)_|\bwhsec_|\bsk-[\w-]{20}|\bSG\.[\w-]{16,}\.|\bAIza[\w-]{35}`,
    String.raw`\beyJ[\w-]+\.eyJ[\w-]+\.|\bBearer [\w.~+/-]{16}|AccountKey=|[?&](sig|X-Amz-Signature|access_token)=`,
    String.raw`\bhooks\.slack\.com/services/|\bdiscord(app)?\.com/api/webhooks/`,
    String.raw`^[a-z][a-z0-9+.-]*://[^/\s:@]*:[^/\s@]+@`,
  ].join("|"),
);
/** A name that says it holds a secret, unless its last word says that it tells of one only. */
const SECRET_NAME =
  /(^|_)(PASS|PASSWORD|PASSWD|PASSPHRASE|PWD|SECRET|PRIVATE_?KEY|API_?KEY|ACCESS_?KEY|SIGNING_?KEY|ENCRYPTION_?KEY|WEBHOOK|TOKEN|CREDENTIAL)S?(_|\d|$)|(password|secret|token|apiKey|privateKey|accessKey|credential)s?$/i;
const TELLS_OF_ONE =
  /_(ARN|ID|NAME|PATH|PARAM|PARAMETER|TABLE|QUEUE|BUCKET|TOPIC|TTL|SECONDS|MINUTES|HOURS|DAYS|LENGTH|MAX|MIN|ISSUER|AUDIENCE|HEADER|REGION|VERSION|ENABLED|ALGORITHM|TYPE|PROVIDER|ENDPOINT)$/i;
const REFERENCE = /^(arn:|https?:\/\/|\{\{resolve:|(\/[\w.-]+)+$)|^(\d{1,9}|true|false)$/;

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
      if (!isKeyArn(fn.at("kmsKeyArn"))) refuse("kmsKeyArn", fn.at("kmsKeyArn"), KEY_ARN);
    },
    (fn, { refuse }) => {
      const variables = fn.has("environment.variables") ? fn.at("environment.variables") : {};
      for (const [name, value] of Object.entries(isRecord(variables) ? variables : {})) {
        if (value === UNKNOWN || typeof value !== "string" || value === "") continue;
        const saysSo = SECRET_NAME.test(name) && !TELLS_OF_ONE.test(name) && !REFERENCE.test(value);
        if (CREDENTIAL.test(value) || saysSo)
          refuse(`environment.variables.${name}`, `${value.slice(0, 4)}…`, "no secret; the ARN of one");
      }
      if (hasUnknown(variables)) throw new Undecided("environment.variables");
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

function isInvokedAsynchronously(fn: Resource, stack: Stack, countsSchedules: boolean): boolean {
  // A schedule invokes under a role, without a permission on the function.
  if (countsSchedules && stack.ofType(SCHEDULE).some((schedule) => functionOf(stack, schedule, "target.arn") === fn))
    return true;
  return stack
    .ofType(PERMISSION)
    .some(
      (permission) =>
        ASYNCHRONOUS.has(permission.text("principal") ?? "") && functionOf(stack, permission, "function") === fn,
    );
}

export const lambdaRules: readonly Rule[] = [
  lambdaSupportedRuntime,
  lambdaXray,
  lambdaBoundedConcurrency,
  lambdaAsyncFailureTarget,
  lambdaEnvEncryptedNoSecrets,
  ...lambdaAccessRules,
  lambdaNoRecursion,
  lambdaCodeSigned,
];
