import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import type { Json, Operation } from "../../../service";
import { type Algorithm, algorithms, badDigest, checksumMembers, givenChecksum, verify } from "../checksums";
import { invalidArgument, invalidRequest, malformedXml } from "../errors";
import { usable } from "../key-state";
import { onKey, onObject } from "../rights";
import type { ObjectStore } from "../store";
import type { AskedPart, Summing, Upload, Uploads } from "../uploads";
import {
  attributesOf,
  bodyOf,
  checkNew,
  encryptionMembers,
  encryptionOf,
  type ObjectInput,
  writeContext,
} from "./common";
import { checkWrite } from "./conditions";
import { shownChecksums } from "./get-object";
import { newVersionMember } from "./versions";

export interface PartInput extends ObjectInput {
  readonly UploadId: string;
  readonly PartNumber: string | number;
}

interface WirePart extends Json {
  readonly PartNumber: string | number;
  readonly ETag: string;
}

interface CompleteInput extends ObjectInput {
  readonly UploadId: string;
  readonly MultipartUpload?: { readonly Part?: readonly WirePart[]; readonly Parts?: readonly WirePart[] };
}

export function createMultipartUpload(store: ObjectStore, uploads: Uploads): Operation<ObjectInput> {
  return {
    authorize: writeRights(store),
    answer(input, context) {
      context.use("s3.put", 1);
      checkNew(input);
      const summing = summingOf(input);
      const encryption = usable(context.cloud, encryptionOf(store, input));
      const attributes = { ...attributesOf(input), encryption };
      const upload = uploads.start(store.bucket(input.Bucket), input.Key, attributes, summing);
      return {
        Bucket: input.Bucket,
        Key: input.Key,
        UploadId: upload.id,
        ...encryptionMembers(encryption),
        ...(summing ? { ChecksumAlgorithm: summing.algorithm, ChecksumType: summing.type } : {}),
      };
    },
  };
}

export function uploadPart(store: ObjectStore, uploads: Uploads): Operation<PartInput> {
  return {
    authorize: writeRights(store),
    async answer(input, context) {
      context.use("s3.put", 1);
      const number = partNumberOf(input);
      const upload = uploads.get(input.Bucket, input.Key, input.UploadId);
      const body = bodyOf(input);
      checkKind(upload, givenChecksum(input)?.algorithm);
      const checksums = verify(input, body);
      const file = await store.prepareDraft(upload.bucket);
      await writeFile(file, body);
      const etag = `"${createHash("md5").update(body).digest("hex")}"`;
      const uploadedAt = context.cloud.clock.now();
      upload.parts.set(number, { number, file, size: body.length, etag, checksums, uploadedAt });
      const { encryption } = upload.attributes;
      return { ETag: etag, ...checksums, ...(encryption ? encryptionMembers(encryption) : {}) };
    },
  };
}

export function completeMultipartUpload(store: ObjectStore, uploads: Uploads): Operation<CompleteInput> {
  return {
    authorize: writeRights(store),
    async answer(input, context) {
      context.use("s3.put", 1);
      const upload = uploads.get(input.Bucket, input.Key, input.UploadId);
      checkWrite(upload.bucket.objects.get(input.Key), input.Key, input, upload.disturbed);
      const asked = partsOf(input);
      const given = givenChecksum(input);
      const { file, etag, sizes, checksums } = await uploads.complete(upload, asked);
      if (given && checksums[`Checksum${given.algorithm}`] !== given.value) throw badDigest(given.algorithm);
      await uploads.abort(upload);
      const attributes = { ...upload.attributes, etag, parts: sizes, checksums };
      const object = await store.take(upload.bucket, input.Key, file, attributes);
      return {
        Location: `${context.cloud.endpoint}/${input.Bucket}/${input.Key}`,
        Bucket: input.Bucket,
        Key: input.Key,
        ETag: etag,
        ...shownChecksums(object),
        ...newVersionMember(object),
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

/** @throws AwsError InvalidArgument */
export function partNumberOf(input: PartInput): number {
  const number = Number(input.PartNumber);
  if (Number.isInteger(number) && number >= 1 && number <= 10_000) return number;
  throw invalidArgument(
    "Part number must be an integer between 1 and 10000, inclusive",
    "partNumber",
    String(input.PartNumber),
  );
}

/** Which algorithm gives which kind by default: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html */
function summingOf(input: ObjectInput): Summing | undefined {
  const asked = input["ChecksumAlgorithm"];
  if (asked === undefined) return undefined;
  const algorithm = algorithms.find((name) => name === String(asked).toUpperCase());
  if (!algorithm) {
    throw invalidRequest(
      `Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${algorithms.join(", ")}]`,
    );
  }
  const type = String(input["ChecksumType"] ?? (algorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE"));
  if (type !== "FULL_OBJECT" && type !== "COMPOSITE")
    throw invalidRequest("Value for x-amz-checksum-type header is invalid.");
  if (algorithm.startsWith("SHA") ? type === "FULL_OBJECT" : algorithm === "CRC64NVME" && type === "COMPOSITE") {
    throw invalidRequest(
      `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    );
  }
  return { algorithm, type };
}

/** An upload that was started with an algorithm takes parts with this one only. */
function checkKind({ summing }: Upload, given: Algorithm | undefined): void {
  if (!summing || summing.algorithm === given || (given === undefined && summing.type === "FULL_OBJECT")) return;
  throw invalidRequest(
    `Checksum Type mismatch occurred, expected checksum Type: ${summing.algorithm.toLowerCase()}, actual checksum Type: ${given?.toLowerCase() ?? "null"}`,
  );
}

function partsOf({ MultipartUpload }: CompleteInput): readonly AskedPart[] {
  if (MultipartUpload === undefined || Object.keys(MultipartUpload).length === 0)
    throw invalidRequest("You must specify at least one part");
  const parts = MultipartUpload.Parts ?? MultipartUpload.Part ?? [];
  return parts.map((part) => {
    if (part.PartNumber === undefined || typeof part.ETag !== "string") throw malformedXml();
    const checksums = checksumMembers.filter((member) => typeof part[member] === "string");
    return {
      number: Number(part.PartNumber),
      etag: part.ETag,
      checksums: Object.fromEntries(checksums.map((member) => [member, String(part[member])])),
    };
  });
}

/** Parts of an encrypted upload are decrypted when they are joined: hence kms:Decrypt (Multipart upload API and permissions). */
function writeRights(store: ObjectStore): Operation<ObjectInput>["authorize"] {
  return (input, { cloud }) => [
    onObject("PutObject", input.Bucket, input.Key, writeContext(input)),
    ...onKey(cloud, ["GenerateDataKey", "Decrypt"], encryptionOf(store, input), input.Bucket, input.Key),
  ];
}
