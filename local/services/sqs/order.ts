import { Deque } from "./deque";
import type { Message } from "./message";

/** In which order a queue gives out its messages. */
export interface Order {
  /** A message came into the queue (ready or delayed). */
  add(message: Message): void;
  /** A message of the queue has become ready, for the first time or again. */
  ready(message: Message): void;
  /** A ready message was handed out. */
  taken(message: Message): void;
  /** A message that was in flight no longer is: deleted or ready again. */
  landed(message: Message): void;
  /** The messages that can be received now; the reader turns each into `inflight` or `gone` before it asks for the next. */
  receivable(): Generator<Message>;
  /** How many `receivable` would give. */
  count(): number;
  /** Whether `receivable` may give any; cheap at any size. */
  any(): boolean;
}

/** Standard queues: best effort, here the order in which messages became ready. */
export class StandardOrder implements Order {
  private readonly waiting = new Deque<Message>();

  /** @param readyCount how many messages of the queue are ready. */
  constructor(private readonly readyCount: () => number) {}

  add(message: Message): void {
    if (message.state === "ready") this.waiting.push(message);
  }

  ready(message: Message): void {
    this.waiting.push(message);
  }

  taken(): void {
    return;
  }

  landed(): void {
    return;
  }

  *receivable(): Generator<Message> {
    for (let message = this.waiting.shift(); message; message = this.waiting.shift()) {
      if (message.state === "ready") yield message;
    }
  }

  count(): number {
    return this.readyCount();
  }

  any(): boolean {
    return this.readyCount() > 0;
  }
}

interface Group {
  readonly id: string;
  readonly messages: Deque<Message>;
  queued: boolean;
}

/**
 * FIFO queues: strict order in a message group; a message in flight holds back those that follow it. One that came back
 * before it is given out though others are still in flight.
 */
export class FifoOrder implements Order {
  private readonly groups = new Map<string, Group>();
  private readonly available = new Deque<Group>();

  add(message: Message): void {
    let group = this.groups.get(message.groupId!);
    if (!group) {
      group = { id: message.groupId!, messages: new Deque(), queued: false };
      this.groups.set(message.groupId!, group);
    }
    group.messages.push(message);
    this.offer(group);
  }

  ready(message: Message): void {
    const group = this.groups.get(message.groupId!);
    if (group) this.offer(group);
  }

  taken(): void {
    return;
  }

  landed(message: Message): void {
    this.ready(message);
  }

  *receivable(): Generator<Message> {
    for (let group = this.available.shift(); group; group = this.available.shift()) {
      group.queued = false;
      try {
        for (const message of group.messages) {
          if (message.state === "gone") continue;
          if (message.state !== "ready") break;
          yield message;
        }
      } finally {
        this.offer(group);
      }
    }
  }

  count(): number {
    let count = 0;
    for (const group of this.available) {
      for (const message of group.messages) {
        if (message.state === "gone") continue;
        if (message.state !== "ready") break;
        count++;
      }
    }
    return count;
  }

  any(): boolean {
    return this.available.length > 0;
  }

  private offer(group: Group): void {
    const { messages } = group;
    while (messages.at(0)?.state === "gone") messages.shift();
    const first = messages.at(0);
    if (!first) {
      if (!group.queued) this.groups.delete(group.id);
      return;
    }
    if (group.queued || first.state !== "ready") return;
    group.queued = true;
    this.available.push(group);
  }
}
