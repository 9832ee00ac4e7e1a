/**
 * A small part of JSON Schema, as plain data, so that a closure can capture it: exactly what the protocol and a studio's
 * own routes need. A general validator compiles schemas to functions at run time and weighs more than a whole handler.
 */
export interface Schema {
  readonly type: SchemaType;
  readonly title?: string;
  readonly description?: string;
  readonly enum?: readonly (string | number | boolean | null)[];
  readonly properties?: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
  /** Members that `properties` does not name: refused unless a schema admits them. */
  readonly additionalProperties?: boolean | Schema;
  readonly maxProperties?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  /** Characters, as JavaScript counts them. */
  readonly minLength?: number;
  readonly maxLength?: number;
  /** A regular expression with the flag `u`. */
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** The types of JSON Schema, of which a schema names exactly one. */
export type SchemaType = "object" | "array" | "string" | "number" | "integer" | "boolean" | "null";

/** What is wrong, and where: `field` is a path such as `body.friends[2].name`. */
export interface SchemaProblem {
  readonly field: string;
  readonly message: string;
}

/** The first problem of a value; undefined if it keeps the schema. */
export function validate(schema: Schema, value: unknown, field: string): SchemaProblem | undefined {
  if (!isOfType(schema.type, value)) return { field, message: `expected ${article(schema.type)}` };
  if (schema.enum && !schema.enum.includes(value as string)) {
    return { field, message: `expected one of ${schema.enum.map((allowed) => JSON.stringify(allowed)).join(", ")}` };
  }
  if (typeof value === "string") return textProblem(schema, value, field);
  if (typeof value === "number") return numberProblem(schema, value, field);
  if (Array.isArray(value)) return listProblem(schema, value, field);
  if (typeof value === "object" && value !== null)
    return objectProblem(schema, value as Record<string, unknown>, field);
  return undefined;
}

function isOfType(type: SchemaType, value: unknown): boolean {
  switch (type) {
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "array":
      return Array.isArray(value);
    case "integer":
      return Number.isSafeInteger(value);
    case "number":
      return typeof value === "number" && Number.isFinite(value);
    case "null":
      return value === null;
    default:
      return typeof value === type;
  }
}

function article(type: SchemaType): string {
  if (type === "null") return "null";
  return /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`;
}

function counted(count: number, one: string): string {
  return `${count} ${count === 1 ? one : `${one}s`}`;
}

function textProblem(schema: Schema, value: string, field: string): SchemaProblem | undefined {
  const { minLength = 0, maxLength = Infinity, pattern } = schema;
  if (value.length < minLength) return { field, message: `expected at least ${counted(minLength, "character")}` };
  if (value.length > maxLength) return { field, message: `expected at most ${counted(maxLength, "character")}` };
  if (pattern !== undefined && !new RegExp(pattern, "u").test(value)) {
    return { field, message: `expected text that matches ${pattern}` };
  }
  return undefined;
}

function numberProblem(schema: Schema, value: number, field: string): SchemaProblem | undefined {
  const { minimum = -Infinity, maximum = Infinity } = schema;
  if (value < minimum) return { field, message: `expected at least ${minimum}` };
  if (value > maximum) return { field, message: `expected at most ${maximum}` };
  return undefined;
}

function listProblem(schema: Schema, value: readonly unknown[], field: string): SchemaProblem | undefined {
  const { minItems = 0, maxItems = Infinity, items } = schema;
  if (value.length < minItems) return { field, message: `expected at least ${counted(minItems, "item")}` };
  if (value.length > maxItems) return { field, message: `expected at most ${counted(maxItems, "item")}` };
  if (!items) return undefined;
  for (let i = 0; i < value.length; i++) {
    const problem = validate(items, value[i], `${field}[${i}]`);
    if (problem) return problem;
  }
  return undefined;
}

function objectProblem(schema: Schema, value: Record<string, unknown>, field: string): SchemaProblem | undefined {
  const { properties = {}, required = [], additionalProperties = false, maxProperties = Infinity } = schema;
  // A member that a closure has set to undefined is none: JSON leaves it out.
  for (const name of required) {
    if (!Object.hasOwn(value, name) || value[name] === undefined)
      return { field: `${field}.${name}`, message: "missing" };
  }
  const names = Object.keys(value).filter((name) => value[name] !== undefined);
  if (names.length > maxProperties) return { field, message: `expected at most ${counted(maxProperties, "member")}` };
  for (const name of names) {
    const known = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    if (known === false || known === undefined) return { field: `${field}.${name}`, message: "unknown" };
    if (known === true) continue;
    const problem = validate(known, value[name], `${field}.${name}`);
    if (problem) return problem;
  }
  return undefined;
}
