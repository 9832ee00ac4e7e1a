import { UNKNOWN, type Data, type Properties } from "./resource";

/**
 * Properties as plain data. The policy SDK hands them over behind a proxy that throws when a value is read which is
 * not known before `pulumi up`; here such a value becomes `UNKNOWN`, and an archive a word, since no rule reads code.
 */
export function reveal(props: Readonly<Record<string, unknown>>): Properties {
  return plain(props) as Properties;
}

function plain(value: unknown): Data {
  if (typeof value !== "object" || value === null) return value;
  // Not `map`, which would read each item itself and stop at the first that is not known.
  if (Array.isArray(value)) return Array.from({ length: value.length }, (_, index) => member(value, index));
  if ("__pulumiAsset" in value || "__pulumiArchive" in value) return "(archive)";
  return Object.fromEntries(Object.keys(value).map((key) => [key, member(value, key)]));
}

function member(holder: object, key: string | number): Data {
  let value: unknown;
  try {
    value = (holder as Record<string | number, unknown>)[key];
  } catch (error) {
    if (error instanceof Error && error.constructor.name === "UnknownValueError") return UNKNOWN;
    throw error;
  }
  return plain(value);
}
