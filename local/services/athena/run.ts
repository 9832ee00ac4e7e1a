import type { DuckDBConnection } from "@duckdb/node-api";
import { truncate } from "node:fs/promises";
import type { Cloud } from "../../cloud";
import type { Catalog } from "../glue/catalog";
import type { S3Service } from "../s3";
import { identifier, literal, withConnection } from "./duckdb";
import type { Execution, ResultColumn } from "./executions";
import { fromDuckDb, permissionMissing, QueryFailure, schemaMissing, syntaxFailure, tableMissing } from "./failures";
import { INFORMATION_SCHEMA, informationQuery, informationRights } from "./information-schema";
import { metadataFile } from "./metadata-file";
import { refuseForeignRelations } from "./relations";
import { CallersRights } from "./rights";
import { bytesScanned } from "./scan";
import { type Constants, createView, findSource, s3Address, type Source } from "./sources";
import { SyntaxProblem } from "./sql/ast";
import { type Translation, translate, unnamed } from "./sql/translate";
import { resultType } from "./types";
import { runUtility } from "./utility";

/**
 * Runs a query with the rights of whoever started it and writes its result file.
 *
 * @param cutoff bytes that a query may scan; beyond, it is cancelled before it has a result.
 * @throws QueryFailure
 */
export async function runQuery(
  cloud: Cloud,
  catalog: Catalog,
  execution: Execution,
  cutoff: number | undefined,
): Promise<"done" | "over-cutoff"> {
  const rights = new CallersRights(cloud, catalog, execution.principal, execution.cause);
  const { utility } = execution.statement;
  const translation = utility ? undefined : translated(execution, cloud.clock.now());
  const sources = translation ? await readable(cloud, catalog, rights, translation, execution.database) : [];
  const constants = translation ? informationOf(catalog, rights, translation) : [];
  const { bucket, prefix: key } = s3Address(execution.output);
  const denied = rights.missing(rights.ofResult(bucket, key, execution.resultConfiguration));
  if (denied !== undefined)
    throw permissionMissing(
      `Access denied when writing output to url: ${execution.output} . Please ensure you are allowed to access the S3 bucket. ${denied}`,
    );
  if (utility) await runUtility(cloud, catalog, execution, utility, rights);
  if (!translation) return "done";
  return withConnection(async (connection) => {
    execution.interrupt = () => connection.interrupt();
    try {
      await refuseForeignRelations(connection, translation.sql);
      for (const source of [...sources, ...constants]) await createView(cloud, connection, source);
      execution.bytesScanned = await bytesScanned(cloud, connection, translation.sql, sources);
      if (cutoff !== undefined && execution.bytesScanned > cutoff) {
        execution.bytesScanned = cutoff;
        return "over-cutoff";
      }
      await writeResult(cloud, connection, execution, translation.sql, rights);
      return "done";
    } catch (error) {
      throw error instanceof QueryFailure ? error : fromDuckDb(error as Error);
    } finally {
      execution.interrupt = undefined;
    }
  });
}

function translated(execution: Execution, now: number): Translation {
  try {
    return translate(execution.statement, now, execution.parameters);
  } catch (error) {
    if (error instanceof SyntaxProblem) throw syntaxFailure(error.message);
    throw error;
  }
}

/** The tables of the query; each is looked for with the caller's rights, before anything is told about it. */
async function readable(
  cloud: Cloud,
  catalog: Catalog,
  rights: CallersRights,
  translation: Translation,
  database: string,
): Promise<Source[]> {
  const sources: Source[] = [];
  for (const reference of translation.tables) {
    if (reference.database === INFORMATION_SCHEMA) continue;
    const owner = reference.database ?? database;
    const known = catalog.findTable(owner, reference.table);
    const unseen = rights.missing(rights.ofCatalog(owner, reference.table));
    if (unseen !== undefined) throw permissionMissing(`PERMISSION_DENIED: ${unseen}`);
    if (!catalog.databases.has(owner)) throw schemaMissing(owner);
    if (!known) throw tableMissing(owner, reference.table);
    const source = await findSource(cloud, catalog, reference, database);
    const denied = rights.missing(rights.ofData(source));
    if (denied !== undefined)
      throw permissionMissing(
        `PERMISSION_DENIED: Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied): ${denied}`,
      );
    sources.push(source);
  }
  return sources;
}

/** What the query reads of the information schema. */
function informationOf(catalog: Catalog, rights: CallersRights, { tables }: Translation): Constants[] {
  const wanted = tables.filter(({ database }) => database === INFORMATION_SCHEMA);
  const denied = wanted.length === 0 ? undefined : rights.missing(informationRights(catalog));
  if (denied !== undefined) throw permissionMissing(`PERMISSION_DENIED: ${denied}`);
  return wanted.map(({ view, table }) => ({ view, text: informationQuery(catalog, table) }));
}

/** Athena's form of CSV: a header, every value in quotes, NULL as nothing at all; written by the engine row by row. */
async function writeResult(
  cloud: Cloud,
  connection: DuckDBConnection,
  execution: Execution,
  sql: string,
  rights: CallersRights,
): Promise<void> {
  const prepared = await connection.prepare(sql);
  const columns: ResultColumn[] = [];
  const texts: string[] = [];
  for (let i = 0; i < prepared.columnCount; i++) {
    const { text, ...type } = resultType(prepared.columnType(i));
    const name = prepared.columnName(i).toLowerCase();
    columns.push({ ...type, type: type.name, name: name.startsWith(unnamed) ? `_col${i}` : name });
    texts.push(`${text(`c${i}`)} AS ${identifier(`${i}`)}`);
  }
  prepared.destroySync();
  const aliases = columns.map((_, i) => `c${i}`).join(", ");
  const { store } = cloud.services.get("s3") as S3Service;
  const { bucket: name, prefix: key } = s3Address(execution.output);
  const bucket = store.bucket(name);
  const draft = await store.prepareDraft(bucket);
  const header = `${columns.map((column) => `"${column.name.replaceAll('"', '""')}"`).join(",")}\n`;
  const written = await connection.run(
    `COPY (SELECT ${texts.join(", ")} FROM (${sql}) AS q(${aliases})) TO ${literal(draft)} (FORMAT csv, HEADER false, PREFIX ${literal(header)}, SUFFIX '\n', FORCE_QUOTE *, NULLSTR '')`,
  );
  // The line feed that ends the last row is also written when there is none.
  if (written.rowsChanged === 0) await truncate(draft, Buffer.byteLength(header));
  execution.columns = columns;
  const encryption = rights.resultEncryption(name, execution.resultConfiguration);
  await store.take(bucket, key, draft, { encryption, contentType: "application/octet-stream" });
  await store.put(bucket, `${key}.metadata`, metadataFile(columns), {
    encryption,
    contentType: "application/octet-stream",
  });
}
