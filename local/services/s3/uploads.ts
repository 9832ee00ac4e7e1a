import { createHash } from "node:crypto";
import { open, rm } from "node:fs/promises";
import { AwsError } from "../../aws-error";
import type { Bucket, Watcher } from "./buckets";
import { type Algorithm, type Checksums, sumOf } from "./checksums";
import { invalidRequest, malformedXml } from "./errors";
import type { ObjectAttributes, ObjectStore } from "./store";

/** A part of an upload, stored beside the bucket until the upload is complete. */
export interface Part {
  readonly number: number;
  readonly file: string;
  readonly size: number;
  readonly etag: string;
  readonly checksums: Checksums;
  readonly uploadedAt: number;
}

/** How an upload is summed up: over the whole object, or over the checksums of its parts. */
export interface Summing {
  readonly algorithm: Algorithm;
  readonly type: "FULL_OBJECT" | "COMPOSITE";
}

export interface Upload extends Watcher {
  readonly id: string;
  readonly bucket: Bucket;
  readonly attributes: ObjectAttributes;
  /** Absent when the upload was started without: S3 sums it up by its own algorithm. */
  readonly summing?: Summing;
  readonly startedAt: number;
  readonly parts: Map<number, Part>;
}

/** A part as the request names it. */
export interface AskedPart {
  readonly number: number;
  readonly etag: string;
  readonly checksums: Checksums;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MIN_PART_BYTES = 5 * 1024 * 1024;

/** The multipart uploads in progress. */
export class Uploads {
  private readonly uploads = new Map<string, Upload>();

  constructor(private readonly store: ObjectStore) {}

  start(bucket: Bucket, key: string, attributes: ObjectAttributes, summing?: Summing): Upload {
    const { cloud } = this.store;
    const id = cloud.uuid().replaceAll("-", "");
    const upload: Upload = {
      id,
      bucket,
      key,
      attributes,
      ...(summing ? { summing } : {}),
      startedAt: cloud.clock.now(),
      parts: new Map(),
      disturbed: false,
    };
    this.uploads.set(id, upload);
    bucket.watchers.add(upload);
    return upload;
  }

  get(bucket: string, key: string, id: string): Upload {
    const upload = this.uploads.get(id);
    if (!upload || upload.bucket.name !== bucket || upload.key !== key) {
      throw new AwsError(
        "NoSuchUpload",
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
        404,
        { UploadId: id },
      );
    }
    return upload;
  }

  /** By key and start, as S3 lists them. */
  of(bucket: string): readonly Upload[] {
    return [...this.uploads.values()].filter((upload) => upload.bucket.name === bucket);
  }

  /** Joins the parts, in rising order, to one file; its ETag is the MD5 of the parts' MD5s and their number. */
  async complete(
    upload: Upload,
    asked: readonly AskedPart[],
  ): Promise<{ file: string; etag: string; sizes: readonly number[]; checksums: Checksums }> {
    if (asked.length === 0) throw malformedXml();
    const parts = asked.map((named, i) => partOf(upload, asked, named, i));
    const { algorithm, type } = upload.summing ?? { algorithm: "CRC64NVME", type: "FULL_OBJECT" };
    const sum = sumOf(algorithm);
    const file = this.store.draft(upload.bucket);
    const hash = createHash("md5");
    const out = await open(file, "w");
    try {
      for (const part of parts) {
        hash.update(Buffer.from(unquoted(part.etag), "hex"));
        if (type === "COMPOSITE") sum.update(Buffer.from(part.checksums[`Checksum${algorithm}`] ?? "", "base64"));
        const source = await open(part.file, "r");
        // The stream closes its own handle.
        for await (const piece of source.createReadStream()) {
          if (type === "FULL_OBJECT") sum.update(piece as Buffer);
          await out.write(piece as Buffer);
        }
      }
    } finally {
      await out.close();
    }
    const value = sum.digest().toString("base64") + (type === "COMPOSITE" ? `-${parts.length}` : "");
    return {
      file,
      etag: `"${hash.digest("hex")}-${parts.length}"`,
      sizes: parts.map(({ size }) => size),
      checksums: { [`Checksum${algorithm}`]: value },
    };
  }

  async abort(upload: Upload): Promise<void> {
    this.uploads.delete(upload.id);
    upload.bucket.watchers.delete(upload);
    for (const part of upload.parts.values()) await rm(part.file, { force: true });
  }
}

function partOf(upload: Upload, asked: readonly AskedPart[], named: AskedPart, i: number): Part {
  const part = upload.parts.get(named.number);
  if (i > 0 && asked[i - 1]!.number >= named.number) {
    throw new AwsError(
      "InvalidPartOrder",
      "The list of parts was not in ascending order. Parts must be ordered by part number.",
      400,
      { UploadId: upload.id },
    );
  }
  const { summing } = upload;
  if (summing?.type === "COMPOSITE" && named.checksums[`Checksum${summing.algorithm}`] === undefined) {
    throw invalidRequest(
      `The upload was created using a ${summing.algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${named.number} in the request.`,
    );
  }
  const isOther = Object.entries(named.checksums).some(([member, value]) => part?.checksums[member] !== value);
  if (!part || unquoted(part.etag) !== unquoted(named.etag) || isOther) {
    throw new AwsError(
      "InvalidPart",
      "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
      400,
      { UploadId: upload.id, PartNumber: named.number, ETag: unquoted(named.etag) },
    );
  }
  if (i < asked.length - 1 && part.size < MIN_PART_BYTES) {
    throw new AwsError("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", 400, {
      ETag: unquoted(part.etag),
      MinSizeAllowed: MIN_PART_BYTES,
      PartNumber: part.number,
      ProposedSize: part.size,
    });
  }
  return part;
}

function unquoted(etag: string): string {
  return etag.replaceAll('"', "");
}
