/** What operator commands need to know of a stack, as its output `operations` tells it: names and addresses, no secrets. */
export interface Operations {
  /** Of this format. */
  readonly version: 1;
  readonly region: string;
  readonly accountId: string;
  readonly deadLetters: readonly DeadLetterQueue[];
  readonly timers: readonly { readonly kind: "rule" | "schedule"; readonly name: string }[];
  /** Topics that alarms notify. */
  readonly alarmTopics: readonly string[];
  /** Customer keys, by ARN. */
  readonly keys: readonly string[];
  readonly gateway?: GatewayOperations;
  readonly messages?: MessageOperations;
  readonly emails?: EmailOperations;
  readonly segments?: SegmentOperations;
}

/** A dead-letter queue, and the way back out of it. */
export interface DeadLetterQueue {
  /** Logical name, by which commands call it. */
  readonly name: string;
  readonly url: string;
  readonly back: DeadLetterWay;
}

/** See `WayBack`; `none` where nothing reads the queue. */
export type DeadLetterWay =
  | { readonly kind: "queue"; readonly queueUrl: string }
  | { readonly kind: "redrive"; readonly functionArn: string; readonly payload: object }
  | { readonly kind: "invoke"; readonly functionArn: string }
  | { readonly kind: "topic"; readonly topicArn: string }
  | { readonly kind: "none" };

/** Of the gateway: names of its tables, addresses, ARNs of its functions. */
export interface GatewayOperations {
  readonly players: string;
  readonly presence: string;
  /** Where connections are ended. */
  readonly endpoint: string;
  readonly issuer: string;
  readonly redriveFunction: string;
}

/** Of the message store: its table's name, ARNs of its functions. */
export interface MessageOperations {
  readonly table: string;
  readonly enqueueFunction: string;
  readonly redriveFunction: string;
}

/** Of the dispatcher: what SES knows it by, the ARN of its redrive. */
export interface EmailOperations {
  /** What is to be verified for the sender: its domain, or else its address. */
  readonly identity: string;
  readonly configurationSet: string;
  readonly production: boolean;
  readonly redriveFunction: string;
}

/** Of the pipeline: where runs, queries, results and the analytics copy are. */
export interface SegmentOperations {
  readonly runs: string;
  readonly startFunction: string;
  readonly workgroup: string;
  readonly resultsBucket: string;
  readonly copyBucket: string;
  readonly database: string;
  readonly databaseArn: string;
  readonly table: string;
  /** Of the table that the copy is of. */
  readonly sourceArn: string;
}
