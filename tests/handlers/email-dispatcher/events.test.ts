import { expect } from "chai";
import * as fc from "fast-check";
import { parseMailEvent } from "../../../components/email-dispatcher/ses-event";
import { suppressionKey } from "../../../components/message-store/keys";
import { context, World } from "../message-store/world";
import { lost } from "../shared/sdk";
import { enqueue, handlers, openQuietly, sesEvent, told } from "./fixture";

describe("SES's events", () => {
  const world = new World();
  const logged: unknown[] = [];
  openQuietly(world, (line) => logged.push(line));
  beforeEach(() => world.reset());

  const hard = {
    bounceType: "Permanent",
    bounceSubType: "General",
    bouncedRecipients: [{ emailAddress: "Ada@players.test", diagnosticCode: "smtp; 550 5.1.1 unknown" }],
  };
  const soft = { bounceType: "Transient", bounceSubType: "MailboxFull", bouncedRecipients: [] };
  const complaint = { complainedRecipients: [{ emailAddress: "ada@players.test" }], complaintFeedbackType: "abuse" };

  async function after_(events: [string, Record<string, unknown>?][]) {
    const of = await enqueue(world, { player: "auth0|a b" });
    const bodies = events.map(([kind, detail]) => sesEvent(kind, of, detail));
    expect(await handlers().events()(world.sqsEvent(bodies), context)).to.deep.equal({ batchItemFailures: [] });
    return told(world, of.player, of.id);
  }

  it("write status and history, in whatever order, each once", async () => {
    expect(
      await after_([["Delivery"], ["Delivery"], ["Send"], ["DeliveryDelay", { delayType: "MailboxFull" }]]),
    ).to.deep.equal({
      status: "delivered",
      attempt: 0,
      tries: 0,
      history: ["queued", "delivered", "sent", "sent delayed: MailboxFull"],
    });
  });

  it("leave a status of the same rank as it is, with its reason", async () => {
    const result = await after_([
      ["Reject", { reason: "Bad content" }],
      ["Rendering Failure", { errorMessage: "no template" }],
    ]);
    expect(result).to.deep.include({ status: "rejected", reason: { code: "rejected", detail: "Bad content" } });
    expect(result.history).to.deep.equal(["queued", "rejected Bad content", "rejected no template"]);
  });

  it("make nothing of a mail whose message is not there", async () => {
    const body = sesEvent("Delivery", { player: "ada", id: "gone" });
    expect(await handlers().events()(world.sqsEvent([body]), context)).to.deep.equal({ batchItemFailures: [] });
    expect(await world.scan()).to.deep.equal([]);
  });

  it("forbid no address that bounced for a reason nobody knows", async () => {
    const odd = { ...hard, bounceType: "Undetermined", bounceSubType: "Undetermined" };
    expect((await after_([["Bounce", odd]])).status).to.equal("bounced");
    expect(await world.item(suppressionKey("ada@players.test"))).to.equal(undefined);
  });

  it("let a complaint outweigh a bounce, and never the other way round", async () => {
    await after_([["Bounce", hard]]);
    const first = await world.item(suppressionKey("ada@players.test"));
    world.now += 5_000;
    await after_([["Complaint", complaint]]);
    const outweighed = await world.item(suppressionKey("ada@players.test"));
    expect(outweighed).to.deep.equal({ ...first, reason: { S: "complaint" } });
    await after_([["Bounce", hard]]);
    expect(await world.item(suppressionKey("ada@players.test"))).to.deep.equal(outweighed);
  });

  it("tell a reader from a machine", async () => {
    const result = await after_([
      ["Send"],
      ["Open", { isBotEvent: "Likely" }],
      ["Click", { isBotEvent: "Likely" }],
      ["Open", { isBotEvent: "Unlikely" }],
    ]);
    expect(result.status).to.equal("opened");
    expect(result.history).to.deep.equal(["queued", "sent", "opened bot", "clicked bot", "opened"]);
  });

  it("give a hard bounce its reason and forbid the address, before anything else", async () => {
    const of = await enqueue(world);
    const seen: string[] = [];
    world.gate = (call, effect) => {
      seen.push(JSON.stringify(call.input["Key"]).includes("SUPPRESSED#") ? "suppression" : "message");
      return effect();
    };
    await handlers().events()(world.sqsEvent([sesEvent("Bounce", of, hard)]), context);
    expect(seen).to.deep.equal(["suppression", "message"]);
    expect(await told(world, of.player, of.id)).to.deep.include({
      status: "bounced",
      reason: { code: "bounced", detail: "Permanent/General: smtp; 550 5.1.1 unknown" },
    });
    expect(await world.item(suppressionKey("ada@players.test"))).to.deep.include({ reason: { S: "bounce" } });
  });

  it("leave the address alone after a soft bounce, which a delivery outranks", async () => {
    expect((await after_([["Send"], ["Bounce", soft]])).status).to.equal("bounced");
    expect((await after_([["Bounce", soft], ["Delivery"]])).status).to.equal("delivered");
    expect(await world.item(suppressionKey("ada@players.test"))).to.equal(undefined);
  });

  it("let a complaint outrank everything, and forbid the address", async () => {
    expect(await after_([["Complaint", complaint], ["Click"], ["Bounce", hard]])).to.deep.include({
      status: "complained",
      reason: { code: "complained", detail: "abuse" },
    });
    expect(await world.item(suppressionKey("ada@players.test"))).to.deep.include({ reason: { S: "complaint" } });
  });

  it("take a rejection, a rendering failure, and mail that is not ours", async () => {
    expect((await after_([["Send"], ["Reject", { reason: "Bad content" }]])).reason).to.deep.equal({
      code: "rejected",
      detail: "Bad content",
    });
    expect((await after_([["Rendering Failure", { errorMessage: "x" }]])).status).to.equal("rejected");
    const foreign = JSON.stringify({
      eventType: "Bounce",
      mail: { messageId: "z", timestamp: "2026-11-21T00:00:00Z" },
      bounce: { ...hard, bouncedRecipients: [{ emailAddress: "<x@players.test>" }] },
    });
    const answer = await handlers().events()(world.sqsEvent([foreign, "{}", "nonsense"]), context);
    expect(answer).to.deep.equal({ batchItemFailures: [] });
    expect(await world.item(suppressionKey("x@players.test"))).to.deep.include({ reason: { S: "bounce" } });
  });

  it("come back alone when their write failed", async () => {
    const of = await enqueue(world);
    let left = 1;
    world.gate = (_call, effect) => (left-- > 0 ? Promise.reject(lost()) : effect());
    const bodies = [sesEvent("Send", of), sesEvent("Delivery", of)];
    expect(await handlers().events()(world.sqsEvent(bodies), context)).to.deep.equal({
      batchItemFailures: [{ itemIdentifier: "m0" }],
    });
    expect((await told(world, of.player, of.id)).status).to.equal("delivered");
  });

  it("measure how late Send events come", async () => {
    const of = await enqueue(world);
    const body = sesEvent("Send", of);
    world.now += 42_000;
    await handlers().events()(world.sqsEvent([body]), context);
    expect(logged.at(-1)).to.deep.equal({ sendEventAge: 42_000 });
  });

  it("are read without a throw, whatever comes", () => {
    const kinds = fc.constantFrom(
      "Send",
      "Bounce",
      "Complaint",
      "Open",
      "Click",
      "Reject",
      "DeliveryDelay",
      "Rendering Failure",
    );
    fc.assert(
      fc.property(kinds, fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (eventType, mail, bounce, complaint_) => {
        parseMailEvent(JSON.stringify({ eventType, mail, bounce, complaint: complaint_, open: bounce }));
      }),
    );
    fc.assert(fc.property(fc.string(), (body) => void parseMailEvent(body)));
  });
});
