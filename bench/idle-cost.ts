import { join, resolve } from "node:path";
import { LocalStack } from "../local/stack";
import type { DeclaredResource } from "../local/program";
import { DEFAULT_DUE_SHARDS, MAX_DUE_SHARDS } from "../components/message-store/limits";
import prices from "../local/prices.json";
import type { Benchmark, Row } from "./benchmark";
import { atMost, exactly, shown } from "./shared/rows";
import { scratchFolder } from "./shared/stack";

/** Seconds of a month as AWS bills it: 730 hours. */
const MONTH_SECONDS = 730 * 3_600;

/**
 * What idles and is billed by the month or by the clock. Everything else that the program declares (on-demand tables,
 * queues, topics, functions, APIs, buckets, log groups without logs) costs nothing while nobody uses it.
 */
interface Line {
  readonly what: string;
  readonly count: number;
  /** USD a month. */
  readonly cost: number;
  readonly why: string;
}

/** Prices what the stacks of the repository cost a month while nobody plays. */
const benchmark: Benchmark = {
  name: "idle-cost",
  summary: `what an idle stack costs a month at the list prices of ${prices.asOf}`,
  async run({ smoke }) {
    const rows: Row[] = [];
    for (const stack of smoke ? ["prod"] : ["dev", "prod"]) {
      const resources = await declared(stack);
      const lines = linesOf(resources);
      const total = lines.reduce((sum, line) => sum + line.cost, 0);
      for (const { what, count, cost, why } of lines) rows.push(shown(`${stack}: ${count} ${what}`, usd(cost), why));
      if (stack === "dev") {
        rows.push(
          { what: "dev in all", measured: usd(total), bar: "<= 5 USD", ok: total <= 5 },
          atMost("dev: alarms", count(resources, ALARM), 10),
          exactly("dev: dashboards", count(resources, DASHBOARD), 0),
        );
      } else rows.push(shown(`${stack} in all`, usd(total)));
    }
    return rows;
  },
};

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const DASHBOARD = "aws:cloudwatch/dashboard:Dashboard";
const KEY = "aws:kms/key:Key";
const RULE = "aws:cloudwatch/eventRule:EventRule";
const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";
const TABLE = "aws:dynamodb/table:Table";
const FUNCTION = "aws:lambda/function:Function";

async function declared(stack: string): Promise<readonly DeclaredResource[]> {
  const folder = resolve(__dirname, "..");
  // Settings of the account, which cost nothing: where a stack leaves them to others, this cloud has no others.
  const config = { "games-messaging:manageAccount": "true" };
  const local = await LocalStack.start({ folder, data: join(scratchFolder(), stack), stack, config });
  const { resources } = local.evaluation;
  await local.close();
  return resources;
}

function count(resources: readonly DeclaredResource[], type: string): number {
  return resources.filter((resource) => resource.type === type).length;
}

