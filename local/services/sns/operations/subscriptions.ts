import { xmlMap } from "../../../http/xml";
import type { AccessRequest, CallContext, Operation } from "../../../service";
import { topicAccess } from "../access";
import type { Topics } from "../engine";
import { invalidParameter } from "../errors";
import type { Subscription } from "../topic";
import { page } from "../wire";

interface ByArn {
  readonly SubscriptionArn?: string;
}

/** Rights on a subscription are rights on its topic (service authorization reference of SNS). */
function access(
  topics: Topics,
  arn: string | undefined,
  action: string,
  context: CallContext,
): readonly AccessRequest[] {
  return [topicAccess({ arn: topics.subscription(arn).topicArn }, action, context)];
}

export const unsubscribe = (topics: Topics): Operation<ByArn> => ({
  authorize: ({ SubscriptionArn }, context) => access(topics, SubscriptionArn, "Unsubscribe", context),
  answer: ({ SubscriptionArn }) => {
    topics.unsubscribe(topics.subscription(SubscriptionArn));
    return undefined;
  },
});

export const getSubscriptionAttributes = (topics: Topics): Operation<ByArn> => ({
  authorize: ({ SubscriptionArn }, context) => access(topics, SubscriptionArn, "GetSubscriptionAttributes", context),
  answer: ({ SubscriptionArn }, { cloud }) => {
    const subscription = topics.subscription(SubscriptionArn);
    const filtered = subscription.attributes["FilterPolicy"] !== undefined;
    return {
      Attributes: xmlMap({
        RawMessageDelivery: "false",
        ...(filtered ? { FilterPolicyScope: "MessageAttributes" } : {}),
        ...subscription.attributes,
        SubscriptionArn: subscription.arn,
        TopicArn: subscription.topicArn,
        Protocol: subscription.protocol,
        Endpoint: subscription.endpoint,
        Owner: cloud.accountId,
        PendingConfirmation: String(subscription.pending),
        ConfirmationWasAuthenticated: String(!subscription.pending),
      }),
    };
  },
});

export const setSubscriptionAttributes = (
  topics: Topics,
): Operation<ByArn & { readonly AttributeName?: string; readonly AttributeValue?: string }> => ({
  authorize: ({ SubscriptionArn }, context) => access(topics, SubscriptionArn, "SetSubscriptionAttributes", context),
  answer: ({ SubscriptionArn, AttributeName, AttributeValue = "" }) => {
    if (!AttributeName) throw invalidParameter("AttributeName");
    topics.configureSubscription(topics.subscription(SubscriptionArn), AttributeName, AttributeValue);
    return undefined;
  },
});

export const listSubscriptions = (topics: Topics): Operation<{ readonly NextToken?: string }> => ({
  authorize: () => [{ action: "sns:ListSubscriptions", resource: "*" }],
  answer: ({ NextToken }, { cloud }) => list(topics.subscriptions(), NextToken, cloud.accountId),
});

export const listSubscriptionsByTopic = (
  topics: Topics,
): Operation<{ readonly TopicArn?: string; readonly NextToken?: string }> => ({
  authorize: ({ TopicArn }, context) => [topicAccess(topics.get(TopicArn), "ListSubscriptionsByTopic", context)],
  answer: ({ TopicArn, NextToken }, { cloud }) =>
    list([...topics.get(TopicArn).subscriptions.values()], NextToken, cloud.accountId),
});

function list(subscriptions: readonly Subscription[], token: string | undefined, owner: string): object {
  const { items, next } = page(subscriptions, token);
  const shown = items.map((one) => ({
    SubscriptionArn: one.pending ? "PendingConfirmation" : one.arn,
    Owner: owner,
    Protocol: one.protocol,
    Endpoint: one.endpoint,
    TopicArn: one.topicArn,
  }));
  return { Subscriptions: shown, ...next };
}
