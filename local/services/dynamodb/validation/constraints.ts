import { validation } from "../errors";
import type { Member, Members } from "./members";

type Fields = Readonly<Record<string, unknown>>;

/** Errors that AWS lists in one answer. */
const listed = 10;

/** Refuses what breaks a member's constraints; up to ten errors in one message. */
export function checkConstraints(input: Fields, members: Members): void {
  const errors: string[] = [];
  for (const name in members) check(name, input[name], members[name]!, "", errors);
  if (errors.length === 0) return;
  const shown = errors.slice(0, listed);
  throw validation(`${shown.length} validation error${shown.length > 1 ? "s" : ""} detected: ${shown.join("; ")}`);
}

function check(name: string, value: unknown, member: Member, parent: string, errors: string[]): void {
  const path = `${parent}${name[0]!.toLowerCase()}${name.slice(1)}`;
  const fail = (constraint: string): void => {
    const text = show(value);
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

function checkText(text: string, member: Member, fail: (constraint: string) => void): void {
  if (member.values && !member.values.includes(text)) {
    fail(`Member must satisfy enum value set: [${member.values.join(", ")}]`);
  }
  // Where a name is asked for, an ARN may stand in its place: API_PutItem.html, TableName.
  if (member.pattern && text.startsWith("arn:") && text.length <= 1024) return;
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

function show(value: unknown): string {
  if (value === undefined || value === null) return "null";
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
