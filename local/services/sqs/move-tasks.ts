import type { Timer } from "../../clock";
import type { Queues } from "./engine";
import { invalidValue } from "./errors";
import type { Message } from "./message";
import type { Queue } from "./queue";

/** The fastest rate that a task may be given, and what a task without a rate runs at here: messages per second. */
export const MAX_RATE = 500;

const TICK_MS = 100;

type Status = "RUNNING" | "COMPLETED" | "CANCELLED" | "FAILED";

/** A run of messages from a dead-letter queue back to where they came from, or to one queue. */
export interface MoveTask {
  readonly handle: string;
  readonly sourceArn: string;
  readonly destinationArn?: string;
  readonly rate?: number;
  readonly startedAt: number;
  readonly toMove: number;
  moved: number;
  status: Status;
  failureReason?: string;
}

/** The move tasks of all queues, newest first per source. */
export class MoveTasks {
  private readonly tasks = new Map<string, MoveTask[]>();
  private readonly timers = new Map<string, Timer>();

  constructor(private readonly queues: Queues) {}

  /**
   * @throws AwsError InvalidParameterValue if the source is not a dead-letter queue of an SQS queue (one fed by Lambda or SNS alone
   * is not) or a task is running for it.
   */
  start(source: Queue, destination: Queue | undefined, rate: number | undefined): MoveTask {
    if (this.queues.sourcesOf(source).length === 0) {
      throw invalidValue("Source queue must be configured as a Dead Letter Queue.");
    }
    if (destination && destination.fifo !== source.fifo) {
      throw invalidValue("Source and destination queues must both be of the same type: standard or FIFO.");
    }
    const earlier = this.of(source.arn);
    if (earlier.some(({ status }) => status === "RUNNING")) {
      throw invalidValue(
        "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
      );
    }
    const { cloud } = this.queues;
    const task: MoveTask = {
      handle: Buffer.from(JSON.stringify({ taskId: cloud.uuid(), sourceArn: source.arn })).toString("base64"),
      sourceArn: source.arn,
      ...(destination ? { destinationArn: destination.arn } : {}),
      ...(rate === undefined ? {} : { rate }),
      startedAt: cloud.clock.now(),
      toMove: source.count().visible,
      moved: 0,
      status: "RUNNING",
    };
    // AWS lists the ten most recent tasks of a source (API reference of ListMessageMoveTasks).
    this.tasks.set(source.arn, [task, ...earlier].slice(0, 10));
    this.schedule(task, 0);
    return task;
  }

  of(sourceArn: string): readonly MoveTask[] {
    return this.tasks.get(sourceArn) ?? [];
  }

  find(handle: string): MoveTask | undefined {
    for (const tasks of this.tasks.values()) {
      const task = tasks.find((candidate) => candidate.handle === handle);
      if (task) return task;
    }
    return undefined;
  }

  end(task: MoveTask, status: Status, failureReason?: string): void {
    task.status = status;
    if (failureReason !== undefined) task.failureReason = failureReason;
    this.timers.get(task.handle)?.cancel();
    this.timers.delete(task.handle);
  }

  /** Forgets all tasks. */
  clear(): void {
    for (const timer of this.timers.values()) timer.cancel();
    this.timers.clear();
    this.tasks.clear();
  }

  private schedule(task: MoveTask, delay: number): void {
    this.timers.set(
      task.handle,
      this.queues.cloud.clock.setTimer(delay, () => this.step(task)),
    );
  }

  private step(task: MoveTask): void {
    const source = this.queues.find(task.sourceArn);
    if (!source) {
      this.end(task, "FAILED", "AWS.SimpleQueueService.NonExistentQueue");
      return;
    }
    const rate = task.rate ?? MAX_RATE;
    const interval = Math.max(TICK_MS, 1000 / rate);
    const share = Math.max(1, Math.floor((rate * interval) / 1000));
    const batch: Message[] = [];
    // Collected first: a transfer changes the queue that is being read.
    for (const message of source.messages.values()) {
      if (batch.length >= Math.min(share, task.toMove - task.moved)) break;
      if (message.state === "ready") batch.push(message);
    }
    for (const message of batch) {
      const target = this.targetOf(task, message);
      if (typeof target === "string") {
        this.end(task, "FAILED", target);
        return;
      }
      this.queues.transfer(message, source, target, true);
      task.moved++;
    }
    if (batch.length === 0 || task.moved >= task.toMove) this.end(task, "COMPLETED");
    else this.schedule(task, interval);
  }

  /** Where a message goes, or why that cannot be told. */
  private targetOf(task: MoveTask, message: Message): Queue | string {
    const arn = task.destinationArn ?? message.deadLetterSource;
    // Put there by Lambda, SNS or a caller: nothing says where it came from.
    if (arn === undefined) return "CouldNotDetermineMessageSource";
    return this.queues.find(arn) ?? "AWS.SimpleQueueService.NonExistentQueue";
  }
}
