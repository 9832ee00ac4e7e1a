import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { checkDefinition } from "../components/segment-pipeline/check-definition";
import { preflightQuery, segmentQuery } from "../components/segment-pipeline/queries";
import { PROFILE_ATTRIBUTES } from "../components/shared/player-directory";
import { identifier, literal, withConnection } from "../local/services/athena/duckdb";
import { duckType, s3Address } from "../local/services/athena/sources";
import type { GlueService } from "../local/services/glue";
import { currentSnapshot, type DataFile, type IcebergField } from "../local/services/glue/iceberg";
import type { S3Service } from "../local/services/s3";
import type { TestStack } from "../tests/helpers/local-stack";
import type { Benchmark } from "./benchmark";
import { atMost, exactly, median, shown } from "./shared/rows";
import { countingStack, scratchFolder } from "./shared/stack";

/** Runs a segment's query over many players, and the same in DuckDB alone. */
const benchmark: Benchmark = {
  name: "segment",
  summary: "a segment over 1,000,000 players: bytes read, time against DuckDB alone",
  async run({ smoke }) {
    const players = smoke ? 20_000 : 1_000_000;
    const stack = await countingStack();
    const files = await fillCopy(stack, players);
    const now = Math.floor(stack.clock.now() / 1_000);
    const copy = copyOf(stack);
    const sql = segmentQuery(copy, ACTIVE, now);
    const before = await athena(stack, preflightQuery(copy));
    const alone = join(scratchFolder(), "alone.csv");

    const times: { athena: number[]; duckdb: number[] } = { athena: [], duckdb: [] };
    const scanned: number[] = [];
    const read: number[] = [];
    let rows = 0;
    // The first run of each warms up.
    for (let i = 0; i < (smoke ? 2 : 6); i++) {
      const start = bytesReadByProcess();
      const query = await timed(() => athena(stack, sql));
      const end = bytesReadByProcess();
      const plain = await timed(() => duckdb(files, now, alone));
      rows = await rowsOf(alone);
      const selected = await rowsOf(query.value.result);
      if (selected !== rows) throw new Error(`Athena selected ${selected} players and DuckDB ${rows}.`);
      scanned.push(query.value.bytes);
      if (i === 0) continue;
      if (start !== undefined && end !== undefined) read.push(end - start);
      times.athena.push(query.ms);
      times.duckdb.push(plain.ms);
    }
    const referenced = await columnBytes(files, ["pk", "sk", "lastactiveat"]);
    const [here, there] = [median(times.athena), median(times.duckdb)];
    return [
      atMost(
        "bytes scanned / bytes of the referenced columns",
        Math.max(...scanned) / referenced,
        1.1,
        `${scanned[0] ?? 0} of ${referenced} bytes; ${rows} of ${players} players`,
      ),
      exactly("bytes scanned by the check of age, size and columns", before.bytes, 0),
      ...(read.length === 0
        ? []
        : [
            shown(
              "bytes that the process read / the same",
              (median(read) / referenced).toFixed(2),
              "with footers, and the result for its checksum",
            ),
          ]),
      atMost(
        "time / DuckDB alone",
        here / there,
        5,
        `medians ${here.toFixed(0)} and ${there.toFixed(0)} ms, result written`,
      ),
    ];
  },
};

const ACTIVE = checkDefinition(
  "segments",
  "active-30-days",
  {
    where: { attribute: "lastActiveAt", within: { days: 30 } },
    message: { type: "social", template: "season-news" },
  },
  { attributes: PROFILE_ATTRIBUTES, maxDataAgeSeconds: 86_400, maxScannedBytes: 1e12, messageTypes: ["social"] },
);

function glueOf(stack: TestStack): GlueService {
  return stack.cloud.services.get("glue") as GlueService;
}

function copyOf(stack: TestStack): { readonly database: string; readonly table: string } {
  const [integration] = glueOf(stack).integrations.byArn.values();
  if (!integration) throw new Error("The program declares no zero-ETL integration.");
  return { database: integration.targetArn.split(":database/")[1] ?? "", table: integration.tableName };
}

