import { AwsError } from "../../../aws-error";
import type { Cloud } from "../../../cloud";
import type { CallContext, Json } from "../../../service";
import type { Encryption, StoredObject } from "../buckets";
import { keyArn, onBucket } from "../rights";
import type { ObjectAttributes, ObjectStore } from "../store";

/** Members of the object operations' inputs, as the wire decodes them. */
export interface ObjectInput extends Json {
  readonly Bucket: string;
  readonly Key: string;
  readonly Body?: Buffer | string;
  readonly ContentType?: string;
  readonly Metadata?: Readonly<Record<string, string>>;
  readonly ServerSideEncryption?: string;
  readonly SSEKMSKeyId?: string;
  readonly BucketKeyEnabled?: string | boolean;
  readonly IfMatch?: string;
  readonly IfNoneMatch?: string;
  readonly IfModifiedSince?: string | Date;
  readonly IfUnmodifiedSince?: string | Date;
  readonly Range?: string;
  readonly ChecksumMode?: string;
}

/** The encryption of a new object: what the request asks for, else the bucket's default. */
export function encryptionOf(store: ObjectStore, input: ObjectInput): Encryption {
  const asked = input.ServerSideEncryption;
  const fallback = store.bucket(input.Bucket).encryption;
  if (asked === undefined) return fallback;
  if (asked === "AES256") return { algorithm: "AES256" };
  if (asked !== "aws:kms") throw new AwsError("InvalidArgument", `The encryption method specified is not supported`);
  const key = input.SSEKMSKeyId ?? fallback.keyArn;
  return {
    algorithm: "aws:kms",
    ...(key === undefined ? {} : { keyArn: keyArn(store.cloud, key) }),
    bucketKeyEnabled:
      input.BucketKeyEnabled === undefined
        ? (fallback.bucketKeyEnabled ?? false)
        : String(input.BucketKeyEnabled) === "true",
  };
}

export function encryptionMembers(encryption: Encryption): Json {
  return {
    ServerSideEncryption: encryption.algorithm,
    ...(encryption.keyArn ? { SSEKMSKeyId: encryption.keyArn } : {}),
    ...(encryption.bucketKeyEnabled ? { BucketKeyEnabled: true } : {}),
  };
}

/** Condition keys of a write. */
export function writeContext(input: ObjectInput): Record<string, string> {
  return {
    ...(input.ServerSideEncryption ? { "s3:x-amz-server-side-encryption": input.ServerSideEncryption } : {}),
    ...(input.SSEKMSKeyId ? { "s3:x-amz-server-side-encryption-aws-kms-key-id": input.SSEKMSKeyId } : {}),
  };
}

export function attributesOf(input: ObjectInput): ObjectAttributes {
  const headers: Record<string, string> = {};
  for (const member of ["CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage", "Expires"]) {
    const value = input[member];
    if (typeof value === "string" && value !== "") headers[member] = value;
  }
  return { ...(input.ContentType ? { contentType: input.ContentType } : {}), headers, metadata: input.Metadata ?? {} };
}

export function bodyOf(input: ObjectInput): Buffer {
  const { Body: body } = input;
  return Buffer.isBuffer(body) ? body : Buffer.from(body ?? "", "utf8");
}

/** The object; without `s3:ListBucket` S3 does not tell that it is missing (GetObject, API reference: Permissions). */
export function find(
  store: ObjectStore,
  input: { readonly Bucket: string; readonly Key: string },
  context: CallContext,
): StoredObject {
  const bucket = store.bucket(input.Bucket);
  const object = bucket.objects.get(input.Key);
  if (object) return object;
  const decision = context.cloud.ports.iam.evaluate(context.principal, onBucket("ListBucket", input.Bucket));
  if (!decision.allowed) throw new AwsError("AccessDenied", "Access Denied", 403);
  return bucket.get(input.Key);
}

/** The `If-*` conditions of a read, in the order of RFC 9110 section 13.2.2. */
export function checkRead(object: StoredObject, input: ObjectInput): void {
  const seconds = Math.floor(object.lastModified / 1000);
  if (input.IfMatch !== undefined) {
    if (!matches(input.IfMatch, object.etag)) throw preconditionFailed();
  } else if (input.IfUnmodifiedSince !== undefined && seconds > secondsOf(input.IfUnmodifiedSince)) {
    throw preconditionFailed();
  }
  if (input.IfNoneMatch !== undefined) {
    if (matches(input.IfNoneMatch, object.etag)) throw new AwsError("NotModified", "Not Modified", 304);
  } else if (input.IfModifiedSince !== undefined && seconds <= secondsOf(input.IfModifiedSince)) {
    throw new AwsError("NotModified", "Not Modified", 304);
  }
}

/** The conditions of a write (Conditional writes, S3 user guide). */
export function checkWrite(existing: StoredObject | undefined, input: ObjectInput): void {
  if (input.IfNoneMatch === "*" && existing) throw preconditionFailed();
  if (input.IfMatch !== undefined) {
    if (!existing) throw new AwsError("NoSuchKey", "The specified key does not exist.", 404);
    if (!matches(input.IfMatch, existing.etag)) throw preconditionFailed();
  }
}

/** First and last byte of a `Range` header; undefined when S3 ignores it and sends all. */
export function rangeOf(range: string | undefined, size: number): { start: number; end: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(range ?? "");
  if (!match || (match[1] === "" && match[2] === "")) return undefined;
  const [, first, last] = match;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== "" && last !== "" && Number(last) < Number(first)) return undefined;
  if (start >= size || (first === "" && Number(last) === 0))
    throw new AwsError("InvalidRange", "The requested range is not satisfiable", 416, {
      RangeRequested: range,
      ActualObjectSize: size,
    });
  return { start, end };
}

/** `/bucket/key` or `bucket/key`, percent-encoded. */
export function copySource(source: string): { readonly Bucket: string; readonly Key: string } {
  const path = decodeURIComponent(source.replace(/^\//, "").replace(/\?versionId=.*$/, ""));
  const slash = path.indexOf("/");
  if (slash < 1) throw new AwsError("InvalidArgument", "Invalid copy source object key");
  return { Bucket: path.slice(0, slash), Key: path.slice(slash + 1) };
}

export function isoTime(cloud: Cloud, time = cloud.clock.now()): string {
  return new Date(time).toISOString();
}

function matches(condition: string, etag: string): boolean {
  return condition
    .split(",")
    .some((tag) => tag.trim() === "*" || tag.trim().replaceAll('"', "") === etag.replaceAll('"', ""));
}

function secondsOf(date: string | Date): number {
  return Math.floor(new Date(date).getTime() / 1000);
}

function preconditionFailed(): AwsError {
  return new AwsError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412);
}
