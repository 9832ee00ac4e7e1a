import { AwsError, ConnectionLost } from "../../aws-error";
import type { Timer } from "../../clock";
import type { Json } from "../../service";
import type { LambdaEngine } from "./engine";
import { compileFilters, looksInto, type Filter } from "./filter";
import { failedPositions, type MappingSettings, type Poller, type ReportResult } from "./mapping";
import { allowed, roleSession } from "./rights";

/** A message as ReceiveMessage answers it. */
interface Message {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody: string;
  readonly MD5OfMessageAttributes?: string;
  readonly Attributes?: Readonly<Record<string, string>>;
  readonly MessageAttributes?: Readonly<
    Record<string, { DataType: string; StringValue?: string; BinaryValue?: string }>
  >;
}

/** Invocations of one queue at a time on this machine, when the mapping sets no lower maximum. */
const localConcurrency = 8;
/** ReceiveMessage and DeleteMessageBatch take ten at most. */
const apiBatch = 10;

/** Receives messages as the function's role, invokes, deletes what succeeded; the rest comes back after its visibility timeout. */
export class QueuePoller implements Poller {
  private readonly filter: Filter;
  private readonly wantsJson: boolean;
  private unsubscribe: (() => void) | undefined;
  private active = 0;
  private receiving = false;
  private refusals = 0;
  private timer: Timer | undefined;

  constructor(
    private readonly engine: LambdaEngine,
    private readonly uuid: string,
    private readonly settings: MappingSettings,
    private readonly report: ReportResult,
  ) {
    this.filter = compileFilters(settings.filters);
    this.wantsJson = looksInto(settings.filters, "body");
  }

  start(): void {
    if (this.unsubscribe) return;
    this.unsubscribe = this.engine.cloud.ports.queues.onVisible(this.settings.eventSourceArn, () => this.pump());
    this.pump();
  }

  stop(): void {
    this.unsubscribe?.();
    this.unsubscribe = undefined;
    this.timer?.cancel();
    this.timer = undefined;
  }

  private get limit(): number {
    const fn = this.engine.functions.get(this.settings.functionName);
    return Math.min(this.settings.maximumConcurrency ?? localConcurrency, localConcurrency, fn?.reserved || Infinity);
  }

  /** Starts receiving while there are messages and free invocations; one receiver at a time keeps batches full. */
  private pump(): void {
    if (!this.unsubscribe || this.receiving || this.active >= this.limit || this.timer) return;
    if (this.engine.cloud.ports.queues.visible(this.settings.eventSourceArn) === 0) return;
    this.receiving = true;
    this.active++;
    void this.engine.cloud.clock.track(Promise.resolve().then(() => this.cycle())).then(undefined, (error: unknown) => {
      this.engine.cloud.trace.emit({
        kind: "error",
        service: "lambda",
        name: "EventSourceMapping",
        error: error instanceof Error ? error.message : String(error),
      });
    });
  }

  private async cycle(): Promise<void> {
    let problem = false;
    try {
      const messages = await this.gather();
      this.receiving = false;
      this.pump();
      // The run itself tells the clock whether it needs time.
      if (messages.length > 0) await this.engine.cloud.clock.idle(this.process(messages));
      this.refusals = 0;
    } catch (error) {
      if (!(error instanceof AwsError) && !(error instanceof ConnectionLost)) throw error;
      this.report(`PROBLEM: ${error.message}`);
      problem = true;
    } finally {
      this.receiving = false;
      this.active--;
    }
    if (problem) this.pause();
    else this.pump();
  }

  private pause(): void {
    if (this.timer || !this.unsubscribe) return;
    this.timer = this.engine.cloud.clock.setTimer(Math.min(900_000, 1_000 * 2 ** this.refusals++), () => {
      this.timer = undefined;
      this.pump();
    });
  }

  /** Receives until the batch is full or the batching window is over. */
  private async gather(): Promise<readonly Message[]> {
    const { cloud } = this.engine;
    const { batchSize, maximumBatchingWindowInSeconds } = this.settings;
    this.requireQueueAttributes();
    const messages: Message[] = [];
    const end = cloud.clock.now() + maximumBatchingWindowInSeconds * 1000;
    for (;;) {
      const received = await this.receive(Math.min(apiBatch, batchSize - messages.length));
      messages.push(...(await this.sift(received)));
      if (messages.length >= batchSize || !this.unsubscribe) return messages;
      if (received.length > 0) continue;
      if (messages.length === 0 || cloud.clock.now() >= end) return messages;
      await cloud.clock.idle(this.visibleOr(end));
    }
  }

  /** Ends when a message becomes visible or at `time`. */
  private visibleOr(time: number): Promise<void> {
    const { cloud } = this.engine;
    return new Promise((resolve) => {
      const timer = cloud.clock.setTimer(time - cloud.clock.now(), () => {
        stop();
        resolve();
      });
      const stop = cloud.ports.queues.onVisible(this.settings.eventSourceArn, () => {
        timer.cancel();
        stop();
        resolve();
      });
    });
  }

