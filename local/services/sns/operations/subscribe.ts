import { AwsError } from "../../../aws-error";
import type { Operation } from "../../../service";
import { subscriberArn, topicAccess } from "../access";
import type { Topics } from "../engine";
import { invalidParameter } from "../errors";
import type { Protocol } from "../topic";
import { readMap, type WireMap } from "../wire";

interface Input {
  readonly TopicArn?: string;
  readonly Protocol?: string;
  readonly Endpoint?: string;
  readonly Attributes?: WireMap<string>;
  readonly ReturnSubscriptionArn?: string | boolean;
}

/** What an endpoint of each protocol looks like. */
const ENDPOINTS: Readonly<Record<Protocol, RegExp>> = {
  sqs: /^arn:aws:sqs:[^:]+:\d{12}:[A-Za-z0-9_.-]+$/,
  lambda: /^arn:aws:lambda:[^:]+:\d{12}:function:.+$/,
  http: /^http:\/\//,
  https: /^https:\/\//,
  email: /^[^@\s]+@[^@\s]+$/,
  "email-json": /^[^@\s]+@[^@\s]+$/,
  // A sign may part digits, never two of them, nor stand at an end.
  sms: /^\+?\d+(?:[-./ ]\d+)*$/,
  application: /^arn:aws:sns:[^:]+:\d{12}:endpoint\//,
};

export const subscribe = (topics: Topics): Operation<Input> => ({
  authorize: ({ TopicArn, Protocol: protocol, Endpoint }, context) => [
    topicAccess(topics.get(TopicArn), "Subscribe", context, {
      ...(protocol === undefined ? {} : { "sns:Protocol": protocol }),
      ...(Endpoint === undefined ? {} : { "sns:Endpoint": Endpoint }),
    }),
  ],
  answer: ({ TopicArn, Protocol: protocol = "", Endpoint = "", Attributes, ReturnSubscriptionArn }, { principal }) => {
    if (!isProtocol(protocol)) throw invalidParameter(`Amazon SNS does not support this protocol string: ${protocol}`);
    if (!ENDPOINTS[protocol].test(Endpoint)) throw wrongEndpoint(protocol, Endpoint);
    const topic = topics.get(TopicArn);
    // Only FIFO topics keep order, so that a FIFO queue cannot listen to a standard topic.
    if (protocol === "sqs" && Endpoint.endsWith(".fifo") && !topic.name.endsWith(".fifo")) {
      throw invalidParameter(
        "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics",
      );
    }
    const subscription = topics.subscribe(
      topic,
      protocol,
      Endpoint,
      readMap<string>(Attributes),
      subscriberArn(principal),
    );
    const shown = !subscription.pending || String(ReturnSubscriptionArn) === "true";
    return { SubscriptionArn: shown ? subscription.arn : "pending confirmation" };
  },
});

function wrongEndpoint(protocol: Protocol, endpoint: string): AwsError {
  switch (protocol) {
    case "sqs":
      return invalidParameter("SQS endpoint ARN");
    case "sms":
      return new AwsError("InvalidParameter", `Invalid SMS endpoint: ${endpoint}`);
    case "email":
    case "email-json":
      return invalidParameter("Email address");
    case "http":
    case "https":
      return invalidParameter("Endpoint must match the specified protocol");
    default:
      return invalidParameter(`Endpoint Reason: ${endpoint || "no value"} is not an endpoint of protocol ${protocol}`);
  }
}

function isProtocol(text: string): text is Protocol {
  return Object.hasOwn(ENDPOINTS, text);
}

export const confirmSubscription = (
  topics: Topics,
): Operation<{ readonly TopicArn?: string; readonly Token?: string }> => ({
  authorize: ({ TopicArn }, context) => {
    if (!/^arn:aws:sns:/.test(TopicArn ?? "") || TopicArn!.split(":")[3] !== context.cloud.region)
      throw invalidParameter("Topic");
    return [topicAccess({ arn: TopicArn! }, "ConfirmSubscription", context)];
  },
  answer: ({ TopicArn, Token = "" }) => ({ SubscriptionArn: topics.confirm(TopicArn!, Token).arn }),
});
