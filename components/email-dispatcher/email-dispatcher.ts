import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { MessageStore } from "../message-store/message-store";
import type { TemplateReference } from "../message-store/template-reference";
import type { Schema } from "../realtime-gateway/schema";
import type { TypeOf } from "../realtime-gateway/schema-type";
import { checkedName } from "../shared/arguments";
import { LambdaFunction, type HandlerFactory } from "../shared/callback";
import { requireInteger } from "../shared/errors";
import { queueMapping } from "../shared/event-source";
import type { Statement } from "../shared/iam";
import { LateList } from "../shared/late";
import { createAlarms, type MonitoringArgs, type Widget } from "../shared/monitoring";
import { setWayBack } from "../shared/operated";
import { DeadLetteredQueue, failureQueue } from "../shared/queue";
import { EncryptedTopic, subscribeQueue } from "../shared/topic";
import type { Transform } from "../shared/transform";
import { emailAdapter } from "./adapter";
import { alarmsOf, sendEventAgeFilter, widgetsOf } from "./alarms";
import { checkArgs, type SenderArgs } from "./arguments";
import { deadLetterHandler } from "./dead-letters";
import { eventHandler } from "./events";
import { DEFAULT_HOLD_SECONDS, MAX_DELAY_SECONDS, MAX_RECEIVES, SEND_TIMEOUT_SECONDS } from "./limits";
import { mailStatements } from "./grants";
import { createConfigurationSet, createIdentity, senderOf } from "./identity";
import { reconcileHandler } from "./reconcile";
import { redriveHandler } from "./redrive";
import type { CompiledTemplate } from "./render";
import { sendHandler } from "./send";
import { compileTemplate, type TemplateArgs } from "./templates";

export interface EmailDispatcherArgs {
  /** Whose messages it sends. */
  messages: MessageStore;
  /** Customer key of queues, topic and logs. @default that of the store */
  key?: { readonly arn: pulumi.Output<string> };
  /** Who mails are from. With a domain, the whole domain is verified and gets a MAIL FROM of its own. */
  sender: SenderArgs;
  /** True for the one environment that mails real players. @default false */
  production?: boolean;
  /** Patterns of the only addresses that may be reached, such as `*@players.test`; required unless `production`. */
  recipients?: readonly string[];
  /** Mails per second, if lower than SES's own quota. @default SES's quota */
  maxSendRate?: number;
  /** Seconds that a mail with an unclear answer waits for SES's event before the next try; 120 to 900. @default 600 */
  holdSeconds?: number;
  /** Send functions at once, 2 to 1,000; the rate holds whatever their number. @default 2 */
  maximumConcurrency?: number;
  /** https address of one-click unsubscribe with `{player}` and `{message}`; without it, mail that needs consent fails. */
  unsubscribeUrl?: string;
  /** Protects the identity from deletion and replacement: the DKIM keys in its domain's zone would be void. @default true */
  protect?: boolean;
  /** Which alarms there are, and whom they notify. @default all alarms, notifying nobody */
  monitoring?: MonitoringArgs;
  /** Changes the arguments of a child. */
  transform?: {
    configurationSet?: Transform<aws.sesv2.ConfigurationSetArgs>;
    identity?: Transform<aws.sesv2.EmailIdentityArgs>;
  };
}

/** Type of the data of a template, by its schema. */
export type TemplateData<Args> = Args extends { readonly schema: infer S extends Schema }
  ? Extract<TypeOf<S>, object>
  : Readonly<Record<string, unknown>>;

/** Kinds of events that SES publishes. https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_EventDestination.html */
const EVENTS = [
  "SEND",
  "DELIVERY",
  "BOUNCE",
  "COMPLAINT",
  "REJECT",
  "OPEN",
  "CLICK",
  "RENDERING_FAILURE",
  "DELIVERY_DELAY",
];

/**
 * Sends the e-mail of a message store through SES: once, at SES's rate, with its fate written back.
 *
 * @example
 * const emails = new EmailDispatcher("emails", {
 *   messages,
 *   sender: { address: "hello@game.example", name: "The Game" },
 *   recipients: ["*@players.test"],
 * });
 * const levelUp = emails.template("level-up", {
 *   schema: { type: "object", properties: { level: { type: "integer" } }, required: ["level"] },
 *   locales: { en: { subject: "Level {{level}}!", html: "<p>Well done, {{player.name}}.</p>" } },
 * });
 * const { enqueue } = messages.client();
 * gateway.onPlayerEvent("level-up", async ({ id, player }) => {
 *   await enqueue({ player, type: "social", template: levelUp, data: { level: 7 }, deduplicationKey: id });
 * });
 */
