import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { AwsError } from "../aws-error";
import type { Ports } from "../ports";
import type { Principal } from "../principal";
import type { HttpRequest } from "../service";
import { checkAge, type SigningTimes } from "./signature-age";

/** Who signed a request, and for which service (the signing name of the credential scope). */
export interface Signed {
  readonly principal: Principal;
  readonly service: string;
  readonly region: string;
}

interface Credential {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** Set for pre-signed URLs: the query without its signature is what was signed. */
  readonly presigned: boolean;
}

/** The signing name that a request claims, before its signature is checked; undefined when it carries none. */
export function claimedService(request: HttpRequest): string | undefined {
  return credentialOf(request)?.service;
}

/**
 * Checks Signature Version 4 and tells who called.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 * A request must be of now, a pre-signed URL within its life (signature-age.ts).
 *
 * @throws AwsError as AWS answers: MissingAuthenticationToken, IncompleteSignatureException, UnrecognizedClientException, InvalidSignatureException; those of signature-age.ts.
 */
export function verify(request: HttpRequest, iam: Ports["iam"], times: SigningTimes): Signed {
  const credential = credentialOf(request);
  if (!credential && isVersion2(request)) {
    throw new AwsError(
      "InvalidRequest",
      "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
    );
  }
  if (!credential && /(^|&)X-Amz-(Algorithm|Credential|Signature|SignedHeaders)=/.test(request.query)) {
    throw new AwsError(
      "AuthorizationQueryParametersError",
      "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
    );
  }
  const lacking = credential ? undefined : incomplete(request);
  if (lacking) throw lacking;
  if (!credential) {
    // APIs in the style of REST have fewer words than those that take each call at /.
    const words = request.path === "/" ? "Request is missing Authentication Token" : "Missing Authentication Token";
    throw new AwsError("MissingAuthenticationTokenException", words, 403);
  }
  const known = iam.lookUp(credential.accessKeyId);
  if (!known)
    throw new AwsError("UnrecognizedClientException", "The security token included in the request is invalid.", 403);
  const token =
    request.headers["x-amz-security-token"] ??
    new URLSearchParams(request.query).get("X-Amz-Security-Token") ??
    undefined;
  if (known.sessionToken !== undefined && known.sessionToken !== token) {
    throw new AwsError("UnrecognizedClientException", "The security token included in the request is invalid.", 403);
  }
  const expected = Buffer.from(sign(request, credential, known.secretAccessKey));
  const received = Buffer.from(credential.signature);
  if (expected.length !== received.length || !timingSafeEqual(expected, received)) {
    throw new AwsError(
      "InvalidSignatureException",
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
      403,
    );
  }
  checkAge(request, credential.service, credential.presigned, times);
  return { principal: known.principal, service: credential.service, region: credential.region };
}

/** Signature Version 2, which some SDKs still make for S3 when they are not told otherwise; S3 refuses it for new buckets. */
function isVersion2({ headers, query }: HttpRequest): boolean {
  return /^AWS [^:]+:/.test(headers["authorization"] ?? "") || /(^|&)AWSAccessKeyId=/.test(query);
}

const ALGORITHM = "AWS4-HMAC-SHA256";

/** The parts of the header, in any order: `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`. */
function partsOf(header: string): ReadonlyMap<string, string> {
  const pairs = header.slice(ALGORITHM.length).split(",");
  return new Map(
    pairs.map((pair) => {
      const [name = "", ...value] = pair.trim().split("=");
      return [name, value.join("=")];
    }),
  );
}

/** What a header of Signature Version 4 lacks; undefined when it is whole, or of another kind. */
function incomplete({ headers }: HttpRequest): AwsError | undefined {
  const header = headers["authorization"];
  if (!header?.startsWith(ALGORITHM)) return undefined;
  const parts = partsOf(header);
  const missing = ["Credential", "Signature", "SignedHeaders"]
    .filter((name) => !parts.get(name))
    .map((name) => `Authorization header requires '${name}' parameter.`);
  if (headers["x-amz-date"] === undefined && headers["date"] === undefined)
    missing.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  const scope = parts.get("Credential");
  const message =
    missing.length > 0
      ? `${missing.join(" ")} (Hashed with SHA-256 and encoded with Base64) Authorization=${createHash("sha256").update(header).digest("base64")}`
      : `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${scope ?? ""}'`;
  return new AwsError("IncompleteSignatureException", message);
}

