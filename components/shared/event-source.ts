import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { LambdaFunction } from "./callback";
import type { Statement } from "./iam";
import type { DeadLetteredQueue } from "./queue";

/** How a function is fed from a DynamoDB stream. */
export interface StreamMappingArgs {
  /** ARN of the table's stream. */
  streamArn: pulumi.Input<string>;
  /** The function that is fed. */
  fn: LambdaFunction;
  /** ARN of the SQS queue that is told about batches given up (metadata only: a redrive re-reads the item). */
  failureQueueArn: pulumi.Input<string>;
  /** Event patterns, any of which lets a record through; what matches none is dropped for good. */
  filters: readonly object[] | Promise<readonly object[]>;
  /** Records. @default 100 */
  batchSize?: number;
  /** Seconds. @default 0 */
  maximumBatchingWindowInSeconds?: number;
  /** 1 to 10; order is kept per partition key. @default 1 */
  parallelizationFactor?: number;
  /** @default 3 */
  maximumRetryAttempts?: number;
  /** Seconds, below the stream's 24 h. @default 6 h */
  maximumRecordAgeInSeconds?: number;
}

/** Rights that a function needs to read a table's stream, and to report what it gave up. */
export function streamStatements(args: {
  /** ARN of the table's stream. */
  streamArn: pulumi.Input<string>;
  keyArn: pulumi.Input<string>;
  failureQueueArn: pulumi.Input<string>;
}): Statement[] {
  return [
    {
      Sid: "ReadStream",
      Action: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
      Resource: args.streamArn,
    },
    // ListStreams has no resource type: only "*" admits it.
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
    { Sid: "ListStreams", Action: "dynamodb:ListStreams", Resource: "*" },
    { Sid: "ReportFailures", Action: "sqs:SendMessage", Resource: args.failureQueueArn },
    { Sid: "StreamAndFailureKey", Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: args.keyArn },
  ];
}

async function patternsOf(filters: StreamMappingArgs["filters"]): Promise<{ pattern: string }[]> {
  return (await filters).map((pattern) => ({ pattern: JSON.stringify(pattern) }));
}

/** Feeds a function from a DynamoDB stream: partial batches, bisection, bounded retries and age, an on-failure target. */
export function streamMapping(
  name: string,
  args: StreamMappingArgs,
  parent: pulumi.Resource,
): aws.lambda.EventSourceMapping {
  return new aws.lambda.EventSourceMapping(
    name,
    {
      eventSourceArn: args.streamArn,
      functionName: args.fn.name,
      startingPosition: "TRIM_HORIZON", // LATEST can miss what is written while the mapping comes up
      batchSize: args.batchSize ?? 100,
      maximumBatchingWindowInSeconds: args.maximumBatchingWindowInSeconds ?? 0,
      parallelizationFactor: args.parallelizationFactor ?? 1,
      functionResponseTypes: ["ReportBatchItemFailures"],
      bisectBatchOnFunctionError: true,
      maximumRetryAttempts: args.maximumRetryAttempts ?? 3,
      maximumRecordAgeInSeconds: args.maximumRecordAgeInSeconds ?? 21_600,
      destinationConfig: { onFailure: { destinationArn: args.failureQueueArn } },
      filterCriteria: {
        filters: pulumi.output(patternsOf(args.filters)),
      },
    },
    { parent, dependsOn: [args.fn] },
  );
}

/** How a function is fed from an SQS queue. */
export interface QueueMappingArgs {
  /** The queue that feeds it. */
  queue: DeadLetteredQueue | { readonly arn: pulumi.Input<string> };
  /** The function that is fed. */
  fn: LambdaFunction;
  /** Messages, up to 10 without a window. @default 10 */
  batchSize?: number;
  /** Seconds. @default 0 */
  maximumBatchingWindowInSeconds?: number;
  /** Functions at once, 2 to 1000. @default 2 */
  maximumConcurrency?: number;
}

/** Feeds a function from an SQS queue: partial batches, bounded concurrency. */
export function queueMapping(
  name: string,
  args: QueueMappingArgs,
  parent: pulumi.Resource,
): aws.lambda.EventSourceMapping {
  return new aws.lambda.EventSourceMapping(
    name,
    {
      eventSourceArn: args.queue.arn,
      functionName: args.fn.name,
      batchSize: args.batchSize ?? 10,
      maximumBatchingWindowInSeconds: args.maximumBatchingWindowInSeconds ?? 0,
      functionResponseTypes: ["ReportBatchItemFailures"],
      scalingConfig: { maximumConcurrency: args.maximumConcurrency ?? 2 },
    },
    { parent, dependsOn: [args.fn] },
  );
}
