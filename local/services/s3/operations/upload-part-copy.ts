import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { AwsError } from "../../../aws-error";
import type { Operation } from "../../../service";
import type { ObjectStore } from "../store";
import type { Uploads } from "../uploads";
import { copySource, find, isoTime } from "./common";
import { copyRights } from "./copy-rights";
import { partNumberOf, type PartInput } from "./multipart";

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
      const file = store.draft(upload.bucket);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, body);
      const etag = `"${createHash("md5").update(body).digest("hex")}"`;
      const uploadedAt = context.cloud.clock.now();
      upload.parts.set(number, { number, file, size: body.length, etag, uploadedAt });
      return { CopyPartResult: { ETag: etag, LastModified: isoTime(context.cloud, uploadedAt) } };
    },
  };
}

/** Unlike that of a read, this range must be whole and within the source. */
function rangeOf(range: string | undefined, size: number): { start: number; end: number } | undefined {
  if (range === undefined) return undefined;
  const match = /^bytes=(\d+)-(\d+)$/.exec(range);
  const [start, end] = [Number(match?.[1]), Number(match?.[2])];
  if (!match || end < start) {
    throw new AwsError(
      "InvalidArgument",
      "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
    );
  }
  if (end >= size) {
    throw new AwsError("InvalidArgument", `Range specified is not valid for source object of size: ${size}`);
  }
  return { start, end };
}
