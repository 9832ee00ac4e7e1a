import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { LateList } from "../shared/late";
import { DeadLetteredQueue } from "../shared/queue";
import { EncryptedTopic, subscribeQueue } from "../shared/topic";
import type { Transform } from "../shared/transform";

type CustomerKey = { readonly arn: pulumi.Output<string> };

/** Where messages and what became of them are published. */
export interface Topics {
  /** Of messages, by type. */
  readonly byType: Readonly<Record<string, aws.sns.Topic>>;
  /** Of changes of status. */
  readonly status: aws.sns.Topic;
}

/** A topic for each type of message, and one for changes of status. */
export function createTopics(
  parent: pulumi.Resource,
  name: string,
  key: CustomerKey,
  types: readonly string[],
  transform: Transform<aws.sns.TopicArgs> | undefined,
): Topics {
  const create = (suffix: string): aws.sns.Topic =>
    new EncryptedTopic(`${name}-${suffix}`, { key, transform }, { parent }).topic;
  return { byType: Object.fromEntries(types.map((type) => [type, create(type)])), status: create("status") };
}

/** Seconds that a message of a queue is out of sight for its function, which takes 30 at most. */
const VISIBILITY_TIMEOUT_SECONDS = 180;

/** A queue that topics fill, and into whose dead letters they put what they cannot deliver. */
export function createSubscribedQueue(
  parent: pulumi.Resource,
  name: string,
  key: CustomerKey,
  topics: readonly aws.sns.Topic[],
): DeadLetteredQueue {
  const senders = topics.map(({ arn }) => ({ service: "sns.amazonaws.com" as const, arn }));
  return new DeadLetteredQueue(
    name,
    { key, visibilityTimeoutSeconds: VISIBILITY_TIMEOUT_SECONDS, senders, deadLetterSenders: senders },
    { parent },
  );
}

/** Lets a channel's queue receive what is published for the channel. */
export function subscribeChannel(
  parent: pulumi.Resource,
  name: string,
  { byType }: Topics,
  channel: string,
  queue: DeadLetteredQueue,
): void {
  for (const [type, topic] of Object.entries(byType)) {
    subscribeQueue(`${name}-${type}-to-${channel}`, topic.arn, queue, { channel: [channel] }, parent);
  }
}

/** The queue of what no channel takes, as is known once the program has been declared. */
export function createCatchAll(
  parent: pulumi.Resource,
  name: string,
  key: CustomerKey,
  { byType }: Topics,
  channels: LateList<{ readonly channel: string }>,
): DeadLetteredQueue {
  const queue = createSubscribedQueue(parent, `${name}-unknown-channel`, key, Object.values(byType));
  const rest = channels.all.then((taken) => {
    const names = taken.map(({ channel }) => channel);
    return { channel: names.length === 0 ? [{ exists: true }] : [{ "anything-but": names }] };
  });
  for (const [type, topic] of Object.entries(byType)) {
    subscribeQueue(`${name}-${type}-to-unknown-channel`, topic.arn, queue, pulumi.output(rest), parent);
  }
  return queue;
}
