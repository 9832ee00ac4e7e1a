import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Outcome } from "../outcome";
import type { Target } from "../targets";

export type TestItem = Record<string, AttributeValue>;

/** One case of the shared suite. `key` is a partition key of its own. */
export interface Case {
  readonly name: string;
  /** Items that are there before. */
  readonly given?: readonly { readonly table: string; readonly item: TestItem }[];
  readonly when: { readonly operation: string; readonly input: object };
  readonly then: Outcome;
  /** Targets that do not have the operation or parameter at all. */
  readonly lackedBy?: readonly Target["name"][];
}

export type CaseMaker = (key: string) => Case;

export function invalid(message: string): Outcome {
  return { error: "ValidationException", message };
}

/** A parameter whose value is none that it may have. */
export function badParameter(message: string): Outcome {
  return invalid(`One or more parameter values were invalid: ${message}`);
}

export const missingTable: Outcome = { error: "ResourceNotFoundException", message: "Requested resource not found" };

export const conditionFailed: Outcome = {
  error: "ConditionalCheckFailedException",
  message: "The conditional request failed",
};

/** An operation that is refused, whatever is in the table. */
export type Refused = readonly [name: string, operation: string, input: (key: string) => object, then: Outcome];
