import { accountOf } from "../framework/arn";
import { deniesPlainTransport, eachStatement, refuseOpen } from "../framework/documents";
import { isRecord, recordOf, type Data, type Resource } from "../framework/resource";
import { isKey, KEY_NAME } from "../framework/keys";
import type { Rule } from "../framework/rule";

const TOPIC = "aws:sns/topic:Topic";
const TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy";
const SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription";
const EVENT_DESTINATION = "aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination";
const EVENT_TOPIC = "eventDestination.snsDestination.topicArn";
const TLS_FIX = "Deny sns:Publish to everybody where aws:SecureTransport is false.";

export const snsCmk: Rule = {
  name: "sns-cmk",
  what: "Every topic is encrypted with a customer-managed key.",
  why: "Messages of players lie in it; services such as alarms cannot publish to a topic under AWS's own key at all.",
  fix: "Set kmsMasterKeyId to a key's ARN.",
  outside: ["SH SNS.1", "CKV_AWS_26", "GRD SNS_ENCRYPTED_KMS", "NAG SNS2"],
  example: "kmsMasterKeyId: key.arn",
  types: [TOPIC],
  checks: [
    (topic, { refuse }) => {
      if (!isKey(topic.at("kmsMasterKeyId"))) refuse("kmsMasterKeyId", topic.at("kmsMasterKeyId"), KEY_NAME);
    },
  ],
};

export const snsPrivateTls: Rule = {
  name: "sns-private-tls",
  what: "A topic has a policy that admits nobody in general and nothing without TLS.",
  why: "Whoever may publish speaks in the game's name.",
  fix: `Bind each principal by aws:SourceArn or aws:SourceAccount. ${TLS_FIX}`,
  outside: ["FSBP SNS.4", "CKV_AWS_169", "CKV_AWS_385", "GRD SNS_TOPIC_NO_PUBLIC_ACCESS", "NAG SNS3"],
  example:
    'new aws.sns.TopicPolicy("policy", { arn: topic.arn, policy: policyDocument([denyInsecureTransport("sns:Publish", topic.arn)]) })',
  types: [TOPIC, TOPIC_POLICY],
  checks: [
    (policy, context) => {
      if (policy.type === TOPIC_POLICY || policy.has("policy"))
        eachStatement(policy, context, "policy", (statement) =>
          refuseOpen(statement, context, "aws:SourceArn or aws:SourceAccount"),
        );
    },
    (policy, context) => {
      if (policy.type !== TOPIC_POLICY) return;
      let denies = false;
      eachStatement(
        policy,
        context,
        "policy",
        (statement) => (denies ||= deniesPlainTransport(statement, ["sns:Publish"], [])),
      );
      if (!denies) context.refuse("policy", policy.at("policy"), "a statement that denies plain connections", TLS_FIX);
    },
  ],
  stackChecks: [
    (topic, context) => {
      const { stack, refuse } = context;
      if (
        topic.type !== TOPIC ||
        stack.ofType(TOPIC_POLICY).some((policy) => stack.target(policy, "arn", TOPIC) === topic)
      )
        return;
      // Once a topic is made, its state holds the policy that AWS gave it, which denies nothing.
      let denies = false;
      eachStatement(topic, context, "policy", (statement) => {
        denies ||= deniesPlainTransport(statement, ["sns:Publish"], [topic.text("arn") ?? "*"]);
      });
      if (!denies)
        refuse(
          "policy",
          topic.at("policy"),
          "a TopicPolicy for it, or a statement that denies plain connections",
          TLS_FIX,
        );
    },
    (policy, context) => {
      if (policy.type !== TOPIC_POLICY) return;
      const arn = policy.text("arn") ?? "";
      let denies = false;
      eachStatement(policy, context, "policy", (statement) => {
        denies ||= deniesPlainTransport(statement, ["sns:Publish"], [arn]);
        for (const resource of statement.resources)
          if (statement.effect === "Allow" && resource !== arn)
            context.refuse(`${statement.path}.Resource`, resource, `the topic's own ARN, ${arn}`);
      });
      if (!denies)
        context.refuse("policy", policy.at("policy"), `a statement that denies plain connections to ${arn}`, TLS_FIX);
    },
  ],
};

const PROTOCOLS = ["sqs", "lambda", "firehose", "https", "email", "email-json", "sms", "application"];

