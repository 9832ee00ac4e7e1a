import { cbor, dateToTag } from "@smithy/core/cbor";
import { AwsError } from "../aws-error";
import type { HttpResponse, Json } from "../service";

/** Reads a request of Smithy RPC v2 CBOR: https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html */
export function readCbor(body: Buffer): Json {
  if (body.length === 0) return {};
  try {
    return plain(cbor.deserialize(body)) as Json;
  } catch {
    throw new AwsError("SerializationException", "The request body is not valid CBOR.", 400);
  }
}

/** Timestamps come as tag 1; operations take epoch seconds, as in the JSON protocols. Blobs become base64. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null) {
    if ("tag" in value && "value" in value && value.tag === 1) return Number(value.value);
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)]));
  }
  return value;
}

export function writeCbor(output: unknown, requestId: string): HttpResponse {
  return respond(200, tagged(output ?? {}), requestId);
}

export function writeCborError(error: AwsError, requestId: string): HttpResponse {
  const { queryErrorCode, ...detail } = error.detail;
  const answer = respond(error.status, { __type: error.code, message: error.message, ...detail }, requestId);
  if (typeof queryErrorCode !== "string") return answer;
  return { ...answer, headers: { ...answer.headers, "x-amzn-query-error": `${queryErrorCode};Sender` } };
}

function respond(status: number, value: unknown, requestId: string): HttpResponse {
  return {
    status,
    headers: { "content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor", "x-amzn-requestid": requestId },
    body: Buffer.from(cbor.serialize(value)),
  };
}

/** Dates become tagged timestamps; what is absent is left out. */
function tagged(value: unknown): unknown {
  if (value instanceof Date) return dateToTag(value);
  if (Array.isArray(value)) return value.map(tagged);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, v]) => v !== undefined && v !== null)
        .map(([k, v]) => [k, tagged(v)]),
    );
  }
  return value;
}
