import { createHash } from "node:crypto";
import { open, rm } from "node:fs/promises";
import { AwsError } from "../../aws-error";
import type { Bucket } from "./buckets";
import type { ObjectAttributes, ObjectStore } from "./store";

/** A part of an upload, stored beside the bucket until the upload is complete. */
export interface Part {
  readonly number: number;
  readonly file: string;
  readonly size: number;
  readonly etag: string;
  readonly uploadedAt: number;
}

export interface Upload {
  readonly id: string;
  readonly bucket: Bucket;
  readonly key: string;
  readonly attributes: ObjectAttributes;
  readonly startedAt: number;
  readonly parts: Map<number, Part>;
}

/** The multipart uploads in progress. */
export class Uploads {
  private readonly uploads = new Map<string, Upload>();

  constructor(private readonly store: ObjectStore) {}

  start(bucket: Bucket, key: string, attributes: ObjectAttributes): Upload {
    const { cloud } = this.store;
    const id = cloud.uuid().replaceAll("-", "");
    const upload: Upload = { id, bucket, key, attributes, startedAt: cloud.clock.now(), parts: new Map() };
    this.uploads.set(id, upload);
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

  of(bucket: string): readonly Upload[] {
    return [...this.uploads.values()].filter((upload) => upload.bucket.name === bucket);
  }

  /** Joins the parts, in rising order, to one file; its ETag is the MD5 of the parts' MD5s and their number. */
  async complete(
    upload: Upload,
    asked: readonly { readonly number: number; readonly etag: string }[],
  ): Promise<{ file: string; etag: string }> {
    const parts = asked.map(({ number, etag }, i) => {
      const part = upload.parts.get(number);
      if (!part || unquoted(part.etag) !== unquoted(etag)) throw invalidPart();
      if (i > 0 && asked[i - 1]!.number >= number) {
        throw new AwsError(
          "InvalidPartOrder",
          "The list of parts was not in ascending order. Parts must be ordered by part number.",
        );
      }
      // 5 MiB, but for the last part (Amazon S3 multipart upload limits).
      if (i < asked.length - 1 && part.size < 5 * 1024 * 1024) {
        throw new AwsError("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size");
      }
      return part;
    });
    if (parts.length === 0) {
      throw new AwsError(
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema",
      );
    }
    const file = this.store.draft(upload.bucket);
    const hash = createHash("md5");
    const out = await open(file, "w");
    try {
      for (const part of parts) {
        hash.update(Buffer.from(unquoted(part.etag), "hex"));
        const source = await open(part.file, "r");
        // The stream closes its own handle.
        for await (const piece of source.createReadStream()) await out.write(piece as Buffer);
      }
    } finally {
      await out.close();
    }
    await this.abort(upload);
    return { file, etag: `"${hash.digest("hex")}-${parts.length}"` };
  }

  async abort(upload: Upload): Promise<void> {
    this.uploads.delete(upload.id);
    for (const part of upload.parts.values()) await rm(part.file, { force: true });
  }
}

function unquoted(etag: string): string {
  return etag.replaceAll('"', "");
}

function invalidPart(): AwsError {
  return new AwsError(
    "InvalidPart",
    "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
  );
}
