import * as sns from "@aws-sdk/client-sns";
import { MAX_BATCH, MAX_PUBLISH_BYTES } from "./limits";

/** Something to publish; `id` finds its answer. */
export interface Publication {
  readonly id: string;
  readonly topicArn: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What became of a publication that was not accepted. */
export interface Refusal {
  /** True when SNS will never take it: too large, malformed. */
  readonly forGood: boolean;
  readonly detail: string;
}

/** Room for the attributes of one entry beside its body. */
const ENTRY_OVERHEAD = 512;

/** Publishes in batches of one topic each, by number and size; answers with the refusals, by id. */
export async function publishAll(
  client: sns.SNSClient,
  publications: readonly Publication[],
): Promise<Record<string, Refusal>> {
  const refusals: Record<string, Refusal> = {};
  for (const batch of batches(publications, refusals)) await publish(client, batch, refusals);
  return refusals;
}

async function publish(
  client: sns.SNSClient,
  batch: readonly Publication[],
  refusals: Record<string, Refusal>,
): Promise<void> {
  const entries = batch.map((p, i) => ({
    Id: String(i),
    Message: p.body,
    MessageAttributes: messageAttributes(p.attributes),
  }));
  try {
    const answer = await client.send(
      new sns.PublishBatchCommand({ TopicArn: batch[0]?.topicArn, PublishBatchRequestEntries: entries }),
    );
    for (const failed of answer.Failed ?? []) {
      const p = batch[Number(failed.Id)];
      const detail = `${failed.Code ?? "Unknown"}: ${failed.Message ?? ""}`;
      if (p) refusals[p.id] = { forGood: failed.SenderFault === true && isUnfit(failed.Code), detail };
    }
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    const unfit = isUnfit(name) && !message.includes("TopicArn");
    // SNS refuses a batch whole for one message that it does not take: the others must not wait for that one.
    if (unfit && batch.length > 1) for (const p of batch) await publish(client, [p], refusals);
    else for (const p of batch) refusals[p.id] = { forGood: unfit, detail: `${name}: ${message}` };
  }
}

/**
 * Whether it is the message itself that SNS does not take. Throttles and everything about keys and rights are the
 * caller's fault as well, and pass. https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html#API_PublishBatch_Errors
 */
function isUnfit(code: string | undefined): boolean {
  return (
    code !== undefined &&
    ["InvalidParameter", "ParameterValueInvalid", "ValidationException"].some((unfit) => code.startsWith(unfit))
  );
}

function batches(publications: readonly Publication[], refusals: Record<string, Refusal>): Publication[][] {
  const done: Publication[][] = [];
  const open: Record<string, { entries: Publication[]; bytes: number }> = {};
  for (const p of publications) {
    const bytes = Buffer.byteLength(p.body) + ENTRY_OVERHEAD;
    if (bytes > MAX_PUBLISH_BYTES) {
      refusals[p.id] = { forGood: true, detail: `${bytes} bytes; a topic takes ${MAX_PUBLISH_BYTES}` };
      continue;
    }
    const batch = open[p.topicArn];
    if (batch && batch.entries.length < MAX_BATCH && batch.bytes + bytes <= MAX_PUBLISH_BYTES) {
      batch.entries.push(p);
      batch.bytes += bytes;
    } else {
      const entries = [p];
      done.push(entries);
      open[p.topicArn] = { entries, bytes };
    }
  }
  return done;
}

function messageAttributes(values: Readonly<Record<string, string>>): Record<string, sns.MessageAttributeValue> {
  const attributes: Record<string, sns.MessageAttributeValue> = {};
  for (const name of Object.keys(values)) {
    attributes[name] = { DataType: name === "priority" ? "Number" : "String", StringValue: values[name] };
  }
  return attributes;
}
