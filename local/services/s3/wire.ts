import type { HttpRequest, HttpResponse, Json } from "../../service";
import { checksumMembers, verify } from "./checksums";
import { unchunk } from "./chunked";
import { invalidRequest, notImplemented } from "./errors";
import { document, errorDocument, parseBody } from "./xml";

const requestHeaders: Readonly<Record<string, string>> = {
  "cache-control": "CacheControl",
  "content-disposition": "ContentDisposition",
  "content-encoding": "ContentEncoding",
  "content-language": "ContentLanguage",
  "content-md5": "ContentMD5",
  "content-type": "ContentType",
  expires: "Expires",
  "if-match": "IfMatch",
  "if-modified-since": "IfModifiedSince",
  "if-none-match": "IfNoneMatch",
  "if-unmodified-since": "IfUnmodifiedSince",
  range: "Range",
  "x-amz-bucket-object-lock-enabled": "ObjectLockEnabledForBucket",
  "x-amz-checksum-algorithm": "ChecksumAlgorithm",
  "x-amz-checksum-mode": "ChecksumMode",
  "x-amz-checksum-type": "ChecksumType",
  "x-amz-copy-source": "CopySource",
  "x-amz-copy-source-if-match": "CopySourceIfMatch",
  "x-amz-copy-source-if-modified-since": "CopySourceIfModifiedSince",
  "x-amz-copy-source-if-none-match": "CopySourceIfNoneMatch",
  "x-amz-copy-source-if-unmodified-since": "CopySourceIfUnmodifiedSince",
  "x-amz-copy-source-range": "CopySourceRange",
  "x-amz-metadata-directive": "MetadataDirective",
  "x-amz-object-attributes": "ObjectAttributes",
  "x-amz-server-side-encryption": "ServerSideEncryption",
  "x-amz-server-side-encryption-aws-kms-key-id": "SSEKMSKeyId",
  "x-amz-server-side-encryption-bucket-key-enabled": "BucketKeyEnabled",
  ...Object.fromEntries(checksumMembers.map((member) => [checksumHeader(member), member])),
};

const queryMembers: Readonly<Record<string, string>> = {
  "continuation-token": "ContinuationToken",
  delimiter: "Delimiter",
  "encoding-type": "EncodingType",
  "fetch-owner": "FetchOwner",
  "bucket-region": "BucketRegion",
  "key-marker": "KeyMarker",
  marker: "Marker",
  "max-buckets": "MaxBuckets",
  "max-keys": "MaxKeys",
  "max-parts": "MaxParts",
  "max-uploads": "MaxUploads",
  "part-number-marker": "PartNumberMarker",
  partNumber: "PartNumber",
  prefix: "Prefix",
  "response-cache-control": "ResponseCacheControl",
  "response-content-disposition": "ResponseContentDisposition",
  "response-content-encoding": "ResponseContentEncoding",
  "response-content-language": "ResponseContentLanguage",
  "response-content-type": "ResponseContentType",
  "response-expires": "ResponseExpires",
  "start-after": "StartAfter",
  "upload-id-marker": "UploadIdMarker",
  uploadId: "UploadId",
  "version-id-marker": "VersionIdMarker",
  versionId: "VersionId",
};

const responseHeaders: Readonly<Record<string, string>> = {
  AcceptRanges: "accept-ranges",
  AccessPointAlias: "x-amz-access-point-alias",
  BucketRegion: "x-amz-bucket-region",
  BucketKeyEnabled: "x-amz-server-side-encryption-bucket-key-enabled",
  CacheControl: "cache-control",
  ChecksumAlgorithm: "x-amz-checksum-algorithm",
  ChecksumType: "x-amz-checksum-type",
  ContentDisposition: "content-disposition",
  ContentEncoding: "content-encoding",
  ContentLanguage: "content-language",
  ContentLength: "content-length",
  ContentRange: "content-range",
  ContentType: "content-type",
  CopySourceVersionId: "x-amz-copy-source-version-id",
  DeleteMarker: "x-amz-delete-marker",
  ETag: "etag",
  Expires: "expires",
  Location: "location",
  PartsCount: "x-amz-mp-parts-count",
  SSEKMSKeyId: "x-amz-server-side-encryption-aws-kms-key-id",
  ServerSideEncryption: "x-amz-server-side-encryption",
  VersionId: "x-amz-version-id",
  ...Object.fromEntries(checksumMembers.map((member) => [member, checksumHeader(member)])),
};

function checksumHeader(member: string): string {
  return `x-amz-checksum-${member.slice("Checksum".length).toLowerCase()}`;
}

/** From a REST request to the members of the SDK's shape; `Body` is a Buffer without any chunk framing. */
export function decode(request: HttpRequest, labels: Readonly<Record<string, string>>): Json {
  const chunked =
    (request.headers["content-encoding"] ?? "").includes("aws-chunked") ||
    (request.headers["x-amz-content-sha256"] ?? "").startsWith("STREAMING-");
  if (
    request.headers["transfer-encoding"] !== undefined &&
    request.headers["x-amz-decoded-content-length"] === undefined
  )
    throw notImplemented("Transfer-Encoding");
  const { body, trailers } = chunked ? unchunk(request.body) : { body: request.body, trailers: {} };
  const input: Json = { ...labels, Body: body };
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...request.headers, ...trailers })) {
    const member = requestHeaders[name];
    if (member) input[member] = value;
    else if (name.startsWith("x-amz-meta-"))
      metadata[name.slice("x-amz-meta-".length)] = Buffer.from(value, "latin1").toString("utf8");
  }
  if (chunked && typeof input["ContentEncoding"] === "string") {
    const rest = input["ContentEncoding"].split(",").filter((encoding) => encoding.trim() !== "aws-chunked");
    if (rest.length > 0) input["ContentEncoding"] = rest.join(",");
    else delete input["ContentEncoding"];
  }
  if (Object.keys(metadata).length > 0) input["Metadata"] = metadata;
  for (const [name, value] of new URLSearchParams(request.query)) {
    const member = queryMembers[name];
    if (member) input[member] = value;
  }
  return input;
}

