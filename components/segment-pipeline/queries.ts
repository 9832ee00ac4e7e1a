import { createHash } from "node:crypto";
import { compileFilter } from "./compile-filter";
import type { CheckedDefinition } from "./definition";
import { identifier } from "./sql";

/** Identifiers of the analytics copy, as Athena names them. */
export interface PlayersCopy {
  readonly database: string;
  readonly table: string;
}

/** The copy itself, or with a suffix such as `$files` one of Iceberg's tables about it, as queries name it. */
export function tableOf(copy: PlayersCopy, suffix = ""): string {
  return `${identifier(copy.database)}.${identifier(`${copy.table}${suffix}`)}`;
}

/**
 * One small query before that of the run: how old the data is and how many bytes its files have, from Iceberg's metadata
 * tables, and which columns the copy has, by joining no rows of it. What comes back is one row; no data is read.
 * https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-table-metadata.html
 */
export function preflightQuery(copy: PlayersCopy): string {
  return (
    `SELECT (SELECT CAST(to_unixtime(MAX(committed_at)) AS BIGINT) FROM ${tableOf(copy, "$snapshots")}) AS committed_at, ` +
    `(SELECT CAST(SUM(file_size_in_bytes) AS BIGINT) FROM ${tableOf(copy, "$files")}) AS total_bytes, players.* ` +
    `FROM (VALUES 1) AS one(n) LEFT JOIN (SELECT * FROM ${tableOf(copy)} LIMIT 0) AS players ON TRUE`
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
  const players = tableOf(copy);
  if (definition.sql !== undefined)
    return `SELECT "pk" FROM (${definition.sql.replaceAll("{players}", players)}) AS segment`;
  const condition = definition.where === undefined ? "TRUE" : compileFilter(definition.where, now, columns);
  return `SELECT "pk" FROM ${players} WHERE "sk" = 'PROFILE' AND (${condition})`;
}

/** Athena's idempotency token, 32 to 128 characters: a start that is tried again finds its query instead of a second one. */
export function requestToken(runId: string, phase: string): string {
  return createHash("sha256").update(`${runId}\n${phase}`).digest("hex");
}
