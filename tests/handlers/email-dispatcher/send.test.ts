import { expect } from "chai";
import { messageKey, suppressionKey } from "../../../components/message-store/keys";
import { context, World } from "../message-store/world";
import { lost, sdkError } from "../shared/sdk";
import { drain, enqueue, envelope, handlers, openQuietly, told, LETTERS, QUEUE, RECONCILE } from "./fixture";

describe("send", () => {
  const world = new World();
  openQuietly(world);
  beforeEach(() => world.reset());

  async function queued(more = {}): Promise<{ player: string; id: string }> {
    const of = await enqueue(world);
    world.enqueueCopy(QUEUE, JSON.stringify(envelope(of, more)));
    return of;
  }
  const nothing = { batchItemFailures: [] };

  it("writes the provider's id of what SES accepted", async () => {
    const of = await queued();
    expect(await drain(world, QUEUE, handlers().send)).to.deep.equal(nothing);
    const item = await world.item(messageKey(of.player, of.id));
    expect(item?.["providerId"]).to.deep.equal({ S: "ses-0" });
    expect(item?.["seen"]).to.deep.equal({ SS: ["Send-1"] });
  });

  it("tries what SES refuses three times with growing distance, then lays it down with the reason", async () => {
    const of = await queued();
    world.provider = () => {
      throw sdkError("MessageRejected", "Email address is not verified.", 400);
    };
    const h = handlers();
    const delays: number[] = [];
    for (let i = 0; i < 3; i++) {
      expect(await drain(world, QUEUE, h.send)).to.deep.equal(nothing);
      const [copy] = world.queues[QUEUE] ?? [];
      if (copy) {
        delays.push((copy.visibleAt - world.now) / 1000);
        world.now = copy.visibleAt;
      }
    }
    expect(delays).to.deep.equal([30, 60]);
    expect(await told(world, of.player, of.id)).to.deep.equal({
      status: "failed",
      attempt: 3,
      tries: 3,
      reason: { code: "attempts-used-up", detail: "MessageRejected: Email address is not verified." },
      history: [
        "queued",
        "sending attempt 1",
        "queued refused",
        "sending attempt 2",
        "queued refused",
        "sending attempt 3",
        "failed attempts-used-up",
      ],
    });
    const [letter] = world.bodies(LETTERS) as { reason: string; attempt: number; envelope: { id: string } }[];
    expect([letter?.reason, letter?.attempt, letter?.envelope.id]).to.deep.equal(["attempts-used-up", 3, of.id]);
  });

  it("does not count throttles, and keeps the history short however long they last", async () => {
    const of = await queued();
    world.provider = () => {
      throw sdkError("ThrottlingException", "Daily message quota exceeded.", 400);
    };
    const h = handlers();
    for (let i = 0; i < 60; i++) {
      await drain(world, QUEUE, h.send);
      const [copy] = world.queues[QUEUE] ?? [];
      const delay = ((copy?.visibleAt ?? 0) - world.now) / 1000;
      expect(delay).to.be.within(300, 600);
      world.now = copy?.visibleAt ?? 0;
    }
    const throttled = await told(world, of.player, of.id);
    expect(throttled).to.deep.include({ status: "queued", tries: 0, attempt: 60 });
    expect(throttled.history.length).to.equal(40);
    world.provider = () => "ses-1";
    await drain(world, QUEUE, h.send);
    expect(await told(world, of.player, of.id)).to.deep.include({ status: "sent", attempt: 61, tries: 1 });
  });

  for (const [code, what] of [
    ["Throttling", "over the rate"],
    ["MessageRejected", "refused"],
  ] as const) {
    it(`leaves a copy of a mail that is ${what} when its own write refuses the client's repetition of it`, async () => {
      const of = await queued();
      world.provider = () => {
        throw sdkError(code, "not now", 400);
      };
      // The reply to the first request is lost, and the client asks again.
      world.gate = async ({ operation, input }, effect) => {
        const isRelease = JSON.stringify(input).includes('":to":{"S":"queued"}');
        if (operation === "UpdateItem" && isRelease) await effect();
        return effect();
      };
      expect(await drain(world, QUEUE, handlers().send)).to.deep.equal(nothing);
      expect(await told(world, of.player, of.id)).to.deep.include({ status: "queued", attempt: 1 });
      expect(world.queues[QUEUE]).to.have.length(1);
    });
  }

  it("ends what expires while it waits for the quota", async () => {
    const of = await enqueue(world, { validUntil: Math.floor(world.now / 1000) + 100 });
    world.enqueueCopy(QUEUE, JSON.stringify(envelope(of)));
    world.provider = () => {
      throw sdkError("Throttling", "Maximum sending rate exceeded.", 400);
    };
    const h = handlers();
    await drain(world, QUEUE, h.send);
    world.now += 101_000;
    await drain(world, QUEUE, h.send);
    expect(await told(world, of.player, of.id)).to.deep.include({ status: "expired" });
    expect(world.queues[QUEUE]).to.deep.equal([]);
  });

  it("holds an unclear answer, and claims again only after the hold", async () => {
    const of = await queued();
    world.provider = () => {
      throw lost();
    };
    const h = handlers();
    expect(await drain(world, QUEUE, h.send)).to.deep.equal(nothing);
    expect(await told(world, of.player, of.id)).to.deep.include({ status: "sending", attempt: 1 });
    const [held] = world.queues[RECONCILE] ?? [];
    expect((held?.visibleAt ?? 0) - world.now).to.equal(600_000);
    // Another copy within the hold makes sure that a reconcile message exists, and goes.
    world.enqueueCopy(QUEUE, JSON.stringify(envelope(of)));
    world.now += 100_000;
    await drain(world, QUEUE, h.send);
    expect((world.queues[RECONCILE] ?? []).map((copy) => copy.visibleAt)).to.deep.equal([
      held?.visibleAt,
      held?.visibleAt,
    ]);
    world.now += 500_000;
    world.provider = () => "ses-2";
    await drain(world, RECONCILE, h.reconcile);
    await drain(world, QUEUE, h.send);
    expect(await told(world, of.player, of.id)).to.deep.include({ status: "sent", attempt: 2, tries: 2 });
    expect(world.mails).to.have.length(1);
  });

  it("looks at the suppression once more just before the claim", async () => {
    const of = await queued();
    await world.put({ ...suppressionKey("ada@players.test"), reason: { S: "bounce" } });
    await drain(world, QUEUE, handlers().send);
    expect(await told(world, of.player, of.id)).to.deep.include({
      status: "skipped",
      attempt: 0,
      reason: { code: "suppressed", detail: "bounce" },
    });
    expect(world.mails).to.deep.equal([]);
  });

  it("never mails an address that is not allowed, whoever put it into the queue", async () => {
    const of = await queued({ to: "player@real.example" });
    await drain(world, QUEUE, handlers().send);
    expect(await told(world, of.player, of.id)).to.deep.include({
      status: "skipped",
      reason: { code: "recipient-not-allowed" },
    });
    expect(world.mails).to.deep.equal([]);
  });

  it("lays down what is no envelope, and deletes copies of an older pass or of a message that is gone", async () => {
    const of = await enqueue(world);
    const bodies = [
      "not json",
      JSON.stringify(envelope(of, { dispatch: 0 })),
      JSON.stringify(envelope({ player: "x", id: "y" })),
    ];
    expect(await handlers().send()(world.sqsEvent(bodies), context)).to.deep.equal(nothing);
    expect(world.bodies(LETTERS)).to.deep.equal([{ reason: "malformed", detail: "not json" }]);
    expect(await told(world, of.player, of.id)).to.deep.include({ status: "queued" });
  });

  it("keeps SES's rate over the whole batch, and delays what lies too far ahead", async () => {
    world.maxSendRate = 0.2;
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) {
      const of = await enqueue(world, { player: `p${i}` });
      ids.push(of.id);
      world.enqueueCopy(QUEUE, JSON.stringify(envelope(of)));
    }
    const real = globalThis.setTimeout;
    const waited: number[] = [];
    globalThis.setTimeout = ((run: () => void, ms?: number) => {
      waited.push(ms ?? 0);
      return real(run, 0);
    }) as typeof setTimeout;
    try {
      await drain(world, QUEUE, handlers().send);
    } finally {
      globalThis.setTimeout = real;
    }
    // One each 5 s: slots at 0, 5, 10 and 15 s; the fifth would be 20 s ahead.
    expect(waited.filter((ms) => ms >= 1_000)).to.deep.equal([5_000, 10_000, 15_000]);
    expect(world.mails).to.have.length(4);
    expect((world.queues[QUEUE] ?? []).map((copy) => (copy.visibleAt - world.now) / 1000)).to.deep.equal([21]);
  });

  it("brings back a batch whose lease could not be taken", async () => {
    await queued();
    world.gate = (call, effect) =>
      JSON.stringify(call.input["Key"] ?? "").includes("LEASE#") ? Promise.reject(lost()) : effect();
    let message = "";
    await handlers()
      .send()(world.sqsEvent([world.queues[QUEUE]?.[0]?.body ?? ""]), context)
      .catch((error: unknown) => (message = (error as Error).message));
    expect(message).to.equal("socket hang up");
    expect(world.mails).to.deep.equal([]);
  });

  describe("dead letters of the queue itself", () => {
    it("fail what is still queued, with that reason, into the dead letters", async () => {
      const of = await enqueue(world);
      await handlers().deadLetters()(world.sqsEvent([JSON.stringify(envelope(of)), "{}"]), context);
      expect(await told(world, of.player, of.id)).to.deep.include({
        status: "failed",
        history: ["queued", "failed receive-limit"],
      });
      expect(world.bodies(LETTERS).map((letter) => (letter as { reason: string }).reason)).to.deep.equal([
        "receive-limit",
        "malformed",
      ]);
    });

    it("arm the reconcile message of what is sending", async () => {
      const of = await queued();
      world.provider = () => {
        throw lost();
      };
      await drain(world, QUEUE, handlers().send);
      world.queues[RECONCILE] = [];
      await handlers().deadLetters()(world.sqsEvent([JSON.stringify(envelope(of))]), context);
      expect(world.queues[RECONCILE]).to.have.length(1);
      expect(await told(world, of.player, of.id)).to.deep.include({ status: "sending" });
    });
  });

  describe("redrive", () => {
    it("queues failed messages again, once, from the dead letters or by id", async () => {
      const of = await enqueue(world);
      const h = handlers();
      await h.deadLetters()(world.sqsEvent([JSON.stringify(envelope(of))]), context);
      expect(await h.redrive()({ deadLetters: true }, context)).to.deep.equal({ redriven: 1, unchanged: 0, kept: 0 });
      expect(await told(world, of.player, of.id)).to.deep.include({ status: "queued", attempt: 1, tries: 0 });
      expect(world.queues[LETTERS]).to.deep.equal([]);
      expect(await h.redrive()({ messages: [of] }, context)).to.deep.equal({ redriven: 0, unchanged: 1, kept: 0 });
      const [letter] = [{ reason: "receive-limit", detail: "", attempt: 0, envelope: envelope(of) }];
      world.enqueueCopy(LETTERS, JSON.stringify(letter));
      expect(await h.redrive()({ deadLetters: true }, context)).to.deep.equal({ redriven: 0, unchanged: 1, kept: 0 });
    });

    it("keeps letters that are no mail, or whose message is still being worked on", async () => {
      const of = await enqueue(world);
      world.enqueueCopy(LETTERS, JSON.stringify({ reason: "malformed", detail: "x" }));
      world.enqueueCopy(LETTERS, JSON.stringify({ reason: "r", detail: "", attempt: 0, envelope: envelope(of) }));
      const answer = await handlers().redrive()({ deadLetters: true }, context);
      expect(answer).to.deep.equal({ redriven: 0, unchanged: 0, kept: 2 });
      expect(world.queues[LETTERS]).to.have.length(2);
    });

    for (const [what, request, message] of [
      ["nothing", null, "the request: got null; expected an object of messages, deadLetters, most."],
      ["nothing to do", {}, "deadLetters of the request: missing; expected true, or a list of `messages` instead."],
      ["a list", [], "the request: got []; expected"],
      ["both", { deadLetters: true, messages: [] }, "messages of the request: got []; expected either"],
      ["deadLetters that are not true", { deadLetters: "yes" }, 'deadLetters of the request: got "yes"; expected true'],
      ["a most that is none", { deadLetters: true, most: 0 }, "most of the request: got 0; expected a whole number"],
      ["no messages", { messages: [] }, "messages of the request: got []; expected a list of 1 to 1000 messages."],
      ["messages that are none", { messages: [null] }, "messages[0] of the request: got null; expected an object of"],
      ["a wrong player", { messages: [{ player: 1, id: "1" }] }, "messages[0].player of the request: got 1; expected"],
      [
        "a wrong id",
        { messages: [{ player: "a", id: "#" }] },
        'messages[0].id of the request: got "#"; expected the id',
      ],
      ["an unknown member", { all: true }, "all of the request: got true; expected an object of"],
    ] as const) {
      it(`fails for ${what}, and changes nothing`, async () => {
        world.enqueueCopy(LETTERS, "{}");
        const error = await handlers()
          .redrive()(request as never, context)
          .then(
            () => undefined,
            (thrown: unknown) => thrown as Error,
          );
        expect(error?.name).to.equal("RequestError");
        expect(error?.message).to.include(message);
        expect(world.calls.filter(({ service }) => service === "sqs")).to.deep.equal([]);
      });
    }
  });
});
