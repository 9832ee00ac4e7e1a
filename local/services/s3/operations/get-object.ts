import type { Json, Operation } from "../../../service";
import { isMarker, type StoredObject } from "../buckets";
import { usable } from "../key-state";
import { onKey, onObject } from "../rights";
import type { ObjectStore } from "../store";
import { encryptionMembers, type ObjectInput, partRange, rangeOf } from "./common";
import { checkRead } from "./conditions";
import { find, versionMember } from "./versions";

/** `Body` of the answer is a Buffer that holds the asked range only. */
export function getObject(store: ObjectStore): Operation<ObjectInput> {
  return {
    authorize: readRights(store),
    async answer(input, context) {
      context.use("s3.get", 1);
      const object = find(store, input, context);
      checkRead(object, input, context.cloud.clock.now());
      usable(context.cloud, object.encryption);
      const range = partRange(object, input) ?? rangeOf(input.Range, object.size);
      const Body = range ? await store.read(object, range.start, range.end) : await store.read(object);
      return { ...describe(store, object, input, range), ...overrides(input), ContentLength: Body.length, Body };
    },
  };
}

export function headObject(store: ObjectStore): Operation<ObjectInput> {
  return {
    authorize: readRights(store),
    answer(input, context) {
      context.use("s3.get", 1);
      const object = find(store, input, context, "HEAD");
      checkRead(object, input, context.cloud.clock.now());
      const range = partRange(object, input) ?? rangeOf(input.Range, object.size);
      const length = range ? range.end - range.start + 1 : object.size;
      return { ...describe(store, object, input, range), ...overrides(input), ContentLength: length };
    },
  };
}

function readRights(store: ObjectStore): Operation<ObjectInput>["authorize"] {
  return (input, { cloud }) => {
    const { Bucket, Key, VersionId } = input;
    const object = store.bucket(Bucket).versionsOf(Key)[0];
    const key = object && !isMarker(object) ? onKey(cloud, ["Decrypt"], object.encryption, Bucket, Key) : [];
    return [onObject(VersionId === undefined ? "GetObject" : "GetObjectVersion", Bucket, Key), ...key];
  };
}

type Range = { readonly start: number; readonly end: number } | undefined;

function describe(store: ObjectStore, object: StoredObject, input: ObjectInput, range: Range): Json {
  const isWhole = range === undefined || range.end - range.start + 1 === object.size;
  return {
    AcceptRanges: "bytes",
    ContentType: object.contentType,
    ETag: object.etag,
    LastModified: new Date(object.lastModified),
    Metadata: object.metadata,
    ...object.headers,
    ...versionMember(store.bucket(input.Bucket), object),
    ...encryptionMembers(object.encryption),
    ...(range ? { ContentRange: `bytes ${range.start}-${range.end}/${object.size}` } : {}),
    // A checksum covers the whole object, so that a piece comes without one.
    ...(input.ChecksumMode === "ENABLED" && isWhole ? shownChecksums(object) : {}),
    ...(input.PartNumber !== undefined && object.parts ? { PartsCount: object.parts.length } : {}),
  };
}

/** Headers that the request wants otherwise, for a browser that follows a pre-signed URL. */
function overrides(input: ObjectInput): Json {
  const members = [
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ContentType",
    "Expires",
  ];
  const asked = members.filter((member) => input[`Response${member}`] !== undefined);
  return Object.fromEntries(asked.map((member) => [member, input[`Response${member}`]]));
}

export function shownChecksums({ checksums }: StoredObject): Json {
  const [value] = Object.values(checksums);
  return value === undefined ? {} : { ...checksums, ChecksumType: checksumType(value) };
}

/** A checksum over those of the parts tells their number behind. */
export function checksumType(value: string): "COMPOSITE" | "FULL_OBJECT" {
  return /-\d+$/.test(value) ? "COMPOSITE" : "FULL_OBJECT";
}
