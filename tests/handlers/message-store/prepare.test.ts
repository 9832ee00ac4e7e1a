import { expect } from "chai";
import { messageKey, suppressionKey } from "../../../components/message-store/keys";
import type { Message } from "../../../components/message-store/message";
import { enqueue, envelope, handlers, PARKED, prepareAll, putPlayer, told } from "../email-dispatcher/fixture";
import { lost, sdkError } from "../shared/sdk";
import { context, World } from "./world";

describe("prepare", () => {
  const world = new World();
  before(() => world.open());
  after(() => world.close());
  beforeEach(async () => {
    await world.reset();
    await putPlayer(
      world,
      "ada",
      { name: "Ada", email: "ada@players.test", locale: "de-AT" },
      { emailMarketing: true },
    );
    await putPlayer(world, "bob", { name: "Bob", email: "bob@players.test" }, { emailSocial: false });
    await putPlayer(world, "cy", { name: "Cy" });
    await putPlayer(world, "dee", { name: "Dee", email: "dee@real.example" });
    await putPlayer(world, "eve", { name: "Eve", email: "eve@players.test\r\nBcc: all@players.test" });
  });

  const now = (): number => Math.floor(world.now / 1000);
  async function fate(message: Partial<Message>, h = handlers()) {
    const of = await enqueue(world, message);
    expect(await prepareAll(world, h)).to.deep.equal({ batchItemFailures: [] });
    return told(world, of.player, of.id);
  }

  it("renders in the player's locale and publishes with channel, type and priority", async () => {
    const of = await enqueue(world, { type: "marketing", deduplicationKey: "once" });
    await prepareAll(world);
    expect(world.published).to.have.length(1);
    expect(world.published[0]?.topic).to.equal("t:marketing");
    expect(world.published[0]?.attributes).to.deep.equal({ channel: "email", type: "marketing", priority: "9" });
    expect(JSON.parse(world.published[0]?.body ?? "")).to.deep.equal(
      envelope(of, {
        type: "marketing",
        locale: "de",
        subject: "Hallo Ada",
        html: "<p>Hallo Ada.</p>",
        text: "Hallo Ada!",
        unsubscribeUrl: `https://game.example/unsubscribe?p=ada&m=${of.id}`,
      }),
    );
    expect((await told(world, of.player, of.id)).status).to.equal("queued");
  });

  const skipped: [string, Partial<Message>, object][] = [
    ["without an address", { player: "cy" }, { code: "no-address", detail: "no e-mail in the profile" }],
    ["to nobody", { player: "ghost" }, { code: "no-address", detail: "player unknown" }],
    ["to an address that would inject headers", { player: "eve" }, { code: "invalid-address" }],
    ["to a real player from a test stack", { player: "dee" }, { code: "recipient-not-allowed" }],
    ["without consent", { player: "bob", type: "marketing" }, { code: "consent-missing", detail: "emailMarketing" }],
    ["after an opt-out", { player: "bob", type: "social" }, { code: "consent-missing", detail: "emailSocial" }],
  ];
  for (const [what, message, reason] of skipped) {
    it(`skips a message ${what}, saying why`, async () => {
      const { code } = reason as { code: string };
      expect(await fate(message)).to.deep.include({
        status: "skipped",
        reason,
        history: ["queued", `skipped ${code}`],
      });
      expect(world.published).to.deep.equal([]);
    });
  }

  it("skips a suppressed address", async () => {
    await world.put({ ...suppressionKey("ADA@players.test"), reason: { S: "complaint" } });
    expect(await fate({})).to.deep.include({ status: "skipped", reason: { code: "suppressed", detail: "complaint" } });
  });

  const failed: [string, Partial<Message>, object][] = [
    ["an unknown template", { template: "nope" }, { code: "template-unknown", template: "nope" }],
    [
      "a template named as an object's own member",
      { template: "constructor" },
      { code: "template-unknown", template: "constructor" },
    ],
    [
      "a missing field",
      { player: "bob", data: { name: "Bob" } },
      { code: "template-error", template: "welcome", locale: "en", field: "level" },
    ],
    [
      "a line break in the subject",
      { data: { name: "Ada\r\nBcc: x@y.example" } },
      {
        code: "template-error",
        template: "welcome",
        locale: "de",
        field: "subject",
        detail: "a subject is 1 to 998 characters on one line",
      },
    ],
  ];
  for (const [what, message, reason] of failed) {
    it(`fails a message with ${what}, naming template, locale and field`, async () => {
      const result = await fate(message);
      expect(result.status).to.equal("failed");
      expect(result.reason).to.deep.include(reason);
    });
  }

  it("fails mail that needs consent when no unsubscribe address is configured", async () => {
    const h = handlers({ adapter: { unsubscribeUrl: undefined } });
    expect((await fate({ type: "marketing" }, h)).reason).to.deep.include({ code: "unsubscribe-url-missing" });
  });

  it("expires what is past its validity", async () => {
    const of = await enqueue(world, { validUntil: now() + 10 });
    world.now += 10_000;
    await prepareAll(world);
    expect(await told(world, of.player, of.id)).to.deep.include({
      status: "expired",
      history: ["queued", "expired expired"],
    });
  });

  it("publishes what no adapter takes as it is, for the catch-all", async () => {
    await enqueue(world, { channel: "sms" });
    await prepareAll(world);
    expect(world.published[0]?.attributes["channel"]).to.equal("sms");
    expect(JSON.parse(world.published[0]?.body ?? "")).to.deep.include({ player: "ada", channel: "sms", dispatch: 1 });
  });

  it("takes the name of an object's own member for a channel like any other, and does its neighbours", async () => {
    await enqueue(world, { channel: "constructor" });
    await enqueue(world, {});
    expect(await prepareAll(world)).to.deep.equal({ batchItemFailures: [] });
    expect(world.published.map(({ attributes }) => attributes["channel"])).to.have.members(["constructor", "email"]);
  });

  it("changes nothing when a record comes again after its message has moved on", async () => {
    const of = await enqueue(world, { player: "cy" });
    const records = world.records();
    await prepareAll(world, handlers(), records);
    const before = await told(world, of.player, of.id);
    await prepareAll(world, handlers(), records);
    expect(await told(world, of.player, of.id)).to.deep.equal(before);
  });

  it("concludes nothing for a pass that is no longer the last", async () => {
    const of = await enqueue(world, { player: "cy" });
    const records = world.records();
    const { pk, sk } = messageKey(of.player, of.id);
    await world.put({ ...(await world.item({ pk, sk })), dispatch: { N: "2" } });
    expect(await prepareAll(world, handlers(), records)).to.deep.equal({ batchItemFailures: [] });
    expect((await told(world, of.player, of.id)).status).to.equal("queued");
  });

  it("parks a record that can never succeed, and does its neighbours", async () => {
    await world.put({ pk: { S: "PLAYER#x" }, sk: { S: "MSG#1" }, status: { S: "queued" } });
    await enqueue(world);
    expect(await prepareAll(world)).to.deep.equal({ batchItemFailures: [] });
    expect(world.published).to.have.length(1);
    expect(world.bodies(PARKED)).to.have.length(1);
    expect(world.bodies(PARKED)[0]).to.deep.include({
      reason: "malformed-item",
      keys: { pk: { S: "PLAYER#x" }, sk: { S: "MSG#1" } },
    });
  });

  it("parks a message that lies under the key of another", async () => {
    const of = await enqueue(world);
    const item = await world.item(messageKey(of.player, of.id));
    await world.put({ ...item, ...messageKey("bob", of.id) });
    await world.put({ ...item, ...messageKey("ada", "another") });
    expect(await prepareAll(world)).to.deep.equal({ batchItemFailures: [] });
    expect(world.published).to.have.length(1);
    expect(world.bodies(PARKED)).to.have.length(2);
  });

  it("reports what failed for now by its sequence number, and only that", async () => {
    await enqueue(world, { player: "cy" });
    await enqueue(world);
    const [first, second] = world.records();
    world.gate = (call, effect) => {
      if (call.operation === "PublishBatch") throw lost();
      return effect();
    };
    expect(await prepareAll(world)).to.deep.equal({
      batchItemFailures: [{ itemIdentifier: second?.dynamodb?.SequenceNumber }],
    });
    world.gate = (call, effect) => {
      if (call.operation === "UpdateItem") throw sdkError("ProvisionedThroughputExceededException", "slow", 400);
      return effect();
    };
    expect(await prepareAll(world)).to.deep.equal({
      batchItemFailures: [{ itemIdentifier: first?.dynamodb?.SequenceNumber }],
    });
  });

  describe("when an adapter throws for one message of five", () => {
    const address = (of: string) => ({
      address: (message: { player: string }) => {
        if (message.player === of) throw new TypeError("no such guild");
        return { address: `${message.player}@players.test` };
      },
      render: (message: { player: string }) => ({ body: { player: message.player } }),
    });
    const cyclic: Record<string, unknown> = {};
    cyclic["self"] = cyclic;
    const players = ["p0", "p1", "p2", "p3", "p4"];
    const others = ["p0", "p1", "p3", "p4"];
    beforeEach(async () => {
      for (const player of players) await enqueue(world, { player, channel: "guild" });
    });
    const published = () => world.published.map(({ body }) => (JSON.parse(body) as { player: string }).player);

    it("reports its sequence number and publishes its neighbours, each time that it comes back", async () => {
      const h = handlers({ prepare: { channels: { guild: address("p2") } } });
      const records = world.records();
      const failure = { batchItemFailures: [{ itemIdentifier: records[2]?.dynamodb?.SequenceNumber }] };
      world.calls.length = 0;
      expect(await prepareAll(world, h, records)).to.deep.equal(failure);
      expect(published()).to.deep.equal(others);
      const operations = world.calls.map(({ operation }) => operation);
      expect(operations).to.deep.equal(["BatchGetItem", "BatchGetItem", "PublishBatch"]);
      // From the lowest number that failed, as the mapping does.
      expect(await prepareAll(world, h, records.slice(2))).to.deep.equal(failure);
      expect(published()).to.deep.equal([...others, "p3", "p4"]);
      expect(world.bodies(PARKED)).to.deep.equal([]);
    });

    it("reports one whose address is none", async () => {
      const guild = address("nobody");
      const odd = {
        ...guild,
        address: (message: { player: string }) =>
          message.player === "p2" ? { address: 7 as unknown as string } : guild.address(message),
      };
      const sequence = world.records()[2]?.dynamodb?.SequenceNumber;
      expect(await prepareAll(world, handlers({ prepare: { channels: { guild: odd } } }))).to.deep.equal({
        batchItemFailures: [{ itemIdentifier: sequence }],
      });
      expect(published()).to.deep.equal(others);
    });

    for (const [what, render] of [
      [
        "rendering throws",
        () => {
          throw new Error("no such guild");
        },
      ],
      ["what it renders is no JSON", () => ({ body: cyclic })],
    ] as const) {
      it(`fails it for good, saying why, when ${what}`, async () => {
        const guild = address("nobody");
        const odd = {
          ...guild,
          render: (message: { player: string }) => (message.player === "p2" ? render() : guild.render(message)),
        };
        expect(await prepareAll(world, handlers({ prepare: { channels: { guild: odd } } }))).to.deep.equal({
          batchItemFailures: [],
        });
        expect(published()).to.deep.equal(others);
        const id = world.records()[2]?.dynamodb?.NewImage?.["id"]?.S ?? "";
        const fateOf = await told(world, "p2", id);
        expect([fateOf.status, fateOf.reason?.code]).to.deep.equal(["failed", "template-error"]);
      });
    }
  });

  it("reports the messages of a batch when players cannot be read", async () => {
    await enqueue(world);
    const [record] = world.records();
    world.gate = (call, effect) => {
      if (call.operation === "BatchGetItem") throw lost();
      return effect();
    };
    expect(await prepareAll(world)).to.deep.equal({
      batchItemFailures: [{ itemIdentifier: record?.dynamodb?.SequenceNumber }],
    });
  });

  it("reads a hundred players with two requests and publishes in tens", async () => {
    for (let i = 0; i < 100; i++) {
      await putPlayer(world, `p${i}`, { name: `P${i}`, email: `p${i}@players.test` });
      await enqueue(world, { player: `p${i}` });
    }
    world.calls.length = 0;
    await prepareAll(world);
    const count = (operation: string): number => world.calls.filter((call) => call.operation === operation).length;
    // Two for players and preferences, one for suppression entries.
    expect([count("BatchGetItem"), count("PublishBatch"), count("UpdateItem")]).to.deep.equal([3, 10, 0]);
    expect(world.published).to.have.length(100);
  });

  it("publishes changes into subscribed statuses, and no others", async () => {
    const h = handlers({ prepare: { subscribed: ["skipped"] } });
    const of = await enqueue(world, { player: "cy", run: "r1" });
    await prepareAll(world, h);
    await prepareAll(world, h, world.records().slice(1));
    const changes = world.published.filter(({ topic }) => topic === "t:status");
    expect(changes).to.have.length(1);
    expect(changes[0]?.attributes).to.deep.equal({ status: "skipped", channel: "email", type: "transactional" });
    expect(JSON.parse(changes[0]?.body ?? "")).to.deep.include({
      player: "cy",
      id: of.id,
      run: "r1",
      status: "skipped",
      previous: "queued",
      reason: { code: "no-address", detail: "no e-mail in the profile" },
    });
  });

  it("reports a change of status that could not be published", async () => {
    const h = handlers({ prepare: { subscribed: ["skipped"] } });
    await enqueue(world, { player: "cy" });
    await prepareAll(world, h);
    const [change] = world.records().slice(1);
    world.gate = (call, effect) => {
      if (call.operation === "PublishBatch") throw lost();
      return effect();
    };
    expect(await prepareAll(world, h, [change!])).to.deep.equal({
      batchItemFailures: [{ itemIdentifier: change!.dynamodb?.SequenceNumber }],
    });
  });

  it("asks again for what a read left over, and reports its messages where that never ends", async () => {
    await enqueue(world);
    let left = 1;
    world.gate = (call, effect) =>
      call.operation === "BatchGetItem" && left-- > 0
        ? Promise.resolve({ Responses: {}, UnprocessedKeys: call.input["RequestItems"] })
        : effect();
    expect(await prepareAll(world)).to.deep.equal({ batchItemFailures: [] });
    expect(world.published).to.have.length(1);
    left = 5;
    expect((await prepareAll(world)).batchItemFailures).to.have.length(1);
    expect(world.published).to.have.length(1);
  });

  it("prefers the profile's address to the message's own, which is for players without one", async () => {
    await enqueue(world, { to: "elsewhere@players.test" });
    await enqueue(world, { player: "cy", to: "elsewhere@players.test" });
    await prepareAll(world);
    const addresses = world.published.map(({ body }) => (JSON.parse(body) as { to: string }).to);
    expect(addresses).to.deep.equal(["ada@players.test", "elsewhere@players.test"]);
  });

  it("uses the message's own address and locale where no directory is", async () => {
    const h = handlers({ prepare: { directory: undefined } });
    await enqueue(world, { player: "guest", to: "guest@players.test", locale: "de" });
    await h.prepare()({ Records: world.records() }, context);
    expect(JSON.parse(world.published[0]?.body ?? "")).to.deep.include({ to: "guest@players.test", locale: "de" });
  });
});
