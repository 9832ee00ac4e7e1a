import { copyFile } from "node:fs/promises";
import type { Operation } from "../../../service";
import { isMarker } from "../buckets";
import { invalidArgument, invalidRequest } from "../errors";
import { usable } from "../key-state";
import type { ObjectStore } from "../store";
import {
  attributesOf,
  checkNew,
  copySource,
  encryptionMembers,
  encryptionOf,
  isoTime,
  type ObjectInput,
} from "./common";
import { checkSource, checkWrite } from "./conditions";
import { copyRights } from "./copy-rights";
import { find, newVersionMember, versionMember, versionOf } from "./versions";

interface CopyInput extends ObjectInput {
  readonly CopySource: string;
  /** @default COPY */
  readonly MetadataDirective?: string;
}

export function copyObject(store: ObjectStore): Operation<CopyInput> {
  return {
    authorize: (input, { cloud }) => copyRights(cloud, store, input, ["GenerateDataKey"]),
    async answer(input, context) {
      context.use("s3.put", 1);
      const { cloud } = context;
      const directive = input.MetadataDirective ?? "COPY";
      if (directive !== "COPY" && directive !== "REPLACE")
        throw invalidArgument("Unknown metadata directive.", "x-amz-metadata-directive", directive);
      checkNew(input);
      const from = copySource(input.CopySource);
      refuseMarker(store, from);
      const source = find(store, from, context);
      checkSource(source, sourceConditions(input), cloud.clock.now());
      const bucket = store.bucket(input.Bucket);
      checkWrite(bucket.objects.get(input.Key), input.Key, input);
      if (
        source === bucket.objects.get(input.Key) &&
        directive === "COPY" &&
        input.ServerSideEncryption === undefined
      ) {
        throw invalidRequest(
          "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
        );
      }
      usable(cloud, source.encryption);
      const encryption = usable(cloud, encryptionOf(store, input));
      const draft = await store.prepareDraft(bucket);
      await copyFile(source.file, draft);
      const kept = { contentType: source.contentType, headers: source.headers, metadata: source.metadata };
      const checksums = wholeOf(source.checksums);
      const object = await store.take(bucket, input.Key, draft, {
        ...(directive === "REPLACE" ? attributesOf(input) : kept),
        encryption,
        checksums,
      });
      const { VersionId: CopySourceVersionId } = versionMember(store.bucket(from.Bucket), source);
      return {
        ...encryptionMembers(encryption),
        ...newVersionMember(object),
        ...(CopySourceVersionId === undefined ? {} : { CopySourceVersionId }),
        CopyObjectResult: {
          ETag: object.etag,
          LastModified: isoTime(cloud, object.lastModified),
          ...checksums,
        },
      };
    },
  };
}

/** A checksum over parts does not fit the copy, which has none. */
function wholeOf(checksums: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(checksums).filter(([, value]) => !/-\d+$/.test(value)));
}

function refuseMarker(store: ObjectStore, from: ReturnType<typeof copySource>): void {
  if (from.VersionId === undefined) return;
  const found = versionOf(store.bucket(from.Bucket), from.Key, from.VersionId);
  if (found && isMarker(found)) {
    throw invalidRequest("The source of a copy request may not specifically refer to a delete marker by version id.");
  }
}

function sourceConditions(input: ObjectInput): Parameters<typeof checkSource>[1] {
  const names = ["IfMatch", "IfNoneMatch", "IfModifiedSince", "IfUnmodifiedSince"] as const;
  const asked = names.filter((name) => input[`CopySource${name}`] !== undefined);
  return Object.fromEntries(asked.map((name) => [name, String(input[`CopySource${name}`])]));
}
