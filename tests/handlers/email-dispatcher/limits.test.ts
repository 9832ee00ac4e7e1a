import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as ses from "@aws-sdk/client-ses";
import * as sqs from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { emailAdapter } from "../../../components/email-dispatcher/adapter";
import { sendCopy } from "../../../components/email-dispatcher/copies";
import { parseEnvelope } from "../../../components/email-dispatcher/envelope";
import { takeLease } from "../../../components/email-dispatcher/lease";
import {
  MAX_AHEAD_MS,
  MAX_MAIL_BYTES,
  MAX_SUBJECT,
  MAX_TRIES,
  QUOTA_TTL_MS,
  SANDBOX_RATE,
} from "../../../components/email-dispatcher/limits";
import { nextStep, refusalDelay, type Fate } from "../../../components/email-dispatcher/protocol";
import { currentRate } from "../../../components/email-dispatcher/quota";
import { compileTemplate } from "../../../components/email-dispatcher/templates";
import { MAX_DELAY_SECONDS } from "../../../components/shared/aws-limits";
import { quietly } from "../shared/quietly";
import { lost } from "../shared/sdk";
import { TABLE, World } from "../message-store/world";
import { envelope, QUEUE } from "./fixture";

const NOW = 1_800_000_000_000;
const HOLD = 600_000;
const fate = (more: Partial<Fate> = {}): Fate => ({
  status: "queued",
  dispatch: 1,
  attempt: 0,
  tries: 0,
  throttles: 0,
  claimedAt: 0,
  validUntil: undefined,
  historyLength: 1,
  ...more,
});

