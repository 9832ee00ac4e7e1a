import { expect } from "chai";
import { takeLease, type LeaseMemory } from "../../../components/email-dispatcher/lease";
import { currentRate } from "../../../components/email-dispatcher/quota";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SESClient } from "@aws-sdk/client-ses";
import { messageKey } from "../../../components/message-store/keys";
import { context, TABLE, World } from "../message-store/world";
import { quietly } from "../shared/quietly";
import { lost, sdkError } from "../shared/sdk";
import { drain, enqueue, envelope, handlers, LETTERS, QUEUE, RECONCILE, sesEvent, told } from "./fixture";

/** Requests that break off, and copies of mails that come where they need not. */
describe("a mail of which one request breaks off", () => {
  const world = new World();
  before(() => world.open());
  after(() => world.close());
  beforeEach(() => world.reset());

  type Of = { readonly player: string; readonly id: string };
  const set = async (of: Of, attributes: object): Promise<void> => {
    const key = messageKey(of.player, of.id);
    await world.put({ ...(await world.item(key)), ...attributes });
  };
  const sending = (claimedAgo: number) => ({
    status: { S: "sending" },
    attempt: { N: "1" },
    tries: { N: "1" },
    claimedAt: { N: String(world.now - claimedAgo) },
  });
  const breaks = (operation: string, part = ""): void => {
    world.gate = (call, effect) =>
      call.operation === operation && JSON.stringify(call.input).includes(part) ? Promise.reject(lost()) : effect();
  };
  const delays = (queue: string) => (world.queues[queue] ?? []).map(({ visibleAt }) => visibleAt - world.now);
  const play = async <T>(work: () => Promise<T>): Promise<T> => (await quietly(work))[0];
  const nothing = { batchItemFailures: [] };
  const back = { batchItemFailures: [{ itemIdentifier: "m0" }] };

  it("comes back when its fate cannot be read", async () => {
    const of = await enqueue(world);
    world.enqueueCopy(QUEUE, JSON.stringify(envelope(of)));
    breaks("BatchGetItem");
    expect(await play(() => drain(world, QUEUE, handlers().send))).to.deep.equal(back);
    expect(world.mails).to.deep.equal([]);
  });

  it("has not failed before its dead letter lies there", async () => {
    const of = await enqueue(world);
    await set(of, { attempt: { N: "2" }, tries: { N: "2" } });
    world.enqueueCopy(QUEUE, JSON.stringify(envelope(of)));
    world.provider = () => {
      throw sdkError("MessageRejected", "no", 400);
    };
    breaks("SendMessage", LETTERS);
    expect(await play(() => drain(world, QUEUE, handlers().send))).to.deep.equal(nothing);
    expect((await told(world, of.player, of.id)).status).to.equal("sending");
    expect(delays(RECONCILE)).to.deep.equal([600_000]);
  });

  it("that its queue gave up has not failed before its dead letter lies there", async () => {
    const of = await enqueue(world);
    breaks("SendMessage", LETTERS);
    const event = world.sqsEvent([JSON.stringify(envelope(of))]);
    expect(await play(() => handlers().deadLetters()(event, context))).to.deep.equal(back);
    expect((await told(world, of.player, of.id)).status).to.equal("queued");
  });

  it("that its queue gave up while it was sent is looked at when its hold is over, and is no dead letter", async () => {
    const of = await enqueue(world);
    await set(of, sending(200_000));
    await handlers().deadLetters()(world.sqsEvent([JSON.stringify(envelope(of))]), context);
    expect([delays(RECONCILE), world.bodies(LETTERS)]).to.deep.equal([[400_000], []]);
  });

  it("waits in the reconcile queue for the rest of its hold", async () => {
    const of = await enqueue(world);
    await set(of, sending(590_000));
    await handlers().reconcile()(world.sqsEvent([JSON.stringify(envelope(of))]), context);
    expect([delays(RECONCILE), delays(QUEUE)]).to.deep.equal([[10_000], []]);
  });

  it("leaves the reconcile queue for good once its fate is known", async () => {
    const of = await enqueue(world);
    await set(of, { ...sending(600_000), status: { S: "sent" } });
    await handlers().reconcile()(world.sqsEvent([JSON.stringify(envelope(of))]), context);
    expect([delays(RECONCILE), delays(QUEUE)]).to.deep.equal([[], []]);
  });

  it("brings back an event whose address could not be forbidden", async () => {
    const of = await enqueue(world);
    const bounce = { bounceType: "Permanent", bouncedRecipients: [{ emailAddress: "ada@players.test" }] };
    breaks("UpdateItem", "SUPPRESSED#");
    const event = world.sqsEvent([sesEvent("Bounce", of, bounce)]);
    expect(await play(() => handlers().events()(event, context))).to.deep.equal(back);
    expect((await told(world, of.player, of.id)).status).to.equal("queued");
  });

  it("is claimed anew by who read it before another attempt was refused", async () => {
    const of = await enqueue(world);
    world.enqueueCopy(QUEUE, JSON.stringify(envelope(of)));
    world.gate = async (call, effect) => {
      if (call.operation === "UpdateItem" && JSON.stringify(call.input).includes("attempt 1")) {
        await set(of, { attempt: { N: "1" }, tries: { N: "1" } });
      }
      return effect();
    };
    await drain(world, QUEUE, handlers().send);
    expect(await told(world, of.player, of.id)).to.deep.include({ status: "sent", attempt: 2, tries: 2 });
  });

  it("that is redriven is not sent by a copy of the time before", async () => {
    const of = await enqueue(world);
    await set(of, { status: { S: "failed" }, attempt: { N: "3" } });
    await handlers().redrive()({ messages: [of] }, context);
    world.enqueueCopy(QUEUE, JSON.stringify(envelope(of)));
    await drain(world, QUEUE, handlers().send);
    expect([world.mails, (await told(world, of.player, of.id)).status]).to.deep.equal([[], "queued"]);
  });

  it("keeps the rate after a pause: slots that passed unused are gone", async () => {
    const client = new DynamoDBClient();
    const memory: LeaseMemory = {};
    await takeLease(client, TABLE, "d", 1, 10, world.now, memory);
    const later = world.now + 3_600_000;
    const lease = await takeLease(client, TABLE, "d", 3, 10, later, memory);
    expect(lease).to.deep.equal({ from: later, interval: 100, slots: 3 });
  });

  it("asks for the quota no sooner again when it could not be had", async () => {
    breaks("GetSendQuota");
    const memory = {};
    for (let i = 0; i < 2; i++) await play(() => currentRate(new SESClient(), undefined, memory, world.now));
    expect(world.calls).to.have.length(1);
  });

  it("goes at the rate of the sandbox where SES says that there is none", async () => {
    world.maxSendRate = 0;
    expect(await currentRate(new SESClient(), undefined, {}, world.now)).to.equal(1);
  });
});
