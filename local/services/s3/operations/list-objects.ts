import { AwsError } from "../../../aws-error";
import type { Json, Operation } from "../../../service";
import { byUtf8 } from "../buckets";
import { onBucket } from "../rights";
import type { ObjectStore } from "../store";
import { isoTime } from "./common";

interface ListInput {
  readonly Bucket: string;
  readonly Prefix?: string;
  readonly Delimiter?: string;
  /** At most 1000. @default 1000 */
  readonly MaxKeys?: string | number;
  readonly StartAfter?: string;
  readonly ContinuationToken?: string;
  readonly Marker?: string;
  readonly EncodingType?: string;
  readonly FetchOwner?: string | boolean;
}

export function listObjectsV2(store: ObjectStore): Operation<ListInput> {
  return {
    authorize,
    answer(input, context) {
      context.use("s3.put", 1);
      const token = input.ContinuationToken;
      const page = pageOf(
        store,
        input,
        token === undefined ? (input.StartAfter ?? "") : keyOf(token),
        String(input.FetchOwner) === "true",
      );
      return {
        ...common(input, page),
        KeyCount: page.contents.length + page.prefixes.length,
        ...(input.StartAfter === undefined ? {} : { StartAfter: encode(input, input.StartAfter) }),
        ...(token === undefined ? {} : { ContinuationToken: token }),
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
      const page = pageOf(store, input, input.Marker ?? "", true);
      const next =
        page.next === undefined || input.Delimiter === undefined ? {} : { NextMarker: encode(input, page.next) };
      return { ...common(input, page), Marker: encode(input, input.Marker ?? ""), ...next };
    },
  };
}

/** How a continuation token begins. */
const TOKEN = "1.";

function keyOf(token: string): string {
  if (token.startsWith(TOKEN)) return Buffer.from(token.slice(TOKEN.length), "base64url").toString();
  throw new AwsError("InvalidArgument", "The continuation token provided is incorrect", 400, {
    ArgumentName: "continuation-token",
    ArgumentValue: token,
  });
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

function pageOf(store: ObjectStore, input: ListInput, after: string, withOwner: boolean): Page {
  const bucket = store.bucket(input.Bucket);
  const prefix = input.Prefix ?? "";
  const asked = Number(input.MaxKeys ?? 1000);
  if (!Number.isInteger(asked) || asked < 0)
    throw new AwsError("InvalidArgument", "Provided max-keys not an integer or within integer range");
  const max = Math.min(asked, 1000);
  const contents: Json[] = [];
  const prefixes: string[] = [];
  const keys = bucket.keys();
  let last: string | undefined;
  for (let i = firstAtLeast(keys, byUtf8(prefix, after) > 0 ? prefix : after); i < keys.length; i++) {
    const key = keys[i]!;
    if (!key.startsWith(prefix)) break;
    const cut = input.Delimiter ? key.indexOf(input.Delimiter, prefix.length) : -1;
    const group = cut < 0 ? undefined : key.slice(0, cut + input.Delimiter!.length);
    if (byUtf8(key, after) <= 0 || (group !== undefined && (group === prefixes.at(-1) || group === after))) continue;
    if (contents.length + prefixes.length >= max)
      return { max, contents, prefixes, next: max === 0 ? undefined : last };
    last = group ?? key;
    if (group !== undefined) {
      prefixes.push(group);
      continue;
    }
    const object = bucket.get(key);
    contents.push({
      Key: encode(input, key),
      LastModified: isoTime(store.cloud, object.lastModified),
      ETag: object.etag,
      Size: object.size,
      ...(withOwner ? { Owner: { ID: store.cloud.accountId } } : {}),
      StorageClass: "STANDARD",
    });
  }
  return { max, contents, prefixes, next: undefined };
}

function common(input: ListInput, page: Page): Json {
  return {
    Name: input.Bucket,
    Prefix: encode(input, input.Prefix ?? ""),
    ...(input.Delimiter === undefined ? {} : { Delimiter: encode(input, input.Delimiter) }),
    ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
    MaxKeys: page.max,
    IsTruncated: page.next !== undefined,
    Contents: page.contents,
    CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: encode(input, prefix) })),
  };
}

function firstAtLeast(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (byUtf8(keys[middle]!, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function encode(input: ListInput, text: string): string {
  return input.EncodingType === "url" ? encodeURIComponent(text).replaceAll("%2F", "/") : text;
}