describe("limits of the e-mail path", () => {
  it("hold for the tries of a mail, whoever looks at it", () => {
    for (const status of ["queued", "sending"] as const) {
      const next = (tries: number) => nextStep(fate({ status, attempt: 5, tries }), 1, NOW, HOLD);
      expect(next(MAX_TRIES - 1)).to.deep.equal({ step: "claim", from: status, attempt: 6 });
      expect(next(MAX_TRIES)).to.deep.equal({ step: "giveUp", from: status, attempt: 5 });
    }
    expect([1, 2].map(refusalDelay)).to.deep.equal([30, 60]);
  });

  it("hold for the wait after an unclear answer, to the millisecond", () => {
    const next = (ago: number) =>
      nextStep(fate({ status: "sending", attempt: 1, tries: 1, claimedAt: NOW - ago }), 1, NOW, HOLD);
    expect(next(HOLD - 1)).to.deep.equal({ step: "hold", attempt: 1, delaySeconds: 1 });
    expect(next(HOLD - 1_001)).to.deep.equal({ step: "hold", attempt: 1, delaySeconds: 2 });
    expect(next(HOLD)).to.deep.equal({ step: "claim", from: "sending", attempt: 2 });
  });

  it("hold for a mail's validity, which comes before its tries", () => {
    const next = (validUntil: number) => nextStep(fate({ validUntil, tries: MAX_TRIES }), 1, NOW, HOLD).step;
    expect([next(NOW / 1_000), next(NOW / 1_000 + 1)]).to.deep.equal(["expire", "giveUp"]);
  });

  it("hold for copies of an older pass, which are dropped", () => {
    const next = (dispatch: number) => nextStep(fate({ dispatch: 2 }), dispatch, NOW, HOLD).step;
    expect([next(1), next(2), next(3)]).to.deep.equal(["drop", "claim", "claim"]);
    expect(nextStep(undefined, 1, NOW, HOLD).step).to.equal("drop");
  });

  it("let none be an envelope that lacks a member, or has one of another type", () => {
    const whole = { ...envelope({ player: "p", id: "m" }), unsubscribeUrl: "https://x.example" };
    expect(parseEnvelope(JSON.stringify(whole))).to.deep.equal(whole);
    for (const name of Object.keys(whole)) {
      const odd = name === "dispatch" ? 1.5 : 7;
      expect(parseEnvelope(JSON.stringify({ ...whole, [name]: odd })), name).to.equal(undefined);
      if (name === "unsubscribeUrl") continue;
      expect(parseEnvelope(JSON.stringify({ ...whole, [name]: undefined })), name).to.equal(undefined);
    }
  });

  describe("of what is rendered", () => {
    const rendered = (subject: number, body: number): object => {
      const template = compileTemplate("emails", "t", {
        locales: { en: { subject: "{{s}}", html: "<p>{{{b}}}</p>", text: "-" } },
      });
      const adapter = emailAdapter({
        templates: { t: template },
        types: {},
        recipients: undefined,
        unsubscribeUrl: undefined,
      });
      const data = { s: "s".repeat(subject), b: "b".repeat(body) };
      const message = { player: "p", id: "m", type: "x", template: "t", data, dispatch: 1 };
      return adapter.render(message as never, { known: true, preferences: {} }, "a@b.example");
    };
    const bytesOf = (answer: object): number => Buffer.byteLength(JSON.stringify((answer as { body: unknown }).body));

    it("hold for the subject", () => {
      expect(rendered(MAX_SUBJECT, 1)).to.have.property("body");
      expect(rendered(MAX_SUBJECT + 1, 1)).to.have.nested.property("fail.field", "subject");
      expect(rendered(0, 1)).to.have.nested.property("fail.field", "subject");
    });

    it("hold for the whole mail", () => {
      const rest = bytesOf(rendered(1, 0));
      const largest = rendered(1, MAX_MAIL_BYTES - rest);
      expect(bytesOf(largest)).to.equal(MAX_MAIL_BYTES);
      expect(rendered(1, MAX_MAIL_BYTES - rest + 1)).to.have.nested.include({
        "fail.code": "rendered-too-large",
        "fail.detail": "240001 bytes; at most 240000",
      });
    });
  });

  describe("of calls", () => {
    const world = new World();
    before(() => world.open());
    after(() => world.close());
    beforeEach(() => world.reset());

    it("hold for the delay of a copy", async () => {
      for (const seconds of [-5, 0.2, MAX_DELAY_SECONDS, MAX_DELAY_SECONDS + 1]) {
        await sendCopy(new sqs.SQSClient({}), QUEUE, envelope({ player: "p", id: "m" }), seconds);
      }
      expect(world.calls.map(({ input }) => input["DelaySeconds"])).to.deep.equal([0, 1, 900, 900]);
    });

    it("hold for the rate: the lower of ours and SES's, which is asked for every five minutes", async () => {
      const client = new ses.SESClient({});
      const asked = (): number => world.calls.length;
      const memory = {};
      world.maxSendRate = 14;
      expect(await currentRate(client, undefined, memory, NOW)).to.equal(14);
      world.maxSendRate = 28;
      expect(await currentRate(client, undefined, memory, NOW + QUOTA_TTL_MS - 1)).to.equal(14);
      expect(asked()).to.equal(1);
      expect(await currentRate(client, undefined, memory, NOW + QUOTA_TTL_MS)).to.equal(28);
      expect(asked()).to.equal(2);
      expect(await currentRate(client, 5, memory, NOW + QUOTA_TTL_MS)).to.equal(5);
      expect(await currentRate(client, 50, memory, NOW + QUOTA_TTL_MS)).to.equal(28);
    });

    it("hold for the rate of the sandbox while SES does not say its own", async () => {
      world.gate = () => Promise.reject(lost());
      const [rate] = await quietly(() => currentRate(new ses.SESClient({}), undefined, {}, NOW));
      expect(rate).to.equal(SANDBOX_RATE);
    });

    it("hold for how far ahead slots are given, over all containers together", async () => {
      const client = new dynamodb.DynamoDBClient({});
      const take = (wanted: number, memory = {}) => takeLease(client, TABLE, "emails", wanted, 1, NOW, memory);
      expect(await take(10)).to.deep.equal({ from: NOW, interval: 1_000, slots: 10 });
      // One at 10, one at 15 seconds and those between; the next would lie beyond.
      expect(await take(10)).to.deep.equal({ from: NOW + 10_000, interval: 1_000, slots: 6 });
      expect((await take(1)).slots).to.equal(0);
      expect(MAX_AHEAD_MS).to.equal(15_000);
      // What a container remembers may be old by now: another's slots are not given again.
      world.calls.length = 0;
      expect(await takeLease(client, TABLE, "emails", 1, 1, NOW + 5_000, { next: NOW + 10_000 })).to.deep.equal({
        from: NOW + 16_000,
        interval: 1_000,
        slots: 1,
      });
      expect(world.calls).to.have.length(2);
    });
  });
});
