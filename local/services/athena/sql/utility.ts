/** A statement about the catalog instead of data; they follow Hive's grammar, not Trino's. */
export interface Utility {
  /** Member of Athena's SubstatementType. */
  readonly kind: "SHOW_DATABASES" | "SHOW_TABLES" | "SHOW_COLUMNS" | "DESCRIBE_TABLE";
  /** Lower case; undefined for the query's own. */
  readonly database: string | undefined;
  readonly table: string | undefined;
  /** Which names are shown. @default all */
  readonly pattern: RegExp | undefined;
}

const NAME = "(`[^`]+`|[A-Za-z0-9_]+)";
const FORMS: readonly (readonly [Utility["kind"], RegExp, readonly ("database" | "table" | "pattern")[]])[] = [
  ["SHOW_DATABASES", /^SHOW (?:DATABASES|SCHEMAS)(?: LIKE '([^']*)')?$/i, ["pattern"]],
  ["SHOW_TABLES", new RegExp(`^SHOW TABLES(?: IN ${NAME})?(?: '([^']*)')?$`, "i"), ["database", "pattern"]],
  ["SHOW_COLUMNS", new RegExp(`^SHOW COLUMNS (?:FROM|IN) ${NAME}\\.${NAME}$`, "i"), ["database", "table"]],
  [
    "SHOW_COLUMNS",
    new RegExp(`^SHOW COLUMNS (?:FROM|IN) ${NAME}(?: (?:FROM|IN) ${NAME})?$`, "i"),
    ["table", "database"],
  ],
  ["DESCRIBE_TABLE", new RegExp(`^DESCRIBE (?:${NAME}\\.)?${NAME}$`, "i"), ["database", "table"]],
];

/** Reads `SHOW DATABASES`, `SHOW TABLES`, `SHOW COLUMNS` and `DESCRIBE`; undefined for everything else. */
export function readUtility(sql: string): Utility | undefined {
  const text = sql
    .replace(/^(?:\s|--[^\n]*(?:\n|$))+|[\s;]+$/g, "")
    .replace(/\s+/g, " ")
    .replace(/ ?\. ?/g, ".");
  for (const [kind, form, members] of FORMS) {
    const match = form.exec(text);
    if (!match) continue;
    const read: Partial<Record<"database" | "table" | "pattern", string>> = {};
    members.forEach((member, i) => {
      if (match[i + 1] !== undefined) read[member] = match[i + 1]!.replaceAll("`", "").toLowerCase();
    });
    return {
      kind,
      database: read.database,
      table: read.table,
      pattern: read.pattern === undefined ? undefined : hive(read.pattern),
    };
  }
  return undefined;
}

/** Hive's patterns: `*` for anything, `|` between alternatives. */
function hive(pattern: string): RegExp {
  const alternatives = pattern
    .split("|")
    .map((text) => text.replace(/[.+?^${}()[\]\\]/g, "\\$&").replaceAll("*", ".*"));
  return new RegExp(`^(?:${alternatives.join("|")})$`);
}
