import { AwsError } from "../../aws-error";
import type { Cloud } from "../../cloud";
import { Account } from "./account";
import { ConfigurationSetStore, type ConfigurationSet, type SuppressedReason } from "./configuration-sets";
import { simulatorFate, stepsOf, type Delays, type Fate } from "./fates";
import { IdentityStore } from "./identities";
import type { Email } from "postal-mime";
import type { Attachment, Mail, MailEventType } from "./mail";
import { parseMessage } from "./mime";
import { invalidParameter, type Outgoing } from "./outgoing";
import { measure, publish } from "./publisher";
import { eventObject, mailObject, type EventDetail } from "./records";
import { Reputation } from "./reputation";
import { TenantStore } from "./tenants";
import { track } from "./tracking";

/** How the world behind SES behaves; tests set these. */
export interface SesBehaviour {
  /** Milliseconds from acceptance to each event. @default 100, 1000, 2000, 5000 */
  delays: Delays;
  /** Chance that an event record is published twice. @default 0.02 */
  repeatChance: number;
  /** Chance that an event record comes up to ten seconds late, and so out of order. @default 0.02 */
  disorderChance: number;
  /** Fate of an address that is not the simulator's. @default delivered */
  fateOf: (address: string) => Fate;
  /** Mails kept in the inbox; the oldest go first. @default 5000 */
  keptMails: number;
}

/** Amazon SES: takes mail, lets time pass, publishes what became of it. */
export class SesEngine {
  readonly identities: IdentityStore;
  readonly sets: ConfigurationSetStore;
  readonly account: Account;
  readonly tenants: TenantStore;
  readonly behaviour: SesBehaviour = {
    delays: { send: 100, delivery: 1000, bounce: 2000, complaint: 5000 },
    repeatChance: 0.02,
    disorderChance: 0.02,
    fateOf: () => "delivered",
    keptMails: 5000,
  };
  private readonly mails = new Map<string, Mail>();
  private readonly reputation: Reputation;

  constructor(readonly cloud: Cloud) {
    this.identities = new IdentityStore(cloud);
    this.sets = new ConfigurationSetStore(cloud);
    this.account = new Account(cloud);
    this.tenants = new TenantStore(cloud);
    this.reputation = new Reputation(cloud);
  }

  /** Mails that SES accepted, newest first. */
  inbox(): readonly Mail[] {
    return [...this.mails.values()].reverse();
  }

  /** Takes a mail out of the inbox; false when it is not there. */
  forget(id: string): boolean {
    return this.mails.delete(id);
  }

  /** The operator's switch: an identity's DNS records are there, or its link was clicked. */
  verify(identity: string): void {
    this.identities.verify(identity);
  }

  /** Takes a message in, or refuses it as SES does. Resolves to SES's message id. */
  async accept(outgoing: Outgoing): Promise<string> {
    const set = this.check(outgoing);
    const parsed = await parseMessage(outgoing.raw);
    this.account.take(outgoing.recipients.length);
    const { cloud } = this;
    const time = cloud.clock.now();
    const id = `0100${time.toString(16).padStart(12, "0")}-${cloud.uuid()}-000000`;
    const asked = [...(set?.destinations.values() ?? [])]
      .filter((destination) => destination.enabled)
      .flatMap((destination) => destination.types);
    const host = set?.redirectDomain ?? `${outgoing.source.domain.replace(/\W/g, "-")}.r.${cloud.region}.awstrack.me`;
    const tracked =
      parsed.html === undefined
        ? undefined
        : track(parsed.html, id, { opens: asked.includes("OPEN"), clicks: asked.includes("CLICK"), host });
    const tags: Record<string, readonly string[]> = {
      "ses:operation": [outgoing.action.slice("ses:".length)],
      ...(set ? { "ses:configuration-set": [set.name] } : {}),
      "ses:source-ip": ["127.0.0.1"],
      "ses:from-domain": [outgoing.fromMailbox.domain],
      ...Object.fromEntries(outgoing.tags.map(({ name, value }) => [name, [value]])),
      "ses:caller-identity": ["local"],
    };
    const mail: Mail = {
      id,
      time,
      source: outgoing.source.address,
      from: outgoing.from,
      to: outgoing.recipients.map((recipient) => recipient.address),
      subject: parsed.subject ?? "",
      ...(parsed.html === undefined ? {} : { html: parsed.html, trackedHtml: tracked!.html }),
      ...(parsed.text === undefined ? {} : { text: parsed.text }),
      headers: outgoing.headers.filter(
        ({ name }) => !/^(bcc|x-ses-(configuration-set|message-tags|tenant|source-arn|from-arn))$/i.test(name),
      ),
      attachments: parsed.attachments.map(attachment),
      links: tracked?.links ?? [],
      tags,
      ...(set ? { configurationSet: set.name } : {}),
      ...(outgoing.tenant === undefined ? {} : { tenant: outgoing.tenant }),
      sourceArn: this.identities.covering(outgoing.source)!.arn,
      size: outgoing.raw.length,
      events: [],
    };
    this.keep(mail);
    this.plan(mail, set);
    return id;
  }

