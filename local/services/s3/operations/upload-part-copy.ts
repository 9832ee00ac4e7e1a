import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { checksumOf } from "../checksums";
import type { Operation } from "../../../service";
import { invalidArgument, invalidRequest } from "../errors";
import type { ObjectStore } from "../store";
import type { Uploads } from "../uploads";
import { copySource, encryptionMembers, isoTime } from "./common";
import { copyRights } from "./copy-rights";
import { partNumberOf, type PartInput } from "./multipart";
import { find } from "./versions";

interface CopyInput extends PartInput {
  readonly CopySource: string;
  /** `bytes=first-last`, both given. @default the whole source */
  readonly CopySourceRange?: string;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html */
export function uploadPartCopy(store: ObjectStore, uploads: Uploads): Operation<CopyInput> {
  return {
    authorize: (input, { cloud }) => copyRights(cloud, store, input, ["GenerateDataKey", "Decrypt"]),
    async answer(input, context) {
      context.use("s3.put", 1);
      const upload = uploads.get(input.Bucket, input.Key, input.UploadId);
      const number = partNumberOf(input);
      const source = find(store, copySource(input.CopySource), context);
      const range = rangeOf(input.CopySourceRange, source.size);
      const body = range ? await store.read(source, range.start, range.end) : await store.read(source);
      const file = await store.prepareDraft(upload.bucket);
      await writeFile(file, body);
      const etag = `"${createHash("md5").update(body).digest("hex")}"`;
      const uploadedAt = context.cloud.clock.now();
      const { summing } = upload;
      const checksums = summing ? { [`Checksum${summing.algorithm}`]: checksumOf(summing.algorithm, body) } : {};
      upload.parts.set(number, { number, file, size: body.length, etag, checksums, uploadedAt });
      return {
        CopyPartResult: { ETag: etag, LastModified: isoTime(context.cloud, uploadedAt), ...checksums },
        ...(upload.attributes.encryption ? encryptionMembers(upload.attributes.encryption) : {}),
      };
    },
  };
}

/** Unlike that of a read, this range must be whole and within the source. */
function rangeOf(range: string | undefined, size: number): { start: number; end: number } | undefined {
  if (range === undefined) return undefined;
  const match = /^bytes=(\d+)-(\d+)$/.exec(range);
  const [start, end] = [Number(match?.[1]), Number(match?.[2])];
  if (!match || end < start) {
    throw invalidArgument(
      "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
      "x-amz-copy-source-range",
      range,
    );
  }
  if (start >= size) throw invalidRequest("The specified copy range is invalid for the source object size");
  if (end >= size) {
    throw invalidArgument(
      `Range specified is not valid for source object of size: ${size}`,
      "x-amz-copy-source-range",
      range,
    );
  }
  return { start, end };
}
