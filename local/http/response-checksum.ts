import * as zlib from "node:zlib";
import type { HttpResponse } from "../service";

/** Node.js has it from 20.15 on; before, answers go without. */
const { crc32 } = zlib as Partial<typeof zlib>;

/**
 * DynamoDB and its streams sum each answer, refusals too, in `x-amz-crc32`. Some SDKs check it where it is present, and one
 * warns of every answer without it.
 */
export function summed(target: string, response: HttpResponse): HttpResponse {
  if (!target.startsWith("DynamoDB") || crc32 === undefined) return response;
  return { ...response, headers: { ...response.headers, "x-amz-crc32": String(crc32(response.body)) } };
}
