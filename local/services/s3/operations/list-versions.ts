import type { Json, Operation } from "../../../service";
import { byUtf8, isMarker, type Version } from "../buckets";
import { invalidArgument } from "../errors";
import { onBucket } from "../rights";
import type { ObjectStore } from "../store";
import { isoTime, ownerOf } from "./common";
import { entryOf } from "./list-objects";
import { checkEncoding, encoded, groupOf, type ListingInput, maxOf, repeated } from "./listing";

interface VersionsInput extends ListingInput {
  readonly MaxKeys?: string | number;
  readonly KeyMarker?: string;
  readonly VersionIdMarker?: string;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html */
export function listObjectVersions(store: ObjectStore): Operation<VersionsInput> {
  return {
    authorize: (input) => [onBucket("ListBucketVersions", input.Bucket, { "s3:prefix": input.Prefix ?? "" })],
    answer(input, context) {
      context.use("s3.put", 1);
      const bucket = store.bucket(input.Bucket);
      checkEncoding(input);
      const { Prefix = "", KeyMarker = "", VersionIdMarker = "" } = input;
      if (VersionIdMarker !== "" && KeyMarker === "") {
        throw invalidArgument(
          "A version-id marker cannot be specified without a key marker.",
          "version-id-marker",
          VersionIdMarker,
        );
      }
      const max = maxOf(input.MaxKeys, "max-keys");
      const page: (Version | string)[] = [];
      let isTruncated = false;
      const keys = [...new Set([...bucket.objects.keys(), ...bucket.versions.keys()])].sort(byUtf8);
      for (const key of keys.filter((name) => name.startsWith(Prefix))) {
        const group = groupOf(input, key);
        const isBehind = group !== undefined && (group === page.at(-1) || KeyMarker.startsWith(group));
        const order = byUtf8(key, KeyMarker);
        if (isBehind || order < 0 || (order === 0 && VersionIdMarker === "")) continue;
        const entries =
          group === undefined ? after(bucket.versionsOf(key), order === 0 ? VersionIdMarker : "") : [group];
        const room = max - page.length;
        page.push(...entries.slice(0, room));
        isTruncated = max > 0 && entries.length > room;
        if (isTruncated) break;
      }
      const last = page.at(-1);
      return {
        Name: input.Bucket,
        Prefix: encoded(input, Prefix),
        KeyMarker: encoded(input, KeyMarker),
        VersionIdMarker,
        ...(isTruncated && last !== undefined ? markersOf(input, last) : {}),
        MaxKeys: max,
        ...repeated(input),
        IsTruncated: isTruncated,
        ...shown(store, input, page),
      };
    },
  };
}

/** The marker need not be there any more: then all that is left of the key follows. */
function after(versions: readonly Version[], id: string): readonly Version[] {
  return id === "" ? versions : versions.slice(versions.findIndex((version) => idOf(version) === id) + 1);
}

function markersOf(input: VersionsInput, last: Version | string): Json {
  return typeof last === "string"
    ? { NextKeyMarker: encoded(input, last) }
    : { NextKeyMarker: encoded(input, last.key), NextVersionIdMarker: idOf(last) };
}

function shown(store: ObjectStore, input: VersionsInput, page: readonly (Version | string)[]): Json {
  const bucket = store.bucket(input.Bucket);
  const Versions: Json[] = [];
  const DeleteMarkers: Json[] = [];
  const CommonPrefixes: Json[] = [];
  for (const entry of page) {
    if (typeof entry === "string") {
      CommonPrefixes.push({ Prefix: encoded(input, entry) });
      continue;
    }
    const IsLatest = bucket.versionsOf(entry.key)[0] === entry;
    const named = { VersionId: idOf(entry), IsLatest };
    if (isMarker(entry)) {
      const LastModified = isoTime(store.cloud, entry.lastModified);
      DeleteMarkers.push({ Key: encoded(input, entry.key), ...named, LastModified, Owner: ownerOf(store.cloud) });
    } else {
      Versions.push({ ...entryOf(store, input, entry, true), ...named });
    }
  }
  return { Versions, DeleteMarkers, CommonPrefixes };
}

function idOf({ versionId }: Version): string {
  return versionId ?? "null";
}
