import type { GetQueryResultsOutput } from "@aws-sdk/client-athena";
import * as fc from "fast-check";
import type { PlayerAttributes } from "../../../components/shared/player-directory";
import { encodePlayerId } from "../../../components/shared/player-keys";
import type { CheckedDefinition } from "../../../components/segment-pipeline/definition";
import type { PlayerRecord } from "../../../components/segment-pipeline/evaluate-filter";
import { columnsOfCopy, preflightQuery, segmentQuery } from "../../../components/segment-pipeline/queries";
import { readPlayers } from "../../../components/segment-pipeline/result-lines";
import { cloudcontrolService } from "../../../local/services/cloudcontrol";
import { dynamodbService } from "../../../local/services/dynamodb";
import { AnalyticsWorld } from "../../local/athena/analytics-world";

/** Names that fold in case, and names that are words of SQL. */
export const attributes = {
  name: "string",
  country: "string",
  select: "string",
  level: "number",
  spentCents: "number",
  guildRank: "number", // of no player: the copy has no such column
  premium: "boolean",
  lastActiveAt: "epochSeconds",
  createdAt: "epochSeconds",
} as const satisfies PlayerAttributes;

/** Around clock changes of several zones, leap days and the turn of years. */
export const instants = [
  "2026-03-29T01:00:00Z", // Europe/Berlin, America/Scoresbysund forward
  "2026-10-25T01:00:00Z", // Europe/Berlin back
  "2026-03-08T07:00:00Z", // America/New_York forward
  "2026-11-01T06:00:00Z", // America/New_York back
  "2026-04-04T15:00:00Z", // Australia/Lord_Howe back by half an hour
  "2026-10-03T15:30:00Z", // Australia/Lord_Howe forward by half an hour
  "2018-11-04T03:00:00Z", // America/Sao_Paulo: midnight skipped
  "2018-02-18T02:00:00Z", // America/Sao_Paulo: the hour before midnight twice
  "2024-02-29T12:00:00Z",
  "2025-12-31T23:59:59Z",
].map((text) => Date.parse(text) / 1000);

export const zones = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "America/Sao_Paulo",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "Pacific/Kiritimati",
  "Pacific/Niue",
];

const texts = [
  "",
  " ",
  "DE",
  "de",
  "AT",
  "Zoë",
  "Zoe\u0308",
  "O'Brien",
  "'; DROP TABLE players; --",
  "''",
  '"quoted"',
  "back\\slash",
  "100%",
  "under_score",
  "line\nbreak",
  "tab\t",
  "{players}",
  "?",
  "\u{1f600}",
  "\u{1f600}\u{1f601}",
  "\uffff",
  "\u{10ffff}",
  "東京",
  "عربى",
  "I",
  "ı",
  "İ",
  "x".repeat(1_000),
  `${"x".repeat(1_000)}y`,
];
const numbers = [0, -0, 1, -1, 7, 42, 0.1, 0.30000000000000004, 1e21, -1e-7, 2 ** 53, 2 ** 53 + 2, 99.5, 1234567890123];
const offsets = [0, 1, -1, 3_599, 3_600, -3_600, 43_200, 86_399, 86_400, -86_400, 30 * 86_400, -30 * 86_400];

const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...texts) },
  fc.string({ unit: "grapheme", maxLength: 6 }),
);
const number = fc.oneof(fc.constantFrom(...numbers), fc.integer({ min: -50, max: 50 }));
const time = fc
  .tuple(fc.constantFrom(...instants), fc.oneof(fc.constantFrom(...offsets), fc.integer({ min: -4e6, max: 4e6 })))
  .map(([instant, offset]) => instant + offset);

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { freq: 4 });

/** A player's attributes; about a fifth of each is absent. */
export const player: fc.Arbitrary<PlayerRecord> = fc.record({
  name: maybe(text),
  country: maybe(text),
  select: maybe(text),
  level: maybe(number),
  spentCents: maybe(number),
  premium: maybe(fc.boolean()),
  lastActiveAt: maybe(time),
  createdAt: maybe(time),
});

