import type { Cloud } from "../../cloud";
import { AwsError } from "../../aws-error";
import { deliver } from "./delivery";
import { sign } from "./envelope";
import { invalidParameter, notFound } from "./errors";
import type { Published } from "./message";
import { countMetric } from "./metrics";
import { postHttp } from "./http-endpoint";
import {
  SUBSCRIPTION_DEFAULTS,
  validateSubscriptionAttributes,
  type SubscriptionChange,
} from "./subscription-attributes";
import { isFifo, type Subscription, type Topic } from "./topic";
import { defaultPolicy, validateTopicAttributes } from "./topic-attributes";

/** Filter policies per topic (SNS quotas). */
const MAX_FILTERS = 200;

/** A FIFO topic recognizes a duplicate for 5 minutes. */
const DEDUPLICATION_MS = 5 * 60_000;

export interface TopicsSnapshot {
  readonly topics: readonly {
    readonly topic: Omit<Topic, "subscriptions" | "sent">;
    readonly subscriptions: readonly Omit<Subscription, "filter">[];
    readonly sent: readonly (readonly [string, { readonly at: number; readonly published: Published }])[];
  }[];
}

/** All topics of the account and Region, and who listens to them. */
export class Topics {
  private readonly topics = new Map<string, Topic>();

  constructor(readonly cloud: Cloud) {}

  all(): readonly Topic[] {
    return [...this.topics.values()];
  }

  /** @throws AwsError NotFound */
  get(arn: string | undefined, parameter: "TopicArn" | "TargetArn" = "TopicArn"): Topic {
    if (arn === undefined) throw invalidParameter(`${parameter} Reason: no value for required parameter`);
    const topic = this.topics.get(arn);
    if (!topic) {
      this.checkArn(arn, parameter);
      throw notFound("Topic");
    }
    return topic;
  }

  /** What is no ARN of this Region's topics is a wrong parameter, not a topic that is missing. @throws AwsError InvalidParameter */
  checkArn(arn: string, parameter: string): void {
    const parts = arn.split(":");
    if (parts.length < 6)
      throw invalidParameter(`${parameter} Reason: An ARN must have at least 6 elements, not ${parts.length}`);
    const [arnWord, partition, service, region] = parts;
    if (arnWord !== "arn" || partition !== "aws" || service !== "sns" || region !== this.cloud.region)
      throw invalidParameter(parameter);
  }

  /** Makes a topic, or answers the one of that name. @throws AwsError InvalidParameter */
  create(name: string, attributes: Readonly<Record<string, string>>, tags: Readonly<Record<string, string>>): Topic {
    const fifo = attributes["FifoTopic"] === "true";
    if (!/^[A-Za-z0-9_-]{1,256}(\.fifo)?$/.test(name) || name.length > 256 || fifo !== name.endsWith(".fifo")) {
      throw invalidParameter("Topic Name");
    }
    const arn = this.cloud.arn("sns", name);
    const existing = this.topics.get(arn);
    if (existing) {
      const differs = Object.keys(attributes).some((key) => existing.attributes[key] !== attributes[key]);
      if (differs) throw invalidParameter("Attributes Reason: Topic already exists with different attributes");
      if (Object.entries(tags).some(([key, value]) => existing.tags[key] !== value))
        throw invalidParameter("Tags Reason: Topic already exists with different tags");
      return existing;
    }
    validateTopicAttributes(attributes);
    const topic: Topic = {
      arn,
      name,
      attributes: { ...attributes },
      tags: { ...tags },
      subscriptions: new Map(),
      sequence: 0,
      sent: new Map(),
    };
    this.topics.set(arn, topic);
    this.publishPolicy(topic);
    return topic;
  }

  configure(topic: Topic, changes: Readonly<Record<string, string>>): void {
    validateTopicAttributes(changes);
    Object.assign(topic.attributes, changes);
    for (const [key, value] of Object.entries(changes)) if (value === "") delete topic.attributes[key];
    this.publishPolicy(topic);
  }

  delete(topic: Topic): void {
    this.topics.delete(topic.arn);
    this.cloud.resourcePolicies.delete(topic.arn);
  }

  // Subscriptions.

  subscriptions(): readonly Subscription[] {
    return this.all().flatMap((topic) => [...topic.subscriptions.values()]);
  }

  /** @throws AwsError NotFound, InvalidParameter */
  subscription(arn: string | undefined): Subscription {
    const subscription = this.findSubscription(arn);
    if (!subscription) throw notFound("Subscription");
    return subscription;
  }

