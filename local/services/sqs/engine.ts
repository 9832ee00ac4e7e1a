import type { Cloud } from "../../cloud";
import type { QueuesPort } from "../../ports";
import type { Principal } from "../../principal";
import {
  changed,
  effective,
  normalized,
  numberOf,
  validateAttributes,
  type QueueAttributes,
  type RedrivePolicy,
} from "./attributes";
import { invalidParameter, invalidValue, missingParameter, queueDoesNotExist, sqsError } from "./errors";
import { md5, type Message, type MessageAttributes } from "./message";
import { measureQueue } from "./metrics";
import { MAX_IN_FLIGHT, Queue, type QueueSnapshot } from "./queue";

/** A name may be used again 60 s after its queue was deleted (API reference of DeleteQueue). */
const DELETED_FOR_MS = 60_000;

export interface NewMessage {
  readonly body: string;
  readonly senderId: string;
  readonly attributes?: MessageAttributes;
  readonly traceHeader?: string;
  readonly delaySeconds?: number;
  readonly groupId?: string;
  readonly dedupId?: string;
}

export interface ReceiveOptions {
  readonly limit: number;
  readonly visibilityTimeoutMs: number;
  readonly waitMs: number;
  /** Who waits. */
  readonly principal: Principal;
}

export interface QueuesSnapshot {
  readonly queues: readonly QueueSnapshot[];
  readonly deleted: readonly (readonly [string, number])[];
}

/** All queues of the account and Region: who exists, what is sent, received, deleted and given up. */
export class Queues implements QueuesPort {
  private readonly queues = new Map<string, Queue>();
  private readonly deletedAt = new Map<string, number>();
  /** Listeners outlive their queue: a mapping made before a restore still hears. */
  private readonly watchers = new Map<string, Set<() => void>>();

  constructor(readonly cloud: Cloud) {}

  // What other services ask for.

  onVisible(queueArn: string, listener: () => void): () => void {
    const watchers = this.watchersOf(queueArn);
    watchers.add(listener);
    return () => watchers.delete(listener);
  }

  visible(queueArn: string): number {
    return this.find(queueArn)?.receivableCount() ?? 0;
  }

  urlOf(queueArn: string): string {
    const [account, name] = queueArn.split(":").slice(4);
    return `${this.cloud.endpoint}/${account}/${name}`;
  }

  // Queues.

  all(): readonly Queue[] {
    return [...this.queues.values()];
  }

  find(arn: string): Queue | undefined {
    return this.queues.get(arn);
  }

  arnOf(name: string): string {
    return this.cloud.arn("sqs", name);
  }

  /**
   * By URL; only account and name in the path matter, as an emulator's host may differ. The name alone is a queue of the
   * caller's account.
   * @throws AwsError QueueDoesNotExist
   */
  byUrl(url: unknown): Queue {
    if (typeof url !== "string" || url === "") throw missingParameter("QueueUrl");
    const [account, name] = url.includes("/") ? url.split("/").slice(-2) : [this.cloud.accountId, url];
    const queue =
      account === this.cloud.accountId && name !== undefined ? this.queues.get(this.arnOf(name)) : undefined;
    if (!queue) throw queueDoesNotExist();
    return queue;
  }

  /**
   * Makes a queue, or answers the one of that name if no given attribute differs.
   * @param force whether a name deleted less than 60 s ago is taken (the provider waits, the API refuses).
   * @throws AwsError QueueNameExists, QueueDeletedRecently, InvalidAttributeName, InvalidAttributeValue, InvalidParameterValue
   */
  create(name: string, given: QueueAttributes, tags: Readonly<Record<string, string>> = {}, force = false): Queue {
    const attributes = normalized(given);
    const fifo = attributes["FifoQueue"] === "true";
    if (
      !/^[A-Za-z0-9_-]{1,80}(?<!.{76,})(\.fifo)$|^[A-Za-z0-9_-]{1,80}$/.test(name) ||
      fifo !== name.endsWith(".fifo")
    ) {
      throw invalidValue(
        fifo
          ? "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length."
          : "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
      );
    }
    validateAttributes(attributes, fifo);
    const existing = this.queues.get(this.arnOf(name));
    if (existing) {
      const has = effective(existing.attributes, existing.fifo);
      const differs = Object.keys(attributes).find((key) => (has[key] ?? "") !== attributes[key]);
      if (differs) {
        throw sqsError(
          "QueueNameExists",
          `A queue already exists with the same name and a different value for attribute ${differs}`,
        );
      }
      return existing;
    }
    if (!force && this.cloud.clock.now() - (this.deletedAt.get(name) ?? -Infinity) < DELETED_FOR_MS) {
      throw sqsError(
        "QueueDeletedRecently",
        "You must wait 60 seconds after deleting a queue before you can create another with the same name.",
      );
    }
    const queue = new Queue(this.cloud.clock, name, this.arnOf(name), {});
    this.checkRedrive(queue, attributes);
    queue.attributes = changed({}, attributes);
    queue.tags = { ...tags };
    this.adopt(queue);
    return queue;
  }

