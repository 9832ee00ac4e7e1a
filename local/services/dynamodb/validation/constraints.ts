import { validation } from "../errors";
import type { Member, Members } from "./members";

type Fields = Readonly<Record<string, unknown>>;

/** Errors that AWS lists in one answer. */
const listed = 10;

/** Refuses what breaks a member's constraints; up to ten errors in one message. */
export function checkConstraints(input: Fields, members: Members): void {
  const errors: string[] = [];
  for (const name in members) if (!members[name]!.last) check(name, input[name], members[name]!, "", errors);
  for (const name in members) {
    const isOnly = errors.length === 0 || input[name] === undefined || input[name] === null;
    if (members[name]!.last && isOnly) check(name, input[name], members[name]!, "", errors);
  }
  if (errors.length === 0) return;
  const shown = errors.slice(0, listed);
  throw validation(`${shown.length} validation error${shown.length > 1 ? "s" : ""} detected: ${shown.join("; ")}`);
}

function check(name: string, value: unknown, member: Member, parent: string, errors: string[]): void {
  const path = `${parent}${lower(name)}`;
  const fail = (constraint: string): void => {
    if (member.terse && constraint.startsWith("Member must have")) throw alone(name, parent, constraint);
    const text = show(value, member);
    const shown = text === "null" ? text : `'${text}'`;
    errors.push(`Value ${shown} at '${path}' failed to satisfy constraint: ${constraint}`);
  };
  if (value === undefined || value === null) {
    if (member.notNull) fail("Member must not be null");
    return;
  }
  switch (member.type) {
    case "String": {
      checkText(value as string, member, fail);
      return;
    }
    case "Integer":
    case "Long":
    case "Double":
      if (member.min !== undefined && (value as number) < member.min)
        fail(`Member must have value greater than or equal to ${member.min}`);
      if (member.max !== undefined && (value as number) > member.max)
        fail(`Member must have value less than or equal to ${member.max}`);
      return;
    case "List":
      checkLength((value as readonly unknown[]).length, member, fail);
      if (hasConstraints(member.of!))
        (value as readonly unknown[]).forEach((element, i) =>
          check("member", element, member.of!, `${path}.${i + 1}.`, errors),
        );
      return;
    case "Boolean":
    case "Value":
      return; // no constraint of their own
    case "Map":
      checkLength(Object.keys(value).length, member, fail);
      checkKeys(value as Fields, member, fail);
      if (hasConstraints(member.of!))
        for (const [key, element] of Object.entries(value))
          check("member", element, member.of!, `${path}.${key}.`, errors);
      return;
    case "Struct":
      for (const child in member.members)
        check(child, (value as Fields)[child], member.members[child]!, `${path}.`, errors);
  }
}

/** Names of members start small in a path, as AWS's classes have them; the newer wording keeps the request's spelling. */
function alone(name: string, parent: string, constraint: string): Error {
  const path = `${parent}${name}`
    .split(".")
    .map((part, i) => (i === 0 ? part[0]!.toUpperCase() + part.slice(1) : part))
    .join(".");
  return validation(`1 validation error detected: Value at '${path}' failed to satisfy constraint: ${constraint}`);
}

function checkText(text: string, member: Member, fail: (constraint: string) => void): void {
  if (member.values && !member.values.includes(text)) {
    fail(`Member must satisfy enum value set: [${member.values.join(", ")}]`);
  }
  // Where a name is asked for, an ARN may stand in its place: API_PutItem.html, TableName.
  if (member.pattern && text.startsWith("arn:") && text.length <= 1024) return;
  if (text === "" && member.minLength === 1) {
    checkLength(0, member, fail);
    return;
  }
  if (member.pattern && !new RegExp(`^${member.pattern}$`).test(text)) {
    fail(`Member must satisfy regular expression pattern: ${member.pattern}`);
  }
  checkLength(text.length, member, fail);
}

function checkLength(length: number, member: Member, fail: (constraint: string) => void): void {
  if (member.minLength !== undefined && length < member.minLength)
    fail(`Member must have length greater than or equal to ${member.minLength}`);
  if (member.maxLength !== undefined && length > member.maxLength)
    fail(`Member must have length less than or equal to ${member.maxLength}`);
}

function checkKeys(map: Fields, member: Member, fail: (constraint: string) => void): void {
  const { keys, listLength } = member;
  for (const [key, element] of Object.entries(map)) {
    if (keys && !key.startsWith("arn:")) {
      const fits = key.length >= keys.minLength && key.length <= keys.maxLength;
      if (!fits || !new RegExp(`^${keys.pattern}$`).test(key)) {
        fail(
          `Map keys must satisfy constraint: [Member must have length less than or equal to ${keys.maxLength}, ` +
            `Member must have length greater than or equal to ${keys.minLength}, ` +
            `Member must satisfy regular expression pattern: ${keys.pattern}]`,
        );
      }
    }
    const length = Array.isArray(element) ? element.length : undefined;
    if (listLength && length !== undefined && (length < listLength.min || length > listLength.max)) {
      fail(
        `Map value must satisfy constraint: [Member must have length less than or equal to ${listLength.max}, ` +
          `Member must have length greater than or equal to ${listLength.min}]`,
      );
    }
  }
}

/** Attribute values and plain texts have none, and need no walk. */
function hasConstraints(member: Member): boolean {
  return (
    member.type !== "Value" &&
    !(
      member.type === "String" &&
      !member.values &&
      !member.pattern &&
      !member.notNull &&
      member.maxLength === undefined
    )
  );
}

const dataTypes = ["S", "N", "B", "SS", "NS", "BS", "M", "L", "NULL", "BOOL"] as const;

/** A value as the classes of AWS's service print themselves. */
function show(value: unknown, member: Member): string {
  if (value === undefined || value === null) return "null";
  if (typeof value !== "object") return String(value);
  if (member.json) return JSON.stringify(value);
  const fields = value as Fields;
  switch (member.type) {
    case "List":
      return `[${(value as readonly unknown[]).map((element) => show(element, member.of!)).join(", ")}]`;
    case "Map": {
      const pairs = Object.entries(fields).map(([key, element]) => `${key}=${show(element, member.of!)}`);
      return `{${pairs.join(", ")}}`;
    }
    case "Struct": {
      const parts = Object.entries(member.members!).map(([key, of]) => `${lower(key)}=${show(fields[key], of)}`);
      return `${member.java}(${parts.join(", ")})`;
    }
    case "Value":
      return `AttributeValue(${dataTypes.map((type) => `${lower(type)}=${showData(fields[type])}`).join(", ")})`;
    default:
      return JSON.stringify(value);
  }
}

function showData(data: unknown): string {
  if (Array.isArray(data)) {
    return `[${data.map((e) => (typeof e === "object" ? show(e, { type: "Value" }) : String(e))).join(", ")}]`;
  }
  const isMap = typeof data === "object" && data !== null;
  return isMap ? show(data, { type: "Map", of: { type: "Value" } }) : String(data ?? "null");
}

function lower(name: string): string {
  return `${name[0]!.toLowerCase()}${name.slice(1)}`;
}
