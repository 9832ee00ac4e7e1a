import { createHash, createHmac } from "node:crypto";
import type { HttpRequest } from "../../../local/service";

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const hash = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");
const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

/** Signs a request as an SDK does, at a time in milliseconds since the epoch. */
export function signed(request: HttpRequest, keys: Keys, service: string, at: number): HttpRequest {
  const amzDate = new Date(at).toISOString().replace(/[-:]|\.\d{3}/g, "");
  const date = amzDate.slice(0, 8);
  const headers: Record<string, string> = { ...request.headers, host: "127.0.0.1", "x-amz-date": amzDate };
  const names = Object.keys(headers).sort();
  const path = service === "s3" ? request.path : request.path.split("/").map(encoded).join("/");
  const canonical = [
    request.method,
    path,
    request.query
      .split("&")
      .filter((pair) => pair !== "")
      .sort()
      .join("&"),
    ...names.map((name) => `${name}:${headers[name] ?? ""}`),
    "",
    names.join(";"),
    hash(request.body),
  ].join("\n");
  const scope = `${date}/us-east-1/${service}/aws4_request`;
  const key = ["us-east-1", service, "aws4_request"].reduce(hmac, hmac(`AWS4${keys.secretAccessKey}`, date));
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${amzDate}\n${scope}\n${hash(canonical)}`).toString("hex");
  const authorization = `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return { ...request, headers: { ...headers, authorization } };
}

/** As RFC 3986 has it. */
export function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
