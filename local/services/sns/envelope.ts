import { createHmac } from "node:crypto";
import type { Cloud } from "../../cloud";
import type { MessageAttribute, Published } from "./message";

/** The text for a subscriber of `protocol`. */
export function textFor(published: Published, protocol: string): string {
  return published.perProtocol?.[protocol] ?? published.perProtocol?.["default"] ?? published.message;
}

interface EnvelopeAttribute {
  readonly Type: string;
  readonly Value: string;
}

/**
 * The JSON document of a delivery that is not raw (SNS developer guide, "Parsing message formats").
 * Difference from AWS: the signature is made with a local key, no certificate can verify it.
 */
export function notification(
  cloud: Cloud,
  published: Published,
  protocol: string,
  subscriptionArn: string,
): Record<string, unknown> {
  const message = textFor(published, protocol);
  const base = `https://sns.${cloud.region}.amazonaws.com`;
  return {
    Type: "Notification",
    MessageId: published.id,
    ...(published.sequenceNumber === undefined ? {} : { SequenceNumber: published.sequenceNumber }),
    TopicArn: published.topicArn,
    ...(published.subject === undefined ? {} : { Subject: published.subject }),
    Message: message,
    Timestamp: new Date(published.at).toISOString(),
    // What FIFO topics deliver is not signed.
    ...(published.sequenceNumber === undefined ? signature(published, protocol, message, base) : {}),
    UnsubscribeURL: `${base}/?Action=Unsubscribe&SubscriptionArn=${subscriptionArn}`,
    ...(Object.keys(published.attributes).length === 0 ? {} : { MessageAttributes: envelopeAttributes(published) }),
  };
}

function signature(
  { id, signatureVersion = "1" }: Published,
  protocol: string,
  message: string,
  base: string,
): Record<string, string> {
  return {
    // Functions get version 1 also of a topic that signs by version 2.
    SignatureVersion: protocol === "lambda" ? "1" : signatureVersion,
    Signature: sign(id, message),
    SigningCertURL: `${base}/SimpleNotificationService-local.pem`,
  };
}

/** The event that a subscribed function gets (Lambda developer guide, "Using AWS Lambda with Amazon SNS"). */
export function lambdaEvent(cloud: Cloud, published: Published, subscriptionArn: string): Record<string, unknown> {
  const {
    SigningCertURL,
    UnsubscribeURL,
    SequenceNumber: _sequence,
    ...rest
  } = notification(cloud, published, "lambda", subscriptionArn);
  const sns = {
    ...rest,
    Subject: published.subject ?? null,
    SigningCertUrl: SigningCertURL,
    UnsubscribeUrl: UnsubscribeURL,
    MessageAttributes: envelopeAttributes(published),
  };
  return {
    Records: [{ EventSource: "aws:sns", EventVersion: "1.0", EventSubscriptionArn: subscriptionArn, Sns: sns }],
  };
}

export function sign(...parts: readonly string[]): string {
  return createHmac("sha256", "games-messaging-local").update(parts.join("\n")).digest("base64");
}

function envelopeAttributes({ attributes }: Published): Record<string, EnvelopeAttribute> {
  const shown = ([name, attribute]: [string, MessageAttribute]): [string, EnvelopeAttribute] => [
    name,
    { Type: attribute.DataType, Value: attribute.StringValue ?? attribute.BinaryValue ?? "" },
  ];
  return Object.fromEntries(Object.entries(attributes).map(shown));
}
