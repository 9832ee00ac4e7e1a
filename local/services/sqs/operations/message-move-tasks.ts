import type { CallContext, Operation, AccessRequest } from "../../../service";
import { queueAccess } from "../access";
import type { Queues } from "../engine";
import { invalidParameter, invalidValue, missingParameter, sqsError } from "../errors";
import { MAX_RATE, type MoveTask, type MoveTasks } from "../move-tasks";
import type { Queue } from "../queue";

interface StartInput {
  readonly SourceArn?: string;
  readonly DestinationArn?: string;
  readonly MaxNumberOfMessagesPerSecond?: number;
}

/** The caller needs what the task does: read and delete at the source, send at the destinations (SQS developer guide, "Dead-letter queue redrive"). */
export const startMessageMoveTask = (queues: Queues, tasks: MoveTasks): Operation<StartInput> => ({
  authorize: ({ SourceArn, DestinationArn }, context) => {
    const source = existing(queues, SourceArn, "SourceArn");
    const targets =
      DestinationArn === undefined ? queues.sourcesOf(source) : [existing(queues, DestinationArn, "DestinationArn")];
    return [
      ...sourceAccess(source, "StartMessageMoveTask", context),
      ...targets.flatMap((target) => queueAccess(target, "SendMessage", context, "send")),
    ];
  },
  answer: ({ SourceArn, DestinationArn, MaxNumberOfMessagesPerSecond: rate }) => {
    if (rate !== undefined && !(Number.isInteger(rate) && rate >= 1 && rate <= MAX_RATE)) {
      throw invalidParameter("MaxNumberOfMessagesPerSecond", rate, `Must be an integer between 1 and ${MAX_RATE}.`);
    }
    const destination = DestinationArn === undefined ? undefined : existing(queues, DestinationArn, "DestinationArn");
    return { TaskHandle: tasks.start(existing(queues, SourceArn, "SourceArn"), destination, rate).handle };
  },
});

export const listMessageMoveTasks = (
  queues: Queues,
  tasks: MoveTasks,
): Operation<{ readonly SourceArn?: string; readonly MaxResults?: number }> => ({
  authorize: ({ SourceArn }, context) =>
    queueAccess(existing(queues, SourceArn, "SourceArn"), "ListMessageMoveTasks", context),
  answer: ({ SourceArn, MaxResults = 1 }) => {
    if (!Number.isInteger(MaxResults) || MaxResults < 1 || MaxResults > 10) {
      throw invalidParameter("MaxResults", MaxResults, "Must be an integer between 1 and 10.");
    }
    return { Results: tasks.of(SourceArn!).slice(0, MaxResults).map(describe) };
  },
});

export const cancelMessageMoveTask = (
  queues: Queues,
  tasks: MoveTasks,
): Operation<{ readonly TaskHandle?: string }> => ({
  authorize: ({ TaskHandle }, context) => {
    if (!TaskHandle) throw missingParameter("TaskHandle");
    const { sourceArn } = readHandle(TaskHandle);
    existing(queues, sourceArn, "SourceArn");
    const task = tasks.find(TaskHandle);
    if (!task) throw sqsError("ResourceNotFoundException", "Task does not exist.", 404);
    return sourceAccess(existing(queues, task.sourceArn, "SourceArn"), "CancelMessageMoveTask", context);
  },
  answer: ({ TaskHandle }) => {
    const task = tasks.find(TaskHandle!)!;
    if (task.status !== "RUNNING") {
      throw sqsError("UnsupportedOperation", "Only active tasks can be cancelled.");
    }
    tasks.end(task, "CANCELLED");
    return { ApproximateNumberOfMessagesMoved: task.moved };
  },
});

/** @throws AwsError InvalidParameterValue for what is no handle of a task. */
function readHandle(handle: string): { readonly sourceArn: string } {
  try {
    const { taskId, sourceArn } = JSON.parse(Buffer.from(handle, "base64").toString()) as Record<string, unknown>;
    if (typeof taskId === "string" && typeof sourceArn === "string") return { sourceArn };
  } catch {
    // refused below
  }
  throw invalidValue("Value for parameter TaskHandle is invalid.");
}

function sourceAccess(source: Queue, action: string, context: CallContext): readonly AccessRequest[] {
  return [
    ...queueAccess(source, action, context),
    ...queueAccess(source, "ReceiveMessage", context, "receive"),
    ...queueAccess(source, "DeleteMessage", context),
    ...queueAccess(source, "GetQueueAttributes", context),
  ];
}

function existing(queues: Queues, arn: string | undefined, parameter: string): Queue {
  if (!arn) throw missingParameter(parameter);
  const queue = queues.find(arn);
  if (!queue) {
    throw sqsError(
      "ResourceNotFoundException",
      `The resource that you specified for the ${parameter} parameter doesn't exist.`,
      404,
    );
  }
  return queue;
}

function describe(task: MoveTask): Record<string, unknown> {
  return {
    ...(task.status === "RUNNING" ? { TaskHandle: task.handle } : {}),
    Status: task.status,
    SourceArn: task.sourceArn,
    ...(task.destinationArn === undefined ? {} : { DestinationArn: task.destinationArn }),
    ...(task.rate === undefined ? {} : { MaxNumberOfMessagesPerSecond: task.rate }),
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    ...(task.failureReason === undefined ? {} : { FailureReason: task.failureReason }),
    StartedTimestamp: task.startedAt,
  };
}
