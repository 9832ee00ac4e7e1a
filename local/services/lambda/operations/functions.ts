import { AwsError } from "../../../aws-error";
import type { AnyOperation, Json, RestRoute } from "../../../service";
import { filesOfZip } from "../code";
import type { LambdaEngine } from "../engine";
import type { FunctionSettings, LambdaFunction } from "../function";
import { configurationOf } from "./configuration";
import { pageOf } from "./page";

interface Input extends Json {
  readonly FunctionName: string;
}

/** GetFunction, ListFunctions, GetFunctionConfiguration, UpdateFunctionCode, UpdateFunctionConfiguration, concurrency, GetPolicy. */
export function functionOperations(engine: LambdaEngine): Readonly<Record<string, AnyOperation>> {
  const on = (action: string, answer: (fn: LambdaFunction, input: Input & Json) => unknown): AnyOperation => ({
    authorize: (input: Input) => [{ action: `lambda:${action}`, resource: engine.find(input.FunctionName).arn }],
    answer: (input: Input) => answer(engine.find(input.FunctionName), input),
  });
  return {
    ListFunctions: {
      authorize: () => [{ action: "lambda:ListFunctions", resource: "*" }],
      answer: (input: Json) => {
        const { items, next } = pageOf([...engine.functions.values()], input);
        return { Functions: items.map((fn) => configurationOf(fn)), ...next };
      },
    },
    // https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html
    GetAccountSettings: {
      authorize: () => [{ action: "lambda:GetAccountSettings", resource: "*" }],
      answer: () => {
        const functions = [...engine.functions.values()];
        const reserved = functions.reduce((sum, fn) => sum + (fn.reserved ?? 0), 0);
        return {
          AccountLimit: {
            ConcurrentExecutions: engine.accountConcurrency,
            UnreservedConcurrentExecutions: engine.accountConcurrency - reserved,
            CodeSizeUnzipped: 262_144_000,
            CodeSizeZipped: 52_428_800,
            TotalCodeSize: 80_530_636_800,
          },
          AccountUsage: {
            FunctionCount: functions.length,
            TotalCodeSize: functions.reduce((sum, fn) => sum + fn.code.size, 0),
          },
        };
      },
    },
    GetFunction: on("GetFunction", (fn) => ({
      Configuration: configurationOf(fn),
      Code: { RepositoryType: "S3", Location: `file://${fn.code.root}` },
      ...(fn.reserved === undefined ? {} : { Concurrency: { ReservedConcurrentExecutions: fn.reserved } }),
    })),
    GetFunctionConfiguration: on("GetFunctionConfiguration", (fn) => configurationOf(fn)),
    UpdateFunctionCode: on("UpdateFunctionCode", (fn, input) => {
      const zip = input["ZipFile"];
      if (typeof zip !== "string") {
        throw new AwsError("InvalidParameterValueException", "Please provide a source for function code.", 400);
      }
      return configurationOf(engine.updateCode(fn.settings.name, filesOfZip(Buffer.from(zip, "base64"))));
    }),
    UpdateFunctionConfiguration: on("UpdateFunctionConfiguration", (fn, input) =>
      configurationOf(engine.configure(fn.settings.name, changeOf(input))),
    ),
    PutFunctionConcurrency: on("PutFunctionConcurrency", (fn, input) => {
      fn.reserved = reservable(engine, fn, Number(input["ReservedConcurrentExecutions"]));
      return { ReservedConcurrentExecutions: fn.reserved };
    }),
    GetFunctionConcurrency: on("GetFunctionConcurrency", (fn) =>
      fn.reserved === undefined ? {} : { ReservedConcurrentExecutions: fn.reserved },
    ),
    DeleteFunctionConcurrency: on("DeleteFunctionConcurrency", (fn) => {
      fn.reserved = undefined;
      return {};
    }),
    GetFunctionEventInvokeConfig: on("GetFunctionEventInvokeConfig", (fn) => invokeConfigOf(fn)),
    ListFunctionEventInvokeConfigs: on("ListFunctionEventInvokeConfigs", (fn) => ({
      FunctionEventInvokeConfigs: [invokeConfigOf(fn)],
    })),
    // There is one version, and no alias.
    ListVersionsByFunction: on("ListVersionsByFunction", (fn) => ({ Versions: [configurationOf(fn)] })),
    ListAliases: on("ListAliases", () => ({ Aliases: [] })),
    GetPolicy: on("GetPolicy", (fn) => {
      const policy = engine.cloud.resourcePolicies.get(fn.arn);
      if (!policy) {
        throw new AwsError("ResourceNotFoundException", "The resource you requested does not exist.", 404);
      }
      return { Policy: JSON.stringify(policy), RevisionId: String(fn.revision) };
    }),
  };
}

