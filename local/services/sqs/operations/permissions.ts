import type { Operation } from "../../../service";
import { queueAccess } from "../access";
import type { Queues } from "../engine";
import { invalidParameter, missingParameter } from "../errors";
import type { Queue } from "../queue";

interface Statement {
  readonly Sid?: string;
}

interface Policy {
  readonly Version: string;
  readonly Id?: string;
  readonly Statement: readonly Statement[];
}

interface AddInput {
  readonly QueueUrl?: string;
  readonly Label?: string;
  readonly AWSAccountIds?: readonly string[];
  readonly Actions?: readonly string[];
}

/** What may be given to other accounts: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_AddPermission.html */
const ACTIONS: ReadonlySet<string> = new Set([
  "*",
  "SendMessage",
  "ReceiveMessage",
  "DeleteMessage",
  "ChangeMessageVisibility",
  "GetQueueAttributes",
  "GetQueueUrl",
]);

export const addPermission = (queues: Queues): Operation<AddInput> => ({
  authorize: ({ QueueUrl }, context) => queueAccess(queues.byUrl(QueueUrl), "AddPermission", context),
  answer: ({ QueueUrl, Label, AWSAccountIds = [], Actions = [] }) => {
    const queue = queues.byUrl(QueueUrl);
    if (!Label) throw missingParameter("Label");
    if (AWSAccountIds.length === 0) throw missingParameter("AWSAccountIds");
    if (Actions.length === 0) throw missingParameter("Actions");
    const strange = Actions.find((action) => !ACTIONS.has(action));
    if (strange !== undefined) {
      throw invalidParameter("ActionName", `SQS:${strange}`, "Only the queue owner is allowed to invoke this action.");
    }
    const policy = policyOf(queue);
    if (policy.Statement.some(({ Sid }) => Sid === Label)) throw invalidParameter("Label", Label, "Already exists.");
    const statement = {
      Sid: Label,
      Effect: "Allow",
      Principal: { AWS: oneOrAll(AWSAccountIds.map((account) => `arn:aws:iam::${account}:root`)) },
      Action: oneOrAll(Actions.map((action) => `SQS:${action}`)),
      Resource: queue.arn,
    };
    setStatements(queues, queue, policy, [...policy.Statement, statement]);
    return {};
  },
});

export const removePermission = (
  queues: Queues,
): Operation<{ readonly QueueUrl?: string; readonly Label?: string }> => ({
  authorize: ({ QueueUrl }, context) => queueAccess(queues.byUrl(QueueUrl), "RemovePermission", context),
  answer: ({ QueueUrl, Label }) => {
    const queue = queues.byUrl(QueueUrl);
    if (!Label) throw missingParameter("Label");
    const policy = policyOf(queue);
    const others = policy.Statement.filter(({ Sid }) => Sid !== Label);
    if (others.length === policy.Statement.length) throw invalidParameter("Label", Label, "can't find label.");
    setStatements(queues, queue, policy, others);
    return {};
  },
});

function policyOf(queue: Queue): Policy {
  const text = queue.attributes["Policy"];
  if (text === undefined) return { Version: "2008-10-17", Id: `${queue.arn}/SQSDefaultPolicy`, Statement: [] };
  const policy = JSON.parse(text) as Omit<Policy, "Statement"> & { readonly Statement?: Statement | Statement[] };
  return { ...policy, Statement: [policy.Statement ?? []].flat() };
}

/** A policy without statements is none. */
function setStatements(queues: Queues, queue: Queue, policy: Policy, Statement: readonly Statement[]): void {
  queues.configure(queue, { Policy: Statement.length === 0 ? "" : JSON.stringify({ ...policy, Statement }) });
}

function oneOrAll(values: readonly string[]): string | readonly string[] {
  return values.length === 1 ? values[0]! : values;
}
