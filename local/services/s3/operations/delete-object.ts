import type { Json, Operation } from "../../../service";
import { type Bucket, isMarker } from "../buckets";
import { malformedXml } from "../errors";
import { onObject } from "../rights";
import type { ObjectStore } from "../store";
import type { ObjectInput } from "./common";
import { newVersionMember, noSuchVersion, versionOf } from "./versions";

/** Deleting what does not exist succeeds, as in S3. */
export function deleteObject(store: ObjectStore): Operation<ObjectInput> {
  return {
    authorize: ({ Bucket, Key, VersionId }) => [onObject(rightOf(VersionId), Bucket, Key)],
    answer: ({ Bucket, Key, VersionId }) => {
      const bucket = store.bucket(Bucket);
      if (VersionId === undefined) {
        const marker = store.erase(bucket, Key);
        return marker ? { DeleteMarker: true, ...newVersionMember(marker) } : {};
      }
      const isOfMarker = eraseVersion(store, bucket, Key, VersionId);
      return {
        ...(isOfMarker ? { DeleteMarker: true } : {}),
        ...(bucket.versioning === undefined ? {} : { VersionId }),
      };
    },
  };
}

interface Asked {
  readonly Key: string;
  readonly VersionId?: string;
}

interface DeleteObjectsInput {
  readonly Bucket: string;
  readonly Delete: {
    readonly Object?: readonly Asked[];
    readonly Objects?: readonly Asked[];
    readonly Quiet?: string | boolean;
  };
}

/** Rights are asked per key; a denied key is an entry of `Errors`. */
export function deleteObjects(store: ObjectStore): Operation<DeleteObjectsInput> {
  return {
    authorize: (input) => {
      store.bucket(input.Bucket);
      return [];
    },
    answer(input, context) {
      context.use("s3.put", 1);
      const asked = input.Delete.Objects ?? input.Delete.Object ?? [];
      if (asked.length === 0 || asked.length > 1000) throw malformedXml();
      const bucket = store.bucket(input.Bucket);
      const Deleted: Json[] = [];
      const Errors: Json[] = [];
      for (const { Key, VersionId } of asked) {
        const right = onObject(rightOf(VersionId), input.Bucket, Key);
        const decision = context.cloud.ports.iam.evaluate(context.principal, right);
        const named = { Key, ...(VersionId === undefined ? {} : { VersionId }) };
        if (!decision.allowed) {
          Errors.push({ ...named, Code: "AccessDenied", Message: `Access Denied ${decision.reason}` });
        } else if (VersionId !== undefined && !bucket.versionsOf(Key).some((one) => idOf(one) === VersionId)) {
          const { code: Code, message: Message } = noSuchVersion(Key, VersionId);
          Errors.push({ ...named, Code, Message });
        } else {
          Deleted.push({ ...named, ...deleteOne(store, bucket, Key, VersionId) });
        }
      }
      return {
        ...(String(input.Delete.Quiet) === "true" ? {} : { Deleted }),
        ...(Errors.length > 0 ? { Errors } : {}),
      };
    },
  };
}

function deleteOne(store: ObjectStore, bucket: Bucket, key: string, id: string | undefined): Json {
  if (id !== undefined) {
    return eraseVersion(store, bucket, key, id) ? { DeleteMarker: true, DeleteMarkerVersionId: id } : {};
  }
  const marker = store.erase(bucket, key);
  return marker ? { DeleteMarker: true, DeleteMarkerVersionId: idOf(marker) } : {};
}

/** Whether it was a delete marker. */
function eraseVersion(store: ObjectStore, bucket: Bucket, key: string, id: string): boolean {
  const version = versionOf(bucket, key, id);
  if (!version) return false;
  store.eraseVersion(bucket, version);
  return isMarker(version);
}

function idOf({ versionId }: { readonly versionId?: string }): string {
  return versionId ?? "null";
}

function rightOf(versionId: string | undefined): string {
  return versionId === undefined ? "DeleteObject" : "DeleteObjectVersion";
}
