import { deniesPlainTransport, eachStatement, refuseOpen } from "../framework/documents";
import { recordOf, Undecided, type Data, type Resource } from "../framework/resource";
import { isKey, KEY_NAME } from "../framework/keys";
import type { Rule } from "../framework/rule";
import type { Stack } from "../framework/stack";

const QUEUE = "aws:sqs/queue:Queue";
const QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy";
const REDRIVE = "aws:sqs/redrivePolicy:RedrivePolicy";
const REDRIVE_ALLOW = "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy";
const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";
const TLS_FIX = "Deny sqs:* to everybody where aws:SecureTransport is false.";
const FORTNIGHT = 1_209_600;

export const sqsEncrypted: Rule = {
  name: "sqs-encrypted",
  what: "Every queue is encrypted with a customer-managed key.",
  why: "Messages of players lie in it; topics and rules cannot send to a queue under AWS's own key.",
  fix: "Set kmsMasterKeyId to a key's ARN.",
  outside: ["FSBP SQS.1", "CKV_AWS_27", "CKV2_AWS_73", "NAG SQS2", "GRD SQS_ENCRYPTED_KMS"],
  example: "kmsMasterKeyId: key.arn",
  types: [QUEUE],
  checks: [
    (queue, { refuse }) => {
      if (!isKey(queue.at("kmsMasterKeyId"))) refuse("kmsMasterKeyId", queue.at("kmsMasterKeyId"), KEY_NAME);
    },
  ],
};

export const sqsDlq: Rule = {
  name: "sqs-dlq",
  what: "A queue that functions read hands what fails to a dead-letter queue; a queue that nothing reads keeps its messages for 14 days.",
  why: "Without one a poison message is tried until it expires; a dead letter that expires before somebody looks is lost.",
  fix: "Set redrivePolicy with maxReceiveCount 3 to 10, and messageRetentionSeconds 1209600 on the dead-letter queue.",
  outside: ["NAG SQS3", "NAG Serverless-SQSRedrivePolicy"],
  example: "redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 3 })",
  types: [QUEUE, REDRIVE],
  config: {
    fewest: { type: "integer", description: "Fewest receives.", default: 3, minimum: 1 },
    most: { type: "integer", description: "Most receives.", default: 10, maximum: 1000 },
    leastRetention: {
      type: "integer",
      description: "Seconds that a queue in use keeps a message at least.",
      default: 86_400,
      minimum: 60,
    },
  },
  checks: [
    (queue, { refuse, number }) => {
      if (!queue.has("redrivePolicy")) return;
      const { count } = redriveOf(queue.at("redrivePolicy"));
      if (typeof count !== "number" || count < number("fewest") || count > number("most"))
        refuse("redrivePolicy.maxReceiveCount", count, `a number from ${number("fewest")} to ${number("most")}`);
    },
    (queue, { refuse, number }) => {
      if (queue.type !== QUEUE) return;
      const seconds = queue.number("messageRetentionSeconds") ?? 345_600;
      if (seconds < number("leastRetention"))
        refuse("messageRetentionSeconds", seconds, `at least ${number("leastRetention")}`);
    },
  ],
  stackChecks: [
    (queue, { stack, refuse }) => {
      if (queue.type !== QUEUE) return;
      const isDeadLetter = deadLetterQueues(stack).has(queue);
      const retention = queue.number("messageRetentionSeconds") ?? 345_600;
      const redrive = redriveHolder(stack, queue);
      if (!redrive) {
        if (!isDeadLetter && isRead(stack, queue))
          refuse("redrivePolicy", undefined, "one, since functions read the queue");
        else if (retention < FORTNIGHT)
          refuse("messageRetentionSeconds", retention, `${FORTNIGHT}, since it holds what failed`);
        return;
      }
      const { target } = redriveOf(redrive.at("redrivePolicy"));
      const deadLetters = target === undefined ? undefined : stack.named(target, QUEUE)[0];
      if (!deadLetters || deadLetters === queue)
        refuse("redrivePolicy.deadLetterTargetArn", target, "another queue of this stack");
      else if ((deadLetters.number("messageRetentionSeconds") ?? 345_600) <= retention)
        refuse("messageRetentionSeconds", retention, `less than the dead-letter queue "${deadLetters.name}" keeps`);
    },
  ],
};

