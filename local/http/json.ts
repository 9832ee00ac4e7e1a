import { AwsError } from "../aws-error";
import type { HttpRequest, HttpResponse, Json } from "../service";
import { queryCode } from "./query";

export function readJson(body: Buffer): Json {
  if (body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json;
  } catch {
    // answered below, with AWS's own error
  }
  throw new AwsError("SerializationException", "Start of structure or map found where not expected.", 400);
}

/** Timestamps travel as epoch seconds in the JSON protocols. */
function epochSeconds(this: Json, key: string, value: unknown): unknown {
  const raw = this[key];
  return raw instanceof Date ? raw.getTime() / 1000 : value;
}

export function writeJson(output: unknown, version: string, requestId: string): HttpResponse {
  return {
    status: 200,
    headers: { "content-type": `application/x-amz-json-${version}`, "x-amzn-requestid": requestId },
    // An operation without output answers nothing at all.
    body: output === undefined ? "" : JSON.stringify(output, epochSeconds),
  };
}

/**
 * Refusals of a caller. The JSON protocols answer them with 400, other than REST and query
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html); SQS kept the 403 of its query API.
 */
const ofCaller =
  /^(AccessDenied|UnrecognizedClient|InvalidSignature|MissingAuthenticationToken|IncompleteSignature)Exception$/;

export function writeJsonError(error: AwsError, target: string, version: string, requestId: string): HttpResponse {
  const { queryErrorCode: _told, ...detail } = error.detail;
  // Services name their errors with the namespace of their model; SDKs cut it off.
  const isDynamoDb = target.startsWith("DynamoDB");
  const prefix = error.code.includes("#")
    ? ""
    : isDynamoDb
      ? namespaceOf(error.code)
      : sqsNamespace(target, error.code);
  return {
    status: ofCaller.test(error.code) ? (target === "AmazonSQS" ? 403 : 400) : error.status,
    headers: {
      "content-type": `application/x-amz-json-${version}`,
      "x-amzn-requestid": requestId,
      ...queryError(error, target),
    },
    body: JSON.stringify({ __type: `${prefix}${error.code}`, ...messageOf(error, isDynamoDb), ...detail }),
  };
}

/** The code of the query protocol that SDKs show still; SQS, which left that protocol last, tells it of every error. */
function queryError(error: AwsError, target: string): Readonly<Record<string, string>> {
  const { queryErrorCode } = error.detail;
  const code =
    typeof queryErrorCode === "string" ? queryErrorCode : target === "AmazonSQS" ? queryCode(error.code) : undefined;
  return code === undefined ? {} : { "x-amzn-query-error": `${code};${error.status >= 500 ? "Receiver" : "Sender"}` };
}

function namespaceOf(code: string): string {
  if (code === "ValidationException") return "com.amazon.coral.validate#";
  if (code === "ThrottlingException") return "com.amazon.coral.availability#";
  const common =
    /^(SerializationException|UnrecognizedClientException|AccessDeniedException|MissingAuthenticationToken|IncompleteSignature|InvalidSignature|UnknownOperation)/;
  return common.test(code) ? "com.amazon.coral.service#" : "com.amazonaws.dynamodb.v20120810#";
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-json-api-responses.html */
function sqsNamespace(target: string, code: string): string {
  if (target !== "AmazonSQS") return "";
  // What the model of SQS does not know comes from the framework, and ends so.
  return /(?<!NotFound)Exception$/.test(code) ? "com.amazon.coral.service#" : "com.amazonaws.sqs#";
}

/**
 * DynamoDB writes `Message` for its own refusals of a caller, of a transaction and of what it cannot read, `message` for
 * all else.
 */
function messageOf(error: AwsError, isDynamoDb: boolean): Json {
  if (isDynamoDb && error.code === "SerializationException") return { Message: error.message };
  return error.code === "AccessDeniedException" || error.code === "TransactionCanceledException"
    ? { Message: error.message, message: error.message }
    : { message: error.message };
}

export function writeRestJson(output: unknown, requestId: string): HttpResponse {
  return {
    status: 200,
    headers: { "content-type": "application/json", "x-amzn-requestid": requestId },
    body: output === undefined ? "{}" : JSON.stringify(output, epochSeconds),
  };
}

export function writeRestJsonError(
  error: { code: string; message: string; status: number },
  requestId: string,
): HttpResponse {
  return {
    status: error.code === "AccessDeniedException" ? 403 : error.status,
    headers: { "content-type": "application/json", "x-amzn-requestid": requestId, "x-amzn-errortype": error.code },
    body: JSON.stringify({ message: error.message, Message: error.message }),
  };
}

/** The default reading of a REST-JSON request: labels, query and body in one object. */
export function readRest(request: HttpRequest, labels: Readonly<Record<string, string>>): Json {
  return {
    ...(request.body.length > 0 ? readJson(request.body) : {}),
    ...Object.fromEntries(new URLSearchParams(request.query)),
    ...labels,
  };
}
