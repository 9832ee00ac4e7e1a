import { ArgumentError } from "../shared/errors";
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

/** Holds a schema against the part of JSON Schema that is understood. @throws ArgumentError for anything else. */
export function checkSchema(component: string, argument: string, schema: Schema): void {
  for (const keyword of Object.keys(schema)) {
    if (KEYWORDS.includes(keyword)) continue;
    throw new ArgumentError({
      component,
      argument: `${argument}.${keyword}`,
      got: keyword,
      expected: `one of the keywords ${KEYWORDS.join(", ")}`,
      fix: "Check what goes beyond them in the handler.",
    });
  }
  if (!TYPES.includes(schema.type)) {
    throw new ArgumentError({
      component,
      argument: `${argument}.type`,
      got: schema.type,
      expected: `one of ${TYPES.join(", ")}`,
      fix: "Each schema names exactly one type.",
    });
  }
  if (schema.pattern !== undefined) checkPattern(component, `${argument}.pattern`, schema.pattern);
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    checkSchema(component, `${argument}.properties.${name}`, member);
  }
  if (schema.items) checkSchema(component, `${argument}.items`, schema.items);
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