  /**
   * Makes something happen to a mail, as its reader or the reader's mail server would.
   * @param options.bot the open or click was a machine's. @param options.link which link was clicked; the first by default.
   */
  async simulate(
    messageId: string,
    event: "open" | "click" | "bounce" | "complaint",
    options: { readonly bot?: boolean; readonly link?: string } = {},
  ): Promise<void> {
    const mail = this.mails.get(messageId);
    if (!mail)
      throw new Error(
        `message id for "inbox": got ${messageId}; expected the id of a mail in the inbox. List them with GET /_local/inbox.`,
      );
    const bot = options.bot === true;
    switch (event) {
      case "open":
        return this.happen(mail, "Open", mail.to.slice(0, 1), { bot });
      case "click": {
        const link = options.link === undefined ? mail.links[0] : mail.links.find(({ url }) => url === options.link);
        if (!link)
          throw new Error(
            mail.links.length === 0
              ? `click on "${mail.subject}": this mail has no tracked link. Those are links in its HTML, if its configuration set has a CLICK destination.`
              : `click on "${mail.subject}": got ${options.link ?? "no link"}; expected one of ${JSON.stringify(mail.links.map(({ url }) => url))}.`,
          );
        return this.happen(mail, "Click", mail.to.slice(0, 1), { bot, link: { url: link.url, tags: link.tags } });
      }
      case "bounce":
        return this.happen(mail, "Bounce", mail.to, stepsOf("bounced", this.behaviour.delays)[0]!.detail);
      case "complaint":
        return this.happen(mail, "Complaint", mail.to, {});
      default:
        throw new Error(
          `event for "${messageId}": got ${JSON.stringify(event)}; expected "open", "click", "bounce" or "complaint".`,
        );
    }
  }

  /** Reasons for which an address on the account's list gets no mail of this configuration set. */
  reasonsOf(set: ConfigurationSet | undefined): readonly SuppressedReason[] {
    return set?.suppressedReasons ?? this.account.suppressedReasons;
  }

  private check(outgoing: Outgoing): ConfigurationSet | undefined {
    const { api, configurationSet: name } = outgoing;
    if (!this.account.settings.sendingEnabled)
      throw new AwsError("AccountSendingPausedException", "Email sending is paused for this account.", 400);
    const unverified = [outgoing.source, outgoing.fromMailbox].filter((mailbox) => !this.identities.covering(mailbox));
    if (!this.account.settings.productionAccess) {
      unverified.push(
        ...outgoing.recipients.filter((r) => r.domain !== "simulator.amazonses.com" && !this.identities.covering(r)),
      );
    }
    if (unverified.length > 0) {
      const list = [...new Set(unverified.map(({ address }) => address))].join(", ");
      throw new AwsError(
        "MessageRejected",
        `Email address is not verified. The following identities failed the check in region ${this.cloud.region.toUpperCase()}: ${list}`,
        400,
      );
    }
    if (name !== undefined && !this.sets.all.has(name)) {
      const message = `Configuration set <${name}> does not exist.`;
      throw api === "1"
        ? new AwsError("ConfigurationSetDoesNotExist", message, 400)
        : new AwsError("NotFoundException", message, 404);
    }
    const set = name === undefined ? undefined : this.sets.get(name);
    if (set && !set.sendingEnabled)
      throw new AwsError(
        "ConfigurationSetSendingPausedException",
        `Sending is paused for configuration set <${set.name}>.`,
        400,
      );
    const refusal = this.tenants.refusal(outgoing.tenant, [
      this.identities.covering(outgoing.source)!.arn,
      ...(set ? [set.arn] : []),
    ]);
    if (refusal !== undefined) throw invalidParameter(api, refusal);
    return set;
  }

