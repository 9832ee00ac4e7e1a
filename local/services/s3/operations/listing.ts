import { byUtf8 } from "../buckets";
import { invalidArgument } from "../errors";

/** What all listings take. */
export interface ListingInput {
  readonly Bucket: string;
  readonly Prefix?: string;
  readonly Delimiter?: string;
  readonly EncodingType?: string;
}

/** At most so many entries in a page: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
const MAX_ENTRIES = 1000;

/**
 * How many entries a page may have.
 * @param name of the query parameter, for the message.
 */
export function maxOf(given: string | number | undefined, name: string): number {
  const value = given === undefined || given === "" ? MAX_ENTRIES : Number(given);
  if (!Number.isInteger(value) || value > 2_147_483_647)
    throw invalidArgument(`Provided ${name} not an integer or within integer range`, name, String(given));
  if (value < 0)
    throw invalidArgument(`Argument ${name} must be an integer between 0 and 2147483647`, name, String(given));
  return Math.min(value, MAX_ENTRIES);
}

/** @throws AwsError InvalidArgument for another encoding than `url`. */
export function checkEncoding({ EncodingType }: ListingInput): void {
  if (EncodingType === undefined || EncodingType === "url") return;
  throw invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", EncodingType);
}

/** A key as the listing shows it: with `url`, as a form would be encoded, but for slashes. */
export function encoded(input: ListingInput, text: string): string {
  if (input.EncodingType !== "url") return text;
  return encodeURIComponent(text)
    .replace(/[!'()~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%2F", "/")
    .replaceAll("%20", "+");
}

/** The members that every listing repeats, the delimiter only if there is one. */
export function repeated(input: ListingInput): Readonly<Record<string, string>> {
  return {
    ...(input.Delimiter ? { Delimiter: encoded(input, input.Delimiter) } : {}),
    ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
  };
}

/** The common prefix that stands for a key; undefined when the key stands for itself. */
export function groupOf(input: ListingInput, key: string): string | undefined {
  const { Prefix = "", Delimiter } = input;
  const cut = Delimiter ? key.indexOf(Delimiter, Prefix.length) : -1;
  return cut < 0 ? undefined : key.slice(0, cut + Delimiter!.length);
}

/** The first of sorted keys that is not before another. */
export function firstAtLeast(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (byUtf8(keys[middle]!, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
