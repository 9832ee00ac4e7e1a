import { AwsError } from "../../aws-error";

/** Scalars come as numbers (JSON, CBOR) or as text (query). */
export type Scalar = number | string;

export interface DimensionInput {
  readonly Name: string;
  readonly Value: string;
}

/** Milliseconds since the epoch, from epoch seconds, ISO 8601 or a Date. */
export function timeOf(value: Scalar | Date | undefined, fallback: number): number {
  if (value === undefined) return fallback;
  if (value instanceof Date) return value.getTime();
  if (typeof value === "number") return value * 1000;
  const time = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value);
  if (Number.isNaN(time)) throw invalid(`timestamp ${value} must follow ISO8601`);
  return time;
}

/** `true` in JSON and CBOR, `"true"` in the query protocol. */
export function isTrue(value: unknown, fallback: boolean): boolean {
  return value === undefined ? fallback : value === true || value === "true";
}

export function dimensionsOf(list: readonly DimensionInput[] | undefined): Record<string, string> {
  return Object.fromEntries((list ?? []).map(({ Name, Value }) => [Name, Value]));
}

export function dimensionList(dimensions: Readonly<Record<string, string>>): readonly DimensionInput[] {
  return Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
}

/** CloudWatch has two names for a wrong parameter, by protocol: `InvalidParameterValue` is what all SDKs show. */
export function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterValueException", message, 400, { queryErrorCode: "InvalidParameterValue" });
}

/** Parameters that exclude each other, or of which one is needed. */
export function combination(message: string): AwsError {
  return new AwsError("InvalidParameterCombinationException", message, 400, {
    queryErrorCode: "InvalidParameterCombination",
  });
}

/** A position that an earlier page answered. */
export function positionOf(nextToken: string | undefined): number {
  if (nextToken === undefined) return 0;
  if (!/^\d+$/.test(nextToken)) throw invalid("Request parameter NextToken is invalid");
  return Number(nextToken);
}

export function validation(message: string): AwsError {
  return new AwsError("ValidationError", message, 400);
}
