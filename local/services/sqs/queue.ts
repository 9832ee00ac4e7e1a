import type { Clock, Timer } from "../../clock";
import {
  numberOf,
  parseRedriveAllowPolicy,
  parseRedrivePolicy,
  type QueueAttributes,
  type RedriveAllowPolicy,
  type RedrivePolicy,
} from "./attributes";
import { Heap } from "./heap";
import type { Message } from "./message";
import { FifoOrder, StandardOrder, type Order } from "./order";

/** SQS keeps at most this many messages in flight per queue (SQS quotas; standard and, since 2024, FIFO). */
export const MAX_IN_FLIGHT = 120_000;

/** A FIFO queue recognizes a duplicate for 5 minutes. */
export const DEDUPLICATION_MS = 5 * 60_000;

export interface Counts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

interface Sent {
  readonly at: number;
  readonly messageId: string;
  readonly sequenceNumber: string;
}

/** What is kept of a queue between runs: plain data. */
export interface QueueSnapshot {
  readonly name: string;
  readonly attributes: QueueAttributes;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly messages: readonly Message[];
  readonly sent: readonly (readonly [string, Sent])[];
  readonly sequence: number;
}

/** One queue: its messages, what is hidden until when, and who waits for more. */
export class Queue {
  readonly messages = new Map<string, Message>();
  tags: Record<string, string> = {};
  createdAt: number;
  modifiedAt: number;
  purgedAt = -Infinity;
  deleted = false;
  /** A FIFO queue's sequence numbers rise across all groups. */
  sequence = 0;
  redrive: RedrivePolicy | undefined;
  redriveAllow: RedriveAllowPolicy | undefined;
  readonly listeners = new Set<() => void>();
  private current: QueueAttributes = {};
  private readonly counts: Record<Message["state"], number> = { ready: 0, inflight: 0, delayed: 0, gone: 0 };
  private readonly order: Order;
  private readonly hidden = new Heap<{ at: number; message: Message }>((a, b) => a.at < b.at);
  private readonly ages = new Heap<Message>((a, b) => a.sentAt < b.sentAt);
  private readonly sent = new Map<string, Sent>();
  private armed: { readonly at: number; readonly timer: Timer } | undefined;

  constructor(
    private readonly clock: Clock,
    readonly name: string,
    readonly arn: string,
    attributes: QueueAttributes,
  ) {
    this.createdAt = this.modifiedAt = clock.now();
    this.order = this.fifo ? new FifoOrder() : new StandardOrder(() => this.counts.ready);
    this.attributes = attributes;
  }

  get fifo(): boolean {
    return this.name.endsWith(".fifo");
  }

  get attributes(): QueueAttributes {
    return this.current;
  }

  set attributes(attributes: QueueAttributes) {
    this.current = attributes;
    this.redrive = parseRedrivePolicy(attributes["RedrivePolicy"]);
    this.redriveAllow = parseRedriveAllowPolicy(attributes["RedriveAllowPolicy"]);
  }

  /** Adds a message that is `ready`, or `delayed` until its `visibleAt`. */
  add(message: Message): void {
    this.messages.set(message.id, message);
    this.ages.push(message);
    this.counts[message.state]++;
    this.order.add(message);
    if (message.state === "ready") this.notify();
    else this.hide(message);
  }

  /** Messages that can be received now, each to be taken or removed before the next is asked for. */
  receivable(): Generator<Message> {
    this.refresh();
    return this.order.receivable();
  }

  /** Hands a ready message out: hidden for `timeoutMs`; with 0 the receiver reschedules it once it has all it takes. */
  take(message: Message, timeoutMs: number): void {
    const now = this.clock.now();
    message.receiveCount++;
    message.firstReceivedAt ??= now;
    message.receivedAt = now;
    message.visibleAt = now + timeoutMs;
    this.move(message, "inflight");
    this.order.taken(message);
    if (timeoutMs > 0) this.hide(message);
  }

  /** Changes when an in-flight message becomes visible again. */
  reschedule(message: Message, timeoutMs: number): void {
    message.visibleAt = this.clock.now() + timeoutMs;
    if (timeoutMs === 0) this.show(message);
    else this.hide(message);
  }

  /** Hides a message of a standard queue that its receiver wants to keep after its time has run out. */
  withhold(message: Message, timeoutMs: number): void {
    if (timeoutMs === 0) return;
    message.visibleAt = this.clock.now() + timeoutMs;
    this.move(message, "inflight");
    this.order.taken(message);
    this.hide(message);
  }

