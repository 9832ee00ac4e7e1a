import type { Cloud } from "../../../cloud";
import type { AccessRequest } from "../../../service";
import { isMarker } from "../buckets";
import { onKey, onObject } from "../rights";
import type { ObjectStore } from "../store";
import { copySource, encryptionOf, writeContext } from "./common";

type Written = Parameters<typeof writeContext>[0];

/** An object, or a part of one, that is written from another object. */
export type Copied = Written & { readonly Bucket: string; readonly Key: string; readonly CopySource: string };

/**
 * What a copy asks for: to read the source, to write the object, and both their keys.
 * @param keyActions asked of the key under which the copy is written.
 */
export function copyRights(
  cloud: Cloud,
  store: ObjectStore,
  input: Copied,
  keyActions: Parameters<typeof onKey>[1],
): AccessRequest[] {
  const from = copySource(input.CopySource);
  const source = store.bucket(from.Bucket).versionsOf(from.Key)[0];
  return [
    onObject(from.VersionId === undefined ? "GetObject" : "GetObjectVersion", from.Bucket, from.Key),
    ...(source && !isMarker(source) ? onKey(cloud, ["Decrypt"], source.encryption, from.Bucket, from.Key) : []),
    onObject("PutObject", input.Bucket, input.Key, writeContext(input)),
    ...onKey(cloud, keyActions, encryptionOf(store, input), input.Bucket, input.Key),
  ];
}