  /** @throws AwsError as `create` */
  configure(queue: Queue, given: QueueAttributes): void {
    const changes = normalized(given);
    validateAttributes(changes, queue.fifo);
    this.checkRedrive(queue, changes);
    queue.attributes = changed(queue.attributes, changes);
    queue.modifiedAt = this.cloud.clock.now();
    this.publishPolicy(queue);
  }

  delete(queue: Queue): void {
    queue.clear();
    queue.close();
    this.queues.delete(queue.arn);
    this.deletedAt.set(queue.name, this.cloud.clock.now());
    this.cloud.resourcePolicies.delete(queue.arn);
  }

  /** Queues whose redrive policy names `queue`. */
  sourcesOf(queue: Queue): readonly Queue[] {
    return this.all().filter((other) => other.redrive?.deadLetterTargetArn === queue.arn);
  }

  // Messages.

  /** Adds a message; a duplicate in a FIFO queue answers the first one's ids and adds nothing. */
  send(
    queue: Queue,
    input: NewMessage,
  ): { readonly id: string; readonly md5: string; readonly sequenceNumber?: string } {
    const digest = md5(input.body);
    const scope = queue.attributes["DeduplicationScope"] === "messageGroup" ? `${input.groupId}\n` : "";
    const dedupKey = queue.fifo ? scope + input.dedupId! : undefined;
    const earlier = dedupKey === undefined ? undefined : queue.duplicateOf(dedupKey);
    if (earlier) return { id: earlier.messageId, md5: digest, sequenceNumber: earlier.sequenceNumber };
    const now = this.cloud.clock.now();
    const delay = (input.delaySeconds ?? numberOf(queue.attributes, "DelaySeconds")) * 1000;
    const message: Message = {
      id: this.cloud.uuid(),
      body: input.body,
      md5: digest,
      senderId: input.senderId,
      ...(input.attributes === undefined ? {} : { attributes: input.attributes }),
      ...(input.traceHeader === undefined ? {} : { traceHeader: input.traceHeader }),
      ...(input.groupId === undefined ? {} : { groupId: input.groupId }),
      ...(input.dedupId === undefined ? {} : { dedupId: input.dedupId }),
      ...(queue.fifo ? { sequenceNumber: nextSequence(queue) } : {}),
      sentAt: now,
      enteredAt: now,
      state: delay > 0 ? "delayed" : "ready",
      visibleAt: now + delay,
      receiveCount: 0,
    };
    queue.add(message);
    if (dedupKey !== undefined) queue.remember(dedupKey, message);
    return {
      id: message.id,
      md5: digest,
      ...(message.sequenceNumber === undefined ? {} : { sequenceNumber: message.sequenceNumber }),
    };
  }

  /**
   * Receives at once if anything is there, else waits for it at most `waitMs` on the clock.
   * @throws AwsError OverLimit
   */
  async receive(queue: Queue, options: ReceiveOptions): Promise<readonly Message[]> {
    const deadline = this.cloud.clock.now() + options.waitMs;
    for (;;) {
      const messages = this.takeAll(queue, options);
      if (messages.length > 0 || queue.deleted || this.cloud.clock.now() >= deadline) return messages;
      await this.cloud.idle(options.principal, this.nextVisible(queue, deadline));
    }
  }

  /** Moves a message to another queue of the same kind: given up by its source, or redriven. */
  transfer(message: Message, from: Queue, to: Queue, redriven: boolean): void {
    const now = this.cloud.clock.now();
    const { deadLetterSource: _source, firstReceivedAt: _first, receivedAt: _received, ...kept } = message;
    from.remove(message);
    const moved: Message = {
      ...kept,
      // A redriven message is new: new id, new retention. A standard dead-letter queue keeps the time of the first sending
      // (SQS developer guide, "Using dead-letter queues").
      id: redriven ? this.cloud.uuid() : message.id,
      sentAt: redriven || to.fifo ? now : message.sentAt,
      enteredAt: now,
      ...(to.fifo ? { sequenceNumber: nextSequence(to), dedupId: message.id } : {}),
      ...(redriven ? {} : { deadLetterSource: from.arn }),
      state: "ready",
      visibleAt: now,
      receiveCount: redriven ? 0 : message.receiveCount,
    };
    to.add(moved);
  }

