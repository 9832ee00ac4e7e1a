import { messageProblem } from "../message-store/validate";
import { ArgumentError } from "../shared/errors";
import { isTimeZone } from "../shared/time-zone";
import type { PlayerAttributes } from "../shared/player-directory";
import { compileFilter } from "./compile-filter";
import type { CheckedDefinition, SegmentDefinition } from "./definition";
import { FILTER_LIMITS, type ParsedFilter } from "./filter";
import { requireFilter } from "./parse-filter";

/** What a definition falls back on, and what its message is checked against. */
export interface DefinitionDefaults {
  readonly attributes: PlayerAttributes;
  readonly maxDataAgeSeconds: number;
  readonly maxScannedBytes: number;
  /** Types of the message store. */
  readonly messageTypes: readonly string[];
}

type Refuse = (argument: string, got: unknown, expected: string, fix: string) => never;

/** @throws ArgumentError that names the pipeline, the segment and the place in the definition. */
export function checkDefinition<A extends PlayerAttributes>(
  component: string,
  name: string,
  definition: SegmentDefinition<A>,
  defaults: DefinitionDefaults,
): CheckedDefinition {
  const refuse: Refuse = (argument, got, expected, fix) => {
    throw new ArgumentError({ component, argument: `segment "${name}": ${argument}`, got, expected, fix });
  };
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(name)) {
    refuse("name", name, "1 to 40 lower-case letters, digits and hyphens", "Rename the segment.");
  }
  checkMembers(definition, refuse);
  checkMessage(definition, defaults.messageTypes, refuse);
  checkSchedule(definition, refuse);
  const common = {
    name,
    message: definition.message,
    maxDataAgeSeconds: definition.maxDataAgeSeconds ?? defaults.maxDataAgeSeconds,
    maxScannedBytes: definition.maxScannedBytes ?? defaults.maxScannedBytes,
  };
  for (const field of ["maxDataAgeSeconds", "maxScannedBytes"] as const) {
    if (!isCount(common[field])) refuse(field, common[field], "a whole number above zero", "Correct the number.");
  }
  if ("sql" in definition) return { ...common, sql: checkSql(definition.sql, refuse) };
  return { ...common, where: checkWhere(component, name, definition.where, defaults.attributes, refuse) };
}

const MEMBERS = [
  "where",
  "sql",
  "message",
  "description",
  "schedule",
  "scheduleTimeZone",
  "maxDataAgeSeconds",
  "maxScannedBytes",
];
const MESSAGE_MEMBERS = ["type", "template", "data", "validForSeconds"];
/** Characters of a description: a schedule's own has at most 512. */
const DESCRIPTION = 400;

/** What a misspelt member would mean is lost without a word, for programs without types at least. */
function checkMembers(definition: unknown, refuse: Refuse): void {
  const members = onlyMembers("definition", definition, MEMBERS, refuse);
  onlyMembers("message", members["message"], MESSAGE_MEMBERS, refuse);
  if ("where" in members === "sql" in members)
    refuse("definition", Object.keys(members), "either where or sql", "Say which players it holds, in one way.");
  const { description, sql } = members;
  if (description !== undefined && (typeof description !== "string" || description.length > DESCRIPTION))
    refuse("description", description, `text of at most ${DESCRIPTION} characters`, "Correct or shorten it.");
  if ("sql" in members && typeof sql !== "string") refuse("sql", sql, "text", "Write the SELECT as a string.");
}

function onlyMembers(
  argument: string,
  value: unknown,
  known: readonly string[],
  refuse: Refuse,
): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return refuse(argument, value, `an object with ${known.join(", ")}`, "Write it as an object.");
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown !== undefined) refuse(argument, unknown, `members among ${known.join(", ")}`, "Correct its name.");
  return value as Readonly<Record<string, unknown>>;
}

function checkMessage({ message }: Pick<SegmentDefinition, "message">, types: readonly string[], refuse: Refuse): void {
  const { type, template, data, validForSeconds } = message;
  const sample = { player: "p", type, template, ...(data === undefined ? {} : { data }) };
  const problem = messageProblem(sample, types, 0);
  if (problem) {
    const expected = problem.message.slice(problem.message.lastIndexOf("; expected ") + 11).replace(/\.$/, "");
    refuse(`message.${problem.field}`, message, expected, `Mend ${problem.message}`);
  }
  if (validForSeconds !== undefined && !isCount(validForSeconds)) {
    refuse("message.validForSeconds", validForSeconds, "a whole number of seconds above zero", "Correct the number.");
  }
}

/** Where an expression itself is wrong, the scheduler says so when it is deployed. */
function checkSchedule(
  { schedule, scheduleTimeZone }: Pick<SegmentDefinition, "schedule" | "scheduleTimeZone">,
  refuse: Refuse,
): void {
  if (schedule !== undefined && !/^(rate|cron|at)\(.+\)$/.test(schedule)) {
    refuse("schedule", schedule, "rate(...), cron(...) or at(...)", "Write an expression of EventBridge Scheduler.");
  }
  if (scheduleTimeZone !== undefined && !isTimeZone(scheduleTimeZone)) {
    refuse("scheduleTimeZone", scheduleTimeZone, "an IANA time zone such as Europe/Berlin", "Correct the name.");
  }
}

function checkSql(sql: string, refuse: Refuse): string {
  // The text becomes a subquery: a second statement or an unclosed comment would break out of it.
  if (!/^\s*(select|with)\b/i.test(sql) || /;|--|\/\*/.test(sql)) {
    const fix = 'Return the column "pk" of profiles from {players}.';
    refuse("sql", sql, "one SELECT without comments and semicolons", fix);
  }
  if (!isBalanced(sql)) {
    refuse("sql", sql, "parentheses and quotes that are closed where they were opened", "Close them.");
  }
  checkSize(sql, "sql", refuse);
  return sql;
}

/** Whether each parenthesis is closed after it was opened, and each quote is closed: otherwise the text leaves its subquery. */
function isBalanced(sql: string): boolean {
  let depth = 0;
  const outside = sql.replace(/'[^']*'|"[^"]*"/g, "");
  for (const character of outside) {
    if (character === "(") depth++;
    else if (character === ")" && --depth < 0) return false;
    else if (character === "'" || character === '"') return false;
  }
  return depth === 0;
}

function checkWhere(
  component: string,
  name: string,
  where: unknown,
  attributes: PlayerAttributes,
  refuse: Refuse,
): ParsedFilter {
  const parsed = requireFilter(component, `segment "${name}": `, where, attributes);
  checkSize(compileFilter(parsed, Math.floor(Date.now() / 1000)), "where", refuse);
  return parsed;
}

function checkSize(sql: string, argument: string, refuse: Refuse): void {
  const bytes = Buffer.byteLength(sql);
  if (bytes > FILTER_LIMITS.sqlBytes) {
    refuse(argument, `${bytes} bytes of SQL`, `at most ${FILTER_LIMITS.sqlBytes} bytes`, "Divide the segment.");
  }
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}