function linesOf(resources: readonly DeclaredResource[]): Line[] {
  const keys = count(resources, KEY);
  const metrics = resources.filter(({ type }) => type === ALARM).reduce((sum, alarm) => sum + metricsOf(alarm), 0);
  const dashboards = count(resources, DASHBOARD);
  const ticks = resources.reduce((sum, resource) => sum + ticksOf(resource), 0);
  const sweeps = resources.filter(({ type }) => type === FUNCTION).find(({ name }) => name.endsWith("-sweep"));
  const queues = resources.filter(
    ({ type, inputs }) => type === MAPPING && String(inputs["eventSourceArn"]).startsWith("arn:aws:sqs:"),
  ).length;
  const polls = queues * IDLE_POLLERS * (MONTH_SECONDS / LONG_POLL_SECONDS);
  const tables = count(resources, TABLE);
  const memoryGb = Number(sweeps?.inputs["memorySize"] ?? 256) / 1_024;
  return [
    {
      what: "customer-managed keys",
      count: keys,
      cost: keys * price("kms.keyMonth"),
      why: "each; after a rotation twice",
    },
    {
      what: "metrics watched by alarms",
      count: metrics,
      cost: metrics * price("cloudwatch.alarmMonth"),
      why: `${count(resources, ALARM)} alarms; an alarm on an expression counts each of its metrics`,
    },
    {
      what: "dashboards",
      count: dashboards,
      cost: dashboards * price("cloudwatch.dashboardMonth"),
      why: "each; the price is not confirmed",
    },
    {
      what: "empty receives by Lambda's pollers",
      count: Math.round(polls),
      cost: polls * price("sqs.standard.request"),
      why: `${queues} queue mappings, ${IDLE_POLLERS} long polls of ${LONG_POLL_SECONDS} s at once each`,
    },
    {
      what: "scheduled invocations",
      count: Math.round(ticks),
      cost:
        ticks * (price("lambda.request") + TICK_SECONDS * memoryGb * price("lambda.gbSecond.arm64")) +
        ticks * SWEEP_QUERIES * 0.5 * price("dynamodb.rru") +
        ticks * TICK_LOG_BYTES * 1e-9 * price("cloudwatch.logsInGb") +
        ticks * TRACED_SHARE * price("xray.traceRecorded"),
      why: `requests, ${TICK_SECONDS} s each, ${SWEEP_QUERIES.toFixed(1)} empty Queries, log lines, sampled traces`,
    },
    {
      what: "requests to KMS by DynamoDB",
      count: tables * KEY_REQUESTS,
      cost: tables * KEY_REQUESTS * price("kms.request"),
      why: `${tables} tables, at most one every five minutes of traffic each`,
    },
    {
      what: "reads of streams by Lambda",
      count: 0,
      cost: price("dynamodb.streams.lambdaRead"),
      why: "free for triggers",
    },
  ];
}

/** Lambda keeps five long polls open on a queue that is empty. https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
const IDLE_POLLERS = 5;
const LONG_POLL_SECONDS = 20;
/** A sweep of empty shards as the local cloud measures it, with room. */
const TICK_SECONDS = 0.1;
/** Shards of the index that a sweep asks: one each minute, all of them once an hour (components/message-store/sweep.ts). */
const SWEEP_QUERIES = DEFAULT_DUE_SHARDS + (MAX_DUE_SHARDS - DEFAULT_DUE_SHARDS) / 60;
const TICK_LOG_BYTES = 1_000;
/** X-Ray's default rule samples the first request of each second and 5 % of the rest: every tick. */
const TRACED_SHARE = 1;

/** A month of one each five minutes. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html */
const KEY_REQUESTS = MONTH_SECONDS / 300;

/** Metrics that an alarm watches. https://aws.amazon.com/cloudwatch/pricing/ prices these, not alarms. */
function metricsOf({ inputs }: DeclaredResource): number {
  const queries = inputs["metricQueries"];
  if (!Array.isArray(queries)) return 1;
  return queries.filter((query) => typeof query === "object" && query !== null && "metric" in query).length;
}

/** Times a month that a rule fires by itself. */
function ticksOf({ type, inputs }: DeclaredResource): number {
  if (type !== RULE || typeof inputs["scheduleExpression"] !== "string") return 0;
  const [, amount, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(inputs["scheduleExpression"]) ?? [];
  if (amount === undefined || unit === undefined) {
    throw new Error(
      `Rule schedule: got ${inputs["scheduleExpression"]}; expected a rate. Teach bench/idle-cost.ts the form.`,
    );
  }
  const seconds = { minute: 60, hour: 3_600, day: 86_400 }[unit] ?? 1;
  return MONTH_SECONDS / (Number(amount) * seconds);
}

function price(rate: keyof typeof prices.rates): number {
  const { usd: value } = prices.rates[rate];
  if (value === null) throw new Error(`local/prices.json has no price for "${rate}".`);
  return value;
}

function usd(cost: number): string {
  return `${cost.toFixed(2)} USD`;
}

export default benchmark;