export const sqsDlqClosed: Rule = {
  name: "sqs-dlq-closed",
  what: "A dead-letter queue takes dead letters of its own queues only.",
  why: "Any other queue of the account could mix its failures in, and a redrive would send them on.",
  fix: 'Add an sqs.RedriveAllowPolicy with redrivePermission "byQueue" and the source queue\'s ARN.',
  outside: [],
  example: 'redriveAllowPolicy: pulumi.jsonStringify({ redrivePermission: "byQueue", sourceQueueArns: [queue.arn] })',
  types: [REDRIVE_ALLOW, QUEUE],
  checks: [
    (policy, { refuse }) => {
      if (policy.type !== REDRIVE_ALLOW) return;
      const { permission, sources } = allowOf(policy.at("redriveAllowPolicy"));
      if (permission === "denyAll") return;
      if (permission !== "byQueue") refuse("redriveAllowPolicy.redrivePermission", permission, "byQueue, or denyAll");
      else if (sources.length === 0 || sources.length > 10)
        refuse("redriveAllowPolicy.sourceQueueArns", sources, "1 to 10 ARNs of queues");
    },
  ],
  stackChecks: [
    (queue, { stack, refuse }) => {
      const redrive = queue.type === QUEUE ? redriveHolder(stack, queue) : undefined;
      if (!redrive) return;
      const { target } = redriveOf(redrive.at("redrivePolicy"));
      const deadLetters = target === undefined ? undefined : stack.named(target, QUEUE)[0];
      if (!deadLetters) return;
      const policies = stack
        .ofType(REDRIVE_ALLOW)
        .filter((policy) => stack.target(policy, "queueUrl", QUEUE) === deadLetters);
      if (policies.length === 0 && deadLetters.has("redriveAllowPolicy")) policies.push(deadLetters);
      if (policies.length === 0) {
        refuse(
          "redrivePolicy.deadLetterTargetArn",
          target,
          `a RedriveAllowPolicy on the dead-letter queue "${deadLetters.name}"`,
        );
        return;
      }
      for (const policy of policies) {
        const { permission, sources } = allowOf(policy.at("redriveAllowPolicy"));
        if (permission !== "byQueue" || !sources.includes(queue.at("arn")))
          refuse(
            "redrivePolicy.deadLetterTargetArn",
            target,
            `to be admitted by "${policy.name}" by its ARN; it names ${sources.join(", ") || String(permission)}`,
          );
      }
    },
    (policy, { stack, refuse }) => {
      if (policy.type !== REDRIVE_ALLOW) return;
      const { sources } = allowOf(policy.at("redriveAllowPolicy"));
      for (const source of sources)
        if (stack.named(String(source), QUEUE).length === 0)
          refuse("redriveAllowPolicy.sourceQueueArns", source, "queues of this stack");
    },
  ],
};