/** As `decode`, and the XML body's members under `member`. */
export function decodeXml(member: string, lists: readonly string[]): typeof decode {
  return (request, labels) => {
    const input = decode(request, labels);
    const body = input["Body"] as Buffer;
    return { ...input, [member]: body.length > 0 ? parseBody(body, lists) : {} };
  };
}

/** As `decodeXml`; S3 wants to be sure of what it deletes, by the body's MD5 or a checksum. */
export function decodeChecked(member: string, lists: readonly string[]): typeof decode {
  const read = decodeXml(member, lists);
  return (request, labels) => {
    const input = read(request, labels);
    const isSummed = checksumMembers.some((name) => input[name] !== undefined);
    if (!isSummed && input["ContentMD5"] === undefined)
      throw invalidRequest("Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
    verify(input, input["Body"] as Buffer);
    return input;
  };
}

/** Headers and raw body, e.g. GetObject; the status follows from the output. */
export function encodeObject(output: unknown): HttpResponse {
  const members = output as Json;
  const status = members["ContentRange"] ? 206 : 200;
  return { status, headers: headersOf(members), body: (members["Body"] as Buffer | undefined) ?? "" };
}

/** Headers only, with a fixed status. */
export function encodeEmpty(status: number): (output: unknown) => HttpResponse {
  return (output) => ({ status, headers: headersOf((output ?? {}) as Json), body: "" });
}

/** As `encodeEmpty`, with the kind of the document that HEAD leaves out. */
export function encodeHead(output: unknown): HttpResponse {
  const { headers, ...rest } = encodeEmpty(200)(output);
  return { ...rest, headers: { ...headers, "content-type": "application/xml" } };
}

/** The output as an XML document; members that S3 sends as headers go there as well. */
export function encodeXml(root: string): (output: unknown) => HttpResponse {
  return (output) => ({
    status: 200,
    headers: {
      ...headersOf({ ...(output as Json), ContentType: undefined, Location: undefined, ETag: undefined }),
      "content-type": "application/xml",
    },
    body: document(root, output as Json),
  });
}

/** CopyObject and UploadPartCopy send their result as the document and the rest as headers. */
export function encodeCopy(root: "CopyObjectResult" | "CopyPartResult"): (output: unknown) => HttpResponse {
  return (output) => {
    const { [root]: result, ...members } = output as Json;
    return {
      status: 200,
      headers: { ...headersOf(members), "content-type": "application/xml" },
      body: document(root, result as Json),
    };
  };
}

/** GetBucketLocation's root element holds the text itself. */
export function encodeLocation(output: unknown): HttpResponse {
  const region = (output as { LocationConstraint: string }).LocationConstraint;
  const xml = document("LocationConstraint", {}).replace("></LocationConstraint>", `>${region}</LocationConstraint>`);
  return { status: 200, headers: { "content-type": "application/xml" }, body: xml };
}

/** GetBucketPolicy answers the policy itself. */
export function encodePolicy(output: unknown): HttpResponse {
  return { status: 200, headers: { "content-type": "application/json" }, body: (output as { Policy: string }).Policy };
}

/** What S3 calls the errors that every service has: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const ownErrors: Readonly<Record<string, { code: string; status: number; message?: string }>> = {
  AccessDeniedException: { code: "AccessDenied", status: 403 },
  InvalidSignatureException: {
    code: "SignatureDoesNotMatch",
    status: 403,
    message:
      "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
  },
  IncompleteSignatureException: {
    code: "AuthorizationHeaderMalformed",
    status: 400,
    message:
      "The authorization header is malformed; the authorization header requires three components: Credential, SignedHeaders, and Signature.",
  },
  MissingAuthenticationTokenException: { code: "AccessDenied", status: 403, message: "Access Denied" },
  UnknownOperationException: { code: "NotImplemented", status: 501 },
  UnrecognizedClientException: {
    code: "InvalidAccessKeyId",
    status: 403,
    message: "The AWS Access Key Id you provided does not exist in our records.",
  },
};

export function encodeError(
  error: { code: string; message: string; status: number; detail?: Json },
  requestId: string,
): HttpResponse {
  const own = ownErrors[error.code];
  const code = own?.code ?? error.code;
  const status = own?.status ?? error.status;
  const headers = { "content-type": "application/xml", "x-amz-request-id": requestId };
  if (status === 304) return { status, headers: headersOf(error.detail ?? {}), body: "" };
  const told = { code, message: own?.message ?? error.message };
  return { status, headers, body: errorDocument(told, requestId, error.detail) };
}

/** What a header or an element's text can hold. */
function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function headersOf(output: Json): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [member, value] of Object.entries(output)) {
    const name = responseHeaders[member];
    if (name && isScalar(value)) headers[name] = String(value);
  }
  const modified = output["LastModified"];
  if (typeof modified === "string") headers["last-modified"] = modified;
  if (modified instanceof Date) headers["last-modified"] = modified.toUTCString();
  for (const [name, value] of Object.entries((output["Metadata"] as Record<string, string> | undefined) ?? {})) {
    headers[`x-amz-meta-${name}`] = Buffer.from(value, "utf8").toString("latin1");
  }
  return headers;
}
