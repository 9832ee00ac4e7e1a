import { collectsFailures, isStreamReader, type WithoutSecurity } from "./mutants";

/** Of schedules, readers, alarms: sooner heard, or only counted. */
export const FAILURES_WITHOUT: readonly WithoutSecurity[] = [
  {
    types: ["MetricAlarm", "Bucket", "Table"],
    path: /.*/,
    when: ({ type, path }) => type.endsWith("MetricAlarm") || /^(deletionProtectionEnabled|forceDestroy)$/.test(path),
    environment: "other",
    reason: "Outside production nobody is woken, and a stack can be destroyed with what it holds.",
  },
  {
    types: ["Queue"],
    path: /^messageRetentionSeconds$/,
    operators: ["remove"],
    when: ({ before }) => before === 345_600,
    reason: "Four days are AWS's default.",
  },
  {
    types: ["Schedule"],
    operators: ["remove", "replace", "drop", "zero", "raise", "least", "flip"],
    path: /^$|^(target\.(input|roleArn)|scheduleExpression|flexibleTimeWindow|groupName|startDate|endDate|actionAfterCompletion)/,
    reason:
      "When a segment runs, what the function is told, or nothing at all: AWS refuses it, or the journeys show it.",
  },
  {
    types: ["EventTarget", "Schedule"],
    path: /^(target\.)?arn$/,
    operators: ["remove"],
    reason: "AWS refuses a target without an ARN.",
  },
  {
    types: ["Dashboard", "LogMetricFilter"],
    path: /.*/,
    reason: "Shows and counts; opens and protects nothing.",
  },
  {
    types: ["MetricAlarm"],
    path: /.*/,
    when: ({ name }) => !collectsFailures(name),
    reason:
      "Tells of load, rates and delays; opens and protects nothing. Alarms on dead letters are held by alarms-on-dead-letters.",
  },
  {
    types: ["MetricAlarm"],
    path: /^(treatMissingData|alarmDescription|period)$/,
    operators: ["remove", "replace", "least", "zero"],
    when: ({ path, operator }) => path !== "period" || operator === "least" || operator === "zero",
    reason: "The queue's metric is always there; AWS refuses a period of 0, and a shorter one rings sooner.",
  },
  {
    types: ["FunctionEventInvokeConfig"],
    path: /^$/,
    operators: ["drop"],
    when: ({ name }) => !/sweep|segments-start/.test(name),
    reason:
      "Nothing in the stack tells that the function is invoked asynchronously: a game server invokes it, and waits or not.",
  },
  {
    types: ["FunctionEventInvokeConfig"],
    path: /^$/,
    operators: ["drop"],
    when: ({ name }) => name.includes("segments-start"),
    environment: "other",
    reason: "No segment has a schedule there: whoever starts it is no part of the stack.",
  },
  {
    types: ["FunctionEventInvokeConfig"],
    path: /^maximumRetryAttempts$/,
    operators: ["least", "zero"],
    reason: "Fewer retries reach the failure queue sooner.",
  },
  {
    types: ["EventSourceMapping"],
    path: /^(batchSize|maximumBatchingWindowInSeconds|parallelizationFactor)$/,
    operators: ["remove", "least", "raise", "zero"],
    when: ({ path, operator, name }) =>
      path === "batchSize" ||
      (path === "parallelizationFactor"
        ? operator === "remove" || operator === "least"
        : operator !== "raise" || isStreamReader(name)),
    reason: "Sizes of batches; AWS refuses what is out of range, and the defaults are smaller.",
  },
  {
    types: ["EventSourceMapping"],
    path: /^filterCriteria/,
    reason: "Which records a reader is fed with: the component's contract, held by the journeys.",
  },
  {
    types: ["EventSourceMapping"],
    path: /^maximumRetryAttempts$/,
    operators: ["least", "zero"],
    reason: "Fewer retries reach the failure queue sooner.",
  },
  {
    types: ["EventRule"],
    path: /^scheduleExpression$|eventPattern\.(source|detail-type)\.\[\]$|eventPattern\.detail\.currentState/,
    operators: ["replace", "remove"],
    when: ({ path, operator }) => operator === "replace" || path.includes("currentState"),
    reason: "AWS refuses it, or the rule hears nothing, or all ends of its own queries: held by the journeys.",
  },
  {
    types: ["EventTarget", "Schedule"],
    path: /^(target\.)?retryPolicy\./,
    operators: ["raise", "least"],
    when: ({ path, operator, before }) =>
      path.endsWith("Attempts") ? operator === "least" : operator === "raise" && Number(before) * 1_000 <= 86_400,
    reason: "Within what is allowed: the dead-letter queue hears sooner or later.",
  },
  {
    types: ["Queue"],
    path: /^(messageRetentionSeconds|visibilityTimeoutSeconds)$/,
    operators: ["raise"],
    reason: "14 days are AWS's most, and 12 hours: it refuses more; longer than now is stricter.",
  },
  {
    types: ["Queue"],
    path: /^visibilityTimeoutSeconds$/,
    when: ({ name }) => collectsFailures(name) && !/^emails-(send|reconcile)-dlq$/.test(name),
    reason: "No function reads the queue.",
  },
  {
    types: ["EventSourceMapping"],
    path: /^$/,
    operators: ["drop"],
    environment: "other",
    reason: "What nobody reads is kept, and outside production rings nobody's bell.",
  },
  {
    types: ["EventSourceMapping"],
    path: /^$/,
    operators: ["drop"],
    environment: "production",
    when: ({ name }) => isStreamReader(name),
    reason: "A stream that nobody reads exposes nothing; that no notice and no message goes out, the journeys show.",
  },
];
