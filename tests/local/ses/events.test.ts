import { expect } from "chai";
import type { VirtualClock } from "../../../local/clock";
import type { Cloud } from "../../../local/cloud";
import type { Json } from "../../../local/service";
import { inboxPage, mailPage, sesEngine } from "../../../local/services/ses";
import { account, admitSes, declare, mailCloud, rawMail, ready, refusal, topic } from "./helpers";

describe("SES events", () => {
  let cloud: Cloud;
  let clock: VirtualClock;
  let published: Json[];
  let events: Json[];
  beforeEach(async () => {
    ({ cloud, clock, published, events } = mailCloud());
    await ready(cloud);
    published.length = 0;
  });
  const send = async (to: string, more: Json = {}): Promise<string> => {
    const input = {
      RawMessage: { Data: rawMail({ To: to }) },
      ConfigurationSetName: "game",
      Tags: [{ Name: "message-id", Value: "m-1" }],
      ...more,
    };
    return (await cloud.call<{ MessageId: string }>("ses", "SendRawEmail", input, cloud.operator)).MessageId;
  };
  const records = (): Json[] => published.map((input) => JSON.parse(String(input["Message"])) as Json);
  const types = (): unknown[] => records().map((record) => record["eventType"]);

  it("have SES's own shape, on the clock", async () => {
    const id = await send("ann@players.test");
    await clock.advance(99);
    expect(types()).to.deep.equal([]);
    await clock.advance(1);
    expect(records()).to.deep.equal([
      {
        eventType: "Send",
        mail: {
          timestamp: "2026-01-01T00:00:00.000Z",
          source: "news@studio.test",
          sourceArn: `arn:aws:ses:us-east-1:${account}:identity/studio.test`,
          sendingAccountId: account,
          messageId: id,
          destination: ["ann@players.test"],
          headersTruncated: false,
          headers: [
            { name: "From", value: "Studio <news@studio.test>" },
            { name: "To", value: "ann@players.test" },
            { name: "Subject", value: "Hi" },
          ],
          commonHeaders: {
            from: ["Studio <news@studio.test>"],
            to: ["ann@players.test"],
            messageId: id,
            subject: "Hi",
          },
          tags: {
            "ses:operation": ["SendRawEmail"],
            "ses:configuration-set": ["game"],
            "ses:source-ip": ["127.0.0.1"],
            "ses:from-domain": ["studio.test"],
            "message-id": ["m-1"],
            "ses:caller-identity": ["local"],
          },
        },
        send: {},
      },
    ]);
    await clock.advance(900);
    expect(records()[1]!["delivery"]).to.deep.equal({
      timestamp: "2026-01-01T00:00:01.000Z",
      processingTimeMillis: 1000,
      recipients: ["ann@players.test"],
      smtpResponse: "250 2.6.0 Message received",
      remoteMtaIp: "127.0.2.0",
      reportingMTA: "a8-70.smtp-out.amazonses.com",
    });
    expect(published[0]).to.include({ TopicArn: topic, Subject: "Amazon SES Email Event Notification" });
  });

  it("follow the simulator's addresses, labels included", async () => {
    for (const [to, expected] of [
      ["success@simulator.amazonses.com", ["Send", "Delivery"]],
      ["ooto@simulator.amazonses.com", ["Send", "Delivery"]],
      ["bounce+player7@simulator.amazonses.com", ["Send", "Bounce"]],
      ["complaint@simulator.amazonses.com", ["Send", "Delivery", "Complaint"]],
      ["complaint+player7@simulator.amazonses.com", ["Send", "Delivery", "Complaint"]],
      ["suppressionlist@simulator.amazonses.com", ["Send", "Bounce"]],
    ] as const) {
      published.length = 0;
      await send(to);
      await clock.advance(10_000);
      expect(types(), to).to.deep.equal(expected);
    }
    expect(records()[1]!["bounce"]).to.include({ bounceType: "Permanent", bounceSubType: "Suppressed" });
    expect(sesEngine(cloud).account.suppressionList).to.deep.equal([]);
  });

  it("tell a hard bounce with its recipient, and suppress the address from then on", async () => {
    sesEngine(cloud).behaviour.fateOf = (address) => (address.startsWith("gone") ? "bounced" : "delivered");
    await send("gone@players.test, ann@players.test");
    await clock.advance(10_000);
    expect(types()).to.deep.equal(["Send", "Delivery", "Bounce"]);
    const bounce = records()[2]!["bounce"] as Json;
    expect(bounce).to.deep.include({
      bounceType: "Permanent",
      bounceSubType: "General",
      bouncedRecipients: [
        {
          emailAddress: "gone@players.test",
          action: "failed",
          status: "5.1.1",
          diagnosticCode: "smtp; 550 5.1.1 user unknown",
        },
      ],
      timestamp: "2026-01-01T00:00:02.000Z",
      reportingMTA: "dsn; a8-70.smtp-out.amazonses.com",
    });
    const { time } = sesEngine(cloud).account.suppressionList[0]!;
    const got = await cloud.call<{ SuppressedDestination: Json }>(
      "ses",
      "GetSuppressedDestination",
      { EmailAddress: "gone@players.test" },
      cloud.operator,
    );
    expect(got.SuppressedDestination).to.include({ EmailAddress: "gone@players.test", Reason: "BOUNCE" });
    published.length = 0;
    await send("Gone@players.test");
    await clock.advance(10_000);
    expect((records()[1]!["bounce"] as Json)["bounceSubType"]).to.equal("OnAccountSuppressionList");
    // A mail that never left says nothing new of its address.
    expect(sesEngine(cloud).account.suppressionList[0]!.time).to.equal(time);
    await cloud.call("ses", "DeleteSuppressedDestination", { EmailAddress: "gone@players.test" }, cloud.operator);
    expect(
      await refusal(
        cloud.call("ses", "GetSuppressedDestination", { EmailAddress: "gone@players.test" }, cloud.operator),
      ),
    ).to.equal("NotFoundException: Email address gone@players.test does not exist on your suppression list.");
  });

  it("tell a delay with its end, and a complaint, or what the list made of it", async () => {
    sesEngine(cloud).behaviour.fateOf = () => "delayed";
    await send("slow@players.test");
    await clock.advance(10_000);
    expect(types()).to.deep.equal(["Send", "DeliveryDelay", "Delivery"]);
    expect(records()[1]!["deliveryDelay"]).to.deep.include({
      timestamp: "2026-01-01T00:00:01.000Z",
      delayType: "TransientCommunicationFailure",
      expirationTime: "2026-01-01T14:00:01.000Z",
    });
    sesEngine(cloud).behaviour.fateOf = () => "complained";
    for (const subType of [null, "OnAccountSuppressionList"]) {
      published.length = 0;
      await send("ann@players.test");
      await clock.advance(10_000);
      const complaint = records().at(-1)!["complaint"] as Json;
      expect(complaint["complaintSubType"]).to.equal(subType);
      expect(complaint["complainedRecipients"]).to.deep.equal([{ emailAddress: "ann@players.test" }]);
      expect(types()).to.deep.equal(subType === null ? ["Send", "Delivery", "Complaint"] : ["Send", "Complaint"]);
    }
  });

  it("suppress by the configuration set's reasons where it has some", async () => {
    await declare(cloud, "aws:sesv2/configurationSet:ConfigurationSet", {
      configurationSetName: "loose",
      suppressionOptions: { suppressedReasons: ["COMPLAINT"] },
    });
    const id = await send("ann@players.test", { ConfigurationSetName: "loose" });
    await sesEngine(cloud).simulate(id, "bounce");
    expect(sesEngine(cloud).account.suppressionList).to.deep.equal([]);
    await sesEngine(cloud).simulate(id, "complaint");
    expect(sesEngine(cloud).account.suppressionList.map(({ address, reason }) => [address, reason])).to.deep.equal([
      ["ann@players.test", "COMPLAINT"],
    ]);
    sesEngine(cloud).account.suppress("bob@players.test", "BOUNCE");
    const bob = await send("bob@players.test", { ConfigurationSetName: "loose" });
    await clock.advance(10_000);
    const mail = sesEngine(cloud).inbox()[0]!;
    expect([mail.id, ...mail.events.map(({ type }) => type)]).to.deep.equal([bob, "Send", "Delivery"]);
  });

  it("tell opens and clicks, a bot's apart from a person's", async () => {
    const html = Buffer.from(
      'From: news@studio.test\r\nTo: ann@players.test\r\nContent-Type: text/html\r\n\r\n<a ses:tags="spot:top" href="https://game.test/a">a</a><a ses:no-track href="https://game.test/b">b</a>',
    );
    const id = await send("", { RawMessage: { Data: html.toString("base64") } });
    await clock.advance(10_000);
    published.length = 0;
    await sesEngine(cloud).simulate(id, "open", { bot: true });
    await sesEngine(cloud).simulate(id, "click");
    expect(types()).to.deep.equal(["Open", "Click"]);
    expect((records()[0]!["open"] as Json)["isBotEvent"]).to.equal("Likely");
    expect(records()[1]!["click"]).to.deep.include({
      link: "https://game.test/a",
      linkTags: { spot: ["top"] },
      isBotEvent: "Unlikely",
    });
    const mail = sesEngine(cloud).inbox()[0]!;
    expect(mail.links).to.have.length(1);
    expect(mail.trackedHtml).to.not.match(/ses:(no-)?t/);
    expect(mail.events.map(({ type }) => type)).to.deep.equal(["Send", "Delivery", "Open", "Click"]);
    let refused = "";
    await sesEngine(cloud)
      .simulate("none", "open")
      .catch((error: unknown) => (refused = (error as Error).message));
    expect(refused).to.match(/^message id for "inbox": got none; expected the id of a mail/);
  });

  it("reject a virus", async () => {
    await send("ann@players.test", {
      RawMessage: { Data: rawMail({}, "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*") },
    });
    await clock.advance(10_000);
    expect(records().map((record) => [record["eventType"], record["reject"]])).to.deep.equal([
      ["Send", undefined],
      ["Reject", { reason: "Bad content" }],
    ]);
  });

  it("do not come at all without a configuration set", async () => {
    await cloud.call("ses", "SendRawEmail", { RawMessage: { Data: rawMail() } }, cloud.operator);
    await clock.advance(10_000);
    expect(published).to.deep.equal([]);
    expect(
      sesEngine(cloud)
        .inbox()[0]!
        .events.map(({ type }) => type),
    ).to.deep.equal(["Send", "Delivery"]);
  });

  it("repeat and come out of order, the same way for the same seed", async () => {
    const run = async (): Promise<string> => {
      const own = mailCloud();
      await ready(own.cloud);
      own.published.length = 0;
      Object.assign(sesEngine(own.cloud).behaviour, { repeatChance: 0.5, disorderChance: 0.5 });
      for (let i = 0; i < 5; i++)
        await own.cloud.call(
          "ses",
          "SendRawEmail",
          { RawMessage: { Data: rawMail() }, ConfigurationSetName: "game" },
          own.cloud.operator,
        );
      await own.clock.advance(60_000);
      return own.published.map((input) => String((JSON.parse(String(input["Message"])) as Json)["eventType"])).join();
    };
    const first = await run();
    expect(first.split(",").length).to.be.greaterThan(10);
    expect(first).to.match(/Delivery.*Send/);
    expect(await run()).to.equal(first);
  });

  it("are lost, with a line in the trace, when the topic refuses them", async () => {
    await send("ann@players.test");
    cloud.resourcePolicies.delete(topic);
    await clock.advance(10_000);
    expect(published).to.deep.equal([]);
    const lost = cloud.trace.since().filter(({ name }) => name === "PublishEvent");
    expect(lost.map(({ data }) => data?.["lost"])).to.deep.equal(["Send", "Delivery"]);
  });

  it("need a topic that admits SES when the destination is made", async () => {
    cloud.resourcePolicies.delete(topic);
    const destination = {
      configurationSetName: "game",
      eventDestinationName: "again",
      eventDestination: { enabled: true, matchingEventTypes: ["SEND"], snsDestination: { topicArn: topic } },
    };
    const make = (): Promise<Json> =>
      declare(cloud, "aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination", destination);
    expect(await refusal(make())).to.equal(`BadRequestException: Could not publish to SNS topic <${topic}>.`);
    admitSes(cloud);
    expect((await make())["id"]).to.equal("game|again");
    expect(published[0]).to.include({ Message: "Successfully validated SNS topic for Amazon SES event publishing." });
  });

  it("count as metrics by the tags that a destination names", async () => {
    const put: unknown[] = [];
    cloud.ports.metrics = { put: (...given) => void put.push(given), gauge: () => undefined };
    const DimensionConfigurations = [
      { DimensionName: "message-id", DimensionValueSource: "MESSAGE_TAG", DefaultDimensionValue: "none" },
      { DimensionName: "kind", DimensionValueSource: "MESSAGE_TAG", DefaultDimensionValue: "other" },
    ];
    const named = { ConfigurationSetName: "game", EventDestinationName: "counts" };
    const EventDestination = {
      Enabled: true,
      MatchingEventTypes: ["SEND"],
      CloudWatchDestination: { DimensionConfigurations },
    };
    await cloud.call("ses", "CreateConfigurationSetEventDestination", { ...named, EventDestination }, cloud.operator);
    const { EventDestinations } = await cloud.call<{ EventDestinations: Json[] }>(
      "ses",
      "GetConfigurationSetEventDestinations",
      named,
      cloud.operator,
    );
    expect(EventDestinations.at(-1)).to.deep.equal({ Name: "counts", ...EventDestination });
    await send("ann@players.test");
    await clock.advance(10_000);
    expect(put).to.deep.include(["AWS/SES", "Send", { "message-id": "m-1", kind: "other" }, 1, "Count"]);
  });

  it("reach EventBridge's default bus under their names", async () => {
    const bus = (eventBusArn: string): Promise<Json> =>
      declare(cloud, "aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination", {
        configurationSetName: "game",
        eventDestinationName: "bus",
        eventDestination: { enabled: true, matchingEventTypes: ["DELIVERY"], eventBridgeDestination: { eventBusArn } },
      });
    expect(await refusal(bus(`arn:aws:events:us-east-1:${account}:event-bus/own`))).to.match(
      /Only the default bus is supported/,
    );
    await bus(`arn:aws:events:us-east-1:${account}:event-bus/default`);
    await send("ann@players.test");
    await clock.advance(10_000);
    expect(events.map((event) => [event["source"], event["detailType"]])).to.deep.equal([
      ["aws.ses", "Email Delivered"],
    ]);
  });

  it("show on pages on which a mail can do no harm", async () => {
    const evil = '<script>alert(1)</script><img src="cid:logo"><p onclick="x">"hi"</p>';
    const raw = `From: "<b>x</b>" <news@studio.test>\r\nTo: ann@players.test\r\nSubject: <script>s</script>\r\nContent-Type: text/html\r\n\r\n${evil}`;
    await send("", { RawMessage: { Data: Buffer.from(raw).toString("base64") } });
    const [mail] = sesEngine(cloud).inbox();
    for (const html of [inboxPage([mail!]), mailPage(mail!)]) {
      expect(html).to.not.include("<script>s");
      expect(html).to.not.include("<script>alert");
      expect(html).to.not.include("<b>x</b>");
    }
    expect(mailPage(mail!)).to.include('<iframe sandbox="allow-popups"');
    expect(mailPage(mail!)).to.include("&lt;script&gt;alert(1)&lt;/script&gt;");
  });
});
