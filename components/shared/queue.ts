import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { anything, listOf, oneOf, required, transformsOf, wholeNumber, withArn } from "./arguments";
import { denyInsecureTransport, policyDocument, type ResourceStatement, type Statement } from "./iam";
import { noteDeadLetters, setWayBack } from "./operated";
import { applyTransform, type Transform } from "./transform";
import { SECONDS_PER_DAY } from "./units";

/** An AWS service that may send to a queue, in the name of one topic or rule. */
export interface QueueSender {
  readonly service: "sns.amazonaws.com" | "events.amazonaws.com";
  readonly arn: pulumi.Input<string>;
}

/** Arguments of a `DeadLetteredQueue`. */
export interface DeadLetteredQueueArgs {
  /** Customer key of the queue and its dead-letter queue. */
  key: { readonly arn: pulumi.Input<string> };
  /** Seconds; at least six times the time-out of the function that reads the queue. */
  visibilityTimeoutSeconds: number;
  /** Receives until a message goes to the dead-letter queue. @default 3 */
  maxReceiveCount?: number;
  /** Seconds a message is kept; the dead-letter queue keeps 14 days. @default 4 days */
  messageRetentionSeconds?: number;
  /** Topics and rules that may send, by ARN and service. @default only IAM grants */
  senders?: readonly QueueSender[];
  /** Topics and rules whose own failures go to the dead-letter queue. @default only this queue's */
  deadLetterSenders?: readonly QueueSender[];
  /** Changes the arguments of a child. */
  transform?: { queue?: Transform<aws.sqs.QueueArgs>; deadLetters?: Transform<aws.sqs.QueueArgs> };
}

const aSender = required({ service: oneOf("sns.amazonaws.com", "events.amazonaws.com"), arn: anything }, [
  "service",
  "arn",
]);
/** Ranges: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const checkArgs = required(
  {
    key: withArn,
    visibilityTimeoutSeconds: wholeNumber(0, 43_200),
    maxReceiveCount: wholeNumber(1, 1_000),
    messageRetentionSeconds: wholeNumber(60, 14 * SECONDS_PER_DAY),
    senders: listOf(aSender),
    deadLetterSenders: listOf(aSender),
    transform: transformsOf("queue", "deadLetters"),
  },
  ["key", "visibilityTimeoutSeconds"],
);

/**
 * An encrypted SQS queue with its dead-letter queue, both closed to everyone but named senders and IAM grants.
 * Logical names: `<name>-queue` and `<name>-dlq`.
 */
export class DeadLetteredQueue extends pulumi.ComponentResource {
  /** The queue itself. */
  readonly queue: aws.sqs.Queue;
  /** Where its messages go that were received too often. */
  readonly deadLetters: aws.sqs.Queue;
  /** The queue's ARN. */
  readonly arn: pulumi.Output<string>;
  /** The queue's URL. */
  readonly url: pulumi.Output<string>;
  private readonly keyArn: pulumi.Input<string>;

  constructor(name: string, args: DeadLetteredQueueArgs, options?: pulumi.ComponentResourceOptions) {
    super("games-messaging:shared:DeadLetteredQueue", name, {}, options);
    checkArgs(name, "", args);
    this.keyArn = args.key.arn;
    const child: pulumi.CustomResourceOptions = { parent: this };
    this.deadLetters = new aws.sqs.Queue(
      `${name}-dlq`,
      applyTransform(
        args.transform?.deadLetters,
        {
          kmsMasterKeyId: args.key.arn,
          messageRetentionSeconds: 14 * SECONDS_PER_DAY,
          // A function that reads the dead letters may take as long as one that reads the queue.
          visibilityTimeoutSeconds: args.visibilityTimeoutSeconds,
        },
        child,
        `${name}-dlq`,
      ),
      child,
    );
    this.queue = new aws.sqs.Queue(
      `${name}-queue`,
      applyTransform(
        args.transform?.queue,
        {
          kmsMasterKeyId: args.key.arn,
          visibilityTimeoutSeconds: args.visibilityTimeoutSeconds,
          messageRetentionSeconds: args.messageRetentionSeconds ?? 4 * SECONDS_PER_DAY,
          redrivePolicy: pulumi.jsonStringify({
            deadLetterTargetArn: this.deadLetters.arn,
            maxReceiveCount: args.maxReceiveCount ?? 3,
          }),
        },
        child,
        `${name}-queue`,
      ),
      child,
    );
    // A resource of its own, because a queue that names its dead-letter queue and is named by it is a cycle.
    new aws.sqs.RedriveAllowPolicy(
      `${name}-redrive-allow`,
      {
        queueUrl: this.deadLetters.url,
        redriveAllowPolicy: pulumi.jsonStringify({ redrivePermission: "byQueue", sourceQueueArns: [this.queue.arn] }),
      },
      child,
    );
    noteDeadLetters(options?.parent, `${name}-dlq`, this.deadLetters);
    setWayBack(this.deadLetters, { kind: "queue", queueUrl: this.queue.url });
    queuePolicy(`${name}-policy`, this.queue, args.senders ?? [], child);
    queuePolicy(`${name}-dlq-policy`, this.deadLetters, args.deadLetterSenders ?? [], child);
    this.arn = this.queue.arn;
    this.url = this.queue.url;
    this.registerOutputs({ arn: this.arn, url: this.url });
  }

  /** What a function needs in order to send to the queue. */
  sendStatements(): Statement[] {
    return [
      { Sid: "SendToQueue", Action: "sqs:SendMessage", Resource: this.arn },
      { Sid: "SendToQueueKey", Action: ["kms:GenerateDataKey", "kms:Decrypt"], Resource: this.keyArn },
    ];
  }

  /** What a function needs in order to be fed from the queue by an event source mapping. */
  consumeStatements(): Statement[] {
    return [
      {
        Sid: "ReadQueue",
        Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
        Resource: this.arn,
      },
      { Sid: "ReadQueueKey", Action: "kms:Decrypt", Resource: this.keyArn },
    ];
  }
}

/** A queue that only collects failures: encrypted, kept for 14 days, closed. */
export function failureQueue(
  name: string,
  key: { readonly arn: pulumi.Input<string> },
  parent: pulumi.Resource,
  senders: NonNullable<DeadLetteredQueueArgs["senders"]> = [],
): aws.sqs.Queue {
  const queue = new aws.sqs.Queue(
    name,
    { kmsMasterKeyId: key.arn, messageRetentionSeconds: 14 * SECONDS_PER_DAY },
    { parent },
  );
  queuePolicy(`${name}-policy`, queue, senders, { parent });
  noteDeadLetters(parent, name, queue);
  return queue;
}

function queuePolicy(
  name: string,
  queue: aws.sqs.Queue,
  senders: readonly QueueSender[],
  options: pulumi.CustomResourceOptions,
): void {
  const statements: ResourceStatement[] = [
    denyInsecureTransport("sqs:*", queue.arn),
    ...senders.map((sender, i) => ({
      Sid: `Sender${i}`,
      Principal: { Service: sender.service },
      Action: "sqs:SendMessage",
      Resource: queue.arn,
      Condition: { ArnEquals: { "aws:SourceArn": sender.arn } },
    })),
  ];
  new aws.sqs.QueuePolicy(name, { queueUrl: queue.url, policy: policyDocument(statements) }, options);
}
