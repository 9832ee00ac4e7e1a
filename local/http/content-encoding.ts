import { gunzipSync } from "node:zlib";
import type { HttpRequest } from "../service";

/** Far above what any operation takes; keeps a small body from filling the memory. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * The request as it was before the SDK compressed it, which SDKs do from 10 KB on where an operation allows it
 * (PutMetricData). Its signature is that of the compressed one.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-compression.html
 * A body that is not what its header says stays as it is, and is refused by who reads it.
 */
export function uncompressed(request: HttpRequest): HttpRequest {
  const encoding = request.headers["content-encoding"];
  if (encoding === undefined || encoding.trim().toLowerCase() !== "gzip" || request.body.length === 0) return request;
  try {
    return { ...request, body: gunzipSync(request.body, { maxOutputLength: MAX_BYTES }) };
  } catch {
    return request;
  }
}
