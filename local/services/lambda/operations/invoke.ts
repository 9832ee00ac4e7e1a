import { isUtf8 } from "node:buffer";
import { AwsError } from "../../../aws-error";
import type { HttpRequest, Json, Operation, RestRoute } from "../../../service";
import { asyncPayloadLimit, type AsyncInvocations } from "../async";
import { oneOf } from "../constraint";
import { syncPayloadLimit, type LambdaEngine } from "../engine";
import { latest } from "../function";
import { functionOf, namedBy } from "./named";
import { whyNoJson } from "./no-json";

interface Input extends Json {
  readonly FunctionName: string;
  /** A version or an alias, of which `$LATEST` alone is played. */
  readonly Qualifier?: string;
  /** @default RequestResponse */
  readonly InvocationType?: "RequestResponse" | "Event" | "DryRun";
  readonly LogType?: "None" | "Tail";
  /** Base64; JSON text is taken as it is. */
  readonly Payload?: string;
}

interface Output {
  readonly StatusCode: number;
  readonly FunctionError?: string;
  readonly LogResult?: string;
  readonly ExecutedVersion?: string;
  /** Base64. */
  readonly Payload?: string;
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export function invoke(engine: LambdaEngine, asynchronous: AsyncInvocations): Operation<Input, Output> {
  return {
    authorize: (input) => [{ action: "lambda:InvokeFunction", resource: namedBy(engine, input).arn }],
    answer: async (input, context) => {
      oneOf("invocationType", input.InvocationType, ["Event", "RequestResponse", "DryRun"]);
      oneOf("logType", input.LogType, ["None", "Tail"]);
      const named = namedBy(engine, input);
      const fn = functionOf(engine, { ...named, qualifier: named.qualifier ?? latest });
      const bytes = bytesOf(input.Payload);
      const event = input.InvocationType === "Event";
      requireSize(bytes, event ? asyncPayloadLimit : syncPayloadLimit);
      const payload = jsonOf(bytes);
      if (input.InvocationType === "DryRun") return { StatusCode: 204 };
      const { principal } = context;
      const environment = principal.type === "role" ? principal.environmentId : undefined;
      const cause = environment === undefined ? undefined : engine.causeOf(environment);
      if (event) {
        asynchronous.accept(fn, payload, context.requestId, cause);
        return { StatusCode: 202 };
      }
      const run = { payload, requestId: context.requestId, ...(cause === undefined ? {} : { cause }) };
      const outcome = await context.cloud.idle(principal, engine.run(fn, run));
      return {
        StatusCode: 200,
        ExecutedVersion: "$LATEST",
        Payload: Buffer.from(outcome.payload).toString("base64"),
        ...(outcome.functionError === undefined ? {} : { FunctionError: outcome.functionError }),
        ...(input.LogType === "Tail" ? { LogResult: Buffer.from(outcome.logTail).toString("base64") } : {}),
      };
    },
  };
}

function bytesOf(payload: string | undefined): Buffer {
  if (payload === undefined || payload === "") return Buffer.from("{}");
  return /^\s*[[{"]/.test(payload) ? Buffer.from(payload) : Buffer.from(payload, "base64");
}

function requireSize(payload: Buffer, limit: number): void {
  if (payload.length <= limit) return;
  throw new AwsError(
    "RequestTooLargeException",
    `Request must be smaller than ${limit} bytes for the InvokeFunction operation`,
    413,
  );
}

/** @throws AwsError InvalidRequestContentException */
function jsonOf(bytes: Buffer): string {
  const payload = bytes.toString();
  try {
    JSON.parse(payload);
    if (!isUtf8(bytes)) throw new SyntaxError("Invalid UTF-8");
    return payload;
  } catch (error) {
    const why = whyNoJson(bytes, error instanceof Error ? error.message : String(error));
    throw new AwsError(
      "InvalidRequestContentException",
      `Could not parse request body into json: Could not parse payload into json: ${why}`,
      400,
    );
  }
}

/** The REST binding: the body is the payload itself, everything else travels in headers. */
export const invokeRoutes: readonly RestRoute[] = [
  {
    method: "POST",
    path: "/2015-03-31/functions/{FunctionName}/invocations",
    operation: "Invoke",
    decode: (request, labels) => ({
      FunctionName: labels["FunctionName"],
      ...qualifierOf(request),
      InvocationType: request.headers["x-amz-invocation-type"] ?? "RequestResponse",
      LogType: request.headers["x-amz-log-type"] ?? "None",
      ...bodyOf(request),
    }),
    encode: (output) => {
      const answer = output as Output;
      const headers = {
        "content-type": "application/json",
        ...(answer.ExecutedVersion === undefined ? {} : { "x-amz-executed-version": answer.ExecutedVersion }),
        ...(answer.FunctionError === undefined ? {} : { "x-amz-function-error": answer.FunctionError }),
        ...(answer.LogResult === undefined ? {} : { "x-amz-log-result": answer.LogResult }),
      };
      return { status: answer.StatusCode, headers, body: Buffer.from(answer.Payload ?? "", "base64") };
    },
  },
];

function qualifierOf(request: HttpRequest): Json {
  const Qualifier = new URLSearchParams(request.query).get("Qualifier");
  return Qualifier === null ? {} : { Qualifier };
}

function bodyOf(request: HttpRequest): Json {
  return request.body.length === 0 ? {} : { Payload: request.body.toString("base64") };
}
