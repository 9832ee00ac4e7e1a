import type { Cloud } from "../../cloud";
import type { Queue } from "./queue";

const NAMESPACE = "AWS/SQS";

/** Registers the gauges that SQS reports for a queue (SQS developer guide, "Available CloudWatch metrics"). */
export function measureQueue(cloud: Cloud, name: string, find: () => Queue | undefined): void {
  const { metrics } = cloud.ports as Partial<Cloud["ports"]>;
  const dimensions = { QueueName: name };
  const gauge = (metric: string, read: (queue: Queue) => number): void =>
    metrics?.gauge(NAMESPACE, metric, dimensions, () => {
      const queue = find();
      return queue ? read(queue) : 0;
    });
  gauge("ApproximateNumberOfMessagesVisible", (queue) => queue.count().visible);
  gauge("ApproximateNumberOfMessagesNotVisible", (queue) => queue.count().inFlight);
  gauge("ApproximateNumberOfMessagesDelayed", (queue) => queue.count().delayed);
  gauge("ApproximateAgeOfOldestMessage", (queue) => Math.floor(queue.ageOfOldest() / 1000));
}

/** Counts something that happened to a queue, e.g. `NumberOfMessagesSent`. */
export function countMetric(cloud: Cloud, queue: Queue, metric: string, value: number, unit = "Count"): void {
  (cloud.ports as Partial<Cloud["ports"]>).metrics?.put(NAMESPACE, metric, { QueueName: queue.name }, value, unit);
}
