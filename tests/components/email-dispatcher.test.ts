import { expect } from "chai";
import { dkimRecords } from "../../components/email-dispatcher/dns-records";
import { EmailDispatcher, type EmailDispatcherArgs } from "../../components/email-dispatcher/email-dispatcher";
import type { LambdaFunction } from "../../components/shared/callback";
import type { TemplateReference } from "../../components/message-store/template-reference";
import { MessageStore } from "../../components/message-store/message-store";
import { find, grants, record, unwatched, valueOf, type Declared } from "./declared";

describe("EmailDispatcher", function () {
  this.timeout(60_000);
  const declared: Declared[] = [];
  let messages: MessageStore;
  let emails: EmailDispatcher;
  let levelUp: TemplateReference<{ readonly level: number }>;
  let hello: TemplateReference;
  let reaction: LambdaFunction;

  before(async () => {
    await record(declared);
    messages = new MessageStore("messages");
    emails = new EmailDispatcher("emails", {
      messages,
      sender: { address: "hello@mail.game.example", name: "Game", domain: "mail.game.example" },
      recipients: ["*@players.test"],
    });
    levelUp = emails.template("level-up", {
      schema: { type: "object", properties: { level: { type: "integer" } }, required: ["level"] },
      locales: { en: { subject: "Level {{level}}", html: "<p>Level {{level}}</p>" } },
    });
    hello = emails.template("hello", { locales: { en: { subject: "Hi {{name}}", html: "<p>Hi {{name}}</p>" } } });
    // A closure captures the reference.
    const { enqueue } = messages.client();
    const template = levelUp;
    reaction = messages.onStatus("clicked", async (change) => {
      await enqueue({ player: change.player, type: "social", template, data: { level: 1 } });
    });
    const { sendFunction, reconcileFunction, eventFunction, deadLetterFunction, redriveFunction } = emails;
    const functions = [sendFunction, reconcileFunction, eventFunction, deadLetterFunction, redriveFunction];
    for (const fn of [...functions, messages.prepareFunction]) await valueOf(fn.arn);
    await valueOf(emails.identity.arn);
  });

  it("types the data of a message by the schema of its template", async () => {
    const { enqueue } = messages.client();
    // Never called: the compiler is the test.
    const typed = async (): Promise<void> => {
      const message = { player: "ada", type: "social" };
      await enqueue({ ...message, template: levelUp, data: { level: 7 } });
      await enqueue({ ...message, template: hello });
      await enqueue({ ...message, template: hello, data: { name: "Ada" } });
      await enqueue({ ...message, template: "level-up", data: { level: "seven" } });
      // @ts-expect-error -- a level is a number
      await enqueue({ ...message, template: levelUp, data: { level: "seven" } });
      // @ts-expect-error -- it is wanted
      await enqueue({ ...message, template: levelUp });
    };
    expect(typed).to.be.a("function");
    expect(levelUp).to.deep.equal({
      name: "level-up",
      schema: { type: "object", properties: { level: { type: "integer" } }, required: ["level"] },
    });
    expect(hello).to.deep.equal({ name: "hello" });
    const { code } = await reaction.packaged;
    expect(code).to.include('"level-up"');
  });

  it("watches every queue in which something can be left lying", () => {
    expect(unwatched(declared, "emails")).to.deep.equal([]);
  });

  it("wires SES: TLS, suppression, reputation, every event to the topic, DKIM and MAIL FROM", () => {
    expect(find(declared, "emails-configuration-set").inputs).to.deep.include({
      configurationSetName: "game-dev-emails",
      deliveryOptions: { tlsPolicy: "REQUIRE" },
      reputationOptions: { reputationMetricsEnabled: true },
      suppressionOptions: { suppressedReasons: ["BOUNCE", "COMPLAINT"] },
    });
    const { eventDestination } = find(declared, "emails-event-destination").inputs as {
      eventDestination: { matchingEventTypes: string[]; snsDestination: { topicArn: string } };
    };
    expect(eventDestination.matchingEventTypes).to.include.members([
      "SEND",
      "BOUNCE",
      "COMPLAINT",
      "REJECT",
      "DELIVERY",
    ]);
    expect(eventDestination.snsDestination.topicArn).to.match(/emails-events-topic$/);
    expect(find(declared, "emails-identity").inputs).to.deep.equal({
      emailIdentity: "hello@mail.game.example",
      configurationSetName: "game-dev-emails",
    });
    expect(find(declared, "emails-domain-identity").inputs).to.deep.equal({
      emailIdentity: "mail.game.example",
      configurationSetName: "game-dev-emails",
      dkimSigningAttributes: { nextSigningKeyLength: "RSA_2048_BIT" },
    });
    expect(find(declared, "emails-mail-from").inputs).to.deep.equal({
      emailIdentity: "mail.game.example",
      mailFromDomain: "mail.mail.game.example",
      behaviorOnMxFailure: "USE_DEFAULT_VALUE",
    });
  });

  it("tells which records to publish for its domain", async () => {
    const records = await valueOf(emails.dnsRecords);
    expect(records.map(({ purpose, type, name, value }) => `${purpose}: ${name} ${type} ${value}`)).to.deep.equal([
      "DKIM: t1._domainkey.mail.game.example CNAME t1.dkim.amazonses.com",
      "DKIM: t2._domainkey.mail.game.example CNAME t2.dkim.amazonses.com",
      "DKIM: t3._domainkey.mail.game.example CNAME t3.dkim.amazonses.com",
      "MAIL FROM: mail.mail.game.example MX 10 feedback-smtp.us-east-1.amazonses.com",
      "SPF: mail.mail.game.example TXT v=spf1 include:amazonses.com ~all",
      "DMARC: _dmarc.mail.game.example TXT v=DMARC1; p=none; rua=mailto:dmarc@mail.game.example",
    ]);
    expect(dkimRecords("game.example", ["t1"], "eu-south-1")[0]?.value).to.equal("t1.dkim.eu-south-1.amazonses.com");
  });

  it("takes e-mail of every type, and leaves the rest to the catch-all", () => {
    for (const type of ["transactional", "social", "marketing"]) {
      expect(JSON.parse(String(find(declared, `messages-${type}-to-email`).inputs["filterPolicy"]))).to.deep.equal({
        channel: ["email"],
      });
      const rest = find(declared, `messages-${type}-to-unknown-channel`).inputs["filterPolicy"];
      expect(JSON.parse(String(rest))).to.deep.equal({ channel: [{ "anything-but": ["email"] }] });
    }
  });

  it("gives its queues room: six times the function's time-out, ten receives", () => {
    const { inputs } = find(declared, "emails-send-queue");
    expect(inputs["visibilityTimeoutSeconds"]).to.equal(360);
    expect(find(declared, "emails-send-function").inputs["timeout"]).to.equal(60);
    expect((JSON.parse(String(inputs["redrivePolicy"])) as { maxReceiveCount: number }).maxReceiveCount).to.equal(10);
  });

  it("lets only the send function mail, only from its address, only to allowed recipients", () => {
    const mailers = declared.filter(({ inputs }) => String(inputs["policy"]).includes("ses:SendRawEmail"));
    expect(mailers.map(({ name }) => name)).to.deep.equal(["emails-send-function-policy"]);
    const { Statement } = JSON.parse(String(mailers[0]?.inputs["policy"])) as { Statement: { Sid: string }[] };
    expect(Statement.find(({ Sid }) => Sid === "SendMail")).to.deep.equal({
      Effect: "Allow",
      Sid: "SendMail",
      Action: "ses:SendRawEmail",
      Resource: [
        "arn:aws:test:us-east-1:123456789012:emails-identity",
        "arn:aws:test:us-east-1:123456789012:emails-domain-identity",
        "arn:aws:test:us-east-1:123456789012:emails-configuration-set",
        "arn:aws:ses:us-east-1:123456789012:identity/*@players.test",
        "arn:aws:ses:us-east-1:123456789012:identity/players.test",
      ],
      Condition: {
        StringEquals: { "ses:FromAddress": "hello@mail.game.example" },
        "ForAllValues:StringLike": { "ses:Recipients": ["*@players.test"] },
      },
    });
  });

  it("gives the other functions exactly their rights", () => {
    expect(grants(declared, "emails-event-function")).to.deep.equal([
      "dynamodb:UpdateItem messages-table",
      "kms:Decrypt messages-key-key",
      "kms:Encrypt messages-key-key",
      "kms:GenerateDataKey messages-key-key",
      "kms:ReEncryptFrom messages-key-key",
      "kms:ReEncryptTo messages-key-key",
      "sqs:DeleteMessage emails-events-queue",
      "sqs:GetQueueAttributes emails-events-queue",
      "sqs:ReceiveMessage emails-events-queue",
    ]);
    expect(grants(declared, "emails-redrive-function")).to.include.members([
      "dynamodb:GetItem messages-table",
      "sqs:ReceiveMessage emails-dead-letters",
      "sqs:DeleteMessage emails-dead-letters",
    ]);
  });

  it("watches bounces, complaints, dead letters and the age of Send events", () => {
    const alarm = (suffix: string) => find(declared, `emails-${suffix}`, "metricAlarm").inputs;
    expect(alarm("bounce-rate")).to.deep.include({ threshold: 0.02, metricName: "Reputation.BounceRate" });
    expect(alarm("complaint-rate")).to.deep.include({ threshold: 0.0005, metricName: "Reputation.ComplaintRate" });
    expect(alarm("dead-letters-dlq")).to.deep.include({ threshold: 0 });
    expect(alarm("send-event-age")).to.deep.include({ threshold: 300_000, statistic: "Maximum" });
  });

  it("keeps every archive below 230 KB", async () => {
    const { deflateRawSync } = await import("node:zlib");
    for (const fn of [emails.sendFunction, messages.prepareFunction]) {
      const { code } = await fn.packaged;
      expect(deflateRawSync(code).length).to.be.below(230 * 1024);
    }
  });

  it("refuses wrong arguments in the house form", () => {
    const base = { messages, sender: { address: "hello@game.example" }, recipients: ["*@players.test"] };
    const refused: [Partial<EmailDispatcherArgs>, string][] = [
      [{ sender: { address: "nobody" } }, 'sender.address for "e": got "nobody"; expected an e-mail address.'],
      [
        { sender: { address: "A@B.example" } },
        'sender.address for "e": got "A@B.example"; expected A@b.example. Write',
      ],
      [{ sender: { address: "a@b.example", name: "A\nBcc: x" } }, 'sender.name for "e"'],
      [{ sender: { address: "a@b.example", domain: "c.example" } }, 'sender.domain for "e": got "c.example"'],
      [{ sender: { address: "a@bb.example", domain: "b.example" } }, 'sender.domain for "e": got "b.example"'],
      [{ sender: { address: "a@b.example", domain: "example" } }, 'sender.domain for "e": got "example"'],
      [{ sender: { address: "a@b.example", mailFrom: "mail.b.example" } }, 'sender.mailFrom for "e"'],
      [
        { sender: { address: "a@b.example", domain: "b.example", mailFrom: "mail.c.example" } },
        'sender.mailFrom for "e": got "mail.c.example"; expected a subdomain of sender.domain',
      ],
      [
        { sender: { address: "a@mail.b.example", domain: "b.example" } },
        'sender.mailFrom for "e": got "mail.b.example"; expected a subdomain of sender.domain, in lower case, where ' +
          "nothing else sends or receives mail. Give one such as bounce.<domain>.",
      ],
      [{ recipients: [] }, 'recipients for "e": got []; expected patterns of test addresses'],
      [{ recipients: ["*"] }, 'recipients for "e": got "*"; expected a pattern such as *@players.test.'],
      [{ recipients: ["a@*"] }, 'recipients for "e": got "a@*"'],
      [{ production: true }, 'recipients for "e"'],
      [{ holdSeconds: 60 }, 'holdSeconds for "e": got 60; expected a whole number from 120 to 900.'],
      [{ maxSendRate: 0 }, 'maxSendRate for "e": got 0'],
      [
        { unsubscribeUrl: "http://x/{player}" },
        'unsubscribeUrl for "e": got "http://x/{player}"; expected an https address',
      ],
      [{ unsubscribeUrl: "https://x/all" }, "characters with {player} or {message}. RFC 8058 asks for https"],
      [{ unsubscribeUrl: "https://x/{player}\nBcc: y" }, 'unsubscribeUrl for "e"'],
      [{ unsubscribeUrl: `https://x/{player}${"x".repeat(500)}` }, "at most 500 characters"],
    ];
    for (const [args, message] of refused) {
      expect(() => new EmailDispatcher("e", { ...base, ...args }), message).to.throw(message);
    }
  });
});
