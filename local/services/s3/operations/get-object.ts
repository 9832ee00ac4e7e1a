import type { Json, Operation } from "../../../service";
import type { StoredObject } from "../buckets";
import { onKey, onObject } from "../rights";
import type { ObjectStore } from "../store";
import { checkRead, encryptionMembers, find, type ObjectInput, rangeOf } from "./common";

/** `Body` of the answer is a Buffer that holds the asked range only. */
export function getObject(store: ObjectStore): Operation<ObjectInput> {
  return {
    authorize: readRights(store),
    async answer(input, context) {
      context.use("s3.get", 1);
      const object = find(store, input, context);
      checkRead(object, input);
      const range = rangeOf(input.Range, object.size);
      const Body = range ? await store.read(object, range.start, range.end) : await store.read(object);
      return {
        ...describe(object, input),
        ...(input["ResponseContentType"] ? { ContentType: input["ResponseContentType"] } : {}),
        ...(input["ResponseContentDisposition"] ? { ContentDisposition: input["ResponseContentDisposition"] } : {}),
        ContentLength: Body.length,
        ...(range ? { ContentRange: `bytes ${range.start}-${range.end}/${object.size}` } : {}),
        Body,
      };
    },
  };
}

export function headObject(store: ObjectStore): Operation<ObjectInput> {
  return {
    authorize: readRights(store),
    answer(input, context) {
      context.use("s3.get", 1);
      const object = find(store, input, context);
      checkRead(object, input);
      return { ...describe(object, input), ContentLength: object.size };
    },
  };
}

function readRights(store: ObjectStore): Operation<ObjectInput>["authorize"] {
  return (input, { cloud }) => {
    const object = store.bucket(input.Bucket).objects.get(input.Key);
    const key = object ? onKey(cloud, ["Decrypt"], object.encryption, input.Bucket, input.Key) : [];
    return [onObject("GetObject", input.Bucket, input.Key), ...key];
  };
}

function describe(object: StoredObject, input: ObjectInput): Json {
  return {
    AcceptRanges: "bytes",
    ContentType: object.contentType,
    ETag: object.etag,
    LastModified: new Date(object.lastModified),
    Metadata: object.metadata,
    ...object.headers,
    ...encryptionMembers(object.encryption),
    // A checksum covers the whole object, so that a range comes without one.
    ...(input.ChecksumMode === "ENABLED" && !input.Range && !object.parts ? shownChecksums(object) : {}),
    ...(object.parts === undefined ? {} : { PartsCount: object.parts }),
  };
}

function shownChecksums({ checksums }: StoredObject): Json {
  return Object.keys(checksums).length === 0 ? {} : { ...checksums, ChecksumType: "FULL_OBJECT" };
}
