import { AwsError } from "../../aws-error";
import type { Operation } from "../../service";

/**
 * What a member of a request is: text, a number, a map of texts, a list (`[item]`), or a structure. A structure's member
 * whose name ends in `!` must be there; names that it does not know are ignored, as AWS does.
 */
export type Shape = "text" | "number" | "boolean" | "texts" | readonly [Shape] | Members;
export interface Members {
  readonly [member: string]: Shape;
}

/** The operation, whose input is looked at first: rights are asked for resources that the input names. */
export function shaped<I, O>(code: string, members: Members, operation: Operation<I, O>): Operation<I, O> {
  return {
    ...operation,
    authorize(input, context) {
      const problem = problemOf(members, input ?? {}, "");
      if (problem !== undefined) throw new AwsError(code, `1 validation error detected: ${problem}`);
      return operation.authorize(input, context);
    },
  };
}

function problemOf(shape: Shape, value: unknown, path: string): string | undefined {
  if (shape === "text") {
    if (typeof value !== "string") return wrong(path, "must be a string");
    return value === "" ? wrong(path, "must have length greater than or equal to 1") : undefined;
  }
  if (shape === "number" || shape === "boolean")
    return typeof value === shape ? undefined : wrong(path, `must be a ${shape}`);
  if (isList(shape)) {
    if (!Array.isArray(value)) return wrong(path, "must be a list");
    return value.map((item, i) => problemOf(shape[0], item, `${path}.${i + 1}.member`)).find((found) => found);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return wrong(path, "must be a structure");
  if (shape === "texts") {
    return Object.values(value).every((text) => typeof text === "string") ? undefined : wrong(path, "must map strings");
  }
  for (const [name, member] of Object.entries(shape)) {
    const required = name.endsWith("!");
    const key = required ? name.slice(0, -1) : name;
    const inner = `${path === "" ? "" : `${path}.`}${key.charAt(0).toLowerCase()}${key.slice(1)}`;
    const given = (value as Readonly<Record<string, unknown>>)[key] ?? undefined;
    if (given === undefined && required)
      return `Value null at '${inner}' failed to satisfy constraint: Member must not be null`;
    const problem = given === undefined ? undefined : problemOf(member, given, inner);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function wrong(path: string, constraint: string): string {
  return `Value at '${path}' failed to satisfy constraint: Member ${constraint}`;
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}
