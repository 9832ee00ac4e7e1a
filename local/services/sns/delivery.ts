import { AwsError } from "../../aws-error";
import type { Cloud } from "../../cloud";
import type { ServicePrincipal } from "../../principal";
import { lambdaEvent, notification, textFor } from "./envelope";
import { effectiveSubscriptionPolicy, httpRetryDelayMs } from "./delivery-policy";
import { postHttp } from "./http-endpoint";
import type { Published } from "./message";
import { countMetric } from "./metrics";
import type { Subscription } from "./topic";

/** Errors that AWS regards as the server's: only these are tried again. */
const TRANSIENT = new Set([
  "ThrottlingException",
  "RequestThrottled",
  "TooManyRequestsException",
  "ServiceException",
  "InternalFailure",
  "ConnectionLost",
]);

/**
 * Waits before each retry. Endpoints that AWS runs: 3 at once, 2 after 1 s, 10 backing off to 20 s, 100,000 every 20 s
 * (SNS developer guide, "Message delivery retries"); others: what the delivery policies say.
 */
function retryDelayMs(retry: number, subscription: Subscription, published: Published): number | undefined {
  if (subscription.protocol !== "sqs" && subscription.protocol !== "lambda")
    return httpRetryDelayMs(policyOf(subscription, published).healthyRetryPolicy, retry);
  if (retry < 3) return 0;
  if (retry < 5) return 1_000;
  if (retry < 15) return Math.min(20_000, 1_000 * 2 ** ((retry - 5) / 2));
  return retry < 100_015 ? 20_000 : undefined;
}

function policyOf(subscription: Subscription, published: Published): ReturnType<typeof effectiveSubscriptionPolicy> {
  return effectiveSubscriptionPolicy(subscription.attributes["DeliveryPolicy"], published.deliveryPolicy);
}

/** Brings one message to one subscriber, retries what may pass, and gives the rest to the subscription's dead-letter queue. */
export async function deliver(
  cloud: Cloud,
  subscription: Subscription,
  published: Published,
  retry = 0,
): Promise<void> {
  try {
    await attempt(cloud, subscription, published);
    countMetric(cloud, subscription.topicArn, "NumberOfNotificationsDelivered");
  } catch (error) {
    const delay = isTransient(error) ? retryDelayMs(retry, subscription, published) : undefined;
    if (delay !== undefined) {
      cloud.clock.setTimer(delay, () => deliver(cloud, subscription, published, retry + 1));
      return;
    }
    countMetric(cloud, subscription.topicArn, "NumberOfNotificationsFailed");
    report(cloud, subscription, "DeliveryFailed", published, error);
    await giveUp(cloud, subscription, published);
  }
}

function principalOf(subscription: Subscription): ServicePrincipal {
  return { type: "service", service: "sns.amazonaws.com", sourceArn: subscription.topicArn };
}

async function attempt(cloud: Cloud, subscription: Subscription, published: Published): Promise<void> {
  const { protocol, endpoint, arn } = subscription;
  const principal = principalOf(subscription);
  switch (protocol) {
    case "sqs":
      await sendToQueue(cloud, subscription, endpoint, published);
      return;
    case "lambda": {
      const Payload = Buffer.from(JSON.stringify(lambdaEvent(cloud, published, arn))).toString("base64");
      await cloud.call("lambda", "Invoke", { FunctionName: endpoint, InvocationType: "Event", Payload }, principal);
      return;
    }
    case "http":
    case "https": {
      const raw = subscription.attributes["RawMessageDelivery"] === "true";
      const body = raw
        ? textFor(published, protocol)
        : JSON.stringify(notification(cloud, published, protocol, arn), undefined, 2);
      await postHttp(endpoint, "Notification", body, {
        topicArn: subscription.topicArn,
        messageId: published.id,
        subscriptionArn: arn,
        raw,
        contentType: policyOf(subscription, published).requestPolicy.headerContentType,
      });
      return;
    }
    default:
      // People's inboxes and telephones are not played: the trace shows what would have gone out.
      cloud.trace.emit({
        kind: "state",
        service: "sns",
        name: `Notify ${protocol}`,
        resource: arn,
        data: { endpoint, subject: published.subject, message: textFor(published, protocol) },
      });
  }
}

async function sendToQueue(
  cloud: Cloud,
  subscription: Subscription,
  queueArn: string,
  published: Published,
): Promise<void> {
  const raw = subscription.attributes["RawMessageDelivery"] === "true";
  const body = raw
    ? textFor(published, "sqs")
    : JSON.stringify(notification(cloud, published, "sqs", subscription.arn), undefined, 2);
  const attributes = Object.entries(published.attributes).map(([name, { DataType, ...value }]) => [
    name,
    { DataType: DataType.startsWith("String.Array") ? "String" : DataType, ...value },
  ]);
  const fifoQueue = queueArn.endsWith(".fifo");
  await cloud.call(
    "sqs",
    "SendMessage",
    {
      QueueUrl: cloud.ports.queues.urlOf(queueArn),
      MessageBody: body,
      ...(raw && attributes.length > 0
        ? { MessageAttributes: Object.fromEntries(attributes) as Record<string, unknown> }
        : {}),
      // A standard queue gets a group from a standard topic only.
      ...(published.groupId === undefined || (published.sequenceNumber !== undefined && !fifoQueue)
        ? {}
        : { MessageGroupId: published.groupId }),
      ...(fifoQueue && published.dedupId !== undefined ? { MessageDeduplicationId: published.dedupId } : {}),
    },
    principalOf(subscription),
  );
}

async function giveUp(cloud: Cloud, subscription: Subscription, published: Published): Promise<void> {
  const policy = subscription.attributes["RedrivePolicy"];
  if (!policy) return;
  const { deadLetterTargetArn } = JSON.parse(policy) as { deadLetterTargetArn: string };
  try {
    await sendToQueue(cloud, subscription, deadLetterTargetArn, published);
    countMetric(cloud, subscription.topicArn, "NumberOfNotificationsRedrivenToDlq");
  } catch (error) {
    countMetric(cloud, subscription.topicArn, "NumberOfNotificationsFailedToRedriveToDlq");
    report(cloud, subscription, "RedriveFailed", published, error);
  }
}

function isTransient(error: unknown): boolean {
  if (error instanceof AwsError) return TRANSIENT.has(error.code) || error.status >= 500;
  return true;
}

function report(cloud: Cloud, subscription: Subscription, name: string, published: Published, error: unknown): void {
  cloud.trace.emit({
    kind: "error",
    service: "sns",
    name,
    principal: "sns.amazonaws.com",
    resource: subscription.arn,
    error: error instanceof AwsError ? error.code : "ServiceException",
    data: {
      endpoint: subscription.endpoint,
      messageId: published.id,
      message: error instanceof Error ? error.message : String(error),
    },
  });
}