  // The whole.

  snapshot(): QueuesSnapshot {
    return { queues: this.all().map((queue) => queue.snapshot()), deleted: [...this.deletedAt] };
  }

  restore(snapshot: QueuesSnapshot): void {
    for (const queue of this.all()) {
      queue.close();
      this.cloud.resourcePolicies.delete(queue.arn);
    }
    this.queues.clear();
    this.deletedAt.clear();
    for (const [name, at] of snapshot.deleted) this.deletedAt.set(name, at);
    for (const entry of snapshot.queues) {
      const queue = new Queue(this.cloud.clock, entry.name, this.arnOf(entry.name), entry.attributes);
      queue.load(entry);
      this.adopt(queue);
    }
  }

  close(): void {
    for (const queue of this.all()) queue.close();
  }

  private adopt(queue: Queue): void {
    this.queues.set(queue.arn, queue);
    queue.listeners.add(() => {
      for (const watcher of [...this.watchersOf(queue.arn)]) watcher();
    });
    this.publishPolicy(queue);
    measureQueue(this.cloud, queue.name, () => this.find(queue.arn));
  }

  private publishPolicy(queue: Queue): void {
    const policy = queue.attributes["Policy"];
    if (policy) this.cloud.resourcePolicies.set(queue.arn, JSON.parse(policy) as Record<string, unknown>);
    else this.cloud.resourcePolicies.delete(queue.arn);
  }

  private watchersOf(arn: string): Set<() => void> {
    let watchers = this.watchers.get(arn);
    if (!watchers) this.watchers.set(arn, (watchers = new Set()));
    return watchers;
  }

  private checkRedrive(queue: Queue, attributes: QueueAttributes): void {
    const text = attributes["RedrivePolicy"];
    if (!text) return;
    const { deadLetterTargetArn } = JSON.parse(text) as RedrivePolicy;
    const target = this.find(deadLetterTargetArn);
    if (!target) throw invalidParameter("RedrivePolicy", text, "Dead letter target does not exist.");
    if (target.fifo !== queue.fifo) {
      throw invalidParameter("RedrivePolicy", text, "Dead-letter queue must be same type of queue as the source.");
    }
    if (!admits(target, queue)) {
      throw invalidParameter(
        "RedrivePolicy",
        text,
        `Dead-letter queue does not allow ${queue.arn} as its source (RedriveAllowPolicy).`,
      );
    }
  }

  private takeAll(queue: Queue, options: ReceiveOptions): readonly Message[] {
    const taken: Message[] = [];
    if (queue.count().inFlight >= MAX_IN_FLIGHT) {
      throw sqsError(
        "OverLimit",
        `Too many messages in flight: ${MAX_IN_FLIGHT} are allowed. Delete messages after they are processed.`,
        403,
      );
    }
    for (const message of queue.receivable()) {
      const target = this.deadLetterQueueFor(queue, message);
      if (target) this.transfer(message, queue, target, false);
      else {
        queue.take(message, options.visibilityTimeoutMs);
        taken.push(message);
      }
      if (taken.length === options.limit) break;
    }
    if (options.visibilityTimeoutMs === 0) for (const message of taken) queue.reschedule(message, 0);
    return taken;
  }

  private deadLetterQueueFor(queue: Queue, message: Message): Queue | undefined {
    if (!queue.redrive || message.receiveCount < queue.redrive.maxReceiveCount) return undefined;
    const target = this.find(queue.redrive.deadLetterTargetArn);
    return target && admits(target, queue) ? target : undefined;
  }

  private nextVisible(queue: Queue, deadline: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        timer.cancel();
        queue.listeners.delete(done);
        resolve();
      };
      const timer = this.cloud.clock.setTimer(deadline - this.cloud.clock.now(), done);
      queue.listeners.add(done);
    });
  }
}

function admits(target: Queue, source: Queue): boolean {
  const policy = target.redriveAllow;
  if (!policy || policy.redrivePermission === "allowAll") return true;
  return policy.redrivePermission === "byQueue" && policy.sourceQueueArns.includes(source.arn);
}

function nextSequence(queue: Queue): string {
  return (18_849_496_460_467_696_128n + BigInt(++queue.sequence) * 256n).toString();
}
