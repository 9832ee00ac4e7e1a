import { AwsError } from "../../../aws-error";
import type { Json } from "../../../service";

/** Items of one page: 50 at most, 100 of mappings; what comes after it is asked for by its marker. */
export function pageOf<T>(
  items: readonly T[],
  asked: Json,
  most = 50,
): { readonly items: readonly T[]; readonly next: { readonly NextMarker?: string } } {
  const from = Number(asked["Marker"] ?? 0);
  const count = Number(asked["MaxItems"] ?? most);
  if (!Number.isInteger(from) || from < 0 || !(count >= 1))
    throw new AwsError("InvalidParameterValueException", "Marker or MaxItems is not valid.");
  const to = from + Math.min(count, most);
  return { items: items.slice(from, to), next: to < items.length ? { NextMarker: String(to) } : {} };
}
