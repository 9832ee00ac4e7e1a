import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { LambdaFunction } from "../shared/callback";
import { queueMapping } from "../shared/event-source";
import { denyInsecureTransport, policyDocument } from "../shared/iam";
import { setWayBack } from "../shared/operated";
import { DeadLetteredQueue, failureQueue } from "../shared/queue";
import { reactHandler, type PlayerEventHandler } from "./react";

/** The topic of player events, filled by the stream's reader. */
export function createPlayerEventTopic(
  parent: pulumi.Resource,
  name: string,
  key: { readonly arn: pulumi.Input<string> },
): aws.sns.Topic {
  const topic = new aws.sns.Topic(`${name}-player-events`, { kmsMasterKeyId: key.arn }, { parent });
  new aws.sns.TopicPolicy(
    `${name}-player-events-policy`,
    { arn: topic.arn, policy: policyDocument([denyInsecureTransport("sns:Publish", topic.arn)]) },
    { parent },
  );
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

/** One reaction: its filtered subscription, its queue with dead letters, its function. */
export function createReaction(
  parent: pulumi.Resource,
  name: string,
  args: {
    readonly event: string;
    readonly react: PlayerEventHandler;
    readonly key: { readonly arn: pulumi.Output<string> };
    readonly topic: aws.sns.Topic;
    readonly undelivered: aws.sqs.Queue;
    readonly logRetentionDays: number;
  },
): { readonly fn: LambdaFunction; readonly queue: DeadLetteredQueue } {
  const { event, key, topic } = args;
  const queue = new DeadLetteredQueue(
    name,
    { key, visibilityTimeoutSeconds: 6 * TIMEOUT, senders: [{ service: "sns.amazonaws.com", arn: topic.arn }] },
    { parent },
  );
  new aws.sns.TopicSubscription(
    `${name}-subscription`,
    {
      topic: topic.arn,
      protocol: "sqs",
      endpoint: queue.arn,
      rawMessageDelivery: true,
      filterPolicy: JSON.stringify({ event: [event] }),
      filterPolicyScope: "MessageAttributes",
      redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: args.undelivered.arn }),
    },
    { parent },
  );
  const fn = new LambdaFunction(
    `${name}-react`,
    {
      description: `Reacts to the player event ${event}.`,
      handler: reactHandler(args.react),
      key,
      statements: queue.consumeStatements(),
      timeout: TIMEOUT,
      logRetentionDays: args.logRetentionDays,
    },
    { parent },
  );
  queueMapping(`${name}-messages`, { queue, fn }, parent);
  return { fn, queue };
}
