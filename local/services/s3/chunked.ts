import { AwsError } from "../../aws-error";

export interface Unchunked {
  readonly body: Buffer;
  /** Headers that came after the body, e.g. `x-amz-checksum-crc32`; names in lower case. */
  readonly trailers: Readonly<Record<string, string>>;
}

/**
 * Takes an `aws-chunked` body apart: `<hex size>[;chunk-signature=…]\r\n<bytes>\r\n … 0\r\n<trailers>\r\n\r\n`
 * (Signature Calculations: Transferring Payload in Multiple Chunks, S3 API reference).
 */
export function unchunk(encoded: Buffer): Unchunked {
  const pieces: Buffer[] = [];
  let at = 0;
  for (;;) {
    const [line, next] = lineAt(encoded, at);
    const digits = line.split(";", 1)[0]!.trim();
    if (!/^[0-9a-f]{1,8}$/i.test(digits)) throw malformed();
    const size = parseInt(digits, 16);
    at = next;
    if (size === 0) return { body: Buffer.concat(pieces), trailers: trailersAt(encoded, at) };
    if (at + size + 2 > encoded.length) throw malformed();
    pieces.push(encoded.subarray(at, at + size));
    at += size;
    if (encoded.toString("latin1", at, at + 2) !== "\r\n") throw malformed();
    at += 2;
  }
}

function trailersAt(encoded: Buffer, from: number): Record<string, string> {
  const trailers: Record<string, string> = {};
  for (let at = from; at < encoded.length;) {
    const [line, next] = lineAt(encoded, at);
    if (line === "") break;
    const colon = line.indexOf(":");
    if (colon < 0) throw malformed();
    trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
    at = next;
  }
  return trailers;
}

function lineAt(encoded: Buffer, from: number): [line: string, next: number] {
  const end = encoded.indexOf("\r\n", from, "latin1");
  if (end < 0) throw malformed();
  return [encoded.toString("latin1", from, end), end + 2];
}

function malformed(): AwsError {
  return new AwsError("IncompleteBody", "The request body terminated unexpectedly");
}
