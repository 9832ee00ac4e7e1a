import * as s3 from "@aws-sdk/client-s3";
import { partRange } from "./result-lines";
import { RUN_LIMITS } from "./run";

/** The bytes of one part with what surrounds it, and the size of the whole file. */
export interface ReadPart {
  readonly bytes: Buffer;
  readonly size: number;
}

/** @param location `s3://bucket/key` of the file. */
export async function readResult(objects: s3.S3Client, location: string, part: number): Promise<ReadPart> {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(location) ?? [];
  const { from, to } = partRange(part, RUN_LIMITS.partBytes, RUN_LIMITS.lineBytes);
  try {
    const got = await objects.send(new s3.GetObjectCommand({ Bucket: bucket, Key: key, Range: `bytes=${from}-${to}` }));
    const size = Number(got.ContentRange?.split("/")[1] ?? got.ContentLength ?? 0);
    return { bytes: Buffer.from((await got.Body?.transformToByteArray()) ?? []), size };
  } catch (error) {
    // An empty file has no range at all.
    if ((error as { name?: unknown }).name === "InvalidRange") return { bytes: Buffer.alloc(0), size: 0 };
    throw error;
  }
}
