import { expect } from "chai";
import { messageKey } from "../../../components/message-store/keys";
import { context, World } from "../message-store/world";
import { lost } from "../shared/sdk";
import { drain, enqueue, envelope, handlers, openQuietly, told, LETTERS, QUEUE, RECONCILE } from "./fixture";

/** What somebody else writes between a handler's read and its write. */
describe("between reading a mail's fate and writing it", () => {
  const world = new World();
  openQuietly(world);
  beforeEach(() => world.reset());

  type Of = { readonly player: string; readonly id: string };

  async function write(of: Of, attributes: object): Promise<void> {
    const key = messageKey(of.player, of.id);
    await world.put({ ...(await world.item(key)), ...attributes });
  }

  /** Somebody else writes these before the handler's own next write of a status. */
  function meanwhile(of: Of, attributes: object): void {
    world.gate = async (call, effect) => {
      if (call.operation === "UpdateItem" && JSON.stringify(call.input["ConditionExpression"]).includes("#status")) {
        world.gate = (_call, go) => go();
        await write(of, attributes);
      }
      return effect();
    };
  }

  it("a redrive makes another copy: the older one is not sent", async () => {
    const of = await enqueue(world);
    world.enqueueCopy(QUEUE, JSON.stringify(envelope(of)));
    meanwhile(of, { dispatch: { N: "2" } });
    expect(await drain(world, QUEUE, handlers().send)).to.deep.equal({ batchItemFailures: [] });
    expect(world.mails).to.deep.equal([]);
    expect(await told(world, of.player, of.id)).to.deep.include({ status: "queued", attempt: 0 });
  });

  it("another copy of what has expired is claimed: that attempt is looked at again after its hold", async () => {
    const of = await enqueue(world, { validUntil: Math.floor(world.now / 1_000) + 10 });
    world.enqueueCopy(QUEUE, JSON.stringify(envelope(of)));
    world.now += 10_000;
    meanwhile(of, { status: { S: "sending" }, attempt: { N: "1" }, claimedAt: { N: String(world.now) } });
    expect(await drain(world, QUEUE, handlers().send)).to.deep.equal({ batchItemFailures: [] });
    expect((world.queues[RECONCILE] ?? []).map(({ visibleAt }) => visibleAt - world.now)).to.deep.equal([600_000]);
  });

  it("SES accepts a mail, and nothing can be written: the attempt is held, and its copy is done with", async () => {
    const of = await enqueue(world);
    world.enqueueCopy(QUEUE, JSON.stringify(envelope(of)));
    const began = world.now;
    world.provider = () => {
      world.now += 5_000;
      world.gate = ({ operation }, effect) => (operation === "UpdateItem" ? Promise.reject(lost()) : effect());
      return "ses-0";
    };
    expect(await drain(world, QUEUE, handlers().send)).to.deep.equal({ batchItemFailures: [] });
    expect((world.queues[RECONCILE] ?? []).map(({ visibleAt }) => visibleAt - began)).to.deep.equal([605_000]);
    expect((await told(world, of.player, of.id)).status).to.equal("sending");
  });

  it("SES takes its time: the history says when it accepted, not when it was asked", async () => {
    const of = await enqueue(world);
    world.enqueueCopy(QUEUE, JSON.stringify(envelope(of)));
    const began = Math.floor(world.now / 1_000);
    world.provider = () => {
      world.now += 5_000;
      return "ses-0";
    };
    await drain(world, QUEUE, handlers().send);
    const history = (await world.item(messageKey(of.player, of.id)))?.["history"]?.L ?? [];
    expect(history.map(({ M }) => Number(M?.["at"]?.N) - began)).to.deep.equal([0, 0, 5]);
  });

  it("a mail that its queue gave up is claimed: it is looked at again after the hold", async () => {
    const of = await enqueue(world);
    meanwhile(of, { status: { S: "sending" }, attempt: { N: "1" } });
    await handlers().deadLetters()(world.sqsEvent([JSON.stringify(envelope(of))]), context);
    expect((await told(world, of.player, of.id)).status).to.equal("sending");
    expect((world.queues[RECONCILE] ?? []).map(({ visibleAt }) => visibleAt - world.now)).to.deep.equal([600_000]);
  });

  it("a failed mail is redriven and fails anew: a redrive of the former failure does nothing", async () => {
    const of = await enqueue(world);
    await write(of, { status: { S: "failed" }, attempt: { N: "3" } });
    meanwhile(of, { attempt: { N: "5" } });
    expect(await handlers().redrive()({ messages: [of] }, context)).to.deep.equal({
      redriven: 0,
      unchanged: 1,
      kept: 0,
    });
    expect(await told(world, of.player, of.id)).to.deep.include({ status: "failed", attempt: 5 });
  });

  it("a letter of a former failure redrives nothing, and is done with", async () => {
    const of = await enqueue(world);
    await write(of, { status: { S: "failed" }, attempt: { N: "5" } });
    const letter = { reason: "attempts-used-up", detail: "", attempt: 3, envelope: envelope(of) };
    world.enqueueCopy(LETTERS, JSON.stringify(letter));
    expect(await handlers().redrive()({ deadLetters: true }, context)).to.deep.equal({
      redriven: 0,
      unchanged: 1,
      kept: 0,
    });
    expect(world.queues[LETTERS]).to.deep.equal([]);
    expect((await told(world, of.player, of.id)).status).to.equal("failed");
  });
});
