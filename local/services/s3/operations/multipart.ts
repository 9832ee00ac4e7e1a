import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { AwsError } from "../../../aws-error";
import type { Operation } from "../../../service";
import { verify } from "../checksums";
import { onBucket, onKey, onObject } from "../rights";
import type { ObjectStore } from "../store";
import type { Uploads } from "../uploads";
import {
  attributesOf,
  bodyOf,
  checkWrite,
  encryptionMembers,
  encryptionOf,
  isoTime,
  type ObjectInput,
  writeContext,
} from "./common";

export interface PartInput extends ObjectInput {
  readonly UploadId: string;
  readonly PartNumber: string | number;
  readonly MaxParts?: string | number;
  readonly PartNumberMarker?: string | number;
}

interface CompleteInput extends ObjectInput {
  readonly UploadId: string;
  readonly MultipartUpload: {
    readonly Part?: readonly { readonly PartNumber: string | number; readonly ETag: string }[];
    readonly Parts?: readonly { readonly PartNumber: string | number; readonly ETag: string }[];
  };
}

export function createMultipartUpload(store: ObjectStore, uploads: Uploads): Operation<ObjectInput> {
  return {
    authorize: writeRights(store),
    answer(input, context) {
      context.use("s3.put", 1);
      const encryption = encryptionOf(store, input);
      const upload = uploads.start(store.bucket(input.Bucket), input.Key, { ...attributesOf(input), encryption });
      return { Bucket: input.Bucket, Key: input.Key, UploadId: upload.id, ...encryptionMembers(encryption) };
    },
  };
}

export function uploadPart(store: ObjectStore, uploads: Uploads): Operation<PartInput> {
  return {
    authorize: writeRights(store),
    async answer(input, context) {
      context.use("s3.put", 1);
      const upload = uploads.get(input.Bucket, input.Key, input.UploadId);
      const number = partNumberOf(input);
      const body = bodyOf(input);
      const checksums = verify(input, body);
      const file = store.draft(upload.bucket);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, body);
      const etag = `"${createHash("md5").update(body).digest("hex")}"`;
      upload.parts.set(number, { number, file, size: body.length, etag, uploadedAt: context.cloud.clock.now() });
      return { ETag: etag, ...checksums };
    },
  };
}

export function completeMultipartUpload(store: ObjectStore, uploads: Uploads): Operation<CompleteInput> {
  return {
    authorize: writeRights(store),
    async answer(input, context) {
      context.use("s3.put", 1);
      const upload = uploads.get(input.Bucket, input.Key, input.UploadId);
      checkWrite(upload.bucket.objects.get(input.Key), input);
      const asked = input.MultipartUpload.Parts ?? input.MultipartUpload.Part ?? [];
      const parts = asked.map((part) => ({ number: Number(part.PartNumber), etag: part.ETag }));
      const { file, etag } = await uploads.complete(upload, parts);
      const object = await store.take(upload.bucket, input.Key, file, {
        ...upload.attributes,
        etag,
        parts: parts.length,
      });
      return {
        Location: `${context.cloud.endpoint}/${input.Bucket}/${input.Key}`,
        Bucket: input.Bucket,
        Key: input.Key,
        ETag: etag,
        ...encryptionMembers(object.encryption),
      };
    },
  };
}

export function abortMultipartUpload(uploads: Uploads): Operation<PartInput> {
  return {
    authorize: (input) => [onObject("AbortMultipartUpload", input.Bucket, input.Key)],
    async answer(input) {
      await uploads.abort(uploads.get(input.Bucket, input.Key, input.UploadId));
      return {};
    },
  };
}

export function listParts(store: ObjectStore, uploads: Uploads): Operation<PartInput> {
  return {
    authorize: (input) => [onObject("ListMultipartUploadParts", input.Bucket, input.Key)],
    answer(input, context) {
      context.use("s3.get", 1);
      const upload = uploads.get(input.Bucket, input.Key, input.UploadId);
      const marker = within(input, "PartNumberMarker", "part-number-marker", 0);
      const max = Math.min(within(input, "MaxParts", "max-parts", 1000), 1000);
      const rest = [...upload.parts.values()]
        .filter((part) => part.number > marker)
        .sort((a, b) => a.number - b.number);
      const parts = rest.slice(0, max);
      return {
        Bucket: input.Bucket,
        Key: input.Key,
        UploadId: upload.id,
        PartNumberMarker: marker,
        NextPartNumberMarker: parts.at(-1)?.number ?? 0,
        MaxParts: max,
        IsTruncated: rest.length > parts.length,
        Parts: parts.map((part) => ({
          PartNumber: part.number,
          ETag: part.etag,
          Size: part.size,
          LastModified: isoTime(store.cloud, part.uploadedAt),
        })),
      };
    },
  };
}

export function listMultipartUploads(store: ObjectStore, uploads: Uploads): Operation<{ Bucket: string }> {
  return {
    authorize: (input) => [onBucket("ListBucketMultipartUploads", input.Bucket)],
    answer(input, context) {
      context.use("s3.get", 1);
      const open = uploads.of(store.bucket(input.Bucket).name);
      return {
        Bucket: input.Bucket,
        IsTruncated: false,
        Uploads: open.map((upload) => ({
          Key: upload.key,
          UploadId: upload.id,
          Initiated: isoTime(store.cloud, upload.startedAt),
        })),
      };
    },
  };
}

/** @throws AwsError InvalidArgument */
export function partNumberOf(input: PartInput): number {
  const number = Number(input.PartNumber);
  if (Number.isInteger(number) && number >= 1 && number <= 10_000) return number;
  throw new AwsError("InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive", 400, {
    ArgumentName: "partNumber",
    ArgumentValue: String(input.PartNumber),
  });
}

function within(input: PartInput, member: "MaxParts" | "PartNumberMarker", name: string, fallback: number): number {
  const given = input[member];
  const value = Number(given ?? fallback);
  const detail = { ArgumentName: name, ArgumentValue: String(given) };
  if (!Number.isInteger(value) || value > 2_147_483_647)
    throw new AwsError("InvalidArgument", `Provided ${name} not an integer or within integer range`, 400, detail);
  if (value < 0)
    throw new AwsError("InvalidArgument", `Argument ${name} must be an integer between 0 and 2147483647`, 400, detail);
  return value;
}

/** Parts of an encrypted upload are decrypted when they are joined: hence kms:Decrypt (Multipart upload API and permissions). */
function writeRights(store: ObjectStore): Operation<ObjectInput>["authorize"] {
  return (input, { cloud }) => [
    onObject("PutObject", input.Bucket, input.Key, writeContext(input)),
    ...onKey(cloud, ["GenerateDataKey", "Decrypt"], encryptionOf(store, input), input.Bucket, input.Key),
  ];
}
