import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { TemplateReference } from "../message-store/template-reference";
import { checkedName } from "../shared/arguments";
import { MAX_DELAY_SECONDS } from "../shared/aws-limits";
import type { LambdaFunction } from "../shared/callback";
import { requireInteger } from "../shared/errors";
import { keepNames } from "../shared/kept-names";
import { LateList } from "../shared/late";
import { createAlarms, type Widget } from "../shared/monitoring";
import { setWayBack } from "../shared/operated";
import type { DeadLetteredQueue } from "../shared/queue";
import { emailAdapter } from "./adapter";
import { alarmsOf, sendEventAgeFilter, widgetsOf } from "./alarms";
import { checkArgs, type EmailDispatcherArgs } from "./arguments";
import type { DnsRecord } from "./dns-records";
import {
  createDeadLetterFunction,
  createEventFunction,
  createReconcileFunction,
  createRedriveFunction,
  createSendFunction,
  type Parts,
} from "./functions";
import { createConfigurationSet, createDomainIdentity, createIdentity, dnsRecordsOf, senderOf } from "./identity";
import { DEFAULT_HOLD_SECONDS } from "./limits";
import { createEventQueue, createQueues } from "./queues";
import type { CompiledTemplate } from "./render";
import { compileTemplate, type TemplateArgs, type TemplateData } from "./templates";

export type { EmailDispatcherArgs } from "./arguments";

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
  /** The sender's address. */
  readonly identity: aws.sesv2.EmailIdentity;
  /** The sender's domain, if that is verified. */
  readonly domainIdentity: aws.sesv2.EmailIdentity | undefined;
  /** What to publish in the domain's zone: DKIM, MAIL FROM, SPF, and a DMARC record to begin with. */
  readonly dnsRecords: pulumi.Output<DnsRecord[]>;
  /** What every mail is sent with: TLS, reputation metrics, suppression, events. */
  readonly configurationSet: aws.sesv2.ConfigurationSet;
  /** What is to be sent. */
  readonly queue: DeadLetteredQueue;
  /** What waits for SES's event. */
  readonly reconcileQueue: DeadLetteredQueue;
  /** SES's events. */
  readonly eventQueue: DeadLetteredQueue;
  /** Mails given up, with their reasons: what a redrive reads. */
  readonly deadLetters: aws.sqs.Queue;
  /** Sends the mails of `queue`, at SES's rate. */
  readonly sendFunction: LambdaFunction;
  /** Looks again at mails whose answer was unclear. */
  readonly reconcileFunction: LambdaFunction;
  /** Writes SES's events into messages. */
  readonly eventFunction: LambdaFunction;
  /** Gives a fate to what the queues themselves gave up. */
  readonly deadLetterFunction: LambdaFunction;
  /** Whether it may mail everybody. */
  readonly production: boolean;
  /** For operators: `{ deadLetters: true }` or `{ messages: [{ player, id }] }`. */
  readonly redriveFunction: LambdaFunction;
  private readonly name: string;
  private readonly templates: LateList<CompiledTemplate>;

  constructor(name: string, args: EmailDispatcherArgs, options?: pulumi.ComponentResourceOptions) {
    super("games-messaging:email-dispatcher:EmailDispatcher", checkedName(name), {}, keepNames(name, options));
    checkArgs(name, args);
    const { messages, key = messages.key, maxSendRate, maximumConcurrency } = args;
    const hold = args.holdSeconds ?? DEFAULT_HOLD_SECONDS;
    const holdSeconds = requireInteger(name, "holdSeconds", hold, 120, MAX_DELAY_SECONDS);
    const recipients = args.production ? undefined : args.recipients;
    this.name = name;
    this.production = args.production ?? false;
    this.templates = new LateList("template", name);
    this.configurationSet = createConfigurationSet(this, name, args);
    this.identity = createIdentity(this, name, args, this.configurationSet);
    this.domainIdentity = createDomainIdentity(this, name, args, this.configurationSet);
    this.dnsRecords = dnsRecordsOf(this, args, this.domainIdentity);
    const queues = createQueues(this, name, key, Object.values(messages.topics));
    this.queue = queues.send;
    this.reconcileQueue = queues.reconcile;
    this.deadLetters = queues.deadLetters;
    this.eventQueue = createEventQueue(this, name, key, this.configurationSet);

    const { configurationSet } = this;
    const identities = [this.identity, this.domainIdentity].filter((one) => one !== undefined);
    const parts: Parts = { name, parent: this, key, messages, queues, identities, configurationSet, holdSeconds };
    const sending = { sender: senderOf(args), recipients, maxSendRate, maximumConcurrency };
    this.sendFunction = createSendFunction(parts, sending);
    this.reconcileFunction = createReconcileFunction(parts);
    this.deadLetterFunction = createDeadLetterFunction(parts);
    this.eventFunction = createEventFunction(parts, this.eventQueue);
    this.redriveFunction = createRedriveFunction(parts);
    const payload = { deadLetters: true };
    setWayBack(this.deadLetters, { kind: "redrive", functionArn: this.redriveFunction.arn, payload });
    messages.addChannel("email", this.adapter(args, recipients), this.queue);
    sendEventAgeFilter(this, name, this.eventFunction);
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
}
