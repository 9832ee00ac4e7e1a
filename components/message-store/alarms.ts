import {
  deadLetterWidget,
  functionAlarms,
  functionMetric,
  givenUpAlarm,
  iteratorAgeAlarm,
  queueAlarms,
  queueMetric,
  unessential,
  visibleMessages,
} from "../shared/alarms";
import type { AlarmSpec, Widget } from "../shared/monitoring";
import type { MessageStore } from "./message-store";

const LATE_MS = 120_000;

/** The alarms of a store. */
export function alarmsOf(store: MessageStore): AlarmSpec[] {
  const { prepareFunction, sweepFunction, enqueueFunction, unknownChannelFunction, catchAll } = store;
  return [
    {
      suffix: "failures-dlq",
      description: "A message could not be prepared, or a batch was given up: read its reason, mend it, redrive.",
      essential: true,
      threshold: 0,
      metric: visibleMessages(store.failures.name),
    },
    givenUpAlarm("sweep-dlq", store.sweepDeadLetters.name, "The sweeper was not called: see why, invoke it."),
    iteratorAgeAlarm("prepare", prepareFunction.name, LATE_MS),
    ...functionAlarms("prepare", prepareFunction.name),
    ...functionAlarms("sweep", sweepFunction.name),
    ...functionAlarms("enqueue", enqueueFunction.name),
    ...functionAlarms("unknown-channel", unknownChannelFunction.name),
    ...functionAlarms("redrive", store.redriveFunction.name),
    ...unessential(
      queueAlarms("unknown-channel", catchAll.queue.name, catchAll.deadLetters.name, { depth: 100, ageSeconds: 900 }),
    ),
  ];
}

/** Its part of the dashboard: how fast messages are prepared, and what is left lying. */
export function widgetsOf(store: MessageStore): Widget[] {
  const { prepareFunction, enqueueFunction, sweepFunction } = store;
  return [
    {
      title: "Messages published by type",
      stacked: true,
      metrics: Object.keys(store.topics).map((type) => ({
        label: type,
        metric: {
          namespace: "AWS/SNS",
          name: "NumberOfMessagesPublished",
          dimensions: { TopicName: store.topics[type]?.name ?? "" },
          stat: "Sum",
        },
      })),
    },
    {
      title: "Preparation behind by (ms)",
      metrics: [{ label: "prepare", metric: functionMetric("IteratorAge", prepareFunction.name, "Maximum") }],
    },
    {
      title: "Messages: errors",
      metrics: [
        { label: "prepare", metric: functionMetric("Errors", prepareFunction.name, "Sum") },
        { label: "enqueue", metric: functionMetric("Errors", enqueueFunction.name, "Sum") },
        { label: "sweep", metric: functionMetric("Errors", sweepFunction.name, "Sum") },
        {
          label: "parked",
          metric: visibleMessages(store.failures.name),
        },
        {
          label: "no channel",
          metric: queueMetric("NumberOfMessagesReceived", store.catchAll.queue.name),
        },
      ],
    },
    deadLetterWidget("Messages: given up", {
      "no channel": store.catchAll.deadLetters.name,
      sweep: store.sweepDeadLetters.name,
      ...store.reactionDeadLetters,
    }),
  ];
}
