import { DeleteObjectCommand, GetObjectCommand, paginateListObjectsV2, PutObjectCommand } from "@aws-sdk/client-s3";
import { blotOut } from "../../../components/segment-pipeline/player-data";
import type { Place } from "./place";
import type { Subject } from "./subject";

const PREFIX = "results/";

interface Named {
  readonly key: string;
  readonly version: string | undefined;
  readonly bytes: Buffer;
  readonly lines: number;
}

/** Result files of segment runs: lists of players, kept for 30 days. */
export const results: Place = {
  title: "result files of segment runs that name the player",
  look: async ({ access, player }) => {
    const bucket = access.operations.segments?.resultsBucket;
    if (bucket === undefined) return undefined;
    const files = await filesThatName(access, bucket, player);
    return {
      where: bucket,
      found: files.reduce((sum, { lines }) => sum + lines, 0),
      data: files.map(({ key, lines }) => ({ file: key, lines })),
      erase: async () => {
        for (const file of files) await rewrite(access, bucket, file);
        return files.reduce((sum, { lines }) => sum + lines, 0);
      },
      remains: "files that have expired leave a version behind, which S3 deletes 30 days later",
    };
  },
};

async function filesThatName(access: Subject["access"], bucket: string, player: string): Promise<Named[]> {
  const s3 = access.aws.get("s3");
  const found: Named[] = [];
  for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: PREFIX })) {
    for (const { Key: key = "" } of page.Contents ?? []) {
      if (!key.endsWith(".csv")) continue;
      const { Body, VersionId } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      const blotted = blotOut(Buffer.from((await Body?.transformToByteArray()) ?? []), player);
      if (blotted) found.push({ key, version: VersionId, ...blotted });
    }
  }
  return found;
}

/** Under the bucket's own encryption; the version that named the player goes. */
async function rewrite(access: Subject["access"], bucket: string, { key, version, bytes }: Named): Promise<void> {
  const s3 = access.aws.get("s3");
  await s3.send(
    new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, ContentType: "application/octet-stream" }),
  );
  if (version !== undefined && version !== "null")
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId: version }));
}
