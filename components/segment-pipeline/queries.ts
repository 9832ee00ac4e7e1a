import { createHash } from "node:crypto";
import { compileFilter } from "./compile-filter";
import type { CheckedDefinition } from "./definition";

/** Identifiers of the analytics copy, as Athena names them. */
export interface PlayersCopy {
  readonly database: string;
  readonly table: string;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * One small query before that of the run: how old the data is and how many bytes its files have, from Iceberg's metadata
 * tables, and which columns the copy has, by joining no rows of it. What comes back is one row; no data is read.
 * https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-table-metadata.html
 */
export function preflightQuery(copy: PlayersCopy): string {
  const of = (suffix: string): string => `${quoted(copy.database)}.${quoted(`${copy.table}${suffix}`)}`;
  return (
    `SELECT (SELECT CAST(to_unixtime(MAX(committed_at)) AS BIGINT) FROM ${of("$snapshots")}) AS committed_at, ` +
    `(SELECT CAST(SUM(file_size_in_bytes) AS BIGINT) FROM ${of("$files")}) AS total_bytes, players.* ` +
    `FROM (VALUES 1) AS one(n) LEFT JOIN (SELECT * FROM ${of("")} LIMIT 0) AS players ON TRUE`
  );
}

/**
 * The columns of the copy, from what Athena says of the preflight's result.
 * @returns undefined where the answer cannot be right: without a key column it is better to ask for every attribute.
 */
export function columnsOfCopy(
  columns: readonly { readonly Name: string | undefined }[],
): ReadonlySet<string> | undefined {
  const names = new Set(columns.slice(2).map(({ Name }) => (Name ?? "").toLowerCase()));
  return names.has("pk") ? names : undefined;
}

/**
 * The query of a run: the keys of the segment's players, nothing else, so that only the referenced columns are read.
 * @param now epoch seconds, the run's reference time.
 * @param columns of the copy, where they are known: zero-ETL makes one with the first player who has the attribute. SQL of
 *   an expert stays as it is.
 */
export function segmentQuery(
  copy: PlayersCopy,
  definition: CheckedDefinition,
  now: number,
  columns?: ReadonlySet<string>,
): string {
  const players = `${quoted(copy.database)}.${quoted(copy.table)}`;
  if (definition.sql !== undefined)
    return `SELECT "pk" FROM (${definition.sql.replaceAll("{players}", players)}) AS segment`;
  const condition = definition.where === undefined ? "TRUE" : compileFilter(definition.where, now, columns);
  return `SELECT "pk" FROM ${players} WHERE "sk" = 'PROFILE' AND (${condition})`;
}

/** Athena's idempotency token, 32 to 128 characters: a start that is tried again finds its query instead of a second one. */
export function requestToken(runId: string, phase: string): string {
  return createHash("sha256").update(`${runId}\n${phase}`).digest("hex");
}
