import { invalidParameter } from "./errors";
import { readJsonAttribute } from "./json-attribute";

/** Names that CreateTopic and SetTopicAttributes take (API reference of SetTopicAttributes). */
const NAMES = new Set([
  "ArchivePolicy",
  "ContentBasedDeduplication",
  "DeliveryPolicy",
  "DisplayName",
  "FifoThroughputScope",
  "FifoTopic",
  "KmsMasterKeyId",
  "MaximumMessageSize",
  "Policy",
  "SignatureVersion",
  "TracingConfig",
]);

const FEEDBACK = /^(Application|Firehose|HTTP|Lambda|SQS)(Success|Failure)Feedback(RoleArn|SampleRate)$/;

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  ContentBasedDeduplication: ["true", "false"],
  FifoTopic: ["true", "false"],
  FifoThroughputScope: ["Topic", "MessageGroup"],
  SignatureVersion: ["1", "2"],
  TracingConfig: ["Active", "PassThrough"],
};

/** Bytes of a message if the topic does not say otherwise. */
export const DEFAULT_MESSAGE_BYTES = 262_144;

/** @throws AwsError InvalidParameter */
export function validateTopicAttributes(attributes: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (!NAMES.has(name) && !FEEDBACK.test(name)) throw invalidParameter("AttributeName");
    if (value === "") continue;
    if (CHOICES[name] && !CHOICES[name].includes(value))
      throw invalidParameter(`Attributes Reason: ${name} must be one of ${CHOICES[name].join(", ")}`);
    if (name === "MaximumMessageSize" && !(Number(value) >= 1024 && Number(value) <= 1_048_576)) {
      throw invalidParameter("Attributes Reason: MaximumMessageSize must be between 1024 and 1048576");
    }
    if (name === "DeliveryPolicy") readJsonAttribute(name, value, invalidParameter);
    if (name === "Policy" && !isJsonObject(value)) throw invalidParameter("Policy Error: null");
  }
}

/** The policy of a topic that has none of its own: the account's own callers, and services acting for it. */
export function defaultPolicy(accountId: string, topicArn: string): Record<string, unknown> {
  return {
    Version: "2008-10-17",
    Id: "__default_policy_ID",
    Statement: [
      {
        Sid: "__default_statement_ID",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: [
          "SNS:GetTopicAttributes",
          "SNS:SetTopicAttributes",
          "SNS:AddPermission",
          "SNS:RemovePermission",
          "SNS:DeleteTopic",
          "SNS:Subscribe",
          "SNS:ListSubscriptionsByTopic",
          "SNS:Publish",
        ],
        Resource: topicArn,
        Condition: { StringEquals: { "AWS:SourceOwner": accountId } },
      },
    ],
  };
}

export function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
