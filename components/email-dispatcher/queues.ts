import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { DeadLetteredQueue, failureQueue } from "../shared/queue";
import { EncryptedTopic, subscribeQueue } from "../shared/topic";
import { MAX_RECEIVES, SEND_TIMEOUT_SECONDS, TIMEOUT_SECONDS } from "./limits";

/** The queues of mail on its way. */
export interface Queues {
  /** What is to be sent. */
  readonly send: DeadLetteredQueue;
  /** What waits for SES's event. */
  readonly reconcile: DeadLetteredQueue;
  /** Mails given up, with their reasons. */
  readonly deadLetters: aws.sqs.Queue;
}

/** @param topics whose messages the send queue is to receive. */
export function createQueues(
  parent: pulumi.Resource,
  name: string,
  key: { readonly arn: pulumi.Output<string> },
  topics: readonly aws.sns.Topic[],
): Queues {
  return {
    send: createQueue(parent, `${name}-send`, key, topics, SEND_TIMEOUT_SECONDS),
    reconcile: createQueue(parent, `${name}-reconcile`, key, [], TIMEOUT_SECONDS),
    deadLetters: failureQueue(`${name}-dead-letters`, key, parent),
  };
}

function createQueue(
  parent: pulumi.Resource,
  name: string,
  key: { readonly arn: pulumi.Output<string> },
  topics: readonly { readonly arn: pulumi.Output<string> }[],
  timeoutSeconds: number,
): DeadLetteredQueue {
  const senders = topics.map(({ arn }) => ({ service: "sns.amazonaws.com" as const, arn }));
  return new DeadLetteredQueue(
    name,
    {
      key,
      visibilityTimeoutSeconds: 6 * timeoutSeconds,
      maxReceiveCount: MAX_RECEIVES,
      senders,
      deadLetterSenders: senders,
    },
    { parent },
  );
}

/** Kinds of events that SES publishes. https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_EventDestination.html */
const EVENTS = [
  "SEND",
  "DELIVERY",
  "BOUNCE",
  "COMPLAINT",
  "REJECT",
  "OPEN",
  "CLICK",
  "RENDERING_FAILURE",
  "DELIVERY_DELAY",
];

/** The queue of SES's events, filled through a topic; besides, SES counts them. */
export function createEventQueue(
  parent: pulumi.Resource,
  name: string,
  key: { readonly arn: pulumi.Output<string> },
  { configurationSetName }: aws.sesv2.ConfigurationSet,
): DeadLetteredQueue {
  const topic = new EncryptedTopic(`${name}-events`, { key, publisher: "ses.amazonaws.com" }, { parent });
  const queue = createQueue(parent, `${name}-events`, key, [topic], TIMEOUT_SECONDS);
  subscribeQueue(`${name}-events-subscription`, topic.arn, queue, undefined, parent);
  new aws.sesv2.ConfigurationSetEventDestination(
    `${name}-event-destination`,
    {
      configurationSetName,
      eventDestinationName: "messages",
      eventDestination: {
        enabled: true,
        matchingEventTypes: EVENTS,
        snsDestination: { topicArn: topic.arn },
      },
    },
    // SES checks that it may publish when the destination is made.
    { parent, dependsOn: [topic.policy] },
  );
  // SES counts by configuration set only where a destination asks for it; the tag is SES's own.
  // https://docs.aws.amazon.com/ses/latest/dg/event-publishing-add-event-destination-cloudwatch.html
  const dimension = "ses:configuration-set";
  const byTag = { dimensionName: dimension, dimensionValueSource: "MESSAGE_TAG", defaultDimensionValue: "none" };
  new aws.sesv2.ConfigurationSetEventDestination(
    `${name}-metrics-destination`,
    {
      configurationSetName,
      eventDestinationName: "metrics",
      eventDestination: {
        enabled: true,
        matchingEventTypes: EVENTS,
        cloudWatchDestination: { dimensionConfigurations: [byTag] },
      },
    },
    { parent },
  );
  return queue;
}
