/**
 * What handlers write into their log groups. Lambda's JSON format keeps an object as members of `message` and an error
 * with its stack. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
/* eslint-disable no-console -- in Lambda the console is the log group */

/** Something failed: what, of which record, and why. */
export function logError(what: string, of: string, error: unknown): void {
  console.error(what, of, withoutAddresses(error));
}

/** Something unexpected that is being dealt with. */
export function logWarning(what: string, of: string, detail: unknown): void {
  console.warn(what, of, withoutAddresses(detail));
}

/**
 * What is logged stays for months, whoever has been erased meanwhile: e-mail addresses, which SES's answers repeat, are
 * left out of it, and so is what an error carries along beside its words, such as the item of a refused write.
 */
export function withoutAddresses(value: unknown): unknown {
  if (typeof value === "string") return value.replace(/[^\s<>()[\]"',;:]+@[^\s<>()[\]"',;:]+/g, "<address>");
  if (typeof value !== "object" || value === null) return value;
  const { name, message, stack } = value as { name?: unknown; message?: unknown; stack?: unknown };
  // By its members: an error of another realm is no `Error` here.
  if (typeof message === "string" && typeof stack === "string") {
    const error = new Error(String(withoutAddresses(message)));
    error.name = String(name);
    error.stack = String(withoutAddresses(stack));
    return error;
  }
  if (Array.isArray(value)) return value.map(withoutAddresses);
  return Object.fromEntries(Object.entries(value).map(([member, inner]) => [member, withoutAddresses(inner)]));
}

/** Numbers that a metric filter reads. */
export function logNumbers(numbers: Readonly<Record<string, number>>): void {
  console.info(numbers);
}