  /** Undefined when there is none of that ARN. @throws AwsError InvalidParameter for what is no ARN of a subscription */
  findSubscription(arn: string | undefined): Subscription | undefined {
    if (!arn) throw invalidParameter("SubscriptionArn Reason: no value for required parameter");
    const subscription = this.topics.get(topicArnOf(arn))?.subscriptions.get(arn);
    if (!subscription) {
      this.checkArn(arn, "SubscriptionArn");
      if (!SUBSCRIPTION_ID.test(arn)) throw invalidParameter("SubscriptionId");
    }
    return subscription;
  }

  /** Queues and functions of the account are subscribed at once; others wait for ConfirmSubscription. */
  subscribe(
    topic: Topic,
    protocol: Subscription["protocol"],
    endpoint: string,
    attributes: Readonly<Record<string, string>>,
    principal?: string,
  ): Subscription {
    const change = validateSubscriptionAttributes("Subscribe", attributes, {}, protocol, endpoint);
    const same = [...topic.subscriptions.values()].find(
      (one) => one.protocol === protocol && one.endpoint === endpoint,
    );
    if (same) {
      const differs = Object.keys(attributes).some(
        (key) => valueOf(same.attributes, key) !== valueOf(change.attributes, key),
      );
      if (differs) throw invalidParameter("Attributes Reason: Subscription already exists with different attributes");
      return same;
    }
    this.checkFilters(topic, change);
    const id = this.cloud.uuid();
    const subscription: Subscription = {
      arn: `${topic.arn}:${id}`,
      topicArn: topic.arn,
      protocol,
      endpoint,
      attributes: change.attributes,
      ...(change.filter ? { filter: change.filter } : {}),
      pending: !["sqs", "lambda", "sms", "application"].includes(protocol),
      token: Buffer.from(sign(topic.arn, id)).toString("hex"),
      ...(principal === undefined ? {} : { principal }),
    };
    topic.subscriptions.set(subscription.arn, subscription);
    if (protocol === "http" || protocol === "https") void this.cloud.clock.track(this.askForConfirmation(subscription));
    return subscription;
  }

  /** @throws AwsError InvalidParameter, FilterPolicyLimitExceeded */
  configureSubscription(subscription: Subscription, name: string, value: string): void {
    const change = validateSubscriptionAttributes(
      "SetSubscriptionAttributes",
      { [name]: value },
      subscription.attributes,
      subscription.protocol,
      subscription.endpoint,
    );
    if (!subscription.filter) this.checkFilters(this.get(subscription.topicArn), change);
    subscription.attributes = change.attributes;
    if (change.filter) subscription.filter = change.filter;
    else delete subscription.filter;
  }

  /** @throws AwsError InvalidParameter, also for a topic that does not exist: it has no such token. */
  confirm(topicArn: string, token: string): Subscription {
    if (!/^[0-9a-f]{64,}$/i.test(token)) throw new AwsError("InvalidParameter", "Invalid token");
    const subscriptions = this.topics.get(topicArn)?.subscriptions.values() ?? [];
    const subscription = [...subscriptions].find((one) => one.token === token);
    if (!subscription) throw invalidParameter("Token");
    subscription.pending = false;
    return subscription;
  }

  unsubscribe(subscription: Subscription): void {
    this.topics.get(subscription.topicArn)?.subscriptions.delete(subscription.arn);
  }

  // Messages.

  /** Takes a message and brings it to all whom the filters let through, in the background. */
  publish(
    topic: Topic,
    input: Pick<Published, "message" | "perProtocol" | "subject" | "attributes" | "groupId" | "dedupId">,
  ): Published {
    const now = this.cloud.clock.now();
    const earlier = input.dedupId === undefined ? undefined : topic.sent.get(dedupKey(topic, input));
    if (earlier && now - earlier.at < DEDUPLICATION_MS) return earlier.published;
    const sequenceNumber = isFifo(topic)
      ? String(10_000_000_000_000_000_000n + BigInt(++topic.sequence) * 4096n)
      : undefined;
    const published: Published = {
      id: this.cloud.uuid(),
      topicArn: topic.arn,
      at: now,
      ...input,
      ...pick(topic.attributes, "DeliveryPolicy", "deliveryPolicy"),
      ...pick(topic.attributes, "SignatureVersion", "signatureVersion"),
      ...(sequenceNumber === undefined ? {} : { sequenceNumber }),
    };
    if (isFifo(topic)) {
      for (const [key, { at }] of topic.sent) if (now - at >= DEDUPLICATION_MS) topic.sent.delete(key);
      topic.sent.set(dedupKey(topic, input), { at: now, published });
    }
    for (const subscription of topic.subscriptions.values()) {
      if (subscription.pending || !this.passes(subscription, published)) continue;
      void this.cloud.clock.track(deliver(this.cloud, subscription, published));
    }
    return published;
  }

  // The whole.

