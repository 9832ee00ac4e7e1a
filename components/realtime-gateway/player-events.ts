import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { LambdaFunction } from "../shared/callback";
import { queueMapping } from "../shared/event-source";
import { setWayBack } from "../shared/operated";
import { DeadLetteredQueue, failureQueue } from "../shared/queue";
import { createTopicPolicy, subscribeQueue } from "../shared/topic";
import { createFunction, type Parts } from "./parts";
import { reactHandler, type PlayerEventHandler } from "./react";

/** The topic of player events, filled by the stream's reader. */
export function createPlayerEventTopic(
  parent: pulumi.Resource,
  name: string,
  key: { readonly arn: pulumi.Input<string> },
): aws.sns.Topic {
  const topic = new aws.sns.Topic(`${name}-player-events`, { kmsMasterKeyId: key.arn }, { parent });
  createTopicPolicy(`${name}-player-events-policy`, topic.arn, parent);
  return topic;
}

/** Where SNS leaves what it could not put into a queue. */
export function createUndelivered(
  parent: pulumi.Resource,
  name: string,
  key: { readonly arn: pulumi.Input<string> },
  topic: aws.sns.Topic,
): aws.sqs.Queue {
  const queue = failureQueue(`${name}-undelivered`, key, parent, [{ service: "sns.amazonaws.com", arn: topic.arn }]);
  setWayBack(queue, { kind: "topic", topicArn: topic.arn });
  return queue;
}

/** Seconds that a reaction may take. */
const TIMEOUT = 30;

/**
 * One reaction: its filtered subscription, its queue with dead letters, its function.
 * @param suffix of its name.
 */
export function createReaction(
  parts: Parts,
  suffix: string,
  args: { readonly event: string; readonly react: PlayerEventHandler; readonly undelivered: aws.sqs.Queue },
): { readonly fn: LambdaFunction; readonly queue: DeadLetteredQueue } {
  const { parent, key, topic } = parts;
  const name = `${parts.name}-${suffix}`;
  const queue = new DeadLetteredQueue(
    name,
    { key, visibilityTimeoutSeconds: 6 * TIMEOUT, senders: [{ service: "sns.amazonaws.com", arn: topic.arn }] },
    { parent },
  );
  const filter = { event: [args.event] };
  subscribeQueue(`${name}-subscription`, topic.arn, queue, filter, parent, args.undelivered);
  const fn = createFunction(
    parts,
    `${suffix}-react`,
    `Reacts to the player event ${args.event}.`,
    reactHandler(args.react),
    queue.consumeStatements(),
    { timeout: TIMEOUT },
  );
  queueMapping(`${name}-messages`, { queue, fn }, parent);
  return { fn, queue };
}
