import { AwsError } from "../../aws-error";
import type { LambdaEngine } from "./engine";
import { within } from "./constraint";
import { compileFilters } from "./filter";
import type { MappingSettings } from "./mapping";

/** Filters of a mapping at most, where AWS has raised its quota of five. https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html */
const mostFilters = 10;

/** @throws AwsError InvalidParameterValueException for a source that is not played. */
export function sourceKind(arn: string): "DynamoDB" | "SQS" {
  const service = arn.split(":")[2];
  if (service === "dynamodb") return "DynamoDB";
  if (service === "sqs") return "SQS";
  throw invalid(`Unrecognized event source: ${arn}. The local cloud plays DynamoDB streams and SQS queues.`);
}

/** @throws AwsError ValidationException, InvalidParameterValueException for settings that AWS refuses. */
export async function checkMapping(engine: LambdaEngine, settings: MappingSettings): Promise<void> {
  within("batchSize", settings.batchSize, 1, 10_000);
  within("maximumBatchingWindowInSeconds", settings.maximumBatchingWindowInSeconds, 0, 300);
  within("parallelizationFactor", settings.parallelizationFactor, 1, 10);
  within("maximumRetryAttempts", settings.maximumRetryAttempts, -1, 10_000);
  within("maximumRecordAgeInSeconds", settings.maximumRecordAgeInSeconds, -1, 604_800);
  within("tumblingWindowInSeconds", settings.tumblingWindowInSeconds, 0, 900);
  within("scalingConfig.maximumConcurrency", settings.maximumConcurrency, 2, 1_000);
  const queue = sourceKind(settings.eventSourceArn) === "SQS";
  if (queue && settings.batchSize > 10 && settings.maximumBatchingWindowInSeconds < 1)
    throw invalid("Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10");
  compileFilters(settings.filters);
  if (settings.filters.length > mostFilters)
    throw invalid(`The number of filters exceeds the limit of ${mostFilters}.`);
  const fn = engine.functions.get(settings.functionName);
  if (!fn) throw invalid("Function does not exist");
  if (queue) await checkQueue(engine, settings, fn.settings.timeout);
}

/** @throws AwsError InvalidParameterValueException for a stream that does not exist; queues are found out by their attributes. */
export function checkStream(engine: LambdaEngine, arn: string): void {
  if (sourceKind(arn) !== "DynamoDB") return;
  try {
    engine.cloud.ports.streams.latest(arn);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw invalid(`Stream not found: ${arn}`);
  }
}

/** A function that may run longer than its messages stay hidden would see them twice. */
async function checkQueue(engine: LambdaEngine, settings: MappingSettings, timeout: number): Promise<void> {
  const { cloud } = engine;
  const input = {
    QueueUrl: cloud.ports.queues.urlOf(settings.eventSourceArn),
    AttributeNames: ["VisibilityTimeout"],
  };
  let answer: { Attributes?: Readonly<Record<string, string>> };
  try {
    answer = await cloud.call("sqs", "GetQueueAttributes", input, cloud.operator);
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "QueueDoesNotExist") throw error;
    throw invalid(
      `Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: ${error.message}`,
    );
  }
  const seconds = Number(answer.Attributes?.["VisibilityTimeout"]);
  if (!(seconds < timeout)) return;
  throw invalid(`Queue visibility timeout: ${seconds} seconds is less than Function timeout: ${timeout} seconds`);
}

export function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterValueException", message, 400);
}
