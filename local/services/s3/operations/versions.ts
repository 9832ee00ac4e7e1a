import { AwsError } from "../../../aws-error";
import type { CallContext, Json } from "../../../service";
import { type Bucket, isMarker, type StoredObject, type Version } from "../buckets";
import { invalidArgument, noSuchKey } from "../errors";
import { onBucket } from "../rights";
import type { ObjectStore } from "../store";

/** Which object, and which version of it: without `VersionId` the current one. */
export interface Named {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId?: string;
}

/** The id of a version as answers show it; none in a bucket that never had versions. */
export function versionMember(bucket: Bucket, { versionId }: { readonly versionId?: string }): Json {
  return bucket.versioning === undefined ? {} : { VersionId: versionId ?? "null" };
}

/** The id of a version that was written just now: `null` is not told. */
export function newVersionMember({ versionId }: { readonly versionId?: string }): Json {
  return versionId === undefined ? {} : { VersionId: versionId };
}

/** The version of this id. @throws AwsError InvalidArgument when it can be none of this bucket. */
export function versionOf(bucket: Bucket, key: string, id: string): Version | undefined {
  const found = bucket.versionsOf(key).find(({ versionId }) => (versionId ?? "null") === id);
  if (found || id === "null") return found;
  if (bucket.versioning === undefined || !/^[A-Za-z0-9._]{32}$/.test(id))
    throw invalidArgument("Invalid version id specified", "versionId", id);
  return undefined;
}

export function noSuchVersion(key: string, id: string): AwsError {
  return new AwsError("NoSuchVersion", "The specified version does not exist.", 404, { Key: key, VersionId: id });
}

/** The object to read; without `s3:ListBucket` S3 does not tell that it is missing (GetObject, API reference: Permissions). */
export function find(store: ObjectStore, input: Named, context: CallContext, method = "GET"): StoredObject {
  const bucket = store.bucket(input.Bucket);
  const { VersionId } = input;
  const found = VersionId === undefined ? bucket.objects.get(input.Key) : versionOf(bucket, input.Key, VersionId);
  if (found && !isMarker(found)) return found;
  if (found) {
    throw new AwsError("MethodNotAllowed", "The specified method is not allowed against this resource.", 405, {
      Method: method,
      ResourceType: "DeleteMarker",
    });
  }
  const decision = context.cloud.ports.iam.evaluate(context.principal, onBucket("ListBucket", input.Bucket));
  if (!decision.allowed) throw new AwsError("AccessDenied", "Access Denied", 403);
  throw VersionId === undefined ? noSuchKey(input.Key) : noSuchVersion(input.Key, VersionId);
}
