import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { VirtualClock } from "../../local/clock";
import { planOf } from "../../local/faults";
import { operatorCredentials } from "../../local/services/iam";
import { sesEngine } from "../../local/services/ses";
import { TestStack } from "../helpers/local-stack";
import { callsOf, Messages } from "../helpers/messages";

const EICAR = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";

describe("A message", function () {
  this.timeout(120_000);
  let stack: TestStack;
  let messages: Messages;
  let now: () => number;

  before(async () => {
    stack = await TestStack.start({ clock: new VirtualClock(Date.UTC(2026, 5, 15, 12)) });
    messages = new Messages(stack);
    now = () => Math.floor(stack.cloud.clock.now() / 1_000);
    // Repetitions and disorder have a test of their own.
    Object.assign(sesEngine(stack.cloud).behaviour, { repeatChance: 0, disorderChance: 0 });
    await stack.profile("ada", { locale: "de-AT", name: "Ada" });
    await stack.profile("linus", { locale: "fr-FR", name: "Linus" });
  });
  after(() => stack.close());

  const simulate = async (mail: string, event: string, bot = false): Promise<void> => {
    const response = await fetch(`${stack.cloud.endpoint}/_local/inbox/${encodeURIComponent(mail)}/simulate`, {
      method: "POST",
      body: JSON.stringify({ event, bot }),
    });
    expect(response.status).to.equal(200);
  };

  it("goes from a game server over item, topic and queue to SES, and its fate comes back", async () => {
    const before = stack.cloud.trace.last;
    const id = await messages.send("ada", { template: "achievement", data: { achievement: "Drachentöterin" } });
    const item = await messages.until("ada", id, ["delivered"]);

    expect(Messages.history(item)).to.deep.equal(["queued", "sending", "sent", "delivered"]);
    expect([item["template"]?.S, item["channel"]?.S, item["type"]?.S]).to.deep.equal([
      "achievement",
      "email",
      "transactional",
    ]);
    const calls = callsOf(stack.cloud.trace.since(before));
    for (const call of [
      "messages-enqueue-role dynamodb:PutItem messages-table",
      "messages-prepare-role sns:PublishBatch messages-transactional-topic",
      "sns.amazonaws.com sqs:SendMessage emails-send-queue",
      "emails-send-function-role sqs:ReceiveMessage emails-send-queue",
    ]) {
      expect(calls).to.include(call);
    }
    expect(calls.filter((call) => call.startsWith("emails-send-function-role ses:SendRawEmail"))).to.have.length(1);
  });

  it("is a multipart mail in the player's language, tagged with our id and attempt", async () => {
    const id = await messages.send("ada", { template: "achievement", data: { achievement: "<b>Drache & Co</b>" } });
    await messages.until("ada", id, ["delivered"]);
    const [mail, ...more] = messages.mails(id);

    expect(more).to.deep.equal([]);
    expect(mail?.to).to.deep.equal(["ada@players.test"]);
    expect(mail?.subject).to.equal("Geschafft: <b>Drache & Co</b>");
    expect(mail?.text?.trimEnd()).to.equal("<b>Drache & Co</b>\n\nGut gespielt, Ada: ein neuer Erfolg.");
    expect(mail?.html).to.include("<h1>&lt;b&gt;Drache &amp; Co&lt;/b&gt;</h1>");
    const header = (name: string): string | undefined =>
      mail?.headers.find((h) => h.name.toLowerCase() === name)?.value;
    expect(header("content-type")).to.match(/^multipart\/alternative/);
    expect(header("content-language")).to.equal("de");
    expect(mail?.tags).to.deep.include({ messageId: [id], attempt: ["1"], player: ["ada"] });
  });

  it("falls back to the template's own language", async () => {
    const id = await messages.send("linus", { template: "welcome" });
    await messages.until("linus", id, ["delivered"]);
    expect(messages.mails(id)[0]?.subject).to.equal("Welcome, Linus");
  });

  it("is made by a closure when a player earns an achievement, once however often the event comes", async () => {
    const before = messagesOf("linus").length;
    await stack.invoke("eventFunction", { player: "linus", event: "achievement", data: { name: "First Blood" } });
    const told = (): boolean => messagesOf("linus").length > before;
    expect(await stack.clock.advanceUntil(told, 60_000)).to.equal(true);
    await stack.clock.advance(600_000);
    expect(messagesOf("linus").map((mail) => mail.subject)).to.include("You earned First Blood");
    expect(messagesOf("linus")).to.have.length(before + 1);
  });
  const messagesOf = (player: string) =>
    sesEngine(stack.cloud)
      .inbox()
      .filter((mail) => mail.tags["player"]?.includes(player));

  it("tells opens of people from those of machines", async () => {
    const id = await messages.send("ada", { template: "welcome" });
    await messages.until("ada", id, ["delivered"]);
    const mail = messages.mails(id)[0]!;
    await simulate(mail.id, "open", true);
    await stack.clock.advance(5_000);
    const seen = await messages.item("ada", id);
    expect(seen["status"]?.S).to.equal("delivered");
    expect(Messages.lines(seen).at(-1)).to.equal("opened bot");

    await simulate(mail.id, "open");
    const opened = await messages.until("ada", id, ["opened"]);
    expect(Messages.lines(opened).at(-1)).to.equal("opened");
  });

  it("is one message and one mail when it is enqueued twice with one key, also at the same time", async () => {
    const message = { player: "ada", type: "transactional", template: "welcome", deduplicationKey: "welcome-ada" };
    const answers = await Promise.all([messages.ask(message), messages.ask(message)]);
    answers.push(await messages.ask(message));
    expect(new Set(answers.map(({ id }) => id)).size).to.equal(1);
    expect(answers.filter(({ created }) => created)).to.have.length(1);
    const id = answers[0].id!;
    await messages.until("ada", id, ["delivered"]);
    await stack.clock.advance(900_000);
    expect(messages.mails(id)).to.have.length(1);
  });

  it("ends in the same status whatever the order and number of SES's events", async () => {
    const { behaviour } = sesEngine(stack.cloud);
    Object.assign(behaviour, { repeatChance: 1, disorderChance: 1 });
    const id = await messages.send("ada", { template: "welcome" });
    await messages.until("ada", id, ["delivered"]);
    await simulate(messages.mails(id)[0]!.id, "open");
    await messages.until("ada", id, ["opened"]);
    await stack.clock.advance(60_000);
    Object.assign(behaviour, { repeatChance: 0, disorderChance: 0 });
    const item = await messages.item("ada", id);
    expect(item["status"]?.S).to.equal("opened");
    expect(Messages.history(item).sort()).to.deep.equal(["delivered", "opened", "queued", "sending", "sent"]);
    expect(messages.mails(id)).to.have.length(1);
  });

  it("is held until its time and sent within the minute after it", async () => {
    const notBefore = now() + 3_600;
    const id = await messages.send("ada", { template: "welcome", notBefore });
    await stack.clock.advance(3_500_000);
    expect((await messages.item("ada", id))["status"]?.S).to.equal("held");
    expect(messages.mails(id)).to.deep.equal([]);
    const item = await messages.until("ada", id, ["delivered"]);
    expect(Messages.lines(item)).to.deep.equal([
      "held not-before",
      "queued due",
      "sending attempt 1",
      "sent",
      "delivered",
    ]);
    expect(messages.mails(id)[0]!.time / 1_000 - notBefore).to.be.within(0, 62);
  });

  it("expires when its validity ends before it could be sent", async () => {
    const notBefore = now() + 3_630;
    const id = await messages.send("ada", { template: "welcome", notBefore, validUntil: notBefore + 1 });
    const item = await messages.until("ada", id, ["expired"], 4_000);
    expect(Messages.reason(item)["code"]).to.equal("expired");
    expect(messages.mails(id)).to.deep.equal([]);
  });

  describe("says why it was not sent:", () => {
    const cases: readonly (readonly [string, string, Record<string, unknown>, string, Record<string, string>])[] = [
      ["no address", "nobody", { template: "welcome" }, "skipped", { code: "no-address", detail: "player unknown" }],
      [
        "a wrong address",
        "guest-1",
        { template: "welcome", to: "guest@players..test" },
        "skipped",
        { code: "invalid-address" },
      ],
      [
        "an address that would add a header",
        "guest-2",
        { template: "welcome", to: "guest@players.test\r\nBcc: eve@players.test" },
        "skipped",
        { code: "invalid-address" },
      ],
      [
        "an address outside of what this stack may reach",
        "guest-3",
        { template: "welcome", to: "real@example.com" },
        "skipped",
        { code: "recipient-not-allowed" },
      ],
      [
        "consent that was never given",
        "ada",
        { type: "marketing", template: "season-news", data: { season: "Season 7" } },
        "skipped",
        { code: "consent-missing", detail: "emailMarketing" },
      ],
      [
        "an unknown template",
        "ada",
        { template: "no-such-template" },
        "failed",
        { code: "template-unknown", template: "no-such-template" },
      ],
      [
        "missing data",
        "ada",
        { template: "achievement", data: {} },
        "failed",
        { code: "data-invalid", template: "achievement", locale: "de", field: "data.achievement" },
      ],
    ];
    for (const [what, player, message, status, reason] of cases) {
      it(what, async () => {
        const id = await messages.send(player, message);
        const item = await messages.until(player, id, ["skipped", "failed", "delivered"]);
        expect(item["status"]?.S).to.equal(status);
        expect(Messages.reason(item)).to.include(reason);
        expect(messages.mails(id)).to.deep.equal([]);
      });
    }

    for (const [kind, mailbox, end] of [
      ["bounce", "bounce+p@simulator.amazonses.com", "bounced"],
      ["complaint", "complaint+p@simulator.amazonses.com", "complained"],
    ] as const) {
      it(`a ${kind} suppresses the address before the next send`, async () => {
        await stack.profile(`player-${kind}`, { email: mailbox });
        const first = await messages.send(`player-${kind}`, { template: "welcome" });
        await messages.until(`player-${kind}`, first, [end]);
        const second = await messages.send(`player-${kind}`, { template: "welcome" });
        const item = await messages.until(`player-${kind}`, second, ["skipped", "sent", "delivered"]);
        expect(item["status"]?.S).to.equal("skipped");
        expect(Messages.reason(item)).to.deep.equal({ code: "suppressed", detail: kind });
        expect(messages.mails(second)).to.deep.equal([]);
      });
    }

    it("what SES rejects for its content", async () => {
      const id = await messages.send("ada", { template: "achievement", data: { achievement: EICAR } });
      const item = await messages.until("ada", id, ["rejected"]);
      expect(Messages.reason(item)).to.deep.equal({ code: "rejected", detail: "Bad content" });
    });
  });

  describe("is refused at once when it", () => {
    const bad: readonly (readonly [string, Record<string, unknown>, string, string])[] = [
      [
        "has expired already",
        { validUntil: 1 },
        "validUntil",
        "validUntil of the message: got 1; expected a time after now,",
      ],
      [
        "carries too much data",
        { data: { text: "x".repeat(40_000) } },
        "data",
        'data of the message: got "40011 bytes"; expected at most 32768 bytes as JSON.',
      ],
      [
        "has an unknown type",
        { type: "spam" },
        "type",
        'type of the message: got "spam"; expected one of transactional, social, marketing.',
      ],
      ["has an unknown field", { html: "<b>" }, "html", 'html of the message: got "<b>"; expected no such field;'],
    ];
    for (const [what, message, field, text] of bad) {
      it(what, async () => {
        const answer = await messages.ask({ player: "ada", type: "transactional", template: "welcome", ...message });
        expect(answer.error?.field).to.equal(field);
        expect(answer.error?.message).to.include(text);
        expect(answer.id).to.equal(undefined);
      });
    }
  });

  it("adds no header through a player's name", async () => {
    await stack.profile("mallory", { name: "Mallory" });
    const id = await messages.send("mallory", {
      template: "achievement",
      data: { achievement: "Gold\r\nBcc: eve@players.test\r\n\r\n<script>" },
    });
    const item = await messages.until("mallory", id, ["delivered", "failed"]);
    const mail = messages.mails(id)[0];
    expect(item["status"]?.S === "failed" || mail?.headers.every(({ name }) => !/^bcc$/i.test(name))).to.equal(true);
    expect(mail === undefined || mail.to.length === 1).to.equal(true);
    expect(mail?.html ?? "").not.to.include("<script>");
  });

  it("leaves once when the reply of SES is lost", async () => {
    stack.cloud.faults = planOf([{ kind: "lost-reply", on: "ses:SendRawEmail", times: 1 }], () => 0);
    const id = await messages.send("ada", { template: "welcome" });
    const item = await messages.until("ada", id, ["delivered"], 3_600);
    await stack.clock.advance(3_600_000);
    expect(messages.mails(id)).to.have.length(1);
    expect(item["attempt"]?.N).to.equal("1");
  });

  it("lies in the dead-letter queue when its tries are used up, with an alarm, until a redrive", async () => {
    const connection = {
      endpoint: stack.cloud.endpoint,
      region: stack.cloud.region,
      credentials: operatorCredentials(stack.cloud),
    };
    const alarms = new CloudWatchClient(connection);
    const queues = new SQSClient(connection);
    const { resources } = stack.stack.evaluation;
    const deadLetters = resources.find(({ name }) => name === "emails-dead-letters")!.state;
    const depth = async (): Promise<string | undefined> =>
      (
        await queues.send(
          new GetQueueAttributesCommand({
            QueueUrl: String(deadLetters["url"]),
            AttributeNames: ["ApproximateNumberOfMessages"],
          }),
        )
      ).Attributes?.["ApproximateNumberOfMessages"];
    const alarm = resources.find(({ name }) => name === "emails-dead-letters-dlq")!.state;
    const state = async (): Promise<string | undefined> =>
      (await alarms.send(new DescribeAlarmsCommand({ AlarmNames: [String(alarm["name"])] }))).MetricAlarms?.[0]
        ?.StateValue;
    try {
      // In the sandbox SES refuses an address that nobody has verified.
      sesEngine(stack.cloud).account.settings.productionAccess = false;
      const id = await messages.send("ada", { template: "welcome" });
      const item = await messages.until("ada", id, ["failed"], 7_200);
      expect(Messages.reason(item)["code"]).to.equal("attempts-used-up");
      expect(Messages.reason(item)["detail"]).to.include("Email address is not verified");
      expect(Messages.history(item).filter((status) => status === "sending")).to.have.length(3);
      await stack.clock.advance(600_000);
      expect(await depth()).to.equal("1");
      expect(await state()).to.equal("ALARM");

      sesEngine(stack.cloud).account.settings.productionAccess = true;
      expect(await stack.invoke("redriveFunction", { deadLetters: true })).to.deep.equal({
        redriven: 1,
        unchanged: 0,
        kept: 0,
      });
      await messages.until("ada", id, ["delivered"]);
      expect(messages.mails(id)).to.have.length(1);
      expect(await stack.invoke("redriveFunction", { messages: [{ player: "ada", id }] })).to.deep.equal({
        redriven: 0,
        unchanged: 1,
        kept: 0,
      });
      expect(await depth()).to.equal("0");
      await stack.clock.advance(900_000);
      expect(await state()).to.equal("OK");
    } finally {
      sesEngine(stack.cloud).account.settings.productionAccess = true;
      alarms.destroy();
      queues.destroy();
    }
  });

  it("is not lost among more than SES's rate admits at once", async () => {
    const count = 60;
    const batch = Array.from({ length: count }, (_, i) => ({
      player: `crowd-${i}`,
      type: "transactional",
      template: "welcome",
      to: `crowd-${i}@players.test`,
    }));
    const before = stack.cloud.trace.last;
    const { results } = await stack.invoke<{ results: { id: string }[] }>("enqueueFunction", { messages: batch });
    await Promise.all(results.map(({ id }, i) => messages.until(`crowd-${i}`, id, ["delivered"], 1_200)));
    const mails = results.flatMap(({ id }) => messages.mails(id));
    expect(mails).to.have.length(count);
    const times = mails.map((mail) => mail.time).sort((a, b) => a - b);
    const rate = sesEngine(stack.cloud).account.limits.rate;
    for (let i = rate; i < times.length; i++) expect(times[i]! - times[i - rate]!).to.be.at.least(1_000);
    const throttled = stack.cloud.trace
      .since(before)
      .filter((event) => event.service === "ses" && event.error === "Throttling");
    expect(throttled).to.deep.equal([]);
  });

  it("leaves no error and no denial behind", () => {
    const denied = stack.cloud.trace.since(0).filter((event) => event.kind === "denied");
    expect(denied.map(({ name, data }) => [name, data])).to.deep.equal([]);
  });
});
