/**
 * Whether a value names a time zone of the IANA database. Offsets such as +01:00 pass the formatter of some versions of
 * Node too, and are none: they say nothing about daylight saving.
 */
export function isTimeZone(value: unknown): value is string {
  try {
    return typeof value === "string" && /^[A-Za-z]/.test(value) && !!new Intl.DateTimeFormat("en", { timeZone: value });
  } catch {
    return false;
  }
}
