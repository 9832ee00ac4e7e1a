import { compareNumbers } from "./numbers";

export type SetType = "SS" | "NS" | "BS";

/**
 * The elements of a set in the order in which DynamoDB answers them, whatever order they were written in: texts and
 * binaries by their bytes, numbers by their values. A set that is in order is returned as it is.
 */
export function inOrder(type: SetType, elements: readonly string[]): readonly string[] {
  const compare = comparisons[type];
  for (let i = 1; i < elements.length; i++) {
    if (compare(elements[i - 1]!, elements[i]!) > 0) return [...elements].sort(compare);
  }
  return elements;
}

const comparisons: Readonly<Record<SetType, (a: string, b: string) => number>> = {
  SS: (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)),
  NS: compareNumbers,
  BS: (a, b) => Buffer.compare(Buffer.from(a, "base64"), Buffer.from(b, "base64")),
};