export class EmailDispatcher extends pulumi.ComponentResource {
  readonly identity: aws.sesv2.EmailIdentity;
  readonly configurationSet: aws.sesv2.ConfigurationSet;
  /** What is to be sent. */
  readonly queue: DeadLetteredQueue;
  /** What waits for SES's event. */
  readonly reconcileQueue: DeadLetteredQueue;
  /** SES's events. */
  readonly eventQueue: DeadLetteredQueue;
  /** Mails given up, with their reasons: what a redrive reads. */
  readonly deadLetters: aws.sqs.Queue;
  readonly sendFunction: LambdaFunction;
  readonly reconcileFunction: LambdaFunction;
  readonly eventFunction: LambdaFunction;
  readonly deadLetterFunction: LambdaFunction;
  /** Whether it may mail everybody. */
  readonly production: boolean;
  /** For operators: `{ deadLetters: true }` or `{ messages: [{ player, id }] }`. */
  readonly redriveFunction: LambdaFunction;
  private readonly name: string;
  private readonly key: { readonly arn: pulumi.Output<string> };
  private readonly templates: LateList<CompiledTemplate>;

  constructor(name: string, args: EmailDispatcherArgs, options?: pulumi.ComponentResourceOptions) {
    super("games-messaging:email-dispatcher:EmailDispatcher", checkedName(name), {}, options);
    checkArgs(name, args);
    this.name = name;
    this.production = args.production ?? false;
    this.key = args.key ?? args.messages.key;
    this.templates = new LateList("template", name);
    const { messages } = args;
    const holdSeconds = requireInteger(
      name,
      "holdSeconds",
      args.holdSeconds ?? DEFAULT_HOLD_SECONDS,
      120,
      MAX_DELAY_SECONDS,
    );
    this.configurationSet = createConfigurationSet(this, name, args);
    this.identity = createIdentity(this, name, args, this.configurationSet);
    const topics = Object.values(messages.topics).map((topic) => topic.arn);
    this.queue = this.createQueue(`${name}-send`, topics, 6 * SEND_TIMEOUT_SECONDS, MAX_RECEIVES);
    this.reconcileQueue = this.createQueue(`${name}-reconcile`, [], 180, MAX_RECEIVES);
    this.deadLetters = failureQueue(`${name}-dead-letters`, this.key, this);

    const table = messages.table.name;
    const queueUrl = this.queue.url;
    const reconcileUrl = this.reconcileQueue.url;
    const deadLettersUrl = this.deadLetters.url;
    const onTable = [...messages.readStatements(), ...messages.updateStatements()];
    const recipients = args.production ? undefined : args.recipients;
    this.sendFunction = this.createFunction(
      "send",
      "Sends e-mail through SES, each once, at its rate.",
      sendHandler({
        table,
        queueUrl,
        reconcileUrl,
        deadLettersUrl,
        configurationSet: this.configurationSet.configurationSetName,
        dispatcher: name,
        sender: senderOf(args),
        recipients,
        maxSendRate: args.maxSendRate,
        holdSeconds,
      }),
      [
        ...onTable,
        ...this.queue.consumeStatements(),
        ...this.sendTo(this.queue.arn, this.reconcileQueue.arn, this.deadLetters.arn),
        ...mailStatements(this, args.sender.address, recipients, this),
      ],
      SEND_TIMEOUT_SECONDS,
    );
    this.reconcileFunction = this.createFunction(
      "reconcile",
      "Looks again at e-mail with an unclear answer, after its hold.",
      reconcileHandler({ table, queueUrl, reconcileUrl, holdSeconds }),
      [
        ...messages.readStatements(),
        ...this.reconcileQueue.consumeStatements(),
        ...this.sendTo(this.queue.arn, this.reconcileQueue.arn),
      ],
      30,
    );
    this.deadLetterFunction = this.createFunction(
      "dead-letter",
      "Writes down what the queues gave up.",
      deadLetterHandler({ table, reconcileUrl, deadLettersUrl, holdSeconds }),
      [...onTable, ...this.readDeadLetters(), ...this.sendTo(this.reconcileQueue.arn, this.deadLetters.arn)],
      30,
    );
    this.eventQueue = this.createEventQueue();
    this.eventFunction = this.createFunction(
      "event",
      "Writes SES's events into messages and suppresses addresses.",
      eventHandler({ table }),
      [...messages.updateStatements(), ...this.eventQueue.consumeStatements()],
      30,
    );
    this.redriveFunction = this.createFunction(
      "redrive",
      "Queues failed e-mail again.",
      redriveHandler({ table, deadLettersUrl }),
      [
        { Sid: "ReadMessage", Action: "dynamodb:GetItem", Resource: messages.table.arn },
        ...messages.updateStatements(),
        { Sid: "ReadLetters", Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage"], Resource: this.deadLetters.arn },
        { Sid: "LettersKey", Action: "kms:Decrypt", Resource: this.key.arn },
      ],
      300,
    );
    const payload = { deadLetters: true };
    setWayBack(this.deadLetters, { kind: "redrive", functionArn: this.redriveFunction.arn, payload });
    this.createMappings(args.maximumConcurrency ?? 2);
    sendEventAgeFilter(this, name, this.eventFunction);
    messages.addChannel("email", this.adapter(args, recipients), this.queue);
    createAlarms(this, name, alarmsOf(this, name, holdSeconds), args.monitoring);
    this.registerOutputs({ redriveFunction: this.redriveFunction.arn });
  }

  /**
   * Adds a template, compiled now. A field that a message's data lacks fails the message, naming template, locale and field.
   * What it returns can stand for the name when a message is enqueued, and types the data by the schema.
   * @throws ArgumentError when a locale does not parse or the fallback is missing.
   */
  template<const Args extends TemplateArgs>(name: string, args: Args): TemplateReference<TemplateData<Args>> {
    this.templates.add(compileTemplate(this.name, name, args));
    return { name, ...(args.schema === undefined ? {} : { schema: args.schema }) };
  }

  /** Its part of the dashboard. */
  widgets(): Widget[] {
    return widgetsOf(this);
  }

  private async adapter(args: EmailDispatcherArgs, recipients: readonly string[] | undefined) {
    const templates: Record<string, CompiledTemplate> = {};
    for (const template of await this.templates.all) templates[template.name] = template;
    return emailAdapter({ templates, types: args.messages.types, recipients, unsubscribeUrl: args.unsubscribeUrl });
  }

  private createFunction<E>(
    suffix: string,
    description: string,
    handler: HandlerFactory<E, unknown>,
    statements: Statement[],
    timeout: number,
  ): LambdaFunction {
    const args = { description, key: this.key, handler, statements, timeout };
    return new LambdaFunction(`${this.name}-${suffix}-function`, args, { parent: this });
  }

  private createQueue(
    name: string,
    topics: readonly pulumi.Input<string>[],
    visibilityTimeoutSeconds: number,
    maxReceiveCount: number,
  ): DeadLetteredQueue {
    const senders = topics.map((arn) => ({ service: "sns.amazonaws.com" as const, arn }));
    const args = { key: this.key, visibilityTimeoutSeconds, maxReceiveCount, senders, deadLetterSenders: senders };
    return new DeadLetteredQueue(name, args, { parent: this });
  }

  private createEventQueue(): DeadLetteredQueue {
    const { name, key } = this;
    const topic = new EncryptedTopic(`${name}-events`, { key, publisher: "ses.amazonaws.com" }, { parent: this });
    const queue = this.createQueue(`${name}-events`, [topic.arn], 180, MAX_RECEIVES);
    subscribeQueue(`${name}-events-subscription`, topic.arn, queue, undefined, this);
    new aws.sesv2.ConfigurationSetEventDestination(
      `${name}-event-destination`,
      {
        configurationSetName: this.configurationSet.configurationSetName,
        eventDestinationName: "messages",
        eventDestination: {
          enabled: true,
          matchingEventTypes: EVENTS,
          snsDestination: { topicArn: topic.arn },
        },
      },
      // SES checks that it may publish when the destination is made.
      { parent: this, dependsOn: [topic.policy] },
    );
    // SES counts by configuration set only where a destination asks for it; the tag is SES's own.
    // https://docs.aws.amazon.com/ses/latest/dg/event-publishing-add-event-destination-cloudwatch.html
    const dimension = "ses:configuration-set";
    const byTag = { dimensionName: dimension, dimensionValueSource: "MESSAGE_TAG", defaultDimensionValue: "none" };
    new aws.sesv2.ConfigurationSetEventDestination(
      `${name}-metrics-destination`,
      {
        configurationSetName: this.configurationSet.configurationSetName,
        eventDestinationName: "metrics",
        eventDestination: {
          enabled: true,
          matchingEventTypes: EVENTS,
          cloudWatchDestination: { dimensionConfigurations: [byTag] },
        },
      },
      { parent: this },
    );
    return queue;
  }

  private createMappings(maximumConcurrency: number): void {
    const { name } = this;
    queueMapping(`${name}-send-mapping`, { queue: this.queue, fn: this.sendFunction, maximumConcurrency }, this);
    queueMapping(`${name}-reconcile-mapping`, { queue: this.reconcileQueue, fn: this.reconcileFunction }, this);
    queueMapping(`${name}-event-mapping`, { queue: this.eventQueue, fn: this.eventFunction }, this);
    for (const [suffix, queue] of this.givenUp()) {
      queueMapping(`${name}-${suffix}-dlq-mapping`, { queue, fn: this.deadLetterFunction }, this);
    }
  }

  /** Queues that collect what a queue itself gave up; read by a function, so that nothing stays without a fate. */
  private givenUp(): [string, aws.sqs.Queue][] {
    return [
      ["send", this.queue.deadLetters],
      ["reconcile", this.reconcileQueue.deadLetters],
    ];
  }

  private readDeadLetters(): Statement[] {
    return [
      {
        Sid: "ReadGivenUp",
        Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
        Resource: this.givenUp().map(([, queue]) => queue.arn),
      },
      { Sid: "GivenUpKey", Action: "kms:Decrypt", Resource: this.key.arn },
    ];
  }

  private sendTo(...queues: pulumi.Input<string>[]): Statement[] {
    return [
      { Sid: "SendCopies", Action: "sqs:SendMessage", Resource: queues },
      { Sid: "CopiesKey", Action: ["kms:GenerateDataKey", "kms:Decrypt"], Resource: this.key.arn },
    ];
  }
}