/** What an account keeps for functions without a reservation. https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
const leastUnreserved = 100;

function reservable(engine: LambdaEngine, fn: LambdaFunction, wanted: number): number {
  within("reservedConcurrentExecutions", wanted, 0, Infinity);
  const others = [...engine.functions.values()].filter((each) => each !== fn);
  const reserved = others.reduce((sum, each) => sum + (each.reserved ?? 0), wanted);
  if (wanted === 0 || engine.accountConcurrency - reserved >= leastUnreserved) return wanted;
  throw new AwsError(
    "InvalidParameterValueException",
    `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${leastUnreserved}].`,
  );
}

function within(name: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return;
  const bound = value > most ? `less than or equal to ${most}` : `greater than or equal to ${least}`;
  throw new AwsError(
    "ValidationException",
    `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: Member must have value ${bound}`,
  );
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionEventInvokeConfig.html */
function invokeConfigOf(fn: LambdaFunction): Json {
  const { maximumRetryAttempts, maximumEventAgeInSeconds, onFailure, onSuccess } = fn.async;
  return {
    FunctionArn: `${fn.arn}:$LATEST`,
    LastModified: fn.lastModified / 1_000,
    MaximumRetryAttempts: maximumRetryAttempts,
    MaximumEventAgeInSeconds: maximumEventAgeInSeconds,
    DestinationConfig: {
      OnSuccess: onSuccess === undefined ? {} : { Destination: onSuccess },
      OnFailure: onFailure === undefined ? {} : { Destination: onFailure },
    },
  };
}

function changeOf(input: Json): Partial<FunctionSettings> {
  within("timeout", Number(input["Timeout"] ?? 3), 1, 900);
  within("memorySize", Number(input["MemorySize"] ?? 128), 128, 10_240);
  const environment = input["Environment"] as { Variables?: Record<string, string> } | undefined;
  const members: [keyof FunctionSettings, unknown][] = [
    ["handler", input["Handler"]],
    ["memorySize", input["MemorySize"]],
    ["timeout", input["Timeout"]],
    ["role", input["Role"]],
    ["description", input["Description"]],
    ["kmsKeyArn", input["KMSKeyArn"]],
    ["variables", environment?.Variables],
  ];
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}

const base = "/2015-03-31/functions";

export const functionRoutes: readonly RestRoute[] = [
  { method: "GET", path: "/2016-08-19/account-settings", operation: "GetAccountSettings" },
  { method: "GET", path: "/2016-08-19/account-settings/", operation: "GetAccountSettings" },
  { method: "GET", path: base, operation: "ListFunctions" },
  { method: "GET", path: `${base}/`, operation: "ListFunctions" },
  { method: "GET", path: `${base}/{FunctionName}`, operation: "GetFunction" },
  { method: "GET", path: `${base}/{FunctionName}/configuration`, operation: "GetFunctionConfiguration" },
  { method: "PUT", path: `${base}/{FunctionName}/code`, operation: "UpdateFunctionCode" },
  { method: "PUT", path: `${base}/{FunctionName}/configuration`, operation: "UpdateFunctionConfiguration" },
  { method: "GET", path: `${base}/{FunctionName}/policy`, operation: "GetPolicy" },
  { method: "GET", path: `${base}/{FunctionName}/versions`, operation: "ListVersionsByFunction" },
  { method: "GET", path: `${base}/{FunctionName}/aliases`, operation: "ListAliases" },
  {
    method: "GET",
    path: "/2019-09-25/functions/{FunctionName}/event-invoke-config",
    operation: "GetFunctionEventInvokeConfig",
  },
  {
    method: "GET",
    path: "/2019-09-25/functions/{FunctionName}/event-invoke-config/list",
    operation: "ListFunctionEventInvokeConfigs",
  },
  { method: "PUT", path: "/2017-10-31/functions/{FunctionName}/concurrency", operation: "PutFunctionConcurrency" },
  {
    method: "DELETE",
    path: "/2017-10-31/functions/{FunctionName}/concurrency",
    operation: "DeleteFunctionConcurrency",
    encode: () => ({ status: 204, headers: {}, body: "" }),
  },
  { method: "GET", path: "/2019-09-30/functions/{FunctionName}/concurrency", operation: "GetFunctionConcurrency" },
];
