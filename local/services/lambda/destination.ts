import type { Cloud } from "../../cloud";
import type { Ports } from "../../ports";
import type { Json } from "../../service";
import { nameOf, type LambdaFunction } from "./function";
import { roleSession } from "./rights";

/**
 * Sends a record to a destination with the function's role, as Lambda does.
 * A failure is a trace event and the metric `DestinationDeliveryFailures`, never an error of the caller.
 * @param mappingId the event source mapping whose records were given up; it names the object in S3.
 */
export async function deliver(
  cloud: Cloud,
  fn: LambdaFunction,
  target: string,
  record: Json,
  mappingId?: string,
): Promise<boolean> {
  const text = JSON.stringify(record);
  const principal = roleSession(fn.settings.role, fn.settings.name);
  const [, , service = "", , , resource = ""] = target.split(":");
  try {
    switch (service) {
      case "sqs":
        await cloud.call(
          "sqs",
          "SendMessage",
          { QueueUrl: cloud.ports.queues.urlOf(target), MessageBody: text },
          principal,
        );
        break;
      case "sns":
        await cloud.call("sns", "Publish", { TopicArn: target, Message: text }, principal);
        break;
      case "lambda":
        await cloud.call(
          "lambda",
          "Invoke",
          { FunctionName: nameOf(target), InvocationType: "Event", Payload: Buffer.from(text).toString("base64") },
          principal,
        );
        break;
      case "events":
        await cloud.call("events", "PutEvents", { Entries: [eventOf(fn, target, resource, record, text)] }, principal);
        break;
      case "s3":
        await cloud.call(
          "s3",
          "PutObject",
          { Bucket: resource, Key: keyOf(cloud, fn, record, mappingId), Body: Buffer.from(text).toString("base64") },
          principal,
        );
        break;
      default:
        throw new Error(`a destination of the service "${service}" is not played`);
    }
    return true;
  } catch (error) {
    failed(cloud, fn, target, error);
    return false;
  }
}

/** Sends the event itself to a dead-letter queue or topic. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq */
export async function deadLetter(
  cloud: Cloud,
  fn: LambdaFunction,
  target: string,
  letter: { readonly requestId: string; readonly payload: string; readonly errorMessage: string },
): Promise<void> {
  const attributes = {
    RequestID: { DataType: "String", StringValue: letter.requestId },
    ErrorCode: { DataType: "Number", StringValue: "200" },
    ErrorMessage: { DataType: "String", StringValue: letter.errorMessage.slice(0, 1024) || "unknown" },
  };
  const principal = roleSession(fn.settings.role, fn.settings.name);
  try {
    if (target.split(":")[2] === "sns") {
      const input = { TopicArn: target, Message: letter.payload, MessageAttributes: attributes };
      await cloud.call("sns", "Publish", input, principal);
    } else {
      const QueueUrl = cloud.ports.queues.urlOf(target);
      const input = { QueueUrl, MessageBody: letter.payload, MessageAttributes: attributes };
      await cloud.call("sqs", "SendMessage", input, principal);
    }
  } catch (error) {
    failed(cloud, fn, target, error, "DeadLetterErrors");
  }
}

function failed(
  cloud: Cloud,
  fn: LambdaFunction,
  target: string,
  error: unknown,
  metric = "DestinationDeliveryFailures",
): void {
  const FunctionName = fn.settings.name;
  (cloud.ports as Partial<Ports>).metrics?.put("AWS/Lambda", metric, { FunctionName }, 1, "Count");
  cloud.trace.emit({
    kind: "error",
    service: "lambda",
    name: metric,
    resource: target,
    error: error instanceof Error ? error.message : String(error),
    data: { function: FunctionName },
  });
}

function eventOf(fn: LambdaFunction, target: string, resource: string, record: Json, text: string): Json {
  const { condition } = record["requestContext"] as { condition: string };
  return {
    Source: "lambda",
    DetailType: `Lambda Function Invocation Result - ${condition === "Success" ? "Success" : "Failure"}`,
    Detail: text,
    Resources: [target, `${fn.arn}:$LATEST`],
    EventBusName: resource.replace(/^event-bus\//, ""),
  };
}

function keyOf(cloud: Cloud, fn: LambdaFunction, record: Json, mappingId: string | undefined): string {
  const time = new Date(cloud.clock.now()).toISOString().slice(0, 19).replace(/:/g, ".");
  const batch = record["DDBStreamBatchInfo"] as { shardId: string } | undefined;
  // Streams: aws/lambda/<mapping>/<shard>/<time>-<uuid>; asynchronous: aws/lambda/async/<function>/<date>/<time>-<uuid>.
  if (batch) return `aws/lambda/${mappingId ?? fn.settings.name}/${batch.shardId}/${time}-${cloud.uuid()}`;
  return `aws/lambda/async/${fn.settings.name}/${time.slice(0, 10).replace(/-/g, "/")}/${time}-${cloud.uuid()}`;
}
