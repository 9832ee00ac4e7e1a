import type { Operation } from "../../../service";
import { queueAccess, resolveKey } from "../access";
import type { Queues } from "../engine";
import { missingParameter } from "../errors";

interface Input {
  readonly QueueName?: string;
  readonly Attributes?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
}

export const createQueue = (queues: Queues): Operation<Input> => ({
  authorize: ({ QueueName }) => {
    if (!QueueName) throw missingParameter("QueueName");
    return [{ action: "sqs:CreateQueue", resource: queues.arnOf(QueueName) }];
  },
  answer: async (input, { cloud }) => {
    const attributes = await resolveKey(cloud, input.Attributes ?? {});
    const queue = queues.create(input.QueueName!, attributes, input.tags);
    return { QueueUrl: queues.urlOf(queue.arn) };
  },
});

interface ByUrl {
  readonly QueueUrl?: string;
}

export const deleteQueue = (queues: Queues): Operation<ByUrl> => ({
  authorize: ({ QueueUrl }, context) => queueAccess(queues.byUrl(QueueUrl), "DeleteQueue", context),
  answer: ({ QueueUrl }) => {
    queues.delete(queues.byUrl(QueueUrl));
    return {};
  },
});
