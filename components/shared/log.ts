/**
 * What handlers write into their log groups. Lambda's JSON format keeps an object as members of `message` and an error
 * with its stack. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
/* eslint-disable no-console -- in Lambda the console is the log group */

/** Something failed: what, of which record, and why. */
export function logError(what: string, of: string, error: unknown): void {
  console.error(what, of, error);
}

/** Something unexpected that is being dealt with. */
export function logWarning(what: string, of: string, detail: unknown): void {
  console.warn(what, of, detail);
}

/** Numbers that a metric filter reads. */
export function logNumbers(numbers: Readonly<Record<string, number>>): void {
  console.info(numbers);
}
