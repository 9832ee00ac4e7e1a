import type * as pulumi from "@pulumi/pulumi";
import {
  deadLetterWidget,
  functionAlarms,
  functionMetric,
  iteratorAgeAlarm,
  queueAlarms,
  visibleMessages,
} from "../shared/alarms";
import type { AlarmSpec, MetricSpec, Widget } from "../shared/monitoring";
import { STAGE } from "./limits";

/** What is watched of a gateway. */
export interface Watched {
  readonly apiId: pulumi.Input<string>;
  readonly notify: pulumi.Input<string>;
  readonly checks: { readonly queue: pulumi.Input<string>; readonly deadLetters: pulumi.Input<string> };
  readonly failures: pulumi.Input<string>;
  /** Names of the dead-letter queues of reactions, by what they react to. */
  readonly reactions: Record<string, pulumi.Input<string>>;
  /** Functions by the suffix of their name. */
  readonly functions: Readonly<Record<string, pulumi.Input<string>>>;
}

/** New connections a minute at which four fifths of AWS's 500 a second are used. */
const CONNECTS_PER_MINUTE = 24_000;

/** The alarms of a gateway. */
export function alarmsOf(watched: Watched): AlarmSpec[] {
  return [
    iteratorAgeAlarm("notices", watched.notify, 60_000),
    {
      suffix: "failures",
      description: "Notices or events were given up: read the queue, mend the cause, redrive from the table.",
      essential: true,
      threshold: 0,
      metric: visibleMessages(watched.failures),
    },
    ...queueAlarms("checks", watched.checks.queue, watched.checks.deadLetters, { depth: 100_000, ageSeconds: 1_200 }),
    {
      suffix: "connects",
      description: "New connections come near the account's quota of 500 a second.",
      threshold: CONNECTS_PER_MINUTE,
      period: 60,
      metric: gatewayMetric(watched, "ConnectCount", "Sum"),
    },
    {
      suffix: "integration-errors",
      description: "Frames were answered with an error by API Gateway, because a function failed.",
      threshold: 0,
      metric: gatewayMetric(watched, "IntegrationError", "Sum"),
    },
    ...Object.entries(watched.functions).flatMap(([suffix, fn]) => functionAlarms(suffix, fn)),
  ];
}

/** Its part of the dashboard. */
export function widgetsOf(watched: Watched): Widget[] {
  return [
    {
      title: "Connections and frames",
      metrics: [
        { metric: gatewayMetric(watched, "ConnectCount", "Sum"), label: "connects" },
        { metric: gatewayMetric(watched, "MessageCount", "Sum"), label: "frames" },
      ],
    },
    {
      title: "Refused and failed",
      metrics: [
        { metric: gatewayMetric(watched, "ClientError", "Sum"), label: "client errors" },
        { metric: gatewayMetric(watched, "IntegrationError", "Sum"), label: "function errors" },
        { metric: gatewayMetric(watched, "ExecutionError", "Sum"), label: "API Gateway errors" },
      ],
    },
    {
      title: "Age of notices",
      metrics: [
        {
          metric: functionMetric("IteratorAge", watched.notify, "Maximum"),
          label: "milliseconds behind",
        },
      ],
    },
    deadLetterWidget("Notices, checks, reactions: given up", {
      "notices, calls of game servers": watched.failures,
      checks: watched.checks.deadLetters,
      ...watched.reactions,
    }),
  ];
}

function gatewayMetric(watched: Watched, name: string, stat: MetricSpec["stat"]): MetricSpec {
  return { namespace: "AWS/ApiGateway", name, dimensions: { ApiId: watched.apiId, Stage: STAGE }, stat };
}