const prefix = text
  .filter((value) => value !== "")
  .chain((value) => fc.integer({ min: 1, max: 3 }).map((length) => Array.from(value).slice(0, length).join("")));
const duration = fc
  .record({ days: fc.integer({ min: 0, max: 400 }), hours: fc.integer({ min: 0, max: 30 }), minutes: fc.nat(90) })
  .filter(({ days, hours, minutes }) => days + hours + minutes > 0);
const day = fc.record({ daysAgo: fc.nat(400), timeZone: fc.constantFrom(...zones) }, { requiredKeys: ["daysAgo"] });

const comparisons = (value: fc.Arbitrary<unknown>): fc.Arbitrary<object>[] => [
  ...["equals", "notEquals", "lessThan", "atMost", "moreThan", "atLeast"].map((test) =>
    value.map((operand) => ({ [test]: operand })),
  ),
  ...["oneOf", "noneOf"].map((test) => fc.array(value, { maxLength: 4 }).map((operand) => ({ [test]: operand }))),
  fc.tuple(value, value).map(([a, b]) => ({ between: isAbove(a, b) ? [b, a] : [a, b] })),
  fc.boolean().map((exists) => ({ exists })),
];
const isAbove = (a: unknown, b: unknown): boolean =>
  typeof a === "string" ? Buffer.compare(Buffer.from(a), Buffer.from(b as string)) > 0 : Number(a) > Number(b);
const on = (names: readonly string[], tests: readonly fc.Arbitrary<object>[]): fc.Arbitrary<object> =>
  fc
    .tuple(
      fc.constantFrom(...names),
      fc.oneof(...tests),
      fc.constantFrom({}, {}, { whenNull: true }, { whenNull: false }),
    )
    .map(([attribute, test, whenNull]) => ({ attribute, ...test, ...whenNull }));

const oneTest = fc.oneof(
  on(
    ["name", "country", "select"],
    [...comparisons(text), prefix.map((startsWith) => ({ startsWith })), prefix.map((contains) => ({ contains }))],
  ),
  on(["level", "spentCents", "guildRank"], comparisons(number)),
  on(
    ["premium"],
    [
      fc.boolean().map((equals) => ({ equals })),
      fc.boolean().map((notEquals) => ({ notEquals })),
      fc.boolean().map((exists) => ({ exists })),
    ],
  ),
  on(
    ["lastActiveAt", "createdAt"],
    [
      ...comparisons(time),
      duration.map((within) => ({ within })),
      duration.map((before) => ({ before })),
      day.map((sinceDay) => ({ sinceDay })),
      day.map((beforeDay) => ({ beforeDay })),
    ],
  ),
);

/** Filters of every test, nested up to five deep. */
export const filter: fc.Arbitrary<object> = fc.letrec<{ filter: object }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { weight: 3, arbitrary: oneTest },
    { weight: 1, arbitrary: fc.array(tie("filter"), { maxLength: 3 }).map((all) => ({ all })) },
    { weight: 1, arbitrary: fc.array(tie("filter"), { maxLength: 3 }).map((any) => ({ any })) },
    { weight: 2, arbitrary: tie("filter").map((not) => ({ not })) },
  ),
})).filter;

export const now: fc.Arbitrary<number> = time;

const COPY = { database: "game", table: "players" };

/** Players in DynamoDB, copied by zero-ETL, asked by Athena: the path of production. */
export class FilterWorld extends AnalyticsWorld {
  private columns: ReadonlySet<string> | undefined;