/**
 * Puts generated players into the analytics copy: the columns that a refresh made of a real profile, in files as large
 * and compressed as a refresh writes them.
 * @returns paths of the files.
 */
async function fillCopy(stack: TestStack, players: number): Promise<string[]> {
  await stack.profile("sample", { level: 1, country: "DE", spentCents: 1, premium: true });
  const client = await stack.connect("sample");
  await client.close();
  await stack.clock.advance(60_000);
  const glue = glueOf(stack);
  await glue.refresh();
  const { database, table: name } = copyOf(stack);
  const table = glue.catalog.findTable(database, name);
  const log = table && glue.catalog.icebergOf(table);
  const last = log && currentSnapshot(log);
  if (!log || !last) throw new Error("The refresh made no analytics copy.");
  const { bucket, prefix } = s3Address(table.StorageDescriptor?.Location ?? "");
  const { store } = stack.cloud.services.get("s3") as S3Service;
  const files: DataFile[] = [];
  const paths: string[] = [];
  for (let from = 0; from < players; from += ROWS_PER_FILE) {
    const draft = await store.prepareDraft(store.bucket(bucket));
    const to = Math.min(players, from + ROWS_PER_FILE);
    const written = await writePlayers(draft, log.fields, from, to, Math.floor(stack.clock.now() / 1_000));
    const key = join(prefix, "data", `bench-${from}.parquet`);
    await store.take(store.bucket(bucket), key, draft);
    files.push({ path: `s3://${bucket}/${key}`, ...written });
    paths.push(join(stack.cloud.ports.objects.folder(bucket), key));
  }
  const snapshot = { ...last, id: last.id + 1n, parentId: last.id, files, committedAt: stack.clock.now() };
  glue.catalog.setIceberg(table, { fields: log.fields, snapshots: [...log.snapshots, snapshot] });
  return paths;
}

const ROWS_PER_FILE = 262_144;

/** How the n-th player's columns are made; what is not here is NULL. */
function expressions(now: number): Readonly<Record<string, string>> {
  return {
    pk: "'PLAYER#player-' || i",
    sk: "'PROFILE'",
    playerid: "'player-' || i",
    name: "'Player ' || i",
    email: "'player-' || i || '@players.test'",
    locale: "['en', 'de', 'fr', 'pt-BR', 'ja'][1 + i % 5]",
    timezone: "['Europe/Berlin', 'America/New_York', 'Asia/Tokyo'][1 + i % 3]",
    gamedata: `'{"inventory":["' || md5(CAST(i AS VARCHAR)) || '","' || md5(CAST(i + 1 AS VARCHAR)) || '"]}'`,
    gameversion: "1 + i % 7",
    version: "1 + i % 9",
    level: "hash(i) % 100",
    country: "['DE', 'US', 'JP', 'BR', 'FR', 'PL'][1 + CAST(hash(i + 3) % 6 AS INTEGER)]",
    spentcents: "hash(i + 5) % 100000",
    premium: "hash(i + 7) % 10 = 0",
    lastactiveat: `${now} - CAST(hash(i + 11) % ${90 * 86_400} AS BIGINT)`,
    createdat: `${now} - 10000000 - i % 1000000`,
    updatedat: `${now} - i % 1000000`,
  };
}

async function writePlayers(
  file: string,
  fields: readonly IcebergField[],
  from: number,
  to: number,
  now: number,
): Promise<Omit<DataFile, "path">> {
  const made = expressions(now);
  const columns = fields.map(
    ({ name, type }) => `CAST(${made[name] ?? "NULL"} AS ${duckType(type)}) AS ${identifier(name)}`,
  );
  return withConnection(async (connection) => {
    await connection.run(
      `COPY (SELECT ${columns.join(", ")} FROM range(${from}, ${to}) AS players(i)) TO ${literal(file)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 131072)`,
    );
    const ids = new Map(fields.map(({ name, id }) => [name, id]));
    const metadata = await connection.runAndReadAll(
      `SELECT split_part(path_in_schema, ', ', 1), CAST(sum(total_compressed_size) AS DOUBLE), CAST(sum(num_values) AS DOUBLE) FROM parquet_metadata(${literal(file)}) GROUP BY 1`,
    );
    const rows = metadata.getRows().flatMap(([name, size, values]) => {
      const id = ids.get(String(name));
      return id === undefined ? [] : [{ id, size: Number(size), values: Number(values) }];
    });
    return {
      recordCount: to - from,
      size: (await stat(file)).size,
      columnSizes: new Map(rows.map(({ id, size }) => [id, size])),
      valueCounts: new Map(rows.map(({ id, values }) => [id, values])),
    };
  });
}

