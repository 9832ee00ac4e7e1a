import { xmlMap } from "../../../http/xml";
import type { Operation } from "../../../service";
import { resolveKey, topicAccess } from "../access";
import { effectiveTopicPolicy, shownTopicPolicy } from "../delivery-policy";
import type { Topics } from "../engine";
import { invalidParameter } from "../errors";
import type { Topic } from "../topic";
import { defaultPolicy } from "../topic-attributes";
import { page, readMap, readTags, type WireMap } from "../wire";

interface CreateInput {
  readonly Name?: string;
  readonly Attributes?: WireMap<string>;
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
}

export const createTopic = (topics: Topics): Operation<CreateInput> => ({
  authorize: ({ Name }, context) => {
    if (!Name) throw invalidParameter("Topic Name");
    return [topicAccess({ arn: context.cloud.arn("sns", Name) }, "CreateTopic", context)];
  },
  answer: async ({ Name, Attributes, Tags }, { cloud }) => {
    const attributes = await resolveKey(cloud, readMap<string>(Attributes));
    return { TopicArn: topics.create(Name!, attributes, readTags(Tags)).arn };
  },
});

interface ByArn {
  readonly TopicArn?: string;
}

/** Deleting what is gone already succeeds (API reference of DeleteTopic). */
export const deleteTopic = (topics: Topics): Operation<ByArn> => ({
  authorize: ({ TopicArn }, context) => {
    if (TopicArn === undefined) throw invalidParameter("TopicArn Reason: no value for required parameter");
    topics.checkArn(TopicArn, "TopicArn");
    return [topicAccess({ arn: TopicArn }, "DeleteTopic", context)];
  },
  answer: ({ TopicArn }) => {
    const topic = topics.all().find(({ arn }) => arn === TopicArn);
    if (topic) topics.delete(topic);
    return undefined;
  },
});

export const listTopics = (topics: Topics): Operation<{ readonly NextToken?: string }> => ({
  authorize: () => [{ action: "sns:ListTopics", resource: "*" }],
  answer: ({ NextToken }) => {
    const { items, next } = page(topics.all(), NextToken);
    return { Topics: items.map(({ arn }) => ({ TopicArn: arn })), ...next };
  },
});

export const getTopicAttributes = (topics: Topics): Operation<ByArn> => ({
  authorize: ({ TopicArn }, context) => [topicAccess(topics.get(TopicArn), "GetTopicAttributes", context)],
  answer: ({ TopicArn }, { cloud }) => {
    const topic = topics.get(TopicArn);
    const subscriptions = [...topic.subscriptions.values()];
    return {
      Attributes: xmlMap({
        Policy: JSON.stringify(defaultPolicy(cloud.accountId, topic.arn)),
        DisplayName: "",
        ...shownAttributes(topic),
        TopicArn: topic.arn,
        Owner: cloud.accountId,
        SubscriptionsConfirmed: String(subscriptions.filter(({ pending }) => !pending).length),
        SubscriptionsPending: String(subscriptions.filter(({ pending }) => pending).length),
        SubscriptionsDeleted: "0",
      }),
    };
  },
});

/** A FIFO topic always says whether it deduplicates by content, a standard one never that it is none. */
function shownAttributes(topic: Topic): Readonly<Record<string, string>> {
  const { FifoTopic: isFifo, DeliveryPolicy: delivery, ...others } = topic.attributes;
  return {
    ...(isFifo === "true" ? { FifoTopic: isFifo, ContentBasedDeduplication: "false" } : {}),
    ...others,
    ...(delivery === undefined ? {} : { DeliveryPolicy: shownTopicPolicy(delivery) }),
    EffectiveDeliveryPolicy: effectiveTopicPolicy(delivery),
  };
}

export const setTopicAttributes = (
  topics: Topics,
): Operation<ByArn & { readonly AttributeName?: string; readonly AttributeValue?: string }> => ({
  authorize: ({ TopicArn }, context) => [topicAccess(topics.get(TopicArn), "SetTopicAttributes", context)],
  answer: async ({ TopicArn, AttributeName, AttributeValue = "" }, { cloud }) => {
    if (!AttributeName || AttributeName === "FifoTopic") throw invalidParameter("AttributeName");
    topics.configure(topics.get(TopicArn), await resolveKey(cloud, { [AttributeName]: AttributeValue }));
    return undefined;
  },
});
