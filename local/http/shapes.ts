import { AwsError } from "../aws-error";
import type { Json, Protocol } from "../service";
import file from "./input-shapes.json";

/** What a value has to be. `numeric` and `flag` travel as text, in a path or a query. */
export type Shape =
  | "string"
  | "number"
  | "boolean"
  | "timestamp"
  | "blob"
  | "any"
  | "numeric"
  | "flag"
  | { readonly list: Shape }
  | { readonly map: Shape }
  | { readonly members: Readonly<Record<string, Shape>>; readonly required?: readonly string[] }
  | { readonly shape: string };

/** The content of `input-shapes.json`, made by `npm run shapes` from AWS's own SDK clients. */
export interface ShapeFile {
  /** The shape of each operation's input by service; empty for an operation without members. */
  readonly operations: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

const { operations, shapes } = file as unknown as ShapeFile;

/** The shape of an operation's input; undefined where the SDK clients know none. */
export function inputShape(service: string, kind: Protocol["kind"], operation: string): Shape | undefined {
  const known = operations[`${service}:${kind}`] ?? operations[service];
  const name = known?.[operation];
  return name === undefined ? undefined : name === "" ? { members: {} } : { shape: name };
}

/** Follows a reference. */
export function resolveShape(shape: Shape): Exclude<Shape, { shape: string }> {
  if (typeof shape === "object" && "shape" in shape) return resolveShape(shapes[shape.shape] ?? "any");
  return shape;
}

/**
 * Holds what came over the wire against the operation's input, as AWS does before an operation sees it: a value of
 * another kind is refused. Members that are null count as absent, those that the operation does not know stay.
 * @throws AwsError SerializationException; MalformedInput in the query protocol.
 */
export function checkInput(service: string, kind: Protocol["kind"], operation: string, input: Json): Json {
  if (OWN_CHECKS.has(service)) return withoutNulls(input);
  const shape = inputShape(service, kind, operation);
  if (!shape) return input;
  const code = kind === "query" ? "MalformedInput" : (CODES[service] ?? "SerializationException");
  const missing = REQUIRED[service];
  const check: Check = { code, isText: kind === "query", path: "" };
  return checked(input, shape, missing ? { ...check, missing: (member) => missing(member, kind) } : check) as Json;
}

/** What the services that do not look for each required member themselves answer when one is missing. */
const REQUIRED: Readonly<Record<string, (member: string, kind: Protocol["kind"]) => AwsError>> = {
  cloudwatch: (member, kind) =>
    new AwsError(
      kind === "query" ? "MissingParameter" : "MissingRequiredParameterException",
      `The parameter ${member} is required.`,
    ),
  iam: (member) => absence("ValidationError", member),
  kms: (member) => absence("ValidationException", member),
  logs: (member) => absence("InvalidParameterException", member),
  ses: (member, kind) => absence(kind === "query" ? "ValidationError" : "BadRequestException", member),
};

function absence(code: string, member: string): AwsError {
  const name = member.replace(/(^|\.)([A-Z])/g, (_, dot: string, letter: string) => dot + letter.toLowerCase());
  return new AwsError(
    code,
    `1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`,
  );
}

function withoutNulls(input: Json): Json {
  return Object.values(input).includes(null)
    ? Object.fromEntries(Object.entries(input).filter(([, member]) => member !== null))
    : input;
}

/** DynamoDB has messages of its own for every wrong value; S3 reads headers, queries and XML by itself. */
const OWN_CHECKS: ReadonlySet<string> = new Set(["dynamodb", "s3"]);

/** Services that call it otherwise. */
const CODES: Readonly<Record<string, string>> = { lambda: "InvalidRequestContentException" };

interface Check {
  readonly code: string;
  /** All scalars are text. */
  readonly isText: boolean;
  readonly path: string;
  /** The error for a required member that is missing; without it, the operation looks itself. */
  readonly missing?: (member: string) => AwsError;
}

function checked(value: unknown, shape: Shape, check: Check): unknown {
  const wanted = resolveShape(shape);
  if (typeof wanted === "string") return scalar(value, wanted, check);
  if ("list" in wanted) {
    // An empty list is written as an empty value in the query protocol.
    if (check.isText && value === "") return [];
    if (!Array.isArray(value)) throw refusal(value, "a list", check);
    return (value as unknown[]).map((item, i) => checked(item, wanted.list, at(check, `[${i}]`)));
  }
  if ("map" in wanted) return checkedMap(value, wanted.map, check);
  const given = check.isText && value === "" ? {} : value;
  if (!isObject(given)) throw refusal(value, "a structure", check);
  const { missing } = check;
  const absent = missing && wanted.required?.find((name) => given[name] === undefined || given[name] === null);
  if (missing && absent !== undefined) throw missing(at(check, absent).path);
  return members(given, (name) => (Object.hasOwn(wanted.members, name) ? wanted.members[name] : "any"), check);
}

/** A map travels as an object in JSON, and as a list of entries in the query protocol. */
function checkedMap(value: unknown, item: Shape, check: Check): unknown {
  if (!check.isText) {
    if (!isObject(value)) throw refusal(value, "a map", check);
    return members(value, () => item, check);
  }
  if (value === "") return [];
  if (!Array.isArray(value) || !value.every(isEntry)) throw refusal(value, "a map", check);
  return value;
}

function isEntry(entry: unknown): boolean {
  return isObject(entry) && ["key", "Key", "name", "Name"].some((name) => typeof entry[name] === "string");
}

function members(value: Json, shapeOf: (name: string) => Shape | undefined, check: Check): Json {
  const kept = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  return Object.fromEntries(
    kept.map(([name, member]) => [name, checked(member, shapeOf(name) ?? "any", at(check, name))]),
  );
}

function scalar(value: unknown, wanted: Shape & string, check: Check): unknown {
  if (wanted === "any" || Buffer.isBuffer(value)) return value;
  if (check.isText || wanted === "numeric" || wanted === "flag") return text(value, wanted, check);
  const kinds: Partial<Record<string, readonly string[]>> = {
    number: ["number"],
    boolean: ["boolean"],
    timestamp: ["number", "string"],
  };
  if (!(kinds[wanted] ?? ["string"]).includes(typeof value)) throw refusal(value, NAMES[wanted] ?? wanted, check);
  if (typeof value === "number" && !Number.isFinite(value)) throw refusal(value, "a number", check);
  return value;
}

function text(value: unknown, wanted: Shape & string, check: Check): unknown {
  const isNumber = wanted === "number" || wanted === "numeric";
  if (typeof value === "number" && isNumber) return value;
  if (typeof value === "boolean" && wanted === "flag") return value;
  if (typeof value !== "string") throw refusal(value, NAMES[wanted] ?? wanted, check);
  if (isNumber && !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value)) throw refusal(value, "a number", check);
  if ((wanted === "boolean" || wanted === "flag") && !/^(true|false)$/i.test(value))
    throw refusal(value, "true or false", check);
  return value;
}

const NAMES: Partial<Record<string, string>> = {
  string: "a String",
  number: "a Number",
  numeric: "a Number",
  boolean: "a Boolean",
  flag: "a Boolean",
  timestamp: "a Timestamp",
  blob: "a Blob",
};

function at(check: Check, part: string): Check {
  const path = check.path === "" || part.startsWith("[") ? `${check.path}${part}` : `${check.path}.${part}`;
  return { ...check, path };
}

function refusal(value: unknown, wanted: string, { code, path }: Check): AwsError {
  const got = Array.isArray(value)
    ? "Start of list"
    : isObject(value)
      ? "Start of structure or map"
      : value === null
        ? "NULL_VALUE"
        : `${typeof value === "boolean" ? String(value).toUpperCase() : (typeof value).toUpperCase()}_VALUE`;
  const message =
    typeof value === "object" && value !== null
      ? `${got} found where not expected: ${path} must be ${wanted}.`
      : `${got} can not be converted to ${wanted}: ${path}.`;
  return new AwsError(code, message.replace(": .", "."));
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);
}
