import { ArgumentError } from "./errors";
import type { Schema } from "./schema";

const KEYWORDS = [
  "type",
  "title",
  "description",
  "enum",
  "properties",
  "required",
  "additionalProperties",
  "maxProperties",
  "items",
  "minItems",
  "maxItems",
  "minLength",
  "maxLength",
  "pattern",
  "minimum",
  "maximum",
];
const TYPES = ["object", "array", "string", "number", "integer", "boolean", "null"];

/** What the keywords hold beside types and schemas. */
const VALUES: Readonly<Record<string, readonly [is: (value: unknown) => boolean, expected: string]>> = {
  title: [isText, "text"],
  description: [isText, "text"],
  enum: [Array.isArray, "a list of values"],
  required: [(value) => Array.isArray(value) && value.every(isText), "a list of members' names"],
  maxProperties: [isCount, "a whole number from 0"],
  minItems: [isCount, "a whole number from 0"],
  maxItems: [isCount, "a whole number from 0"],
  minLength: [isCount, "a whole number from 0"],
  maxLength: [isCount, "a whole number from 0"],
  pattern: [isText, "text"],
  minimum: [Number.isFinite, "a number"],
  maximum: [Number.isFinite, "a number"],
  properties: [isObject, "an object of schemas"],
  additionalProperties: [(value) => typeof value === "boolean" || isObject(value), "true, false or a schema"],
};

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Holds a schema against the part of JSON Schema that is understood. @throws ArgumentError for anything else. */
export function checkSchema(component: string, argument: string, schema: Schema): void {
  const refuse = (at: string, got: unknown, expected: string, fix: string): never => {
    throw new ArgumentError({ component, argument: at, got, expected, fix });
  };
  if (!isObject(schema)) refuse(argument, schema, "a JSON Schema, an object", "Describe what the data holds.");
  for (const [keyword, value] of Object.entries(schema)) {
    if (!KEYWORDS.includes(keyword)) {
      const expected = `one of the keywords ${KEYWORDS.join(", ")}`;
      refuse(`${argument}.${keyword}`, keyword, expected, "Check what goes beyond them in the handler.");
    }
    const [is, expected] = VALUES[keyword] ?? [() => true, ""];
    if (value !== undefined && !is(value)) refuse(`${argument}.${keyword}`, value, expected, "Correct the schema.");
  }
  if (!TYPES.includes(schema.type)) {
    refuse(`${argument}.type`, schema.type, `one of ${TYPES.join(", ")}`, "Each schema names exactly one type.");
  }
  if (schema.pattern !== undefined) checkPattern(component, `${argument}.pattern`, schema.pattern);
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    checkSchema(component, `${argument}.properties.${name}`, member);
  }
  if (schema.items !== undefined) checkSchema(component, `${argument}.items`, schema.items);
  if (typeof schema.additionalProperties === "object") {
    checkSchema(component, `${argument}.additionalProperties`, schema.additionalProperties);
  }
}

function checkPattern(component: string, argument: string, pattern: string): void {
  try {
    new RegExp(pattern, "u");
  } catch {
    throw new ArgumentError({
      component,
      argument,
      got: pattern,
      expected: "a regular expression with the flag u",
      fix: "Escape what has a meaning of its own.",
    });
  }
}
