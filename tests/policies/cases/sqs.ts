import { ACCOUNT } from "../graph";
import { arn, bySource, D, DEAD, document, everybody, FED, Q, QUEUE, T, tls, type RuleCase } from "./fixtures";

export const sqsCases: Readonly<Record<string, RuleCase>> = {
  "sqs-encrypted": {
    good: {
      "sqs/queue:Queue a": { ...QUEUE, kmsMasterKeyId: "alias/mine" },
      "sqs/queue:Queue i": { ...QUEUE, kmsMasterKeyId: "1b2c3d4e-1234-4abc-8abc-0123456789ab" },
      "sqs/queue:Queue q": QUEUE,
    },
    bad: {
      "AWS's key by its ARN": { "sqs/queue:Queue q > kmsMasterKeyId": arn("kms", "alias/aws/sqs") },

      none: { "sqs/queue:Queue q > kmsMasterKeyId": undefined },
      "AWS's key": { "sqs/queue:Queue q > kmsMasterKeyId": "alias/aws/sqs" },
    },
  },
  "sqs-dlq": {
    good: {
      "sqs/queue:Queue q": QUEUE,
      "sqs/queue:Queue d": DEAD,
      "lambda/eventSourceMapping:EventSourceMapping q": FED,
      "sqs/queue:Queue b": { ...QUEUE, arn: `${Q}b`, url: "https://qb", name: "b", redrivePolicy: undefined },
      "sqs/redrivePolicy:RedrivePolicy b": { queueUrl: "https://qb", redrivePolicy: QUEUE.redrivePolicy },
      "lambda/eventSourceMapping:EventSourceMapping b": { ...FED, eventSourceArn: `${Q}b` },
    },
    bad: {
      "for ever, beside the queue": {
        "sqs/redrivePolicy:RedrivePolicy b > redrivePolicy": JSON.stringify({
          deadLetterTargetArn: D,
          maxReceiveCount: 1_000,
        }),
      },
      "elsewhere, beside the queue": {
        "sqs/redrivePolicy:RedrivePolicy b > redrivePolicy": JSON.stringify({
          deadLetterTargetArn: arn("sqs", "x"),
          maxReceiveCount: 3,
        }),
      },
      "one beside another queue": { "sqs/redrivePolicy:RedrivePolicy b > queueUrl": "https://x" },
      none: { "sqs/queue:Queue q > redrivePolicy": undefined },
      "one try": {
        "sqs/queue:Queue q > redrivePolicy": JSON.stringify({ deadLetterTargetArn: D, maxReceiveCount: 1 }),
      },
      "for ever": {
        "sqs/queue:Queue q > redrivePolicy": JSON.stringify({ deadLetterTargetArn: D, maxReceiveCount: 1_000 }),
      },
      elsewhere: {
        "sqs/queue:Queue q > redrivePolicy": JSON.stringify({
          deadLetterTargetArn: arn("sqs", "x"),
          maxReceiveCount: 3,
        }),
      },
      itself: { "sqs/queue:Queue q > redrivePolicy": JSON.stringify({ deadLetterTargetArn: Q, maxReceiveCount: 3 }) },
      "dead letters that expire": { "sqs/queue:Queue d > messageRetentionSeconds": undefined },
      "an hour": { "sqs/queue:Queue q > messageRetentionSeconds": 3_600 },
      "longer than its dead letters": { "sqs/queue:Queue q > messageRetentionSeconds": 1_209_600 },
    },
  },
  "sqs-dlq-closed": {
    good: {
      "sqs/queue:Queue q": QUEUE,
      "sqs/queue:Queue d": DEAD,
      "sqs/redriveAllowPolicy:RedriveAllowPolicy r": {
        queueUrl: "https://d",
        redriveAllowPolicy: JSON.stringify({ redrivePermission: "byQueue", sourceQueueArns: [Q] }),
      },
    },
    bad: {
      "one for another queue": { "sqs/redriveAllowPolicy:RedriveAllowPolicy r > queueUrl": "https://q" },
      "all, inline": {
        "sqs/redriveAllowPolicy:RedriveAllowPolicy r": undefined,
        "sqs/queue:Queue d > redriveAllowPolicy": JSON.stringify({ redrivePermission: "allowAll" }),
      },

      none: { "sqs/redriveAllowPolicy:RedriveAllowPolicy r": undefined },
      all: {
        "sqs/redriveAllowPolicy:RedriveAllowPolicy r > redriveAllowPolicy": JSON.stringify({
          redrivePermission: "allowAll",
        }),
      },
      "no source": {
        "sqs/redriveAllowPolicy:RedriveAllowPolicy r > redriveAllowPolicy": JSON.stringify({
          redrivePermission: "byQueue",
          sourceQueueArns: [],
        }),
      },
      "another source": {
        "sqs/redriveAllowPolicy:RedriveAllowPolicy r > redriveAllowPolicy": JSON.stringify({
          redrivePermission: "byQueue",
          sourceQueueArns: [D],
        }),
      },
      "a source elsewhere": {
        "sqs/redriveAllowPolicy:RedriveAllowPolicy r > redriveAllowPolicy": JSON.stringify({
          redrivePermission: "byQueue",
          sourceQueueArns: [Q, arn("sqs", "x")],
        }),
      },
    },
  },
  "sqs-private-tls": {
    good: {
      "sqs/queue:Queue i": { arn: `${Q}i`, url: "https://qi", policy: document(tls("sqs:*", `${Q}i`)) },

      "sqs/queue:Queue q": QUEUE,
      "sns/topic:Topic t": { arn: T },
      "sqs/queuePolicy:QueuePolicy p": {
        queueUrl: "https://q",
        policy: document(tls("sqs:*", Q), bySource("sqs:SendMessage", Q, T)),
      },
    },
    bad: {
      "everybody, inline": { "sqs/queue:Queue q > policy": document(everybody("sqs:SendMessage", Q)) },
      "plain connections, inline": { "sqs/queue:Queue i > policy": document() },

      "no policy": { "sqs/queuePolicy:QueuePolicy p": undefined },
      "a policy of nobody": { "sqs/queuePolicy:QueuePolicy p > queueUrl": "https://x" },
      "plain connections": { "sqs/queuePolicy:QueuePolicy p > policy": document(bySource("sqs:SendMessage", Q, T)) },
      "some plain connections": { "sqs/queuePolicy:QueuePolicy p > policy": document(tls("sqs:SendMessage", Q)) },
      "plain connections if": {
        "sqs/queuePolicy:QueuePolicy p > policy": document({
          ...tls("sqs:*", Q),
          Condition: { Bool: { "aws:SecureTransport": "false", "aws:ViaAWSService": "false" } },
        }),
      },
      everybody: {
        "sqs/queuePolicy:QueuePolicy p > policy": document(tls("sqs:*", Q), everybody("sqs:SendMessage", Q)),
      },
      "everybody but one": {
        "sqs/queuePolicy:QueuePolicy p > policy": document(tls("sqs:*", Q), {
          Effect: "Allow",
          NotPrincipal: { AWS: ACCOUNT },
          Action: "sqs:SendMessage",
          Resource: Q,
        }),
      },
      "a unique id": {
        "sqs/queuePolicy:QueuePolicy p > policy": document(tls("sqs:*", Q), {
          Effect: "Allow",
          Principal: { AWS: "AIDAEXAMPLEEXAMPLE123" },
          Action: "sqs:SendMessage",
          Resource: Q,
        }),
      },
      "a service for anybody": {
        "sqs/queuePolicy:QueuePolicy p > policy": document(tls("sqs:*", Q), {
          Effect: "Allow",
          Principal: { Service: "sns.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: Q,
        }),
      },
      "every service": {
        "sqs/queuePolicy:QueuePolicy p > policy": document(tls("sqs:*", Q), bySource("sqs:SendMessage", Q, T, "*")),
      },
      "a source elsewhere": {
        "sqs/queuePolicy:QueuePolicy p > policy": document(
          tls("sqs:*", Q),
          bySource("sqs:SendMessage", Q, arn("sns", "x")),
        ),
      },
      "no document": { "sqs/queuePolicy:QueuePolicy p > policy": "{oops" },
    },
  },
};
