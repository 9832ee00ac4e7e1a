import type { Cloud } from "../../cloud";
import type { AnyOperation, Service } from "../../service";
import { Queues, type QueuesSnapshot } from "./engine";
import { MoveTasks } from "./move-tasks";
import { changeMessageVisibility, changeMessageVisibilityBatch } from "./operations/change-visibility";
import { createQueue, deleteQueue } from "./operations/create-queue";
import { deleteMessage, deleteMessageBatch } from "./operations/delete-message";
import { getQueueUrl, listDeadLetterSourceQueues, listQueues } from "./operations/list-queues";
import { cancelMessageMoveTask, listMessageMoveTasks, startMessageMoveTask } from "./operations/message-move-tasks";
import { addPermission, removePermission } from "./operations/permissions";
import { purgeQueue } from "./operations/purge-queue";
import { getQueueAttributes, setQueueAttributes } from "./operations/queue-attributes";
import { receiveMessage } from "./operations/receive-message";
import { sendMessage, sendMessageBatch } from "./operations/send-message";
import { listQueueTags, tagQueue, untagQueue } from "./operations/tags";
import { readForm, refuseQuery, writeResult } from "./query-protocol";
import { sqsResources } from "./resources";

/** Amazon SQS with its state to be kept and brought back. */
export interface SqsService extends Service {
  snapshot(): QueuesSnapshot;
  /** Brings queues and messages back; move tasks end. */
  restore(snapshot: QueuesSnapshot): void;
}

/** Amazon SQS: standard and FIFO queues, dead-letter queues, redrive. Sets `cloud.ports.queues`. */
export function sqsService(cloud: Cloud): SqsService {
  const queues = new Queues(cloud);
  const tasks = new MoveTasks(queues);
  cloud.ports.queues = queues;
  const operations: Record<string, AnyOperation> = {
    CreateQueue: createQueue(queues),
    DeleteQueue: deleteQueue(queues),
    PurgeQueue: purgeQueue(queues),
    GetQueueUrl: getQueueUrl(queues),
    ListQueues: listQueues(queues),
    ListDeadLetterSourceQueues: listDeadLetterSourceQueues(queues),
    GetQueueAttributes: getQueueAttributes(queues),
    SetQueueAttributes: setQueueAttributes(queues),
    SendMessage: sendMessage(queues),
    SendMessageBatch: sendMessageBatch(queues),
    ReceiveMessage: receiveMessage(queues),
    DeleteMessage: deleteMessage(queues),
    DeleteMessageBatch: deleteMessageBatch(queues),
    ChangeMessageVisibility: changeMessageVisibility(queues),
    ChangeMessageVisibilityBatch: changeMessageVisibilityBatch(queues),
    StartMessageMoveTask: startMessageMoveTask(queues, tasks),
    ListMessageMoveTasks: listMessageMoveTasks(queues, tasks),
    CancelMessageMoveTask: cancelMessageMoveTask(queues, tasks),
    AddPermission: addPermission(queues),
    RemovePermission: removePermission(queues),
    TagQueue: tagQueue(queues),
    UntagQueue: untagQueue(queues),
    ListQueueTags: listQueueTags(queues),
  };
  return {
    name: "sqs",
    signingName: "sqs",
    protocols: [
      { kind: "json", target: "AmazonSQS", version: "1.0" },
      {
        kind: "query",
        version: "2012-11-05",
        xmlns: "http://queue.amazonaws.com/doc/2012-11-05/",
        asJson: { read: readForm, write: writeResult, refuse: refuseQuery },
      },
    ],
    operations,
    resourceTypes: sqsResources(queues),
    throttling: "RequestThrottled",
    snapshot: () => queues.snapshot(),
    restore: (snapshot) => {
      tasks.clear();
      queues.restore(snapshot);
    },
    close: () => {
      tasks.clear();
      queues.close();
    },
  };
}
