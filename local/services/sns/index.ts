import type { Cloud } from "../../cloud";
import type { Service } from "../../service";
import { Topics, type TopicsSnapshot } from "./engine";
import { publish, publishBatch } from "./operations/publish";
import { confirmSubscription, subscribe } from "./operations/subscribe";
import {
  getSubscriptionAttributes,
  listSubscriptions,
  listSubscriptionsByTopic,
  setSubscriptionAttributes,
  unsubscribe,
} from "./operations/subscriptions";
import { listTagsForResource, tagResource, untagResource } from "./operations/tags";
import { createTopic, deleteTopic, getTopicAttributes, listTopics, setTopicAttributes } from "./operations/topics";
import { snsResources } from "./resources";
import { XMLNS } from "./visit";

export { confirmingVisit } from "./visit";

/** Amazon SNS with its state to be kept and brought back. */
export interface SnsService extends Service {
  snapshot(): TopicsSnapshot;
  restore(snapshot: TopicsSnapshot): void;
}

/** Amazon SNS: topics, filtered subscriptions, delivery to queues, functions and local HTTP endpoints. */
export function snsService(cloud: Cloud): SnsService {
  const topics = new Topics(cloud);
  return {
    name: "sns",
    signingName: "sns",
    protocols: [{ kind: "query", version: "2010-03-31", xmlns: XMLNS }],
    operations: {
      CreateTopic: createTopic(topics),
      DeleteTopic: deleteTopic(topics),
      ListTopics: listTopics(topics),
      GetTopicAttributes: getTopicAttributes(topics),
      SetTopicAttributes: setTopicAttributes(topics),
      Subscribe: subscribe(topics),
      ConfirmSubscription: confirmSubscription(topics),
      Unsubscribe: unsubscribe(topics),
      GetSubscriptionAttributes: getSubscriptionAttributes(topics),
      SetSubscriptionAttributes: setSubscriptionAttributes(topics),
      ListSubscriptions: listSubscriptions(topics),
      ListSubscriptionsByTopic: listSubscriptionsByTopic(topics),
      Publish: publish(topics),
      PublishBatch: publishBatch(topics),
      TagResource: tagResource(topics),
      UntagResource: untagResource(topics),
      ListTagsForResource: listTagsForResource(topics),
    },
    resourceTypes: snsResources(topics),
    throttling: "Throttling",
    snapshot: () => topics.snapshot(),
    restore: (snapshot) => topics.restore(snapshot),
  };
}
