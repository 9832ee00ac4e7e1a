import type { Json, ResourceType } from "../../service";
import { resolveKey } from "./access";
import { effective } from "./attributes";
import type { Queues } from "./engine";
import type { Queue } from "./queue";

/** Pulumi's input names, the API's attribute names, and the provider's defaults (terraform-provider-aws, `aws_sqs_queue`). */
const ATTRIBUTES: readonly (readonly [input: string, attribute: string, fallback?: number | boolean])[] = [
  ["delaySeconds", "DelaySeconds", 0],
  ["maxMessageSize", "MaximumMessageSize", 262_144],
  ["messageRetentionSeconds", "MessageRetentionPeriod", 345_600],
  ["receiveWaitTimeSeconds", "ReceiveMessageWaitTimeSeconds", 0],
  ["visibilityTimeoutSeconds", "VisibilityTimeout", 30],
  ["kmsMasterKeyId", "KmsMasterKeyId"],
  ["kmsDataKeyReusePeriodSeconds", "KmsDataKeyReusePeriodSeconds"],
  ["sqsManagedSseEnabled", "SqsManagedSseEnabled"],
  ["contentBasedDeduplication", "ContentBasedDeduplication"],
  ["deduplicationScope", "DeduplicationScope"],
  ["fifoThroughputLimit", "FifoThroughputLimit"],
  ["policy", "Policy"],
  ["redrivePolicy", "RedrivePolicy"],
  ["redriveAllowPolicy", "RedriveAllowPolicy"],
];

const FIFO_INPUTS = ["contentBasedDeduplication", "deduplicationScope", "fifoThroughputLimit"];

/** The Pulumi types that SQS plays. */
export function sqsResources(queues: Queues): Record<string, ResourceType> {
  return {
    "aws:sqs/queue:Queue": {
      create: async (inputs, context) => {
        const fifo = inputs["fifoQueue"] === true;
        const name = (inputs["name"] as string | undefined) ?? context.physicalName(fifo ? ".fifo" : "");
        const attributes = await resolveKey(context.cloud, attributesOf(inputs));
        const queue = queues.create(
          name,
          { ...attributes, ...(fifo ? { FifoQueue: "true" } : {}) },
          inputs["tags"] as Record<string, string> | undefined,
          true,
        );
        return queueState(queues, queue, inputs);
      },
      update: async (id, inputs, context) => {
        const queue = queues.byUrl(id);
        // Policies may be set by resources of their own; a key that is no longer declared goes.
        const changes = { KmsMasterKeyId: "", ...attributesOf(inputs) };
        queues.configure(queue, await resolveKey(context.cloud, changes));
        queue.tags = { ...(inputs["tags"] as Record<string, string> | undefined) };
        return queueState(queues, queue, inputs);
      },
      delete: (id) => queues.delete(queues.byUrl(id)),
    },
    "aws:sqs/queuePolicy:QueuePolicy": attachment(queues, "policy", "Policy"),
    "aws:sqs/redrivePolicy:RedrivePolicy": attachment(queues, "redrivePolicy", "RedrivePolicy"),
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": attachment(queues, "redriveAllowPolicy", "RedriveAllowPolicy"),
  };
}

/** A resource that is one attribute of a queue. */
function attachment(queues: Queues, property: string, attribute: string): ResourceType {
  const set = (inputs: Json): { id: string; state: Json } => {
    const url = inputs["queueUrl"] as string;
    const value = text(inputs[property]);
    queues.configure(queues.byUrl(url), { [attribute]: value });
    return { id: url, state: { region: queues.cloud.region, ...inputs, [property]: value } };
  };
  return {
    create: set,
    update: (_id, inputs) => set(inputs),
    delete: (id) => queues.configure(queues.byUrl(id), { [attribute]: "" }),
  };
}

function attributesOf(inputs: Json): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [input, attribute, fallback] of ATTRIBUTES) {
    const value = inputs[input] ?? fallback;
    if (value === undefined || value === "" || (FIFO_INPUTS.includes(input) && inputs["fifoQueue"] !== true)) continue;
    attributes[attribute] = text(value);
  }
  return attributes;
}

function queueState(queues: Queues, queue: Queue, inputs: Json): { id: string; state: Json } {
  const url = queues.urlOf(queue.arn);
  const defaults: Json = {
    delaySeconds: 0,
    maxMessageSize: 262_144,
    messageRetentionSeconds: 345_600,
    receiveWaitTimeSeconds: 0,
    visibilityTimeoutSeconds: 30,
    fifoQueue: queue.fifo,
    contentBasedDeduplication: false,
    deduplicationScope: queue.fifo ? "queue" : "",
    fifoThroughputLimit: queue.fifo ? "perQueue" : "",
    kmsDataKeyReusePeriodSeconds: 300,
    sqsManagedSseEnabled: effective(queue.attributes, queue.fifo)["SqsManagedSseEnabled"] === "true",
    policy: "",
    redrivePolicy: "",
    redriveAllowPolicy: "",
    namePrefix: "",
    region: queues.cloud.region,
  };
  return {
    id: url,
    state: { ...defaults, ...inputs, name: queue.name, arn: queue.arn, url, tagsAll: { ...queue.tags } },
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "object" ? JSON.stringify(value) : String(value);
}
