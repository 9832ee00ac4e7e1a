import type { Created, Json, ResourceType } from "../../service";
import { resolveKey, subscriberArn } from "./access";
import type { Topics } from "./engine";
import { SUBSCRIPTION_DEFAULTS } from "./subscription-attributes";
import type { Subscription, Topic } from "./topic";
import { defaultPolicy } from "./topic-attributes";

/** Pulumi's input names and the API's attribute names of a topic. */
const TOPIC: Readonly<Record<string, string>> = {
  archivePolicy: "ArchivePolicy",
  contentBasedDeduplication: "ContentBasedDeduplication",
  deliveryPolicy: "DeliveryPolicy",
  displayName: "DisplayName",
  fifoThroughputScope: "FifoThroughputScope",
  fifoTopic: "FifoTopic",
  kmsMasterKeyId: "KmsMasterKeyId",
  policy: "Policy",
  signatureVersion: "SignatureVersion",
  tracingConfig: "TracingConfig",
};

const SUBSCRIPTION: Readonly<Record<string, string>> = {
  deliveryPolicy: "DeliveryPolicy",
  filterPolicy: "FilterPolicy",
  filterPolicyScope: "FilterPolicyScope",
  rawMessageDelivery: "RawMessageDelivery",
  redrivePolicy: "RedrivePolicy",
  replayPolicy: "ReplayPolicy",
  subscriptionRoleArn: "SubscriptionRoleArn",
};

/** The Pulumi types that SNS plays. */
export function snsResources(topics: Topics): Record<string, ResourceType> {
  const topicAttributes = (inputs: Json): Promise<Readonly<Record<string, string>>> =>
    resolveKey(topics.cloud, attributesOf(inputs, TOPIC));
  const setPolicy = (inputs: Json): Created => {
    const arn = inputs["arn"] as string;
    const policy = text(inputs["policy"]);
    topics.configure(topics.get(arn), { Policy: policy });
    return { id: arn, state: { region: topics.cloud.region, ...inputs, policy, owner: topics.cloud.accountId } };
  };
  return {
    "aws:sns/topic:Topic": {
      create: async (inputs, context) => {
        const fifo = inputs["fifoTopic"] === true;
        const name = (inputs["name"] as string | undefined) ?? context.physicalName(fifo ? ".fifo" : "");
        const topic = topics.create(
          name,
          await topicAttributes(inputs),
          (inputs["tags"] as Record<string, string> | undefined) ?? {},
        );
        return topicState(topics, topic, inputs);
      },
      update: async (id, inputs) => {
        const topic = topics.get(id);
        const { FifoTopic: _fixed, ...attributes } = await topicAttributes(inputs);
        topics.configure(topic, { KmsMasterKeyId: "", ...attributes });
        topic.tags = { ...(inputs["tags"] as Record<string, string> | undefined) };
        return topicState(topics, topic, inputs);
      },
      delete: (id) => topics.delete(topics.get(id)),
    },
    "aws:sns/topicPolicy:TopicPolicy": {
      create: setPolicy,
      update: (_id, inputs) => setPolicy(inputs),
      delete: (id) => topics.configure(topics.get(id), { Policy: "" }),
    },
    "aws:sns/topicSubscription:TopicSubscription": {
      create: (inputs) => {
        const protocol = inputs["protocol"] as Subscription["protocol"];
        const subscription = topics.subscribe(
          topics.get(topicArnOf(inputs)),
          protocol,
          inputs["endpoint"] as string,
          attributesOf(inputs, SUBSCRIPTION),
          subscriberArn(topics.cloud.operator),
        );
        return subscriptionState(topics, subscription, inputs);
      },
      update: (id, inputs) => {
        const subscription = topics.subscription(id);
        const declared = attributesOf(inputs, SUBSCRIPTION);
        // A filter on bodies may be nested, so its scope comes first, as the provider sets it; any other's comes after it.
        const isOnBody = declared["FilterPolicyScope"] === "MessageBody";
        for (const name of [...(isOnBody ? ["FilterPolicyScope"] : []), ...Object.values(SUBSCRIPTION)]) {
          if (subscription.attributes[name] !== declared[name])
            topics.configureSubscription(subscription, name, declared[name] ?? SUBSCRIPTION_DEFAULTS[name] ?? "");
        }
        return subscriptionState(topics, subscription, inputs);
      },
      delete: (id) => topics.unsubscribe(topics.subscription(id)),
    },
  };
}

/** `topic` may be given as the ARN or, by its own type, as an object with one. */
function topicArnOf(inputs: Json): string {
  const topic = inputs["topic"];
  return typeof topic === "string" ? topic : String((topic as Json)["arn"]);
}

function attributesOf(inputs: Json, names: Readonly<Record<string, string>>): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [input, attribute] of Object.entries(names)) {
    const value = inputs[input];
    if (value !== undefined && value !== "" && value !== false) attributes[attribute] = text(value);
  }
  return attributes;
}

function topicState({ cloud }: Topics, topic: Topic, inputs: Json): Created {
  const defaults: Json = {
    applicationSuccessFeedbackSampleRate: 0,
    contentBasedDeduplication: false,
    displayName: "",
    fifoThroughputScope: "",
    fifoTopic: false,
    namePrefix: "",
    policy: JSON.stringify(defaultPolicy(cloud.accountId, topic.arn)),
    signatureVersion: 0,
    tracingConfig: "",
    beginningArchiveTime: "",
    region: cloud.region,
  };
  const computed: Json = { name: topic.name, arn: topic.arn, owner: cloud.accountId, tagsAll: { ...topic.tags } };
  return { id: topic.arn, state: { ...defaults, ...inputs, ...computed } };
}

function subscriptionState({ cloud }: Topics, subscription: Subscription, inputs: Json): Created {
  const defaults: Json = {
    confirmationTimeoutInMinutes: 1,
    endpointAutoConfirms: false,
    filterPolicyScope: inputs["filterPolicy"] === undefined ? "" : "MessageAttributes",
    rawMessageDelivery: false,
    region: cloud.region,
  };
  const computed: Json = {
    arn: subscription.arn,
    topic: subscription.topicArn,
    ownerId: cloud.accountId,
    pendingConfirmation: subscription.pending,
    confirmationWasAuthenticated: !subscription.pending,
  };
  return { id: subscription.arn, state: { ...defaults, ...inputs, ...computed } };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "object" ? JSON.stringify(value) : String(value);
}
