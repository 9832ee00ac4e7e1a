import { copyFile, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { AwsError } from "../../../aws-error";
import type { Operation } from "../../../service";
import type { ObjectStore } from "../store";
import { attributesOf, copySource, encryptionMembers, encryptionOf, find, isoTime, type ObjectInput } from "./common";
import { copyRights } from "./copy-rights";

interface CopyInput extends ObjectInput {
  readonly CopySource: string;
  /** @default COPY */
  readonly MetadataDirective?: "COPY" | "REPLACE";
}

export function copyObject(store: ObjectStore): Operation<CopyInput> {
  return {
    authorize: (input, { cloud }) => copyRights(cloud, store, input, ["GenerateDataKey"]),
    async answer(input, context) {
      context.use("s3.put", 1);
      const source = find(store, copySource(input.CopySource), context);
      const bucket = store.bucket(input.Bucket);
      if (source === bucket.objects.get(input.Key) && changesNothing(input)) {
        throw new AwsError(
          "InvalidRequest",
          "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
        );
      }
      const encryption = encryptionOf(store, input);
      const draft = store.draft(bucket);
      await mkdir(dirname(draft), { recursive: true });
      await copyFile(source.file, draft);
      const kept = { contentType: source.contentType, headers: source.headers, metadata: source.metadata };
      const attributes = input.MetadataDirective === "REPLACE" ? attributesOf(input) : kept;
      const object = await store.take(bucket, input.Key, draft, { ...attributes, encryption });
      return {
        ...encryptionMembers(encryption),
        CopyObjectResult: { ETag: object.etag, LastModified: isoTime(context.cloud, object.lastModified) },
      };
    },
  };
}

function changesNothing(input: CopyInput): boolean {
  return input.MetadataDirective !== "REPLACE" && input.ServerSideEncryption === undefined;
}
