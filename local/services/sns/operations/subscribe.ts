import type { Operation } from "../../../service";
import { topicAccess } from "../access";
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
  sms: /^\+?[0-9 ()-]{4,20}$/,
  application: /^arn:aws:sns:[^:]+:\d{12}:endpoint\//,
};

export const subscribe = (topics: Topics): Operation<Input> => ({
  authorize: ({ TopicArn, Protocol: protocol, Endpoint }, context) => [
    topicAccess(topics.get(TopicArn), "Subscribe", context, {
      ...(protocol === undefined ? {} : { "sns:Protocol": protocol }),
      ...(Endpoint === undefined ? {} : { "sns:Endpoint": Endpoint }),
    }),
  ],
  answer: ({ TopicArn, Protocol: protocol = "", Endpoint = "", Attributes, ReturnSubscriptionArn }) => {
    if (!isProtocol(protocol)) throw invalidParameter(`Does not support this protocol string: ${protocol}`);
    if (protocol === "sqs" && !ENDPOINTS.sqs.test(Endpoint)) throw invalidParameter("SQS endpoint ARN");
    if (!ENDPOINTS[protocol].test(Endpoint))
      throw invalidParameter(`Endpoint Reason: ${Endpoint || "no value"} is not an endpoint of protocol ${protocol}`);
    const topic = topics.get(TopicArn);
    // Only FIFO topics keep order, so that a FIFO queue cannot listen to a standard topic.
    if (protocol === "sqs" && Endpoint.endsWith(".fifo") && !topic.name.endsWith(".fifo")) {
      throw invalidParameter(
        "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics",
      );
    }
    const subscription = topics.subscribe(topic, protocol, Endpoint, readMap<string>(Attributes));
    const shown = !subscription.pending || String(ReturnSubscriptionArn) === "true";
    return { SubscriptionArn: shown ? subscription.arn : "pending confirmation" };
  },
});

function isProtocol(text: string): text is Protocol {
  return Object.hasOwn(ENDPOINTS, text);
}

export const confirmSubscription = (
  topics: Topics,
): Operation<{ readonly TopicArn?: string; readonly Token?: string }> => ({
  authorize: ({ TopicArn }, context) => [topicAccess(topics.get(TopicArn), "ConfirmSubscription", context)],
  answer: ({ TopicArn, Token = "" }) => ({ SubscriptionArn: topics.confirm(topics.get(TopicArn), Token).arn }),
});
