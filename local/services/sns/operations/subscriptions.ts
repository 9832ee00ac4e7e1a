import { xmlMap } from "../../../http/xml";
import type { AccessRequest, CallContext, Operation } from "../../../service";
import { topicAccess } from "../access";
import { effectiveSubscriptionPolicy, subscriptionPolicy } from "../delivery-policy";
import { topicArnOf, type Topics } from "../engine";
import { invalidParameter } from "../errors";
import type { Subscription, Topic } from "../topic";
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

/** Ending what has ended already succeeds. */
export const unsubscribe = (topics: Topics): Operation<ByArn> => ({
  authorize: ({ SubscriptionArn }, context) => {
    topics.findSubscription(SubscriptionArn);
    return [topicAccess({ arn: topicArnOf(SubscriptionArn!) }, "Unsubscribe", context)];
  },
  answer: ({ SubscriptionArn }) => {
    const subscription = topics.findSubscription(SubscriptionArn);
    if (subscription) topics.unsubscribe(subscription);
    return undefined;
  },
});

export const getSubscriptionAttributes = (topics: Topics): Operation<ByArn> => ({
  authorize: ({ SubscriptionArn }, context) => access(topics, SubscriptionArn, "GetSubscriptionAttributes", context),
  answer: ({ SubscriptionArn }, { cloud }) => {
    const subscription = topics.subscription(SubscriptionArn);
    return {
      Attributes: xmlMap({
        ...shownAttributes(subscription, topics.get(subscription.topicArn)),
        SubscriptionArn: subscription.arn,
        TopicArn: subscription.topicArn,
        Protocol: subscription.protocol,
        Endpoint: subscription.endpoint,
        Owner: cloud.accountId,
        PendingConfirmation: String(subscription.pending),
        ConfirmationWasAuthenticated: String(!subscription.pending),
        ...(subscription.principal === undefined ? {} : { SubscriptionPrincipal: subscription.principal }),
      }),
    };
  },
});

/** The scope shows with a filter only; HTTP endpoints show how they are tried again. */
function shownAttributes({ attributes, protocol }: Subscription, topic: Topic): Readonly<Record<string, string>> {
  const { FilterPolicyScope: scope = "MessageAttributes", DeliveryPolicy: delivery, ...others } = attributes;
  const effective = effectiveSubscriptionPolicy(delivery, topic.attributes["DeliveryPolicy"]);
  return {
    RawMessageDelivery: "false",
    ...others,
    ...(attributes["FilterPolicy"] === undefined ? {} : { FilterPolicyScope: scope }),
    ...(delivery === undefined ? {} : { DeliveryPolicy: JSON.stringify(subscriptionPolicy(delivery)) }),
    ...(protocol === "http" || protocol === "https" ? { EffectiveDeliveryPolicy: JSON.stringify(effective) } : {}),
  };
}

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