export const snsSubRedrive: Rule = {
  name: "sns-sub-redrive",
  what: "What a topic cannot deliver goes to a dead-letter queue, and no subscription is in plain HTTP.",
  why: "A queue that denies or is gone is not retried: the message vanishes.",
  fix: "Set redrivePolicy with the ARN of a queue of the stack; use https, sqs or lambda.",
  outside: ["NAG Serverless-SNSRedrivePolicy", "PRW sns_subscription_not_using_http_endpoints"],
  example: "redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: deadLetters.arn })",
  types: [SUBSCRIPTION],
  checks: [
    (subscription, { refuse }) => {
      const protocol = subscription.text("protocol");
      if (protocol === undefined || !PROTOCOLS.includes(protocol))
        refuse("protocol", protocol, `one of ${PROTOCOLS.join(", ")}`);
    },
    (subscription, { refuse }) => {
      if (/^(email|email-json|sms|application)$/.test(subscription.text("protocol") ?? "")) return;
      if (deadLetterTarget(subscription.at("redrivePolicy")) === undefined)
        refuse("redrivePolicy", subscription.at("redrivePolicy"), "JSON with deadLetterTargetArn");
    },
  ],
  stackChecks: [
    (subscription, { stack, refuse }) => {
      const target = deadLetterTarget(subscription.at("redrivePolicy"));
      if (target !== undefined && stack.named(target, "aws:sqs/queue:Queue").length === 0)
        refuse("redrivePolicy", target, "a queue of this stack");
    },
    (subscription, { stack, refuse }) => {
      if (subscription.at("protocol") === "sqs" && !stack.target(subscription, "endpoint", "aws:sqs/queue:Queue"))
        refuse("endpoint", subscription.at("endpoint"), "a queue of this stack");
      const topic = subscription.text("topic");
      if (topic === undefined || (!stack.target(subscription, "topic", TOPIC) && accountOf(topic) === undefined))
        refuse("topic", topic, "a topic of this stack");
    },
  ],
};

export const snsFiltersCover: Rule = {
  name: "sns-filters-cover",
  what: "The filters of a topic's subscriptions together take every value of what they route by, or one of them takes the rest.",
  why: "A message that no filter takes is delivered to nobody, and SNS tells nobody.",
  fix: 'Add a subscription whose filter is {"channel": [{"anything-but": [the values that the others take]}]}.',
  outside: [],
  example: 'filterPolicy: JSON.stringify({ channel: [{ "anything-but": ["email"] }] })',
  types: [TOPIC],
  config: {
    routedBy: {
      type: "array",
      description: "Message attributes by which topics route; others only select what interests a subscriber.",
      default: ["channel"],
    },
  },
  stackChecks: [
    (topic, { stack, refuse, texts }) => {
      const filters = stack
        .ofType(SUBSCRIPTION)
        .filter((subscription) => stack.target(subscription, "topic", TOPIC) === topic)
        .map((subscription) => filterOf(subscription));
      for (const attribute of texts("routedBy")) {
        if (!filters.some((filter) => attribute in filter)) continue;
        const exact = filters.flatMap((filter) => filter[attribute] ?? []).filter((value) => typeof value === "string");
        const taken = new Set(exact);
        const rest = filters.flatMap((filter) => filter[attribute] ?? []).filter(isRecord);
        if (!filters.every((filter) => attribute in filter))
          refuse(
            "subscriptions",
            filters,
            `a filter on "${attribute}" on each, since one without takes what others take too`,
          );
        else if (exact.length > taken.size || rest.length > 1)
          refuse("subscriptions", filters, `filters on "${attribute}" of which each value passes one only`);
        if (!rest.some((value) => takesRest(value, taken)))
          refuse("subscriptions", filters, `filters on "${attribute}" that leave no value out and take none twice`);
      }
    },
    (topic, { stack, refuse }) => {
      const publishes = stack
        .ofType(EVENT_DESTINATION)
        .some((destination) => destination.has(EVENT_TOPIC) && stack.target(destination, EVENT_TOPIC, TOPIC) === topic);
      if (
        publishes &&
        !stack.ofType(SUBSCRIPTION).some((subscription) => stack.target(subscription, "topic", TOPIC) === topic)
      )
        refuse("subscriptions", [], "a subscription, since SES publishes its events there");
    },
  ],
};

function filterOf(subscription: Resource): Readonly<Record<string, readonly Data[]>> {
  const filter = recordOf(subscription.at("filterPolicy"));
  return Object.fromEntries(Object.entries(filter).map(([key, values]) => [key, [values].flat()]));
}

/** Whether a condition takes exactly the values that no other takes. */
function takesRest(value: Readonly<Record<string, Data>>, taken: ReadonlySet<Data>): boolean {
  if (!("anything-but" in value)) return value["exists"] === true && taken.size === 0;
  const excluded = [value["anything-but"]].flat();
  return excluded.length === taken.size && excluded.every((one) => taken.has(one));
}

function deadLetterTarget(value: Data): string | undefined {
  const target = recordOf(value)["deadLetterTargetArn"];
  return typeof target === "string" && target.startsWith("arn:") ? target : undefined;
}

export const snsRules: readonly Rule[] = [snsCmk, snsPrivateTls, snsSubRedrive, snsFiltersCover];
