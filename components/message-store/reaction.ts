import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { LambdaFunction } from "../shared/callback";
import { queueMapping } from "../shared/event-source";
import type { DeadLetteredQueue } from "../shared/queue";
import { subscribeQueue } from "../shared/topic";
import { statusHandler, type StatusHandler } from "./on-status";
import type { MessageStatus } from "./status";
import { createSubscribedQueue } from "./topics";

/** One reaction to a status: its filtered subscription, its queue with dead letters, its function. */
export function createReaction(
  parent: pulumi.Resource,
  name: string,
  args: {
    readonly status: MessageStatus;
    readonly react: StatusHandler;
    readonly key: { readonly arn: pulumi.Output<string> };
    readonly topic: aws.sns.Topic;
  },
): { readonly fn: LambdaFunction; readonly queue: DeadLetteredQueue } {
  const { status, key, topic } = args;
  const queue = createSubscribedQueue(parent, name, key, [topic]);
  subscribeQueue(`${name}-subscription`, topic.arn, queue, { status: [status] }, parent);
  const fn = new LambdaFunction(
    `${name}-function`,
    {
      description: `Reacts to messages that are ${status}.`,
      key,
      handler: statusHandler(args.react),
      statements: queue.consumeStatements(),
      timeout: 30,
    },
    { parent },
  );
  queueMapping(`${name}-mapping`, { queue, fn }, parent);
  return { fn, queue };
}
