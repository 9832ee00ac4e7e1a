import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** How what lies in a dead-letter queue is brought back. */
export type WayBack =
  /** Each entry is put into the queue that gave it up. */
  | { readonly kind: "queue"; readonly queueUrl: pulumi.Input<string> }
  /** A function of the stack reads the queue and does again what it holds. */
  | { readonly kind: "redrive"; readonly functionArn: pulumi.Input<string>; readonly payload: object }
  /** Each entry is the input of an invocation that never took place. */
  | { readonly kind: "invoke"; readonly functionArn: pulumi.Input<string> }
  /** Each entry is published again, with its attributes. */
  | { readonly kind: "topic"; readonly topicArn: pulumi.Input<string> };

/** A queue that collects what was given up. */
export interface DeadLetters {
  /** Logical name, e.g. `emails-dead-letters`. */
  readonly name: string;
  readonly queue: aws.sqs.Queue;
  readonly back: WayBack | undefined;
}

/** Something that runs by the clock. */
export interface Timer {
  readonly kind: "rule" | "schedule";
  /** Physical name. */
  readonly name: pulumi.Input<string>;
}

/** What operators look after in a component, as its parts note it while they are declared. */
interface Operated {
  readonly deadLetters: { readonly name: string; readonly queue: aws.sqs.Queue }[];
  readonly timers: Timer[];
  readonly alarmTopics: pulumi.Input<string>[];
}

const operated = new WeakMap<pulumi.Resource, Operated>();
const backOf = new WeakMap<aws.sqs.Queue, WayBack>();

function partsOf(parent: pulumi.Resource): Operated {
  const known = operated.get(parent) ?? { deadLetters: [], timers: [], alarmTopics: [] };
  operated.set(parent, known);
  return known;
}

/** Notes a dead-letter queue of a component. */
export function noteDeadLetters(parent: pulumi.Resource | undefined, name: string, queue: aws.sqs.Queue): void {
  if (parent) partsOf(parent).deadLetters.push({ name, queue });
}

/** Says how what lies in a dead-letter queue is brought back. */
export function setWayBack(queue: aws.sqs.Queue, back: WayBack): void {
  backOf.set(queue, back);
}

/** Notes a rule or schedule of a component. */
export function noteTimer(parent: pulumi.Resource, timer: Timer): void {
  partsOf(parent).timers.push(timer);
}

/** Notes the topic that a component's alarms notify. */
export function noteAlarmTopic(parent: pulumi.Resource, arn: pulumi.Input<string>): void {
  partsOf(parent).alarmTopics.push(arn);
}

/** The dead-letter queues of a component, in the order of their making; complete once the program has been declared. */
export function deadLettersOf(parent: pulumi.Resource): DeadLetters[] {
  return partsOf(parent).deadLetters.map(({ name, queue }) => ({ name, queue, back: backOf.get(queue) }));
}

/** The rules and schedules of a component. */
export function timersOf(parent: pulumi.Resource): readonly Timer[] {
  return partsOf(parent).timers;
}

/** ARNs of the topics that a component's alarms notify. */
export function alarmTopicsOf(parent: pulumi.Resource): readonly pulumi.Input<string>[] {
  return partsOf(parent).alarmTopics;
}