  /** Sets the mail's life on the clock: `Send`, then per fate what follows. */
  private plan(mail: Mail, set: ConfigurationSet | undefined): void {
    const { delays, fateOf } = this.behaviour;
    const bad = [
      mail.text,
      mail.html,
      ...mail.attachments.map(({ content }) => Buffer.from(content, "base64").toString("latin1")),
    ];
    this.later(delays.send, mail, "Send", mail.to, {});
    if (bad.some((part) => part?.includes("EICAR-STANDARD-ANTIVIRUS-TEST-FILE"))) {
      this.later(delays.delivery, mail, "Reject", mail.to, {});
      return;
    }
    const groups = new Map<Fate, string[]>();
    for (const address of mail.to) {
      const listed = this.account.suppressed(address);
      const stopped = listed && this.reasonsOf(set).includes(listed.reason) ? listed.reason : undefined;
      const fate = stopped
        ? stopped === "BOUNCE"
          ? "suppressed-bounce"
          : "suppressed-complaint"
        : (simulatorFate(address) ?? fateOf(address));
      groups.set(fate, [...(groups.get(fate) ?? []), address]);
    }
    for (const [fate, recipients] of groups) {
      for (const step of stepsOf(fate, delays)) this.later(step.after, mail, step.type, recipients, step.detail);
    }
  }

  private later(
    after: number,
    mail: Mail,
    type: MailEventType,
    recipients: readonly string[],
    detail: Omit<EventDetail, "time" | "recipients" | "feedbackId">,
  ): void {
    this.cloud.clock.setTimer(after, () => this.happen(mail, type, recipients, detail));
  }

  private happen(
    mail: Mail,
    type: MailEventType,
    recipients: readonly string[],
    detail: Omit<EventDetail, "time" | "recipients" | "feedbackId">,
  ): Promise<void> {
    const { cloud } = this;
    const time = cloud.clock.now();
    const link = detail.link?.url;
    mail.events.push({
      type,
      time,
      recipients,
      ...(detail.bot === undefined ? {} : { bot: detail.bot }),
      ...(link === undefined ? {} : { link }),
    });
    cloud.trace.emit({
      kind: "mail",
      service: "ses",
      name: type,
      resource: mail.sourceArn,
      data: { messageId: mail.id, subject: mail.subject, recipients, tags: mail.tags },
    });
    const real = recipients.filter((address) => simulatorFate(address) === undefined);
    const hard =
      real.length > 0 &&
      detail.suppressed !== true &&
      (type === "Complaint" || (detail.bounce?.type === "Permanent" && detail.bounce.subType === "General"));
    const set = mail.configurationSet === undefined ? undefined : this.sets.all.get(mail.configurationSet);
    this.reputation.count(type, recipients.length, hard, set?.reputationMetrics ? set.name : undefined);
    if (hard) {
      const reason = type === "Complaint" ? "COMPLAINT" : "BOUNCE";
      if (this.reasonsOf(set).includes(reason)) for (const address of real) this.account.suppress(address, reason);
    }
    if (!set) return Promise.resolve();
    measure(cloud, set, mail, type);
    const feedbackId = `0100${time.toString(16).padStart(12, "0")}-${cloud.uuid()}-000000`;
    const object = eventObject(type, { ...detail, time, recipients, feedbackId });
    const record = { eventType: type, mail: mailObject(mail, cloud.accountId, type), ...object };
    const send = (): Promise<void> => cloud.clock.track(publish(cloud, set, type, record));
    if (cloud.random() < this.behaviour.repeatChance) cloud.clock.setTimer(1 + cloud.random() * 10_000, send);
    if (cloud.random() < this.behaviour.disorderChance) {
      cloud.clock.setTimer(1 + cloud.random() * 10_000, send);
      return Promise.resolve();
    }
    return send();
  }

  private keep(mail: Mail): void {
    this.mails.set(mail.id, mail);
    for (const id of this.mails.keys()) {
      if (this.mails.size <= this.behaviour.keptMails) break;
      this.mails.delete(id);
    }
  }
}

function attachment(part: Email["attachments"][number]): Attachment {
  return {
    filename: part.filename ?? "attachment",
    mimeType: part.mimeType,
    content:
      typeof part.content === "string" ? part.content : Buffer.from(part.content as ArrayBuffer).toString("base64"),
    disposition: part.disposition ?? "attachment",
    ...(part.contentId === undefined ? {} : { contentId: part.contentId }),
  };
}
