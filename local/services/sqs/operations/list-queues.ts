import type { Operation } from "../../../service";
import { queueAccess } from "../access";
import type { Queues } from "../engine";
import { invalidParameter, missingParameter, queueDoesNotExist } from "../errors";

interface ByName {
  readonly QueueName?: string;
  readonly QueueOwnerAWSAccountId?: string;
}

export const getQueueUrl = (queues: Queues): Operation<ByName> => ({
  authorize: ({ QueueName }) => {
    if (!QueueName) throw missingParameter("QueueName");
    return [{ action: "sqs:GetQueueUrl", resource: queues.arnOf(QueueName) }];
  },
  answer: ({ QueueName, QueueOwnerAWSAccountId }, { cloud }) => {
    const queue = queues.find(queues.arnOf(QueueName!));
    if (!queue || (QueueOwnerAWSAccountId ?? cloud.accountId) !== cloud.accountId) throw queueDoesNotExist();
    return { QueueUrl: queues.urlOf(queue.arn) };
  },
});

interface Page {
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

export const listQueues = (queues: Queues): Operation<Page & { readonly QueueNamePrefix?: string }> => ({
  authorize: () => [{ action: "sqs:ListQueues", resource: "*" }],
  answer: (input) => {
    const found = queues.all().filter(({ name }) => name.startsWith(input.QueueNamePrefix ?? ""));
    const { page, next } = paginate(found.map(({ arn }) => queues.urlOf(arn)).sort(), input);
    return { ...(page.length === 0 ? {} : { QueueUrls: page }), ...next };
  },
});

export const listDeadLetterSourceQueues = (queues: Queues): Operation<Page & { readonly QueueUrl?: string }> => ({
  authorize: ({ QueueUrl }, context) => queueAccess(queues.byUrl(QueueUrl), "ListDeadLetterSourceQueues", context),
  answer: (input) => {
    const sources = queues.sourcesOf(queues.byUrl(input.QueueUrl)).map(({ arn }) => queues.urlOf(arn));
    const { page, next } = paginate(sources.sort(), input);
    // This one answer's member is spelt in lower case (API reference of ListDeadLetterSourceQueues).
    return { queueUrls: page, ...next };
  },
});

function paginate(
  urls: readonly string[],
  { MaxResults, NextToken }: Page,
): { page: readonly string[]; next: { NextToken?: string } } {
  if (MaxResults !== undefined && (MaxResults < 1 || MaxResults > 1000)) {
    throw invalidParameter("MaxResults", MaxResults, "must be between 1 and 1000.");
  }
  const start = NextToken === undefined ? 0 : Number(Buffer.from(NextToken, "base64").toString());
  if (!Number.isInteger(start))
    throw invalidParameter("NextToken", NextToken, "it was not given out by this operation.");
  const end = start + (MaxResults ?? 1000);
  // Without MaxResults AWS answers at most 1,000 queues and no token.
  const more = MaxResults !== undefined && end < urls.length;
  return { page: urls.slice(start, end), next: more ? { NextToken: Buffer.from(String(end)).toString("base64") } : {} };
}
