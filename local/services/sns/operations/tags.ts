import { AwsError } from "../../../aws-error";
import type { Operation } from "../../../service";
import { topicAccess } from "../access";
import type { Topics } from "../engine";
import type { Topic } from "../topic";
import { readTags } from "../wire";

/** https://docs.aws.amazon.com/sns/latest/dg/sns-tags.html */
const MAX_TAGS = 50;

interface ByArn {
  readonly ResourceArn?: string;
}

function topicOf(topics: Topics, arn: string | undefined): Topic {
  const topic = topics.all().find((one) => one.arn === arn);
  if (!topic) throw new AwsError("ResourceNotFound", "Resource does not exist", 404);
  return topic;
}

export const tagResource = (
  topics: Topics,
): Operation<ByArn & { readonly Tags?: readonly { readonly Key: string; readonly Value: string }[] }> => ({
  authorize: ({ ResourceArn }, context) => [topicAccess(topicOf(topics, ResourceArn), "TagResource", context)],
  answer: ({ ResourceArn, Tags }) => {
    const topic = topicOf(topics, ResourceArn);
    const tags = { ...topic.tags, ...readTags(Tags) };
    if (Object.keys(tags).length > MAX_TAGS)
      throw new AwsError("TagLimitExceeded", "Could not complete request: tag quota of per resource exceeded");
    topic.tags = tags;
    return {};
  },
});

export const untagResource = (topics: Topics): Operation<ByArn & { readonly TagKeys?: readonly string[] }> => ({
  authorize: ({ ResourceArn }, context) => [topicAccess(topicOf(topics, ResourceArn), "UntagResource", context)],
  answer: ({ ResourceArn, TagKeys = [] }) => {
    const topic = topicOf(topics, ResourceArn);
    topic.tags = Object.fromEntries(Object.entries(topic.tags).filter(([key]) => !TagKeys.includes(key)));
    return {};
  },
});

export const listTagsForResource = (topics: Topics): Operation<ByArn> => ({
  authorize: ({ ResourceArn }, context) => [topicAccess(topicOf(topics, ResourceArn), "ListTagsForResource", context)],
  answer: ({ ResourceArn }) => ({
    Tags: Object.entries(topicOf(topics, ResourceArn).tags).map(([Key, Value]) => ({ Key, Value })),
  }),
});