function credentialOf(request: HttpRequest): Credential | undefined {
  const header = request.headers["authorization"];
  if (header !== undefined) {
    if (!header.startsWith(ALGORITHM)) return undefined;
    const parts = partsOf(header);
    const scope = (parts.get("Credential") ?? "").split("/");
    const [signedHeaders, signature] = [parts.get("SignedHeaders"), parts.get("Signature")];
    const [accessKeyId, date, region, service, term] = scope;
    if (
      scope.length !== 5 ||
      term !== "aws4_request" ||
      !accessKeyId ||
      !date ||
      !region ||
      !service ||
      !signedHeaders ||
      !signature
    )
      return undefined;
    return { accessKeyId, date, region, service, signedHeaders: signedHeaders.split(";"), signature, presigned: false };
  }
  if (!request.query.includes("X-Amz-Credential")) return undefined;
  const query = new URLSearchParams(request.query);
  const [accessKeyId, date, region, service] = (query.get("X-Amz-Credential") ?? "").split("/");
  const signature = query.get("X-Amz-Signature");
  if (!accessKeyId || !date || !region || !service || !signature) return undefined;
  return {
    accessKeyId,
    date,
    region,
    service,
    signedHeaders: (query.get("X-Amz-SignedHeaders") ?? "host").split(";"),
    signature,
    presigned: true,
  };
}

function sign(request: HttpRequest, credential: Credential, secret: string): string {
  const amzDate = credential.presigned
    ? (new URLSearchParams(request.query).get("X-Amz-Date") ?? "")
    : (request.headers["x-amz-date"] ?? "");
  const declared = request.headers["x-amz-content-sha256"];
  const isUnsigned = credential.presigned && credential.service === "s3";
  const payload = isUnsigned ? "UNSIGNED-PAYLOAD" : (declared ?? sha256(request.body));
  if (declared !== undefined && /^[0-9a-f]{64}$/.test(declared) && declared !== sha256(request.body)) return "";
  const canonical = [
    request.method,
    canonicalPath(request.path, credential.service),
    canonicalQuery(request.query, credential.presigned),
    ...credential.signedHeaders.map((name) => `${name}:${(request.headers[name] ?? "").trim().replace(/\s+/g, " ")}`),
    "",
    credential.signedHeaders.join(";"),
    payload,
  ].join("\n");
  const scope = `${credential.date}/${credential.region}/${credential.service}/aws4_request`;
  const text = `AWS4-HMAC-SHA256\n${amzDate}\n${scope}\n${sha256(bytesOf(canonical))}`;
  return createHmac("sha256", signingKey(secret, credential)).update(text).digest("hex");
}

const keys = new Map<string, Buffer>();
const KEYS_KEPT = 1_000;

function signingKey(secret: string, { date, region, service }: Credential): Buffer {
  const name = `${secret}/${date}/${region}/${service}`;
  let key = keys.get(name);
  if (!key) {
    const hmac = (by: string | Buffer, text: string): Buffer => createHmac("sha256", by).update(text).digest();
    key = hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), service), "aws4_request");
    if (keys.size >= KEYS_KEPT) keys.clear();
    keys.set(name, key);
  }
  return key;
}

/** Headers arrive as bytes in Latin-1 characters, whatever they are in, and are signed as these bytes. */
function bytesOf(text: string): Buffer {
  return Buffer.from(text, /[^\0-\xff]/.test(text) ? "utf8" : "latin1");
}

function sha256(data: Buffer | string): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Every service but S3 signs the path encoded twice. */
function canonicalPath(path: string, service: string): string {
  return service === "s3" ? path : path.split("/").map(encodeRfc3986).join("/");
}

function canonicalQuery(query: string, presigned: boolean): string {
  if (query === "") return "";
  return query
    .split("&")
    .filter((pair) => !(presigned && pair.startsWith("X-Amz-Signature=")))
    .map((pair) => {
      const at = pair.indexOf("=");
      const [name, value] = at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
      return [encodeRfc3986(decode(name)), encodeRfc3986(decode(value))] as const;
    })
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\+/g, " "));
  } catch {
    return text;
  }
}

function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
