import { invalidParameter } from "./errors";

/** A map of the query protocol: entries as written on the wire, or a record from a caller inside the cloud. */
export type WireMap<T> = readonly Readonly<Record<string, unknown>>[] | Readonly<Record<string, T>> | undefined;

/** Reads a map whose entries are `{key, value}` or `{Name, Value}`. */
export function readMap<T>(map: WireMap<T>): Record<string, T> {
  if (map === undefined) return {};
  if (!Array.isArray(map)) return { ...(map as Readonly<Record<string, T>>) };
  return Object.fromEntries(
    (map as readonly Readonly<Record<string, unknown>>[]).map((entry) => [
      String(entry["key"] ?? entry["Name"]),
      (entry["value"] ?? entry["Value"]) as T,
    ]),
  );
}

/** Tags travel as a list of `{Key, Value}`. */
export function readTags(
  tags: readonly { readonly Key: string; readonly Value: string }[] = [],
): Record<string, string> {
  if (new Set(tags.map(({ Key }) => Key)).size < tags.length)
    throw invalidParameter("Duplicated keys are not allowed.");
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
}

export function page<T>(
  items: readonly T[],
  token: string | undefined,
): { readonly items: readonly T[]; readonly next: { readonly NextToken?: string } } {
  // SNS answers 100 items a page (API reference of ListTopics, ListSubscriptions).
  const start = token === undefined ? 0 : Number(Buffer.from(token, "base64").toString() || NaN);
  if (!Number.isSafeInteger(start) || start < 0) throw invalidParameter("NextToken");
  const end = start + 100;
  return {
    items: items.slice(start, end),
    next: end < items.length ? { NextToken: Buffer.from(String(end)).toString("base64") } : {},
  };
}
