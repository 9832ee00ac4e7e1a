import type { AnyOperation, Json, RestRoute } from "../../../service";
import type { LambdaEngine } from "../engine";
import { latest, type LambdaFunction } from "../function";
import { missing, namedBy } from "./named";

/** GetFunctionEventInvokeConfig, ListFunctionEventInvokeConfigs. */
export function invokeConfigOperations(engine: LambdaEngine): Readonly<Record<string, AnyOperation>> {
  const on = (action: string, answer: (input: Json) => unknown): AnyOperation => ({
    authorize: (input: Json) => [{ action: `lambda:${action}`, resource: namedBy(engine, input).arn }],
    answer,
  });
  return {
    GetFunctionEventInvokeConfig: on("GetFunctionEventInvokeConfig", (input) => {
      const { name, arn, qualifier = latest } = namedBy(engine, input);
      const fn = qualifier === latest ? engine.functions.get(name) : undefined;
      const found = fn && configOf(fn);
      if (!found) throw missing(`The function ${arn}:${qualifier} doesn't have an EventInvokeConfig`);
      return found;
    }),
    ListFunctionEventInvokeConfigs: on("ListFunctionEventInvokeConfigs", (input) => {
      const fn = engine.functions.get(namedBy(engine, input).name);
      if (!fn) throw missing("The function doesn't exist.");
      const found = configOf(fn);
      return { FunctionEventInvokeConfigs: found ? [found] : [] };
    }),
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionEventInvokeConfig.html */
function configOf(fn: LambdaFunction): Json | undefined {
  const { eventInvokeConfig: config } = fn;
  if (!config) return undefined;
  const { maximumRetryAttempts, maximumEventAgeInSeconds, lastModified } = config;
  const { onFailure, onSuccess } = fn.async;
  return {
    FunctionArn: `${fn.arn}:${latest}`,
    LastModified: lastModified / 1_000,
    ...(maximumRetryAttempts === undefined ? {} : { MaximumRetryAttempts: maximumRetryAttempts }),
    ...(maximumEventAgeInSeconds === undefined ? {} : { MaximumEventAgeInSeconds: maximumEventAgeInSeconds }),
    DestinationConfig: {
      OnSuccess: onSuccess === undefined ? {} : { Destination: onSuccess },
      OnFailure: onFailure === undefined ? {} : { Destination: onFailure },
    },
  };
}

const base = "/2019-09-25/functions/{FunctionName}/event-invoke-config";

export const invokeConfigRoutes: readonly RestRoute[] = [
  { method: "GET", path: base, operation: "GetFunctionEventInvokeConfig" },
  { method: "GET", path: `${base}/list`, operation: "ListFunctionEventInvokeConfigs" },
];