  async load(players: readonly PlayerRecord[]): Promise<void> {
    await this.prepare();
    this.add(dynamodbService(this.cloud));
    this.add(cloudcontrolService(this.cloud));
    await this.declare("aws:dynamodb/table:Table", "players", {
      name: "players",
      billingMode: "PAY_PER_REQUEST",
      hashKey: "pk",
      rangeKey: "sk",
      attributes: [
        { name: "pk", type: "S" },
        { name: "sk", type: "S" },
      ],
      pointInTimeRecovery: { enabled: true },
    });
    const items = players.map((record, i) => ({
      pk: { S: `PLAYER#${encodePlayerId(playerId(i))}` },
      sk: { S: "PROFILE" },
      ...Object.fromEntries(Object.entries(record).flatMap(([key, value]) => attribute(key, value))),
    }));
    // Another item of the same players, which no segment may take for a profile.
    items.push({ ...items[0]!, sk: { S: "FRIEND#someone" } });
    for (let i = 0; i < items.length; i += 25) {
      const requests = items.slice(i, i + 25).map((Item) => ({ PutRequest: { Item } }));
      await this.call("dynamodb", "BatchWriteItem", { RequestItems: { players: requests } });
    }
    const roleArn = "arn:aws:iam::123456789012:role/zero-etl";
    const databaseArn = this.cloud.arn("glue", "database/game");
    await this.integrate("property", "AWS::Glue::IntegrationResourceProperty", {
      ResourceArn: databaseArn,
      TargetProcessingProperties: { RoleArn: roleArn },
    });
    await this.integrate("integration", "AWS::Glue::Integration", {
      IntegrationName: "players",
      SourceArn: this.cloud.arn("dynamodb", "table/players"),
      TargetArn: databaseArn,
      IntegrationConfig: { RefreshInterval: "8640" },
    });
    await this.virtual.advance(2_000);
  }

  /** What the pipeline's preflight finds: the first two values of its row, the copy's columns, and what it cost. */
  async preflight(): Promise<Preflight> {
    const { id, execution } = await this.run(preflightQuery(COPY));
    const { ResultSet } = await this.call<GetQueryResultsOutput>("athena", "GetQueryResults", { QueryExecutionId: id });
    return {
      values: (ResultSet?.Rows?.[1]?.Data ?? []).slice(0, 2).map(({ VarCharValue }) => VarCharValue),
      columns: columnsOfCopy(ResultSet?.ResultSetMetadata?.ColumnInfo ?? []),
      bytes: execution.Statistics.DataScannedInBytes,
    };
  }

  /** Ids that the segment's own query selects, read as the pipeline reads them. */
  async select(
    definition: Pick<CheckedDefinition, "where" | "sql">,
    at: number,
    columns?: ReadonlySet<string>,
  ): Promise<string[]> {
    this.columns ??= (await this.preflight()).columns;
    const checked = { name: "s", message: { type: "t", template: "t" }, maxDataAgeSeconds: 1, maxScannedBytes: 1 };
    const text = await this.csv(segmentQuery(COPY, { ...checked, ...definition }, at, columns ?? this.columns));
    const { players, malformed } = readPlayers(text.split("\n").slice(1));
    if (malformed > 0) throw new Error(`${malformed} lines of the result are malformed.`);
    return [...players].sort();
  }

  private async integrate(name: string, typeName: string, desiredState: object): Promise<void> {
    await this.declare("aws:cloudcontrol/resource:Resource", name, {
      typeName,
      desiredState: JSON.stringify(desiredState),
    });
  }
}

export interface Preflight {
  readonly values: readonly (string | undefined)[];
  readonly columns: ReadonlySet<string> | undefined;
  readonly bytes: number;
}

export function playerId(index: number): string {
  return index % 3 === 0 ? `auth0|${index}` : index % 3 === 1 ? `Ünï😀${index}` : `p-${index}`;
}

function attribute(key: string, value: string | number | boolean | null | undefined): [string, object][] {
  if (value === null || value === undefined) return [];
  if (typeof value === "string") return [[key, { S: value }]];
  return [[key, typeof value === "number" ? { N: String(value) } : { BOOL: value }]];
}
