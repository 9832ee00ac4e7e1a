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
 * One small query over Iceberg's metadata tables: how old the data is and how many bytes its files have.
 * https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-table-metadata.html
 */
export function preflightQuery(copy: PlayersCopy): string {
  const of = (metadata: string): string => `${quoted(copy.database)}.${quoted(`${copy.table}$${metadata}`)}`;
  return (
    `SELECT (SELECT CAST(to_unixtime(MAX(committed_at)) AS BIGINT) FROM ${of("snapshots")}) AS committed_at, ` +
    `(SELECT CAST(SUM(file_size_in_bytes) AS BIGINT) FROM ${of("files")}) AS total_bytes`
  );
}

/**
 * The query of a run: the keys of the segment's players, nothing else, so that only the referenced columns are read.
 * @param now epoch seconds, the run's reference time.
 */
export function segmentQuery(copy: PlayersCopy, definition: CheckedDefinition, now: number): string {
  const players = `${quoted(copy.database)}.${quoted(copy.table)}`;
  if (definition.sql !== undefined)
    return `SELECT "pk" FROM (${definition.sql.replaceAll("{players}", players)}) AS segment`;
  const condition = definition.where === undefined ? "TRUE" : compileFilter(definition.where, now);
  return `SELECT "pk" FROM ${players} WHERE "sk" = 'PROFILE' AND (${condition})`;
}

/** Athena's idempotency token, 32 to 128 characters: a start that is tried again finds its query instead of a second one. */
export function requestToken(runId: string, phase: string): string {
  return createHash("sha256").update(`${runId}\n${phase}`).digest("hex");
}
