import fc from "fast-check";
import { AwsError } from "../../local/aws-error";

/** Any text, lone surrogates and control characters too. */
export const anyText = fc.string({ unit: "binary", maxLength: 200 });
/** Any value that JSON can say. */
export const json = fc.jsonValue({ maxDepth: 3 });
/** A name as AWS admits it in most places. */
export const name = fc.string({ unit: fc.constantFrom(...Array.from("abXY09-_")), minLength: 1, maxLength: 8 });

/** Whether `work` answers, or refuses as AWS does. */
export function answersOrRefuses(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (error instanceof AwsError) return true;
    throw error;
  }
}
