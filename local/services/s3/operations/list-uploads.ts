import type { Operation } from "../../../service";
import { byUtf8 } from "../buckets";
import { invalidArgument } from "../errors";
import { onBucket, onObject } from "../rights";
import type { ObjectStore } from "../store";
import type { Upload, Uploads } from "../uploads";
import { isoTime, ownerOf } from "./common";
import { checkEncoding, encoded, groupOf, type ListingInput, maxOf, repeated } from "./listing";
import type { PartInput } from "./multipart";

interface ListPartsInput extends PartInput {
  readonly MaxParts?: string | number;
  readonly PartNumberMarker?: string | number;
}

export function listParts(store: ObjectStore, uploads: Uploads): Operation<ListPartsInput> {
  return {
    authorize: (input) => [onObject("ListMultipartUploadParts", input.Bucket, input.Key)],
    answer(input, context) {
      context.use("s3.get", 1);
      const upload = uploads.get(input.Bucket, input.Key, input.UploadId);
      const marker = markerOf(input.PartNumberMarker);
      const max = maxOf(input.MaxParts, "max-parts");
      const rest = [...upload.parts.values()]
        .filter((part) => part.number > marker)
        .sort((a, b) => a.number - b.number);
      const parts = rest.slice(0, max);
      const { summing } = upload;
      return {
        Bucket: input.Bucket,
        Key: input.Key,
        UploadId: upload.id,
        Initiator: ownerOf(store.cloud),
        Owner: ownerOf(store.cloud),
        StorageClass: "STANDARD",
        PartNumberMarker: marker,
        NextPartNumberMarker: parts.at(-1)?.number ?? 0,
        MaxParts: max,
        IsTruncated: rest.length > parts.length,
        ...(summing ? { ChecksumAlgorithm: summing.algorithm, ChecksumType: summing.type } : {}),
        Parts: parts.map((part) => ({
          PartNumber: part.number,
          LastModified: isoTime(store.cloud, part.uploadedAt),
          ETag: part.etag,
          Size: part.size,
          ...(summing ? part.checksums : {}),
        })),
      };
    },
  };
}

interface ListUploadsInput extends ListingInput {
  readonly MaxUploads?: string | number;
  readonly KeyMarker?: string;
  readonly UploadIdMarker?: string;
}

export function listMultipartUploads(store: ObjectStore, uploads: Uploads): Operation<ListUploadsInput> {
  return {
    authorize: (input) => [onBucket("ListBucketMultipartUploads", input.Bucket)],
    answer(input, context) {
      context.use("s3.get", 1);
      const { Prefix, KeyMarker = "", UploadIdMarker = "" } = input;
      const all = uploads.of(store.bucket(input.Bucket).name).filter(({ key }) => key.startsWith(Prefix ?? ""));
      checkEncoding(input);
      const max = maxOf(input.MaxUploads, "max-uploads");
      const page: (Upload | string)[] = [];
      let isTruncated = false;
      for (const upload of after(
        [...all].sort((a, b) => byUtf8(a.key, b.key)),
        KeyMarker,
        UploadIdMarker,
      )) {
        const group = groupOf(input, upload.key);
        if (group !== undefined && (group === page.at(-1) || KeyMarker.startsWith(group))) continue;
        isTruncated = page.length >= max;
        if (isTruncated) break;
        page.push(group ?? upload);
      }
      const last = page.at(-1);
      const [nextKey, nextId] = last === undefined || typeof last === "string" ? ["", ""] : [last.key, last.id];
      return {
        Bucket: input.Bucket,
        KeyMarker: encoded(input, KeyMarker),
        UploadIdMarker: KeyMarker === "" ? "" : UploadIdMarker,
        NextKeyMarker: encoded(input, nextKey),
        NextUploadIdMarker: nextId,
        ...(Prefix === undefined ? {} : { Prefix: encoded(input, Prefix) }),
        ...repeated(input),
        MaxUploads: max,
        IsTruncated: max > 0 && isTruncated,
        Uploads: page.flatMap((entry) => (typeof entry === "string" ? [] : [shown(store, input, entry)])),
        CommonPrefixes: page.flatMap((entry) => (typeof entry === "string" ? [{ Prefix: encoded(input, entry) }] : [])),
      };
    },
  };
}

function shown(store: ObjectStore, input: ListingInput, upload: Upload): object {
  const { summing } = upload;
  return {
    UploadId: upload.id,
    Key: encoded(input, upload.key),
    Initiated: isoTime(store.cloud, upload.startedAt),
    StorageClass: "STANDARD",
    Owner: ownerOf(store.cloud),
    Initiator: ownerOf(store.cloud),
    ...(summing ? { ChecksumAlgorithm: summing.algorithm, ChecksumType: summing.type } : {}),
  };
}

/** Without the marker of a key, that of an upload says nothing. */
function after(sorted: readonly Upload[], key: string, id: string): readonly Upload[] {
  if (key === "") return sorted;
  const behind = sorted.filter((upload) => byUtf8(upload.key, key) > 0);
  if (id === "") return behind;
  const same = sorted.filter((upload) => upload.key === key);
  const at = same.findIndex((upload) => upload.id === id);
  if (at < 0) throw invalidArgument("Invalid uploadId marker", "upload-id-marker", id);
  return [...same.slice(at + 1), ...behind];
}

function markerOf(given: string | number | undefined): number {
  if (given === undefined || given === "") return 0;
  const name = "part-number-marker";
  const value = Number(given);
  if (!Number.isInteger(value) || value > 2_147_483_647)
    throw invalidArgument(`Provided ${name} not an integer or within integer range`, name, String(given));
  if (value < 0)
    throw invalidArgument(`Argument ${name} must be an integer between 0 and 2147483647`, name, String(given));
  return value;
}
