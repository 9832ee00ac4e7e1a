import { UNKNOWN, type Data, type Resource } from "./resource";
import type { Rule } from "./rule";

/** Characters of a value that a violation shows. */
const SHOWN = 160;

/** One sentence that tells where, what was received, what is allowed; a second that tells how to mend it. */
export function violationText(violation: {
  readonly rule: Rule;
  readonly resource: Resource;
  readonly property: string;
  readonly got: Data;
  readonly allowed: string;
  readonly fix: string | undefined;
}): string {
  const { rule, resource, property, got, allowed, fix } = violation;
  const kind = resource.type.split(":").pop() ?? resource.type;
  return `${property} of ${kind} "${resource.name}": got ${show(got)}; expected ${allowed}. ${fix ?? rule.fix}`;
}

/** A value as a person reads it. */
export function show(value: Data): string {
  if (value === undefined || value === null || value === "") return "nothing";
  const text = JSON.stringify(value, (_, part: Data) => (part === UNKNOWN ? "(known at up)" : part));
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
