import { ACCOUNT } from "../graph";
import { arn, bySource, D, DEAD, document, everybody, KEY, Q, QUEUE, T, tls, type RuleCase } from "./fixtures";

export const snsCases: Readonly<Record<string, RuleCase>> = {
  "sns-cmk": {
    good: {
      "sns/topic:Topic a": { arn: `${T}a`, kmsMasterKeyId: "alias/mine" },
      "sns/topic:Topic t": { arn: T, kmsMasterKeyId: KEY },
    },
    bad: {
      "an empty one": { "sns/topic:Topic t > kmsMasterKeyId": "" },

      none: { "sns/topic:Topic t > kmsMasterKeyId": undefined },
      "AWS's key": { "sns/topic:Topic t > kmsMasterKeyId": "alias/aws/sns" },
    },
  },
  "sns-private-tls": {
    good: {
      "sns/topic:Topic i": { arn: `${T}i`, policy: document(tls("sns:*", `${T}i`)) },

      "sns/topic:Topic t": { arn: T },
      "sns/topicPolicy:TopicPolicy p": {
        arn: T,
        policy: document(tls("sns:Publish", T), bySource("sns:Publish", T, arn("ses", "x"), "ses.amazonaws.com")),
      },
    },
    bad: {
      "a policy of nobody": { "sns/topicPolicy:TopicPolicy p > arn": arn("sns", "x") },
      "the policy that AWS gives": {
        "sns/topicPolicy:TopicPolicy p": undefined,
        "sns/topic:Topic t > policy": document(
          everybody("SNS:Publish", T, { StringEquals: { "AWS:SourceOwner": ACCOUNT } }),
        ),
      },

      "no policy": { "sns/topicPolicy:TopicPolicy p": undefined },
      "plain connections": {
        "sns/topicPolicy:TopicPolicy p > policy": document(bySource("sns:Publish", T, arn("ses", "x"))),
      },
      "plain connections to this topic": {
        "sns/topicPolicy:TopicPolicy p > policy": document(tls("sns:Publish", "arn:x")),
      },
      everybody: {
        "sns/topicPolicy:TopicPolicy p > policy": document(tls("sns:Publish", T), everybody("sns:Publish", T)),
      },
      "everybody of any account": {
        "sns/topicPolicy:TopicPolicy p > policy": document(
          tls("sns:Publish", T),
          everybody("sns:Publish", T, { ArnLike: { "aws:SourceArn": "arn:aws:s3:*:*:*" } }),
        ),
      },
      "everybody if": {
        "sns/topicPolicy:TopicPolicy p > policy": document(
          tls("sns:Publish", T),
          everybody("sns:Publish", T, { StringEqualsIfExists: { "aws:SourceAccount": ACCOUNT } }),
        ),
      },
      "a service for anybody": {
        "sns/topicPolicy:TopicPolicy p > policy": document(tls("sns:Publish", T), {
          Effect: "Allow",
          Principal: { Service: "ses.amazonaws.com" },
          Action: "sns:Publish",
          Resource: T,
        }),
      },
      "every action": {
        "sns/topicPolicy:TopicPolicy p > policy": document(
          tls("sns:Publish", T),
          bySource("sns:*", T, arn("ses", "x")),
        ),
      },
      "everything else": {
        "sns/topicPolicy:TopicPolicy p > policy": document(
          tls("sns:Publish", T),
          bySource("sns:Publish", "*", arn("ses", "x")),
        ),
      },
    },
  },
  "sns-sub-redrive": {
    good: {
      "sqs/queue:Queue q": QUEUE,
      "sqs/queue:Queue d": DEAD,
      "sns/topic:Topic t": { arn: T },
      "sns/topicSubscription:TopicSubscription s": {
        topic: T,
        protocol: "sqs",
        endpoint: Q,
        redrivePolicy: JSON.stringify({ deadLetterTargetArn: D }),
      },
    },
    bad: {
      none: { "sns/topicSubscription:TopicSubscription s > redrivePolicy": undefined },
      elsewhere: {
        "sns/topicSubscription:TopicSubscription s > redrivePolicy": JSON.stringify({
          deadLetterTargetArn: arn("sqs", "x"),
        }),
      },
      "plain HTTP": { "sns/topicSubscription:TopicSubscription s > protocol": "http" },
      "a queue elsewhere": { "sns/topicSubscription:TopicSubscription s > endpoint": arn("sqs", "x") },
      "no topic at all": { "sns/topicSubscription:TopicSubscription s > topic": undefined },
      "no topic": { "sns/topicSubscription:TopicSubscription s > topic": "none" },
    },
  },
  "sns-filters-cover": {
    good: {
      "sns/topic:Topic t": { arn: T },
      "sns/topicSubscription:TopicSubscription a": { topic: T, filterPolicy: '{"channel":["email"]}' },
      "sns/topicSubscription:TopicSubscription b": {
        topic: T,
        filterPolicy: '{"channel":[{"anything-but":["email"]}]}',
      },
    },
    bad: {
      "no rest": { "sns/topicSubscription:TopicSubscription b": undefined },
      "a gap": {
        "sns/topicSubscription:TopicSubscription b > filterPolicy": '{"channel":[{"anything-but":["email","sms"]}]}',
      },
      "none for email": { "sns/topicSubscription:TopicSubscription a": undefined },
      "no filter": { "sns/topicSubscription:TopicSubscription a > filterPolicy": undefined },
      twice: { "sns/topicSubscription:TopicSubscription c": { topic: T, filterPolicy: '{"channel":["email"]}' } },
      "nobody hears SES": {
        "sns/topic:Topic u": { arn: `${T}u` },
        "sesv2/configurationSetEventDestination:ConfigurationSetEventDestination d": {
          eventDestination: { snsDestination: { topicArn: `${T}u` } },
        },
      },
    },
  },
};
