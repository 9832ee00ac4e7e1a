import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { MessageStore } from "../message-store/message-store";
import { LambdaFunction, type HandlerFactory } from "../shared/callback";
import { queueMapping } from "../shared/event-source";
import type { Statement } from "../shared/iam";
import type { DeadLetteredQueue } from "../shared/queue";
import type { SenderArgs } from "./arguments";
import { deadLetterHandler } from "./dead-letters";
import { eventHandler } from "./events";
import { mailStatements } from "./grants";
import { SEND_TIMEOUT_SECONDS, TIMEOUT_SECONDS } from "./limits";
import type { Queues } from "./queues";
import { reconcileHandler } from "./reconcile";
import { redriveHandler } from "./redrive";
import { sendHandler } from "./send";

/** What the dispatcher's functions work on. */
export interface Parts {
  readonly name: string;
  readonly parent: pulumi.Resource;
  readonly key: { readonly arn: pulumi.Output<string> };
  readonly messages: MessageStore;
  readonly queues: Queues;
  /** Of the sender: its address, and its domain if that is verified. */
  readonly identities: readonly aws.sesv2.EmailIdentity[];
  readonly configurationSet: aws.sesv2.ConfigurationSet;
  readonly holdSeconds: number;
}

function make<E>(
  { name, parent, key }: Parts,
  suffix: string,
  description: string,
  handler: HandlerFactory<E, unknown>,
  statements: Statement[],
  timeout: number = TIMEOUT_SECONDS,
): LambdaFunction {
  return new LambdaFunction(
    `${name}-${suffix}-function`,
    { description, key, handler, statements, timeout },
    { parent },
  );
}

/** The sender of mail, fed by the send queue. */
export function createSendFunction(
  parts: Parts,
  args: {
    readonly sender: Pick<SenderArgs, "address" | "name">;
    readonly recipients: readonly string[] | undefined;
    readonly maxSendRate: number | undefined;
    readonly maximumConcurrency: number | undefined;
  },
): LambdaFunction {
  const { name, parent, messages, queues, configurationSet, holdSeconds } = parts;
  const { sender, recipients, maxSendRate, maximumConcurrency } = args;
  const fn = make(
    parts,
    "send",
    "Sends e-mail through SES, each once, at its rate.",
    sendHandler({
      table: messages.table.name,
      queueUrl: queues.send.url,
      reconcileUrl: queues.reconcile.url,
      deadLettersUrl: queues.deadLetters.url,
      configurationSet: configurationSet.configurationSetName,
      dispatcher: name,
      sender,
      recipients,
      maxSendRate,
      holdSeconds,
    }),
    [
      ...messages.readStatements(),
      ...messages.updateStatements(),
      ...queues.send.consumeStatements(),
      ...copyStatements(parts, queues.send.arn, queues.reconcile.arn, queues.deadLetters.arn),
      ...mailStatements(parts, sender.address, recipients, parent),
    ],
    SEND_TIMEOUT_SECONDS,
  );
  queueMapping(
    `${name}-send-mapping`,
    { queue: queues.send, fn, ...(maximumConcurrency === undefined ? {} : { maximumConcurrency }) },
    parent,
  );
  return fn;
}

/** The reader of what waits for SES's event. */
export function createReconcileFunction(parts: Parts): LambdaFunction {
  const { name, parent, messages, queues, holdSeconds } = parts;
  const fn = make(
    parts,
    "reconcile",
    "Looks again at e-mail with an unclear answer, after its hold.",
    reconcileHandler({
      table: messages.table.name,
      queueUrl: queues.send.url,
      reconcileUrl: queues.reconcile.url,
      holdSeconds,
    }),
    [
      ...messages.readStatements(),
      ...queues.reconcile.consumeStatements(),
      ...copyStatements(parts, queues.send.arn, queues.reconcile.arn),
    ],
  );
  queueMapping(`${name}-reconcile-mapping`, { queue: queues.reconcile, fn }, parent);
  return fn;
}

/** The reader of what the queues themselves gave up, so that nothing stays without a fate. */
export function createDeadLetterFunction(parts: Parts): LambdaFunction {
  const { name, parent, key, messages, queues, holdSeconds } = parts;
  const givenUp = { send: queues.send.deadLetters, reconcile: queues.reconcile.deadLetters };
  const fn = make(
    parts,
    "dead-letter",
    "Writes down what the queues gave up.",
    deadLetterHandler({
      table: messages.table.name,
      reconcileUrl: queues.reconcile.url,
      deadLettersUrl: queues.deadLetters.url,
      holdSeconds,
    }),
    [
      ...messages.readStatements(),
      ...messages.updateStatements(),
      {
        Sid: "ReadGivenUp",
        Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
        Resource: Object.values(givenUp).map(({ arn }) => arn),
      },
      { Sid: "GivenUpKey", Action: "kms:Decrypt", Resource: key.arn },
      ...copyStatements(parts, queues.reconcile.arn, queues.deadLetters.arn),
    ],
  );
  for (const [suffix, queue] of Object.entries(givenUp)) {
    queueMapping(`${name}-${suffix}-dlq-mapping`, { queue, fn }, parent);
  }
  return fn;
}

/** The reader of SES's events. */
export function createEventFunction(parts: Parts, events: DeadLetteredQueue): LambdaFunction {
  const { name, parent, messages } = parts;
  const fn = make(
    parts,
    "event",
    "Writes SES's events into messages and suppresses addresses.",
    eventHandler({ table: messages.table.name }),
    [...messages.updateStatements(), ...events.consumeStatements()],
  );
  queueMapping(`${name}-event-mapping`, { queue: events, fn }, parent);
  return fn;
}

/** The function with which an operator queues failed mail again. */
export function createRedriveFunction(parts: Parts): LambdaFunction {
  const { key, messages, queues } = parts;
  return make(
    parts,
    "redrive",
    "Queues failed e-mail again.",
    redriveHandler({ table: messages.table.name, deadLettersUrl: queues.deadLetters.url }),
    [
      { Sid: "ReadMessage", Action: "dynamodb:GetItem", Resource: messages.table.arn },
      ...messages.updateStatements(),
      { Sid: "ReadLetters", Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage"], Resource: queues.deadLetters.arn },
      { Sid: "LettersKey", Action: "kms:Decrypt", Resource: key.arn },
    ],
    300,
  );
}

/** Putting copies of mail into queues. */
function copyStatements({ key }: Parts, ...queues: pulumi.Input<string>[]): Statement[] {
  return [
    { Sid: "SendCopies", Action: "sqs:SendMessage", Resource: queues },
    { Sid: "CopiesKey", Action: ["kms:GenerateDataKey", "kms:Decrypt"], Resource: key.arn },
  ];
}