export const sqsPrivateTls: Rule = {
  name: "sqs-private-tls",
  what: "A queue has a policy that admits nobody in general and nothing without TLS.",
  why: "Whoever may send makes the game's functions work for them.",
  fix: `Bind each service by aws:SourceArn. ${TLS_FIX}`,
  outside: ["FSBP SQS.3", "CKV_AWS_72", "CKV_AWS_168", "CKV_AWS_387", "NAG SQS4", "GRD SQS_QUEUE_NO_PUBLIC_ACCESS"],
  example:
    'new aws.sqs.QueuePolicy("policy", { queueUrl: queue.url, policy: policyDocument([denyInsecureTransport("sqs:*", queue.arn)]) })',
  types: [QUEUE, QUEUE_POLICY],
  checks: [
    (policy, context) => {
      if (policy.type === QUEUE_POLICY || policy.has("policy"))
        eachStatement(policy, context, "policy", (statement) =>
          refuseOpen(statement, context, "aws:SourceArn of the topic or rule"),
        );
    },
    (policy, context) => {
      if (policy.type !== QUEUE_POLICY) return;
      let denies = false;
      eachStatement(
        policy,
        context,
        "policy",
        (statement) => (denies ||= deniesPlainTransport(statement, ["sqs:*"], [])),
      );
      if (!denies) context.refuse("policy", policy.at("policy"), "a statement that denies plain connections", TLS_FIX);
    },
  ],
  stackChecks: [
    (queue, context) => {
      const { stack, refuse } = context;
      if (
        queue.type !== QUEUE ||
        stack.ofType(QUEUE_POLICY).some((policy) => stack.target(policy, "queueUrl", QUEUE) === queue)
      )
        return;
      let denies = false;
      eachStatement(queue, context, "policy", (statement) => {
        denies ||= deniesPlainTransport(statement, ["sqs:*"], [queue.text("arn") ?? "*"]);
      });
      if (!denies)
        refuse(
          "policy",
          queue.at("policy"),
          "a QueuePolicy for it, or a statement that denies plain connections",
          TLS_FIX,
        );
    },
    (policy, context) => {
      if (policy.type !== QUEUE_POLICY) return;
      const queue = context.stack.target(policy, "queueUrl", QUEUE);
      if (!queue) {
        context.refuse("queueUrl", policy.at("queueUrl"), "the URL of a queue of this stack");
        return;
      }
      const arn = queue.text("arn") ?? "";
      let denies = false;
      eachStatement(policy, context, "policy", (statement) => {
        denies ||= deniesPlainTransport(statement, ["sqs:*"], [arn]);
        for (const resource of statement.resources)
          if (statement.effect === "Allow" && resource !== arn)
            context.refuse(`${statement.path}.Resource`, resource, `the queue's own ARN, ${arn}`);
        for (const { key, values } of statement.effect === "Allow" ? statement.conditions : [])
          for (const value of key.toLowerCase() === "aws:sourcearn" ? values : [])
            if (context.stack.named(value).length === 0)
              context.refuse(`${statement.path}.Condition`, value, "a topic or rule of this stack");
      });
      if (!denies)
        context.refuse("policy", policy.at("policy"), `a statement that denies plain connections to ${arn}`, TLS_FIX);
    },
  ],
};

/** What holds a queue's redrive policy: the queue itself, or a resource beside it. */
function redriveHolder(stack: Stack, queue: Resource): Resource | undefined {
  const beside = stack.ofType(REDRIVE).find((one) => stack.target(one, "queueUrl", QUEUE) === queue);
  return beside ?? (queue.has("redrivePolicy") ? queue : undefined);
}

function redriveOf(value: Data): { readonly target: string | undefined; readonly count: Data } {
  const policy = recordOf(value);
  const target = policy["deadLetterTargetArn"];
  return { target: typeof target === "string" ? target : undefined, count: policy["maxReceiveCount"] };
}

function allowOf(value: Data): { readonly permission: Data; readonly sources: readonly Data[] } {
  const policy = recordOf(value);
  const sources = policy["sourceQueueArns"];
  return { permission: policy["redrivePermission"], sources: Array.isArray(sources) ? (sources as Data[]) : [] };
}

/** Queues that other queues name as the place of their dead letters. */
export function deadLetterQueues(stack: Stack): ReadonlySet<Resource> {
  const found = new Set<Resource>();
  for (const queue of stack.ofType(QUEUE, REDRIVE)) {
    if (!queue.has("redrivePolicy")) continue;
    try {
      const { target } = redriveOf(queue.at("redrivePolicy"));
      for (const one of target === undefined ? [] : stack.named(target, QUEUE)) found.add(one);
    } catch (error) {
      if (!(error instanceof Undecided)) throw error;
      for (const urn of queue.references["redrivePolicy"] ?? []) {
        const one = stack.at(urn);
        if (one?.type === QUEUE) found.add(one);
      }
    }
  }
  return found;
}

/** Whether functions read a queue. */
export function isRead(stack: Stack, queue: Resource): boolean {
  return stack.ofType(MAPPING).some((mapping) => {
    const source = mapping.props["eventSourceArn"];
    if (typeof source === "string") return source === queue.props["arn"];
    return (mapping.references["eventSourceArn"] ?? []).includes(queue.urn);
  });
}

export const sqsRules: readonly Rule[] = [sqsEncrypted, sqsDlq, sqsDlqClosed, sqsPrivateTls];
