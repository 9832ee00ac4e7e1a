import type { Json, Operation } from "../../../service";
import { byUtf8, type StoredObject } from "../buckets";
import { invalidArgument } from "../errors";
import { onBucket } from "../rights";
import type { ObjectStore } from "../store";
import { isoTime, ownerOf } from "./common";
import { shownChecksums } from "./get-object";
import { checkEncoding, encoded, firstAtLeast, groupOf, type ListingInput, maxOf, repeated } from "./listing";

interface ListInput extends ListingInput {
  /** At most 1000. @default 1000 */
  readonly MaxKeys?: string | number;
  readonly StartAfter?: string;
  readonly ContinuationToken?: string;
  readonly Marker?: string;
  readonly FetchOwner?: string | boolean;
}

export function listObjectsV2(store: ObjectStore): Operation<ListInput> {
  return {
    authorize,
    answer(input, context) {
      context.use("s3.put", 1);
      const token = input.ContinuationToken;
      const after = token === undefined ? (input.StartAfter ?? "") : keyOf(token);
      const page = pageOf(store, input, after, token !== undefined, String(input.FetchOwner) === "true");
      return {
        ...common(input, page),
        KeyCount: page.contents.length + page.prefixes.length,
        ...(token === undefined
          ? input.StartAfter === undefined
            ? {}
            : { StartAfter: encoded(input, input.StartAfter) }
          : { ContinuationToken: token }),
        ...(page.next === undefined
          ? {}
          : { NextContinuationToken: TOKEN + Buffer.from(page.next).toString("base64url") }),
      };
    },
  };
}

/** The first version of the listing, which some tools still use. */
export function listObjects(store: ObjectStore): Operation<ListInput> {
  return {
    authorize,
    answer(input, context) {
      context.use("s3.put", 1);
      const page = pageOf(store, input, input.Marker ?? "", true, true);
      const next = page.next === undefined || !input.Delimiter ? {} : { NextMarker: encoded(input, page.next) };
      return { ...common(input, page), Marker: encoded(input, input.Marker ?? ""), ...next };
    },
  };
}

/** How a continuation token begins. */
const TOKEN = "1.";

function keyOf(token: string): string {
  if (token.startsWith(TOKEN)) return Buffer.from(token.slice(TOKEN.length), "base64url").toString();
  throw invalidArgument("The continuation token provided is incorrect", "continuation-token");
}

interface Page {
  readonly max: number;
  readonly contents: readonly Json[];
  readonly prefixes: readonly string[];
  /** The last key or prefix of the page, when more follow. */
  readonly next: string | undefined;
}

function authorize(input: ListInput): ReturnType<Operation<ListInput>["authorize"]> {
  return [
    onBucket("ListBucket", input.Bucket, {
      "s3:prefix": input.Prefix ?? "",
      ...(input.Delimiter === undefined ? {} : { "s3:delimiter": input.Delimiter }),
      "s3:max-keys": String(input.MaxKeys ?? 1000),
    }),
  ];
}

/** @param pastGroup whether the common prefix of `after` is behind it as well. */
function pageOf(store: ObjectStore, input: ListInput, after: string, pastGroup: boolean, withOwner: boolean): Page {
  const bucket = store.bucket(input.Bucket);
  checkEncoding(input);
  const prefix = input.Prefix ?? "";
  const max = maxOf(input.MaxKeys, "max-keys");
  const contents: Json[] = [];
  const prefixes: string[] = [];
  const keys = bucket.keys();
  let last: string | undefined;
  for (let i = firstAtLeast(keys, byUtf8(prefix, after) > 0 ? prefix : after); i < keys.length; i++) {
    const key = keys[i]!;
    if (!key.startsWith(prefix)) break;
    const group = groupOf(input, key);
    const isBehind = group !== undefined && (group === prefixes.at(-1) || (pastGroup && after.startsWith(group)));
    if (byUtf8(key, after) <= 0 || group === after || isBehind) continue;
    if (contents.length + prefixes.length >= max)
      return { max, contents, prefixes, next: max === 0 ? undefined : last };
    last = group ?? key;
    if (group !== undefined) prefixes.push(group);
    else contents.push(entryOf(store, input, bucket.get(key), withOwner));
  }
  return { max, contents, prefixes, next: undefined };
}

/** An object as listings show it. */
export function entryOf(store: ObjectStore, input: ListingInput, object: StoredObject, withOwner: boolean): Json {
  const algorithms = Object.keys(object.checksums).map((member) => member.slice("Checksum".length));
  const { ChecksumType } = shownChecksums(object);
  return {
    Key: encoded(input, object.key),
    LastModified: isoTime(store.cloud, object.lastModified),
    ETag: object.etag,
    ...(algorithms.length > 0 ? { ChecksumAlgorithm: algorithms, ChecksumType } : {}),
    Size: object.size,
    ...(withOwner ? { Owner: ownerOf(store.cloud) } : {}),
    StorageClass: "STANDARD",
  };
}

function common(input: ListInput, page: Page): Json {
  return {
    Name: input.Bucket,
    Prefix: encoded(input, input.Prefix ?? ""),
    ...repeated(input),
    MaxKeys: page.max,
    IsTruncated: page.next !== undefined,
    Contents: page.contents,
    CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: encoded(input, prefix) })),
  };
}
