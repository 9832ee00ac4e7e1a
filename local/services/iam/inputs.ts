/** A resource's scalar input as text; the fallback where it is not given. */
export function textOf(value: unknown, fallback = ""): string {
  if (value === undefined || value === null) return fallback;
  if (typeof value === "string") return value;
  return typeof value === "object" ? JSON.stringify(value) : `${value as number | boolean}`;
}