  private role(): ReturnType<typeof roleSession> {
    const fn = this.engine.find(this.settings.functionName);
    return roleSession(fn.settings.role, fn.settings.name);
  }

  private requireQueueAttributes(): void {
    const request = { action: "sqs:GetQueueAttributes", resource: this.settings.eventSourceArn };
    if (allowed(this.engine.cloud, this.role(), request)) return;
    throw new AwsError(
      "AccessDeniedException",
      "The function execution role does not have permissions to call GetQueueAttributes on SQS",
      403,
    );
  }

  private async receive(count: number): Promise<readonly Message[]> {
    const { cloud } = this.engine;
    const input = {
      QueueUrl: cloud.ports.queues.urlOf(this.settings.eventSourceArn),
      MaxNumberOfMessages: count,
      AttributeNames: ["All"],
      MessageSystemAttributeNames: ["All"],
      MessageAttributeNames: ["All"],
      WaitTimeSeconds: 0,
    };
    const answer = await cloud.call<{ Messages?: readonly Message[] }>("sqs", "ReceiveMessage", input, this.role());
    return answer.Messages ?? [];
  }

  /** Messages that no filter matches are deleted from the queue. */
  private async sift(messages: readonly Message[]): Promise<readonly Message[]> {
    if (this.settings.filters.length === 0 || messages.length === 0) return messages;
    const kept = messages.filter((message) => this.matches(message));
    await this.remove(messages.filter((message) => !kept.includes(message)));
    return kept;
  }

  private matches(message: Message): boolean {
    const record = this.recordOf(message);
    let body: unknown;
    try {
      body = JSON.parse(message.Body);
    } catch {
      body = undefined;
    }
    const structured = typeof body === "object" && body !== null;
    if (this.wantsJson !== structured && (this.wantsJson || looksAtText(this.settings.filters))) return false;
    return this.filter({ ...record, body: this.wantsJson ? body : message.Body });
  }

  private async process(messages: readonly Message[]): Promise<void> {
    const { engine, settings } = this;
    const fn = engine.find(settings.functionName);
    const outcome = await engine.run(fn, {
      payload: JSON.stringify({ Records: messages.map((message) => this.recordOf(message)) }),
      data: { eventSource: settings.eventSourceArn, batchSize: messages.length, mapping: this.uuid },
    });
    const failed = new Set(
      failedPositions(
        { failed: outcome.functionError !== undefined, payload: outcome.payload },
        messages.map((message) => message.MessageId),
        settings.reportsBatchItemFailures,
      ),
    );
    this.report(failed.size === 0 ? "OK" : "PROBLEM: Function call failed");
    if (engine.deliveryFault?.({ mapping: this.uuid, function: settings.functionName }) === "repeat") return;
    await this.remove(messages.filter((_, i) => !failed.has(i)));
  }

  private async remove(messages: readonly Message[]): Promise<void> {
    const { cloud } = this.engine;
    const QueueUrl = cloud.ports.queues.urlOf(this.settings.eventSourceArn);
    for (let i = 0; i < messages.length; i += apiBatch) {
      const Entries = messages
        .slice(i, i + apiBatch)
        .map((message, n) => ({ Id: String(n), ReceiptHandle: message.ReceiptHandle }));
      await cloud.call("sqs", "DeleteMessageBatch", { QueueUrl, Entries }, this.role());
    }
  }

  /** Without attributes there is no sum; with a batching window AWS hands over a null in its place. */
  private md5OfMessageAttributes({ MD5OfMessageAttributes: md5 }: Message): Json {
    if (md5 !== undefined) return { md5OfMessageAttributes: md5 };
    return this.settings.maximumBatchingWindowInSeconds > 0 ? { md5OfMessageAttributes: null } : {};
  }

  private recordOf(message: Message): Json {
    const messageAttributes: Json = {};
    for (const [name, value] of Object.entries(message.MessageAttributes ?? {})) {
      messageAttributes[name] = {
        ...(value.StringValue === undefined ? {} : { stringValue: value.StringValue }),
        ...(value.BinaryValue === undefined ? {} : { binaryValue: value.BinaryValue }),
        stringListValues: [],
        binaryListValues: [],
        dataType: value.DataType,
      };
    }
    return {
      messageId: message.MessageId,
      receiptHandle: message.ReceiptHandle,
      body: message.Body,
      attributes: message.Attributes ?? {},
      messageAttributes,
      ...this.md5OfMessageAttributes(message),
      md5OfBody: message.MD5OfBody,
      eventSource: "aws:sqs",
      eventSourceARN: this.settings.eventSourceArn,
      awsRegion: this.engine.cloud.region,
    };
  }
}

/** Whether some pattern compares the body as plain text, which makes a JSON body drop out. */
function looksAtText(filters: readonly string[]): boolean {
  return filters.some((text) => Array.isArray((JSON.parse(text) as Json)["body"]));
}
