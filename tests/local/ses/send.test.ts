import { expect } from "chai";
import fc from "fast-check";
import type { VirtualClock } from "../../../local/clock";
import type { Cloud } from "../../../local/cloud";
import type { Json } from "../../../local/service";
import { sesEngine, sesService } from "../../../local/services/ses";
import { routes } from "../../../local/services/ses/routes";
import { account, declare, mailCloud, rawMail, ready, refusal, role } from "./helpers";

const identity = `arn:aws:ses:us-east-1:${account}:identity/studio.test`;
const set = `arn:aws:ses:us-east-1:${account}:configuration-set/game`;

describe("SES sending", () => {
  let cloud: Cloud;
  let clock: VirtualClock;
  beforeEach(async () => {
    ({ cloud, clock } = mailCloud());
    await ready(cloud);
  });
  const send = (input: Json, who = cloud.operator): Promise<{ MessageId: string }> =>
    cloud.call("ses", "SendRawEmail", { RawMessage: { Data: rawMail() }, ...input }, who);
  const simple = (message: Json, more: Json = {}): Promise<{ MessageId: string }> =>
    cloud.call(
      "ses",
      "SendEmail",
      { Source: "news@studio.test", Destination: { ToAddresses: ["ann@players.test"] }, Message: message, ...more },
      cloud.operator,
    );
  const sendV2 = (input: Json): Promise<{ MessageId: string }> =>
    cloud.call(
      "ses",
      "SendEmail",
      { FromEmailAddress: "news@studio.test", Destination: { ToAddresses: ["ann@players.test"] }, ...input },
      cloud.operator,
    );

  it("puts a raw mail into the inbox as its reader sees it", async () => {
    const raw = Buffer.from(
      [
        "From: =?utf-8?q?J=C3=BC?= <news@studio.test>",
        "To: ann@players.test",
        "Bcc: bob@players.test",
        "Subject: =?utf-8?B?8J+Org==?=",
        "MIME-Version: 1.0",
        "X-SES-MESSAGE-TAGS: kind=welcome",
        'Content-Type: multipart/mixed; boundary="m"',
        "",
        "--m",
        'Content-Type: multipart/alternative; boundary="a"',
        "",
        "--a",
        "Content-Type: text/plain; charset=utf-8",
        "",
        "Hi Ann",
        "--a",
        "Content-Type: text/html; charset=utf-8",
        "",
        '<p>Hi <a href="https://game.test/?a=1&amp;b=2">Ann</a></p>',
        "--a--",
        "--m",
        'Content-Type: text/csv; name="x.csv"',
        'Content-Disposition: attachment; filename="x.csv"',
        "",
        "a,b",
        "--m--",
        "",
      ].join("\r\n"),
    ).toString("base64");
    const { MessageId } = await send({ RawMessage: { Data: raw }, ConfigurationSetName: "game" });
    const mail = sesEngine(cloud).inbox()[0]!;
    expect(mail.id).to.equal(MessageId);
    expect(MessageId).to.match(/^0100019b[0-9a-f]{8}-[0-9a-f-]{36}-000000$/);
    expect([mail.from, mail.subject, mail.to, mail.text?.trim()]).to.deep.equal([
      "=?utf-8?q?J=C3=BC?= <news@studio.test>",
      "🎮",
      ["ann@players.test", "bob@players.test"],
      "Hi Ann",
    ]);
    expect(mail.headers.map(({ name }) => name)).to.not.include.members(["Bcc"]);
    expect(mail.attachments).to.deep.equal([
      {
        filename: "x.csv",
        mimeType: "text/csv",
        content: Buffer.from("a,b\n").toString("base64"),
        disposition: "attachment",
      },
    ]);
    expect(mail.tags).to.include.keys("kind", "ses:configuration-set", "ses:from-domain");
    expect(mail.links.map(({ url }) => url)).to.deep.equal(["https://game.test/?a=1&b=2"]);
    expect(mail.trackedHtml).to.match(
      /href="https:\/\/studio-test\.r\.us-east-1\.awstrack\.me\/L0\/https%3A%2F%2Fgame\.test%2F%3Fa%3D1%26b%3D2\/1\//,
    );
    expect(mail.trackedHtml).to.match(/<img alt="" src="https:\/\/studio-test\.r\.us-east-1\.awstrack\.me\/I0\//);
  });

  it("builds simple mails of both APIs from text and HTML", async () => {
    await simple({ Subject: { Data: "Grüße" }, Body: { Text: { Data: "text" }, Html: { Data: "<p>html</p>" } } });
    await sendV2({
      Content: {
        Simple: {
          Subject: { Data: "v2" },
          Body: { Html: { Data: "<p>only</p>" } },
          Headers: [{ Name: "List-Unsubscribe", Value: "<https://game.test/u>" }],
        },
      },
      EmailTags: [{ Name: "kind", Value: "news" }],
    });
    const [second, first] = sesEngine(cloud).inbox();
    expect([first?.subject, first?.text?.trim(), first?.html?.trim()]).to.deep.equal(["Grüße", "text", "<p>html</p>"]);
    expect([second?.subject, second?.text, second?.html?.trim(), second?.tags["kind"]]).to.deep.equal([
      "v2",
      undefined,
      "<p>only</p>",
      ["news"],
    ]);
    expect(second?.headers.find(({ name }) => name === "List-Unsubscribe")?.value).to.equal("<https://game.test/u>");
  });

  it("lists configuration sets as each API does: objects in the first, names in the second", async () => {
    const listed = await cloud.call("ses", "ListConfigurationSets", {}, cloud.operator);
    expect(listed).to.deep.equal({ ConfigurationSets: [{ Name: "game" }] });
    const second = routes.find(({ operation }) => operation === "ListConfigurationSets");
    expect(second?.encode?.(listed, {} as never).body).to.equal('{"ConfigurationSets":["game"]}');
  });

  it("refuses what could inject a header, and wrong addresses", async () => {
    const body = { Body: { Text: { Data: "t" } } };
    expect(await refusal(simple({ Subject: { Data: "a\r\nBcc: x@y.test" }, ...body }))).to.equal(
      "InvalidParameterValue: Header value contains a line break or a NUL character",
    );
    expect(await refusal(simple(body, { Destination: { ToAddresses: ["a@b.test\nBcc: x@y.test"] } }))).to.equal(
      "InvalidParameterValue: Local address contains control or whitespace",
    );
    expect(await refusal(simple(body, { Destination: { ToAddresses: ["nobody"] } }))).to.equal(
      "InvalidParameterValue: Missing final '@domain'",
    );
    expect(await refusal(simple(body, { Destination: { ToAddresses: ["a@b_c.test"] } }))).to.equal(
      "InvalidParameterValue: Domain contains illegal character",
    );
    expect(await refusal(sendV2({ Content: { Simple: { Subject: { Data: "a\nb" }, ...body } } }))).to.match(
      /^BadRequestException: /,
    );
    expect(
      await refusal(send({ RawMessage: { Data: Buffer.from("no header here\r\n\r\nx").toString("base64") } })),
    ).to.match(/^InvalidParameterValue: Expected ':' after header name/);
    expect(await refusal(send({ RawMessage: { Data: rawMail({ from: "other@studio.test" }) } }))).to.equal(
      "InvalidParameterValue: Duplicate header 'From'.",
    );
    expect(await refusal(send({ Tags: [{ Name: "a b", Value: "c" }] }))).to.equal(
      "InvalidParameterValue: Invalid tag name <a b>: only alphanumeric ASCII characters, '_',  '-' are allowed.",
    );
    expect(await refusal(send({ Destinations: Array.from({ length: 51 }, (_, i) => `p${i}@players.test`) }))).to.equal(
      "InvalidParameterValue: Recipient count exceeds 50.",
    );
  });

  it("never lets a simple mail's fields add a header", async () => {
    Object.assign(sesEngine(cloud).account.settings, { maxSendRate: 1e9, max24HourSend: 1e9 });
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme" }), fc.string(), async (subject, text) => {
        const before = sesEngine(cloud).inbox().length;
        const outcome = await refusal(simple({ Subject: { Data: subject }, Body: { Text: { Data: text } } }));
        if (outcome !== "accepted") return /[\r\n\0]/.test(subject) && sesEngine(cloud).inbox().length === before;
        const mail = sesEngine(cloud).inbox()[0]!;
        return (
          mail.headers.map(({ name }) => name).join() ===
            "From,To,Subject,MIME-Version,Content-Type,Content-Transfer-Encoding" && mail.to.length === 1
        );
      }),
      { numRuns: 100 },
    );
  });

  it("needs a verified sender, and a configuration set that exists", async () => {
    expect(
      await refusal(send({ Source: "x@other.com", RawMessage: { Data: rawMail({ From: "x@other.com" }) } })),
    ).to.equal(
      "MessageRejected: Email address is not verified. The following identities failed the check in region US-EAST-1: x@other.com",
    );
    await cloud.call("ses", "VerifyEmailIdentity", { EmailAddress: "x@other.com" }, cloud.operator);
    expect(await refusal(send({ RawMessage: { Data: rawMail({ From: "x@other.com" }) } }))).to.match(
      /^MessageRejected/,
    );
    sesEngine(cloud).verify("x@other.com");
    expect(await refusal(send({ RawMessage: { Data: rawMail({ From: "x@other.com" }) } }))).to.equal("accepted");
    expect(await refusal(send({ ConfigurationSetName: "none" }))).to.equal(
      "ConfigurationSetDoesNotExist: Configuration set <none> does not exist.",
    );
    expect(
      await refusal(sendV2({ Content: { Simple: { Body: { Text: { Data: "t" } } } }, ConfigurationSetName: "none" })),
    ).to.equal("NotFoundException: Configuration set <none> does not exist.");
  });

  it("knows a domain's DKIM tokens and MAIL FROM, which come true when its records are there", async () => {
    const MAIL_FROM = "aws:sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes";
    const read = () =>
      cloud
        .call("ses", "GetEmailIdentity", { EmailIdentity: "other.com" }, cloud.operator)
        .then((identity) => [
          (identity["DkimAttributes"] as Json)["Status"],
          (identity["MailFromAttributes"] as Json | undefined)?.["MailFromDomainStatus"],
        ]);
    const state = await declare(cloud, "aws:sesv2/emailIdentity:EmailIdentity", { emailIdentity: "other.com" });
    expect((state["dkimSigningAttributes"] as { tokens: string[] }).tokens).to.have.lengthOf(3);
    expect(await read()).to.deep.equal(["PENDING", undefined]);
    const mailFrom = { emailIdentity: "other.com", mailFromDomain: "mail.other.com" };
    await declare(cloud, MAIL_FROM, mailFrom);
    expect(await read()).to.deep.equal(["PENDING", "PENDING"]);
    sesEngine(cloud).verify("other.com");
    expect(await read()).to.deep.equal(["SUCCESS", "SUCCESS"]);
    const context = { cloud, name: "r", type: MAIL_FROM, urn: "u", physicalName: () => "r" };
    await sesService(cloud).resourceTypes[MAIL_FROM]?.delete?.("other.com", mailFrom, context);
    expect(await read()).to.deep.equal(["SUCCESS", undefined]);
    expect(await refusal(declare(cloud, MAIL_FROM, { ...mailFrom, mailFromDomain: "mail.third.com" }))).to.equal(
      "BadRequestException: Provided MAIL-FROM domain <mail.third.com> is not subdomain of the domain of the identity <other.com>.",
    );
  });

  it("covers subdomains of a verified domain, and stops where sending is paused", async () => {
    const from = (address: string): Promise<string> =>
      refusal(send({ RawMessage: { Data: rawMail({ From: address }) }, ConfigurationSetName: "game" }));
    expect(await from("news@mail.studio.test")).to.equal("accepted");
    expect(await from("news@other-studio.test")).to.match(/^MessageRejected/);
    sesEngine(cloud).sets.get("game").sendingEnabled = false;
    expect(await from("news@studio.test")).to.equal(
      "ConfigurationSetSendingPausedException: Sending is paused for configuration set <game>.",
    );
    sesEngine(cloud).account.settings.sendingEnabled = false;
    expect(await from("news@studio.test")).to.match(/^AccountSendingPausedException/);
  });

  it("takes one kind of content, and none by no name", async () => {
    expect(await refusal(sendV2({ Content: {} }))).to.equal(
      "BadRequestException: Content must hold one of Simple, Raw and Template.",
    );
  });

  it("keeps to the sandbox until production access is granted", async () => {
    sesEngine(cloud).account.settings.productionAccess = false;
    expect(await refusal(send({}))).to.equal(
      "MessageRejected: Email address is not verified. The following identities failed the check in region US-EAST-1: ann@players.test",
    );
    expect(await refusal(send({ Destinations: ["success+1@simulator.amazonses.com"] }))).to.equal("accepted");
    const quota = await cloud.call("ses", "GetSendQuota", {}, cloud.operator);
    expect(quota).to.deep.equal({ Max24HourSend: 200, MaxSendRate: 1, SentLast24Hours: 1 });
  });

  it("refuses what is over the rate or the daily quota, in recipients", async () => {
    Object.assign(sesEngine(cloud).account.settings, { maxSendRate: 3, max24HourSend: 8 });
    expect(await refusal(send({ Destinations: ["a@p.test", "b@p.test"] }))).to.equal("accepted");
    expect(await refusal(send({ Destinations: ["a@p.test", "b@p.test"] }))).to.equal(
      "Throttling: Maximum sending rate exceeded.",
    );
    expect(
      await refusal(
        sendV2({
          Destination: { ToAddresses: ["a@p.test", "b@p.test"] },
          Content: { Simple: { Body: { Text: { Data: "t" } } } },
        }),
      ),
    ).to.equal("TooManyRequestsException: Maximum sending rate exceeded.");
    expect(await refusal(send({ Destinations: ["a@p.test"] }))).to.equal("accepted");
    await clock.advance(999);
    expect(await refusal(send({ Destinations: ["a@p.test"] }))).to.match(/^Throttling: Maximum sending rate/);
    await clock.advance(1);
    expect(await refusal(send({ Destinations: ["a@p.test", "b@p.test", "c@p.test"] }))).to.equal("accepted");
    await clock.advance(1000);
    expect(await refusal(send({ Destinations: ["a@p.test", "b@p.test", "c@p.test"] }))).to.equal(
      "Throttling: Daily message quota exceeded.",
    );
    expect(await refusal(send({ Destinations: ["a@p.test", "b@p.test"] }))).to.equal("accepted");
    await clock.advance(86_400_000);
    expect(await refusal(send({ Destinations: ["a@p.test", "b@p.test", "c@p.test"] }))).to.equal("accepted");
    await clock.advance(1000);
    // More recipients than the rate: they have a second for themselves.
    expect(await refusal(send({ Destinations: ["a", "b", "c", "d"].map((name) => `${name}@p.test`) }))).to.equal(
      "accepted",
    );
  });

  describe("rights", () => {
    const allow = (Resource: unknown, more: Json = {}): Json => ({
      Effect: "Allow",
      Action: "ses:SendRawEmail",
      Resource,
      ...more,
    });
    const denied = (resource: string): string =>
      `AccessDeniedException: User: arn:aws:sts::${account}:assumed-role/worker/s is not authorized to perform: ses:SendRawEmail on resource: ${resource} because no identity-based policy allows the ses:SendRawEmail action`;

    it("are needed on the identity and on the configuration set", async () => {
      expect(await refusal(send({}, role(cloud)))).to.equal(denied(identity));
      expect(await refusal(send({ ConfigurationSetName: "game" }, role(cloud, allow(identity))))).to.equal(denied(set));
      expect(await refusal(send({ ConfigurationSetName: "game" }, role(cloud, allow([identity, set]))))).to.equal(
        "accepted",
      );
    });

    it("know sender and recipients", async () => {
      const Condition = {
        StringEquals: { "ses:FromAddress": "news@studio.test" },
        "ForAllValues:StringLike": { "ses:Recipients": "*@players.test" },
      };
      const worker = role(cloud, allow("*", { Condition }));
      expect(await refusal(send({}, worker))).to.equal("accepted");
      expect(await refusal(send({ Destinations: ["ann@players.test", "ann@mail.test"] }, worker))).to.equal(
        denied(identity),
      );
      expect(await refusal(send({ RawMessage: { Data: rawMail({ From: "other@studio.test" }) } }, worker))).to.equal(
        denied(identity),
      );
    });

    it("are needed on the recipients too in the sandbox", async () => {
      sesEngine(cloud).account.settings.productionAccess = false;
      expect(await refusal(send({}, role(cloud, allow(identity))))).to.equal(
        denied(`arn:aws:ses:us-east-1:${account}:identity/ann@players.test`),
      );
    });
  });

  it("binds a tenant to its own identities and configuration sets", async () => {
    const content = {
      Content: { Simple: { Body: { Text: { Data: "t" } } } },
      ConfigurationSetName: "game",
      TenantName: "title",
    };
    expect(await refusal(sendV2(content))).to.equal("BadRequestException: Tenant <title> does not exist.");
    await cloud.call("ses", "CreateTenant", { TenantName: "title" }, cloud.operator);
    await cloud.call(
      "ses",
      "CreateTenantResourceAssociation",
      { TenantName: "title", ResourceArn: identity },
      cloud.operator,
    );
    expect(await refusal(sendV2(content))).to.equal(
      `BadRequestException: Resource <${set}> is not associated with tenant <title>.`,
    );
    await cloud.call(
      "ses",
      "CreateTenantResourceAssociation",
      { TenantName: "title", ResourceArn: set },
      cloud.operator,
    );
    expect(await refusal(sendV2(content))).to.equal("accepted");
  });
});
