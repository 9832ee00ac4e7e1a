import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import {
  backlogAlarms,
  functionAlarms,
  functionMetric,
  queueAlarms,
  queueMetric,
  visibleMessages,
} from "../shared/alarms";
import type { LambdaFunction } from "../shared/callback";
import type { AlarmSpec, MetricSpec, Widget } from "../shared/monitoring";
import { SECONDS_PER_HOUR } from "../shared/units";
import type { EmailDispatcher } from "./email-dispatcher";

/** SES reviews an account at 5 % bounces and 0.1 % complaints: these come well before. https://docs.aws.amazon.com/ses/latest/dg/reputationdashboard-dg.html */
const BOUNCE_RATE = 0.02;
const COMPLAINT_RATE = 0.0005;

const NAMESPACE = "GamesMessaging";
const AGE_METRIC = "SendEventAge";

/** Makes a metric of the age that the event function logs; the hold must stay longer than that. */
export function sendEventAgeFilter(parent: pulumi.Resource, name: string, eventFunction: LambdaFunction): void {
  new aws.cloudwatch.LogMetricFilter(
    `${name}-send-event-age`,
    {
      logGroupName: eventFunction.logGroup.name,
      pattern: "{ $.message.sendEventAge = * }",
      metricTransformation: {
        namespace: NAMESPACE,
        name: `${name}-${AGE_METRIC}`,
        value: "$.message.sendEventAge",
        unit: "Milliseconds",
      },
    },
    { parent },
  );
}

/** The alarms of a dispatcher. */
export function alarmsOf(emails: EmailDispatcher, name: string, holdSeconds: number): AlarmSpec[] {
  const { queue, reconcileQueue, eventQueue } = emails;
  return [
    {
      suffix: "dead-letters-dlq",
      description: "An e-mail was given up: read its reason, mend it, redrive.",
      essential: true,
      threshold: 0,
      metric: visibleMessages(emails.deadLetters.name),
    },
    ...backlogAlarms("send", queue.queue.name, { depth: 50_000, ageSeconds: SECONDS_PER_HOUR }),
    ...backlogAlarms("reconcile", reconcileQueue.queue.name, { depth: 1_000, ageSeconds: 2 * holdSeconds }),
    ...queueAlarms("events", eventQueue.queue.name, eventQueue.deadLetters.name, {
      depth: 50_000,
      ageSeconds: holdSeconds / 2,
    }),
    {
      suffix: "send-event-age",
      description: "SES's Send events come so late that the hold hardly covers them (milliseconds): make it longer.",
      threshold: (holdSeconds * 1000) / 2,
      metric: { namespace: NAMESPACE, name: `${name}-${AGE_METRIC}`, dimensions: {}, stat: "Maximum" },
    },
    reputation(emails, "bounce-rate", "Reputation.BounceRate", BOUNCE_RATE, "Bounces near SES's limits: 5 % review."),
    reputation(emails, "complaint-rate", "Reputation.ComplaintRate", COMPLAINT_RATE, "Complaints near 0.1 %: review."),
    ...functionAlarms("send", emails.sendFunction.name),
    ...functionAlarms("reconcile", emails.reconcileFunction.name),
    ...functionAlarms("event", emails.eventFunction.name),
    ...functionAlarms("dead-letter", emails.deadLetterFunction.name),
    ...functionAlarms("redrive", emails.redriveFunction.name),
  ];
}

function reputation(
  emails: EmailDispatcher,
  suffix: string,
  metric: string,
  threshold: number,
  description: string,
): AlarmSpec {
  return {
    suffix,
    description,
    threshold,
    comparison: "GreaterThanOrEqualToThreshold",
    period: SECONDS_PER_HOUR,
    metric: ofSet(emails, metric, "Average"),
  };
}

/** Its part of the dashboard: how messages are being delivered. */
export function widgetsOf(emails: EmailDispatcher): Widget[] {
  const counts = ["Send", "Delivery", "Open", "Click", "Bounce", "Complaint", "Reject"];
  const functions = {
    send: emails.sendFunction,
    reconcile: emails.reconcileFunction,
    event: emails.eventFunction,
    "dead-letter": emails.deadLetterFunction,
  };
  return [
    {
      title: "E-mail: sent, delivered, opened, bounced",
      width: 16,
      metrics: counts.map((label) => ({ label, metric: ofSet(emails, label, "Sum") })),
    },
    {
      title: "E-mail: bounce and complaint rate",
      metrics: [
        { label: "bounces", metric: ofSet(emails, "Reputation.BounceRate", "Average") },
        { label: "complaints", metric: ofSet(emails, "Reputation.ComplaintRate", "Average") },
      ],
    },
    {
      title: "E-mail: waiting",
      metrics: [
        { label: "to be sent", metric: visibleMessages(emails.queue.queue.name) },
        { label: "unclear", metric: delayed(emails.reconcileQueue.queue.name) },
        { label: "events", metric: visibleMessages(emails.eventQueue.queue.name) },
      ],
    },
    {
      title: "E-mail: oldest waiting (s)",
      metrics: [{ label: "to be sent", metric: queueMetric("ApproximateAgeOfOldestMessage", emails.queue.queue.name) }],
    },
    {
      title: "E-mail: given up",
      view: "singleValue",
      metrics: [
        { label: "dead letters", metric: visibleMessages(emails.deadLetters.name) },
        { label: "events", metric: visibleMessages(emails.eventQueue.deadLetters.name) },
      ],
    },
    {
      title: "E-mail: function errors",
      metrics: Object.entries(functions).map(([label, fn]) => ({
        label,
        metric: functionMetric("Errors", fn.name, "Sum"),
      })),
    },
  ];
}

/** SES's own metrics of a configuration set. https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-cloudwatch.html */
function ofSet({ configurationSet }: EmailDispatcher, name: string, stat: MetricSpec["stat"]): MetricSpec {
  const dimensions = { "ses:configuration-set": configurationSet.configurationSetName };
  return { namespace: "AWS/SES", name, dimensions, stat };
}

function delayed(queue: pulumi.Output<string>): MetricSpec {
  return queueMetric("ApproximateNumberOfMessagesDelayed", queue);
}
