import { AwsError } from "../../../aws-error";
import type { AnyOperation, Json, RestRoute } from "../../../service";
import { within } from "../constraint";
import type { LambdaEngine } from "../engine";
import { latest, type LambdaFunction } from "../function";
import { unzippedLimit } from "../settings-checks";
import { functionOf, missing, namedBy } from "./named";

/** What an account keeps for functions without a reservation. https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
const leastUnreserved = 100;

/** PutFunctionConcurrency, GetFunctionConcurrency, DeleteFunctionConcurrency, GetAccountSettings. */
export function concurrencyOperations(engine: LambdaEngine): Readonly<Record<string, AnyOperation>> {
  const on = (action: string, answer: (fn: LambdaFunction, input: Json) => unknown): AnyOperation => ({
    authorize: (input: Json) => [{ action: `lambda:${action}`, resource: namedBy(engine, input).arn }],
    answer: (input: Json) => {
      const named = namedBy(engine, input);
      if (named.qualifier !== undefined)
        throw new AwsError(
          "InvalidParameterValueException",
          "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.",
        );
      // Of these three the one that writes tells which version it looked for.
      if (action === "PutFunctionConcurrency" && !engine.functions.has(named.name))
        throw missing(`Function not found: ${named.arn}:${latest}`);
      return answer(functionOf(engine, named), input);
    },
  });
  return {
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
    // https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html
    GetAccountSettings: {
      authorize: () => [{ action: "lambda:GetAccountSettings", resource: "*" }],
      answer: () => accountSettings(engine),
    },
  };
}

function accountSettings(engine: LambdaEngine): Json {
  const functions = [...engine.functions.values()];
  const reserved = functions.reduce((sum, fn) => sum + (fn.reserved ?? 0), 0);
  return {
    AccountLimit: {
      ConcurrentExecutions: engine.accountConcurrency,
      UnreservedConcurrentExecutions: engine.accountConcurrency - reserved,
      CodeSizeUnzipped: unzippedLimit,
      CodeSizeZipped: 52_428_800,
      TotalCodeSize: 80_530_636_800,
    },
    AccountUsage: {
      FunctionCount: functions.length,
      TotalCodeSize: functions.reduce((sum, fn) => sum + fn.code.size, 0),
    },
  };
}

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

export const concurrencyRoutes: readonly RestRoute[] = [
  { method: "GET", path: "/2016-08-19/account-settings", operation: "GetAccountSettings" },
  { method: "GET", path: "/2016-08-19/account-settings/", operation: "GetAccountSettings" },
  { method: "PUT", path: "/2017-10-31/functions/{FunctionName}/concurrency", operation: "PutFunctionConcurrency" },
  {
    method: "DELETE",
    path: "/2017-10-31/functions/{FunctionName}/concurrency",
    operation: "DeleteFunctionConcurrency",
    encode: () => ({ status: 204, headers: {}, body: "" }),
  },
  { method: "GET", path: "/2019-09-30/functions/{FunctionName}/concurrency", operation: "GetFunctionConcurrency" },
];
