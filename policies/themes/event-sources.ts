import type { Rule } from "../framework/rule";
import { functionOf, isFailureTarget, isStream } from "./targets";

const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";
const QUEUE = "aws:sqs/queue:Queue";

export const esmOnFailure: Rule = {
  name: "esm-on-failure",
  what: "Every mapping of a stream tells a queue or topic of this stack which records it gave up.",
  why: "A record that fails to the end is skipped, and with the stream's 24 hours it is gone.",
  fix: "Set destinationConfig.onFailure.destinationArn to a queue of the stack.",
  outside: ["NAG LambdaEventSourceMappingDestination"],
  example: "destinationConfig: { onFailure: { destinationArn: failures.arn } }",
  types: [MAPPING],
  checks: [
    (mapping, { refuse }) => {
      if (isStream(mapping) && !mapping.has("destinationConfig.onFailure.destinationArn"))
        refuse("destinationConfig.onFailure.destinationArn", undefined, "the ARN of a queue or topic");
    },
  ],
  stackChecks: [
    (mapping, { stack, refuse }) => {
      const path = "destinationConfig.onFailure.destinationArn";
      if (mapping.has(path) && !isFailureTarget(stack, mapping, path))
        refuse(path, mapping.at(path), "a queue, topic or bucket of this stack");
    },
    (mapping, { stack, refuse }) => {
      if (!isStream(mapping)) return;
      if (!functionOf(stack, mapping, "functionName"))
        refuse("functionName", mapping.at("functionName"), "a function of this stack");
      if (!stack.target(mapping, "eventSourceArn", "aws:dynamodb/table:Table", "aws:kinesis/stream:Stream"))
        refuse("eventSourceArn", mapping.at("eventSourceArn"), "the stream of a table of this stack");
    },
  ],
};

export const esmPartialBatch: Rule = {
  name: "esm-partial-batch",
  what: "Every mapping lets its function say which items of a batch failed.",
  why: "Otherwise one bad item makes the whole batch come again, and what was done is done twice.",
  fix: 'Set functionResponseTypes to ["ReportBatchItemFailures"].',
  outside: [],
  example: 'functionResponseTypes: ["ReportBatchItemFailures"]',
  types: [MAPPING],
  checks: [
    (mapping, { refuse }) => {
      if (!mapping.list("functionResponseTypes").includes("ReportBatchItemFailures"))
        refuse("functionResponseTypes", mapping.at("functionResponseTypes"), "a list with ReportBatchItemFailures");
    },
  ],
  remediate: ({ props }) => ({ ...props, functionResponseTypes: ["ReportBatchItemFailures"] }),
};

export const esmBoundedRetry: Rule = {
  name: "esm-bounded-retry",
  what: "Every mapping of a stream starts at the oldest record, halves failing batches, and retries for a bounded time.",
  why: "By default one bad record blocks its shard for 24 hours, after which the records behind it are lost; LATEST misses what is written while the mapping comes up.",
  fix: "Set startingPosition TRIM_HORIZON, bisectBatchOnFunctionError, maximumRetryAttempts and maximumRecordAgeInSeconds.",
  outside: [],
  example:
    'startingPosition: "TRIM_HORIZON", bisectBatchOnFunctionError: true, maximumRetryAttempts: 8, maximumRecordAgeInSeconds: 21_600',
  types: [MAPPING],
  config: {
    retries: { type: "integer", description: "Highest number of retries.", default: 100, minimum: 0 },
    seconds: {
      type: "integer",
      description: "Highest age of a record, below the stream's 24 hours.",
      default: 86_399,
      minimum: 60,
    },
  },
  checks: [
    (mapping, { refuse, number }) => {
      const retries = mapping.number("maximumRetryAttempts");
      if (isStream(mapping) && (retries === undefined || retries < 0 || retries > number("retries")))
        refuse("maximumRetryAttempts", retries, `0 to ${number("retries")}`);
    },
    (mapping, { refuse, number }) => {
      const age = mapping.number("maximumRecordAgeInSeconds");
      if (isStream(mapping) && (age === undefined || age < 60 || age > number("seconds")))
        refuse("maximumRecordAgeInSeconds", age, `60 to ${number("seconds")} seconds`);
    },
    (mapping, { refuse }) => {
      if (isStream(mapping) && !mapping.flag("bisectBatchOnFunctionError"))
        refuse("bisectBatchOnFunctionError", mapping.at("bisectBatchOnFunctionError"), "true");
    },
    (mapping, { refuse }) => {
      if (isStream(mapping) && mapping.at("startingPosition") !== "TRIM_HORIZON")
        refuse("startingPosition", mapping.at("startingPosition"), "TRIM_HORIZON");
    },
    (mapping, { refuse }) => {
      if (mapping.has("enabled") && !mapping.flag("enabled"))
        refuse("enabled", mapping.at("enabled"), "true: what is fed to nobody is lost when it expires");
    },
  ],
};

export const esmVisibility6x: Rule = {
  name: "esm-visibility-6x",
  what: "A queue hides a message for at least six times the time-out of the function that reads it, and the batching window.",
  why: "Otherwise a message that is still being worked on comes to a second function, and happens twice.",
  fix: "Raise the queue's visibilityTimeoutSeconds, or lower the function's timeout.",
  outside: ["NAG LambdaEventSourceSQSVisibilityTimeout"],
  example: "visibilityTimeoutSeconds: 6 * timeout + maximumBatchingWindowInSeconds",
  types: [MAPPING],
  config: { factor: { type: "integer", description: "Times the function's time-out.", default: 6, minimum: 1 } },
  stackChecks: [
    (mapping, { stack, refuse, number }) => {
      if (isStream(mapping)) return;
      const queue = stack.target(mapping, "eventSourceArn", QUEUE);
      const fn = functionOf(stack, mapping, "functionName");
      if (!queue) {
        refuse("eventSourceArn", mapping.at("eventSourceArn"), "a queue of this stack");
        return;
      }
      if (!fn) {
        refuse("functionName", mapping.at("functionName"), "a function of this stack");
        return;
      }
      const least =
        number("factor") * (fn.number("timeout") ?? 3) + (mapping.number("maximumBatchingWindowInSeconds") ?? 0);
      const visibility = queue.number("visibilityTimeoutSeconds") ?? 30;
      if (visibility < least)
        refuse(
          "eventSourceArn",
          `${visibility} s on the queue "${queue.name}"`,
          `at least ${least} s, since "${fn.name}" may run ${fn.number("timeout") ?? 3} s`,
        );
    },
  ],
};

export const eventSourceRules: readonly Rule[] = [esmOnFailure, esmPartialBatch, esmBoundedRetry, esmVisibility6x];
