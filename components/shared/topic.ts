import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { denyInsecureTransport, policyDocument, type ResourceStatement } from "./iam";
import type { DeadLetteredQueue } from "./queue";
import { applyTransform, type Transform } from "./transform";

/** Arguments of an `EncryptedTopic`. */
export interface EncryptedTopicArgs {
  /** Customer key of the topic. */
  key: { readonly arn: pulumi.Input<string> };
  /** A service that publishes in the name of this account, e.g. `ses.amazonaws.com`. @default only IAM grants */
  publisher?: string;
  /** Changes the arguments of the topic. */
  transform?: Transform<aws.sns.TopicArgs> | undefined;
}

/** A topic under a customer key, closed to everyone but IAM grants and a named service. */
export class EncryptedTopic extends pulumi.ComponentResource {
  /** The topic itself. */
  readonly topic: aws.sns.Topic;
  /** Its policy: whoever publishes as a service depends on it. */
  readonly policy: aws.sns.TopicPolicy;
  /** The topic's ARN. */
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: EncryptedTopicArgs, options?: pulumi.ComponentResourceOptions) {
    super("games-messaging:shared:EncryptedTopic", name, {}, options);
    const child: pulumi.CustomResourceOptions = { parent: this };
    this.topic = new aws.sns.Topic(
      `${name}-topic`,
      applyTransform(args.transform, { kmsMasterKeyId: args.key.arn }, child, `${name}-topic`),
      child,
    );
    this.arn = this.topic.arn;
    this.policy = createTopicPolicy(`${name}-policy`, this.arn, this, args.publisher);
    this.registerOutputs({ arn: this.arn });
  }
}

/** Closes a topic to everyone but IAM grants and, in the name of this account, a service that publishes. */
export function createTopicPolicy(
  name: string,
  arn: pulumi.Output<string>,
  parent: pulumi.Resource,
  publisher?: string,
): aws.sns.TopicPolicy {
  const statements: ResourceStatement[] = [denyInsecureTransport("sns:Publish", arn)];
  if (publisher !== undefined) {
    const { accountId } = aws.getCallerIdentityOutput({}, { parent });
    statements.push({
      Sid: "Publisher",
      Principal: { Service: publisher },
      Action: "sns:Publish",
      Resource: arn,
      Condition: { StringEquals: { "aws:SourceAccount": accountId } },
    });
  }
  return new aws.sns.TopicPolicy(name, { arn, policy: policyDocument(statements) }, { parent });
}

/**
 * Lets a queue receive what a topic publishes and its filter admits, as the plain body. What SNS cannot deliver (a
 * denied or deleted queue is not retried) goes to the queue's dead letters or to `undelivered`, which must name the topic
 * as a sender.
 */
export function subscribeQueue(
  name: string,
  topicArn: pulumi.Input<string>,
  queue: DeadLetteredQueue,
  filter: pulumi.Input<object> | undefined,
  parent: pulumi.Resource,
  undelivered: aws.sqs.Queue = queue.deadLetters,
): aws.sns.TopicSubscription {
  return new aws.sns.TopicSubscription(
    name,
    {
      topic: topicArn,
      protocol: "sqs",
      endpoint: queue.arn,
      rawMessageDelivery: true,
      redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: undelivered.arn }),
      ...(filter === undefined
        ? {}
        : { filterPolicy: pulumi.jsonStringify(filter), filterPolicyScope: "MessageAttributes" }),
    },
    { parent, dependsOn: [queue] },
  );
}
