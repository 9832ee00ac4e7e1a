import { AwsError } from "../../../aws-error";
import type { Cloud } from "../../../cloud";
import type { Json } from "../../../service";
import type { Encryption, StoredObject } from "../buckets";
import { invalidArgument, invalidRequest } from "../errors";
import { keyArn } from "../rights";
import type { ObjectAttributes, ObjectStore } from "../store";
import type { Conditions } from "./conditions";
import type { Named } from "./versions";

/** Members of the object operations' inputs, as the wire decodes them. */
export interface ObjectInput extends Json, Conditions, Named {
  readonly Body?: Buffer | string;
  readonly ContentType?: string;
  readonly Metadata?: Readonly<Record<string, string>>;
  readonly ServerSideEncryption?: string;
  readonly SSEKMSKeyId?: string;
  readonly BucketKeyEnabled?: string | boolean;
  readonly Range?: string;
  readonly PartNumber?: string | number;
  readonly ChecksumMode?: string;
}

/** The encryption of a new object: what the request asks for, else the bucket's default. */
export function encryptionOf(store: ObjectStore, input: ObjectInput): Encryption {
  const asked = input.ServerSideEncryption;
  const fallback = store.bucket(input.Bucket).encryption;
  if (asked === undefined) return fallback;
  if (asked === "AES256") return { algorithm: "AES256" };
  if (asked !== "aws:kms") {
    throw invalidArgument("The encryption method specified is not supported", "x-amz-server-side-encryption", asked);
  }
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

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html */
const MAX_METADATA_BYTES = 2048;
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1024;

/** What S3 refuses of every new object: a key or metadata that are too long. */
export function checkNew(input: ObjectInput): void {
  const size = Buffer.byteLength(input.Key);
  if (size > MAX_KEY_BYTES) {
    throw new AwsError("KeyTooLongError", "Your key is too long", 400, { Size: size, MaxSizeAllowed: MAX_KEY_BYTES });
  }
  const bytes = Object.entries(input.Metadata ?? {}).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  );
  if (bytes <= MAX_METADATA_BYTES) return;
  throw new AwsError("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size", 400, {
    Size: bytes,
    MaxSizeAllowed: MAX_METADATA_BYTES,
  });
}

export function bodyOf(input: ObjectInput): Buffer {
  const { Body: body } = input;
  return Buffer.isBuffer(body) ? body : Buffer.from(body ?? "", "utf8");
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

/** The bytes of one part, as `partNumber` asks for them; an object that was not uploaded in parts is one. */
export function partRange(object: StoredObject, input: ObjectInput): { start: number; end: number } | undefined {
  const asked = input.PartNumber;
  if (asked === undefined) return undefined;
  if (input.Range !== undefined)
    throw invalidRequest("Cannot specify both Range header and partNumber query parameter");
  const sizes = object.parts ?? [object.size];
  const number = Number(asked);
  const size = sizes[number - 1];
  if (size === undefined) {
    throw new AwsError("InvalidPartNumber", "The requested partnumber is not satisfiable", 416, {
      PartNumberRequested: String(asked),
      ActualPartCount: sizes.length,
    });
  }
  const start = sizes.slice(0, number - 1).reduce((sum, one) => sum + one, 0);
  return { start, end: start + size - 1 };
}

/** `/bucket/key` or `bucket/key`, percent-encoded, with `?versionId=` behind. */
export function copySource(source: string): Named {
  const [path = "", version] = source.replace(/^\//, "").split("?versionId=");
  const name = decodeURIComponent(path);
  const slash = name.indexOf("/");
  if (slash < 1 || slash === name.length - 1)
    throw invalidArgument("Invalid copy source object key", "x-amz-copy-source", "x-amz-copy-source");
  return {
    Bucket: name.slice(0, slash),
    Key: name.slice(slash + 1),
    ...(version === undefined ? {} : { VersionId: version }),
  };
}

/** To the second, as S3 keeps its times. */
export function isoTime(cloud: Cloud, time = cloud.clock.now()): string {
  return `${new Date(time).toISOString().slice(0, 19)}.000Z`;
}

/** Who owns everything: the account. */
export function ownerOf(cloud: Cloud): Json {
  return { ID: cloud.accountId };
}
