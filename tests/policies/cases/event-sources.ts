import { arn, DEAD, FED, FUNCTION, QUEUE, STREAM, TABLE, type RuleCase } from "./fixtures";

export const eventSourcesCases: Readonly<Record<string, RuleCase>> = {
  "esm-on-failure": {
    good: {
      "dynamodb/table:Table t": TABLE,
      "lambda/function:Function f": FUNCTION,
      "sqs/queue:Queue d": DEAD,
      "lambda/eventSourceMapping:EventSourceMapping s": STREAM,
    },
    bad: {
      "a function elsewhere": { "lambda/eventSourceMapping:EventSourceMapping s > functionName": "x" },
      "a stream elsewhere": {
        "lambda/eventSourceMapping:EventSourceMapping s > eventSourceArn": arn("dynamodb", "table/x/stream/1"),
      },
      none: { "lambda/eventSourceMapping:EventSourceMapping s > destinationConfig": undefined },
      elsewhere: {
        "lambda/eventSourceMapping:EventSourceMapping s > destinationConfig.onFailure.destinationArn": arn("sqs", "x"),
      },
    },
  },
  "esm-partial-batch": {
    good: { "lambda/eventSourceMapping:EventSourceMapping s": STREAM },
    bad: { none: { "lambda/eventSourceMapping:EventSourceMapping s > functionResponseTypes": undefined } },
  },
  "esm-bounded-retry": {
    good: { "lambda/eventSourceMapping:EventSourceMapping s": STREAM },
    bad: {
      "for ever": { "lambda/eventSourceMapping:EventSourceMapping s > maximumRetryAttempts": -1 },
      "retries not said": { "lambda/eventSourceMapping:EventSourceMapping s > maximumRetryAttempts": undefined },
      "any age": { "lambda/eventSourceMapping:EventSourceMapping s > maximumRecordAgeInSeconds": -1 },
      "24 hours": { "lambda/eventSourceMapping:EventSourceMapping s > maximumRecordAgeInSeconds": 86_400 },
      "whole batches": { "lambda/eventSourceMapping:EventSourceMapping s > bisectBatchOnFunctionError": false },
      "the latest only": { "lambda/eventSourceMapping:EventSourceMapping s > startingPosition": "LATEST" },
      "switched off": { "lambda/eventSourceMapping:EventSourceMapping s > enabled": false },
    },
  },
  "esm-visibility-6x": {
    good: {
      "lambda/eventSourceMapping:EventSourceMapping q": FED,
      "sqs/queue:Queue q": QUEUE,
      "lambda/function:Function f": FUNCTION,
    },
    bad: {
      "a short time": { "sqs/queue:Queue q > visibilityTimeoutSeconds": 59 },
      "the default": { "sqs/queue:Queue q > visibilityTimeoutSeconds": undefined },
      "a slower function": { "lambda/function:Function f > timeout": 11 },
      "a batching window": { "lambda/eventSourceMapping:EventSourceMapping q > maximumBatchingWindowInSeconds": 5 },
      "a queue elsewhere": { "lambda/eventSourceMapping:EventSourceMapping q > eventSourceArn": arn("sqs", "x") },
      "a function elsewhere": { "lambda/eventSourceMapping:EventSourceMapping q > functionName": "x" },
    },
  },
};