/** Runs a query as the pipeline does: starts it and waits for its end. */
async function athena(stack: TestStack, sql: string): Promise<{ bytes: number; result: string }> {
  const { cloud, clock } = stack;
  const workgroup = stack.stack.evaluation.resources.find(({ type }) => type === "aws:athena/workgroup:Workgroup");
  const { QueryExecutionId: id } = await cloud.call<{ QueryExecutionId: string }>(
    "athena",
    "StartQueryExecution",
    {
      QueryString: sql,
      WorkGroup: String(workgroup?.state["name"]),
      QueryExecutionContext: { Database: copyOf(stack).database },
      ClientRequestToken: randomUUID(),
    },
    cloud.operator,
  );
  let execution: Execution | undefined;
  await clock.advanceUntil(async () => {
    const answer = await cloud.call<{ QueryExecution: Execution }>(
      "athena",
      "GetQueryExecution",
      { QueryExecutionId: id },
      cloud.operator,
    );
    execution = answer.QueryExecution;
    return ["SUCCEEDED", "FAILED", "CANCELLED"].includes(execution.Status.State);
  }, 60_000);
  if (execution?.Status.State !== "SUCCEEDED")
    throw new Error(`The query is ${execution?.Status.State ?? "lost"}: ${execution?.Status.StateChangeReason ?? ""}`);
  const { bucket, prefix: key } = s3Address(execution.ResultConfiguration.OutputLocation);
  return {
    bytes: execution.Statistics.DataScannedInBytes,
    result: join(cloud.ports.objects.folder(bucket), key),
  };
}

interface Execution {
  readonly Status: { readonly State: string; readonly StateChangeReason?: string };
  readonly Statistics: { readonly DataScannedInBytes: number };
  readonly ResultConfiguration: { readonly OutputLocation: string };
}

/** The same by hand: the filter over the files, its result as CSV. */
async function duckdb(files: readonly string[], now: number, result: string): Promise<void> {
  await withConnection(async (connection) => {
    const list = files.map(literal).join(", ");
    await connection.run(
      `COPY (SELECT pk FROM read_parquet([${list}]) WHERE sk = 'PROFILE' AND lastactiveat >= ${now - 30 * 86_400} AND lastactiveat <= ${now}) TO ${literal(result)} (FORMAT csv, HEADER true, FORCE_QUOTE *)`,
    );
  });
}

async function rowsOf(csv: string): Promise<number> {
  return withConnection(async (connection) => {
    const counted = await connection.runAndReadAll(`SELECT count(*) FROM read_csv(${literal(csv)}, header = true)`);
    return Number(counted.getRows()[0]?.[0]);
  });
}

async function columnBytes(files: readonly string[], columns: readonly string[]): Promise<number> {
  return withConnection(async (connection) => {
    const read = await connection.runAndReadAll(
      `SELECT CAST(sum(total_compressed_size) AS DOUBLE) FROM parquet_metadata([${files.map(literal).join(", ")}]) WHERE path_in_schema IN (${columns.map(literal).join(", ")})`,
    );
    return Number(read.getRows()[0]?.[0]);
  });
}

/** Bytes that this process has read so far; undefined where the system does not tell. */
function bytesReadByProcess(): number | undefined {
  try {
    return Number(/^rchar: (\d+)$/m.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);
  } catch {
    return undefined;
  }
}

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; ms: number }> {
  const started = performance.now();
  const value = await work();
  return { value, ms: performance.now() - started };
}

export default benchmark;