  remove(message: Message): void {
    const flying = message.state === "inflight";
    this.move(message, "gone");
    this.messages.delete(message.id);
    if (!flying) return;
    this.order.landed(message);
    // In a FIFO queue the deletion may have freed its group.
    if (this.fifo && this.order.any()) this.notify();
  }

  /** Takes all messages away; a FIFO queue forgets what it has seen. */
  clear(): void {
    for (const message of [...this.messages.values()]) this.remove(message);
    this.sent.clear();
  }

  count(): Counts {
    this.refresh();
    return { visible: this.counts.ready, inFlight: this.counts.inflight, delayed: this.counts.delayed };
  }

  /** How many messages a receiver would get now: in a FIFO queue those of free groups only. */
  receivableCount(): number {
    this.refresh();
    return this.order.count();
  }

  /** Milliseconds since the oldest message came into this queue; 0 when empty. */
  ageOfOldest(): number {
    this.refresh();
    const oldest = this.messages.values().next();
    return oldest.done ? 0 : this.clock.now() - oldest.value.enteredAt;
  }

  /** What was sent under this deduplication id in the last 5 minutes. */
  duplicateOf(dedupId: string): Sent | undefined {
    const limit = this.clock.now() - DEDUPLICATION_MS;
    for (const [key, sent] of this.sent) {
      if (sent.at > limit) break;
      this.sent.delete(key);
    }
    return this.sent.get(dedupId);
  }

  remember(dedupId: string, message: Message): void {
    this.sent.set(dedupId, { at: this.clock.now(), messageId: message.id, sequenceNumber: message.sequenceNumber! });
  }

  /** Ends what waits in it. */
  close(): void {
    this.deleted = true;
    this.armed?.timer.cancel();
    this.notify();
  }

  snapshot(): QueueSnapshot {
    this.refresh();
    return structuredClone({
      name: this.name,
      attributes: this.attributes,
      tags: this.tags,
      createdAt: this.createdAt,
      modifiedAt: this.modifiedAt,
      messages: [...this.messages.values()],
      sent: [...this.sent],
      sequence: this.sequence,
    });
  }

  /** Fills a new queue from a snapshot. */
  load(snapshot: QueueSnapshot): void {
    this.tags = { ...snapshot.tags };
    this.createdAt = snapshot.createdAt;
    this.modifiedAt = snapshot.modifiedAt;
    this.sequence = snapshot.sequence;
    for (const [key, sent] of snapshot.sent) this.sent.set(key, { ...sent });
    for (const message of snapshot.messages) {
      const copy = { ...message };
      this.add(copy);
      if (copy.state === "inflight") this.order.taken(copy);
    }
  }

  /** Drops what has outlived the retention period and shows what is due. */
  private refresh(): void {
    const now = this.clock.now();
    const limit = now - numberOf(this.attributes, "MessageRetentionPeriod") * 1000;
    for (
      let oldest = this.ages.top;
      oldest && (oldest.state === "gone" || oldest.sentAt <= limit);
      oldest = this.ages.top
    ) {
      this.ages.pop();
      if (oldest.state !== "gone") this.remove(oldest);
    }
    for (let next = this.hidden.top; next && next.at <= now; next = this.hidden.top) {
      this.hidden.pop();
      // A message that was deleted, shown or hidden anew has left its older entries behind.
      if (next.message.visibleAt === next.at && isHidden(next.message)) this.show(next.message);
    }
  }

  private show(message: Message): void {
    const flying = message.state === "inflight";
    this.move(message, "ready");
    if (flying) this.order.landed(message);
    this.order.ready(message);
    this.notify();
  }

  private hide(message: Message): void {
    this.hidden.push({ at: message.visibleAt, message });
    this.arm();
  }

  private arm(): void {
    for (
      let top = this.hidden.top;
      top && (top.message.visibleAt !== top.at || !isHidden(top.message));
      top = this.hidden.top
    ) {
      this.hidden.pop();
    }
    const at = this.hidden.top?.at;
    if (at === undefined || (this.armed && this.armed.at <= at)) return;
    this.armed?.timer.cancel();
    const timer = this.clock.setTimer(at - this.clock.now(), () => {
      this.armed = undefined;
      this.refresh();
      this.arm();
    });
    this.armed = { at, timer };
  }

  private move(message: Message, state: Message["state"]): void {
    this.counts[message.state]--;
    this.counts[state]++;
    message.state = state;
  }

  private notify(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

function isHidden(message: Message): boolean {
  return message.state === "inflight" || message.state === "delayed";
}
