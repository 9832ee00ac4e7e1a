import { serialization } from "../errors";
import type { Member, Members } from "./members";

const attributeValue: Members = {
  S: { type: "String" },
  N: { type: "String" },
  B: { type: "String", java: "Blob" },
  BOOL: { type: "Boolean" },
  NULL: { type: "Boolean" },
  SS: { type: "List", of: { type: "String" } },
  NS: { type: "List", of: { type: "String" } },
  BS: { type: "List", of: { type: "String", java: "Blob" } },
  L: { type: "List", of: { type: "Value" } },
  M: { type: "Map", java: "AttributeValue", of: { type: "Value" } },
};

/** Texts that AWS's parser takes for a Boolean. */
const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ...["true", "1", "yes"].map((text) => [text, true] as const),
  ...["false", "0", "no"].map((text) => [text, false] as const),
]);

/** Refuses members of a wrong JSON type, in the words of AWS's own parser; a Boolean that came as text becomes one. */
export function checkTypes(input: Readonly<Record<string, unknown>>, members: Members): void {
  for (const name in members) {
    const value = input[name];
    if (value === undefined || value === null) continue;
    const member = members[name]!;
    const flag = member.type === "Boolean" && typeof value === "string" ? FLAGS.get(value.toLowerCase()) : undefined;
    if (flag === undefined) checkType(value, member);
    else (input as Record<string, unknown>)[name] = flag;
  }
}

/** Where a value stands: AWS's parser words its refusals of members and of elements differently. */
type Place = "member" | "element";

function checkType(value: unknown, member: Member, place: Place = "member"): void {
  switch (member.type) {
    case "Value": {
      checkAttributeValue(value, place);
      return;
    }
    case "String":
      if (typeof value !== "string") throw member.java === "Blob" ? notBlob(value) : notScalar(value, "String");
      if (member.java === "Blob") checkBlob(value);
      return;
    case "Boolean":
      if (typeof value !== "boolean") throw notScalar(value, "Boolean");
      return;
    case "Integer":
    case "Long":
    case "Double":
      if (typeof value !== "number") throw notScalar(value, member.type);
      return;
    case "List":
      if (typeof value !== "object") throw serialization(place === "element" ? parameterized : unexpectedField);
      if (!Array.isArray(value)) throw serialization(startOfStructure);
      for (const element of value) if (element !== null) checkType(element, member.of!, "element");
      return;
    case "Map": {
      const java = `java.util.Map<java.lang.String, ${qualified(member.java!)}>`;
      const elements = record(value, java, place === "element" ? parameterized : unexpectedField);
      for (const element of Object.values(elements)) if (element != null) checkType(element, member.of!, "element");
      return;
    }
    case "Struct": {
      checkTypes(record(value, `class ${qualified(member.java!)}`, refusalAt(place)), member.members!);
      return;
    }
  }
}

/** Attribute values are most of what comes in, so they are checked without the general walk. */
function checkAttributeValue(value: unknown, place: Place): void {
  const fields = record(value, "class com.amazonaws.dynamodb.v20120810.AttributeValue", refusalAt(place));
  for (const type in fields) {
    const content = fields[type];
    if (content === null || content === undefined) continue;
    if ((type === "S" || type === "N") && typeof content === "string") continue;
    const member = Object.hasOwn(attributeValue, type) ? attributeValue[type] : undefined;
    if (member) checkType(content, member);
  }
}

function refusalAt(place: Place): string {
  return place === "element" ? "Unexpected value type in payload" : unexpectedField;
}

const startOfStructure = "Start of structure or map found where not expected";
const unexpectedField = "Unexpected field type";
const parameterized =
  "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class java.lang.Class " +
  "(sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are in module java.base of loader 'bootstrap')";

function record(value: unknown, java: string, otherwise: string): Readonly<Record<string, unknown>> {
  if (Array.isArray(value)) throw serialization(`Unrecognized collection type ${java}`);
  if (typeof value !== "object" || value === null) throw serialization(otherwise);
  return value as Readonly<Record<string, unknown>>;
}

function qualified(java: string): string {
  return java.includes(".") ? java : `com.amazonaws.dynamodb.v20120810.${java}`;
}

function notScalar(value: unknown, wanted: string): Error {
  if (Array.isArray(value)) return serialization(`Unrecognized collection type class java.lang.${wanted}`);
  if (typeof value === "object") return serialization(startOfStructure);
  if (typeof value === "string" && wanted === "Boolean") return serialization("Unexpected token received from parser");
  const token =
    typeof value === "number"
      ? Number.isInteger(value)
        ? "NUMBER_VALUE"
        : "DECIMAL_VALUE"
      : typeof value === "boolean"
        ? value
          ? "TRUE_VALUE"
          : "FALSE_VALUE"
        : "STRING_VALUE";
  return serialization(`${token} cannot be converted to ${wanted}`);
}

function notBlob(value: unknown): Error {
  if (Array.isArray(value)) return serialization("Unrecognized collection type class java.nio.ByteBuffer");
  if (typeof value === "object") return serialization(startOfStructure);
  return serialization("only base-64-encoded strings are convertible to bytes");
}

function checkBlob(base64: string): void {
  if (base64.length % 4 !== 0) {
    throw serialization(`Base64 encoded length is expected a multiple of 4 bytes but found: ${base64.length}`);
  }
  if (Buffer.from(base64, "base64").toString("base64") !== base64) {
    throw serialization("Invalid last non-pad Base64 character dectected");
  }
}