  snapshot(): TopicsSnapshot {
    return structuredClone({
      topics: this.all().map(({ subscriptions, sent, ...topic }) => ({
        topic,
        subscriptions: [...subscriptions.values()].map(({ filter: _filter, ...kept }) => kept),
        sent: [...sent],
      })),
    });
  }

  restore(snapshot: TopicsSnapshot): void {
    for (const topic of this.all()) this.delete(topic);
    for (const entry of structuredClone<TopicsSnapshot["topics"]>(snapshot.topics)) {
      const topic: Topic = { ...entry.topic, subscriptions: new Map(), sent: new Map(entry.sent) };
      for (const kept of entry.subscriptions) {
        const { protocol, endpoint, attributes } = kept;
        const { filter } = validateSubscriptionAttributes("Subscribe", {}, attributes, protocol, endpoint);
        topic.subscriptions.set(kept.arn, { ...kept, ...(filter ? { filter } : {}) });
      }
      this.topics.set(topic.arn, topic);
      this.publishPolicy(topic);
    }
  }

  private publishPolicy(topic: Topic): void {
    const policy = topic.attributes["Policy"];
    this.cloud.resourcePolicies.set(
      topic.arn,
      policy ? (JSON.parse(policy) as Record<string, unknown>) : defaultPolicy(this.cloud.accountId, topic.arn),
    );
  }

  private checkFilters(topic: Topic, change: SubscriptionChange): void {
    if (!change.filter) return;
    if ([...topic.subscriptions.values()].filter(({ filter }) => filter).length >= MAX_FILTERS) {
      throw new AwsError("FilterPolicyLimitExceeded", `A topic can have at most ${MAX_FILTERS} filter policies.`, 403);
    }
  }

  private passes(subscription: Subscription, published: Published): boolean {
    const verdict = subscription.filter?.(published.message, published.attributes) ?? "pass";
    if (verdict === "pass") return true;
    const reason = {
      attributes: "NumberOfNotificationsFilteredOut-MessageAttributes",
      "no-attributes": "NumberOfNotificationsFilteredOut-NoMessageAttributes",
      body: "NumberOfNotificationsFilteredOut-MessageBody",
      "invalid-body": "NumberOfNotificationsFilteredOut-InvalidMessageBody",
    }[verdict];
    countMetric(this.cloud, published.topicArn, "NumberOfNotificationsFilteredOut");
    countMetric(this.cloud, published.topicArn, reason);
    return false;
  }

  private async askForConfirmation(subscription: Subscription): Promise<void> {
    const { topicArn, token, endpoint } = subscription;
    const messageId = this.cloud.uuid();
    const message = `You have chosen to subscribe to the topic ${topicArn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`;
    const body = {
      Type: "SubscriptionConfirmation",
      MessageId: messageId,
      Token: token,
      TopicArn: topicArn,
      Message: message,
      SubscribeURL: `${this.cloud.endpoint}/?Action=ConfirmSubscription&TopicArn=${topicArn}&Token=${token}`,
      Timestamp: new Date(this.cloud.clock.now()).toISOString(),
      SignatureVersion: "1",
      Signature: sign(messageId, message),
      SigningCertURL: `https://sns.${this.cloud.region}.amazonaws.com/SimpleNotificationService-local.pem`,
    };
    try {
      await postHttp(endpoint, "SubscriptionConfirmation", JSON.stringify(body, undefined, 2), {
        topicArn,
        messageId,
        raw: false,
      });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.cloud.trace.emit({
        kind: "error",
        service: "sns",
        name: "ConfirmationFailed",
        resource: subscription.arn,
        error: text,
      });
    }
  }
}

/** A subscription's ARN ends in a UUID. */
const SUBSCRIPTION_ID = /:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The topic's part of a subscription's ARN. */
export function topicArnOf(subscriptionArn: string): string {
  return subscriptionArn.slice(0, subscriptionArn.lastIndexOf(":"));
}

/** What holds for an attribute, whether somebody has set it or not. */
function valueOf(attributes: Readonly<Record<string, string>>, name: string): string | undefined {
  return attributes[name] ?? SUBSCRIPTION_DEFAULTS[name];
}

function pick<N extends string>(
  attributes: Readonly<Record<string, string>>,
  from: string,
  to: N,
): Partial<Record<N, string>> {
  return attributes[from] === undefined ? {} : ({ [to]: attributes[from] } as Record<N, string>);
}

function dedupKey(topic: Topic, input: { readonly groupId?: string; readonly dedupId?: string }): string {
  const scope = topic.attributes["FifoThroughputScope"] === "MessageGroup" ? `${input.groupId}\n` : "";
  return `${scope}${input.dedupId ?? ""}`;
}
