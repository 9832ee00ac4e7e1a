import type * as pulumi from "@pulumi/pulumi";
import { deadLetterWidget, functionAlarms, givenUpAlarm, queueAlarms, visibleMessages } from "../shared/alarms";
import type { LambdaFunction } from "../shared/callback";
import type { AlarmSpec, Widget } from "../shared/monitoring";
import type { DeadLetteredQueue } from "../shared/queue";
import { SECONDS_PER_HOUR } from "../shared/units";

/** What is watched of a pipeline. */
export interface Watched {
  readonly start: LambdaFunction;
  readonly advance: LambdaFunction;
  readonly enqueue: LambdaFunction;
  readonly runs: DeadLetteredQueue;
  readonly parts: DeadLetteredQueue;
  /** Name of the queue of starts that Lambda gave up. */
  readonly failures: pulumi.Input<string>;
  /** Names of the queues of what a rule or schedule could not deliver, by what they are for. */
  readonly undelivered: Record<string, pulumi.Input<string>>;
  readonly workgroup: pulumi.Input<string>;
}

/**
 * The alarms of a pipeline; a schedule's own comes with its segment.
 * @param unheard name of the queue of Athena's events that were not delivered.
 */
export function alarmsOf(watched: Watched, unheard: pulumi.Input<string>): AlarmSpec[] {
  const { start, advance, enqueue, runs, parts, failures } = watched;
  const backlog = { depth: 100, ageSeconds: SECONDS_PER_HOUR };
  return [
    ...functionAlarms("start", start.name),
    ...functionAlarms("advance", advance.name),
    ...functionAlarms("enqueue", enqueue.name),
    ...queueAlarms("runs", runs.queue.name, runs.deadLetters.name, backlog),
    ...queueAlarms("parts", parts.queue.name, parts.deadLetters.name, { ...backlog, depth: 10_000 }),
    givenUpAlarm("failures-dlq", failures, "A run was not started: read the error, mend it, redrive."),
    givenUpAlarm(
      "query-ended-dlq",
      unheard,
      "An event of Athena was not delivered; runs go on by polling. See why, redrive.",
    ),
  ];
}

/** Its part of the dashboard. */
export function widgetsOf({ runs, parts, failures, undelivered, workgroup }: Watched): Widget[] {
  return [
    {
      title: "Parts of results waiting",
      metrics: [{ label: "waiting", metric: visibleMessages(parts.queue.name) }],
    },
    deadLetterWidget("Segments: given up", {
      runs: runs.deadLetters.name,
      parts: parts.deadLetters.name,
      starts: failures,
      ...undelivered,
    }),
    { title: "Bytes scanned", metrics: queryMetrics("ProcessedBytes", workgroup) },
    { title: "Query time (ms)", metrics: queryMetrics("TotalExecutionTime", workgroup) },
  ];
}

/**
 * A row for each end that a query can have, since CloudWatch finds a metric by all its dimensions or not at all. Segments
 * are SELECTs, which is `DML`; the third end has one L here, and two in Athena's API.
 * https://docs.aws.amazon.com/athena/latest/ug/query-metrics-viewing.html
 */
function queryMetrics(name: string, WorkGroup: pulumi.Input<string>): Widget["metrics"] {
  return ["SUCCEEDED", "FAILED", "CANCELED"].map((QueryState) => ({
    label: QueryState.toLowerCase(),
    metric: { namespace: "AWS/Athena", name, dimensions: { QueryState, QueryType: "DML", WorkGroup }, stat: "Sum" },
  }));
}
