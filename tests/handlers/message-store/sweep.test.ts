import { expect } from "chai";
import { messageClient } from "../../../components/message-store/enqueue";
import { messageKey } from "../../../components/message-store/keys";
import { statusHandler } from "../../../components/message-store/on-status";
import { storeRedriveHandler } from "../../../components/message-store/redrive";
import { sweepHandler } from "../../../components/message-store/sweep";
import { unknownChannelHandler } from "../../../components/message-store/unknown-channel";
import type { Context } from "aws-lambda";
import { enqueue, handlers, prepareAll, putPlayer, sesEvent, told } from "../email-dispatcher/fixture";
import { fixed } from "../shared/sdk";
import { context, TABLE, World } from "./world";

describe("the store's other functions", () => {
  const world = new World();
  before(() => world.open());
  after(() => world.close());
  beforeEach(() => world.reset());
  const now = (): number => Math.floor(world.now / 1000);
  const sweep = sweepHandler({ table: fixed(TABLE) });

  it("wake what is due, once, and let it be prepared", async () => {
    await putPlayer(world, "ada", { name: "Ada", email: "ada@players.test" });
    const of = await enqueue(world, { notBefore: now() + 60 });
    expect(await sweep()({}, context)).to.deep.equal({ woken: 0, more: false });
    await prepareAll(world);
    expect(world.published).to.deep.equal([]);
    world.now += 60_000;
    expect(await sweep()({}, context)).to.deep.equal({ woken: 1, more: false });
    expect(await sweep()({}, context)).to.deep.equal({ woken: 0, more: false });
    expect(await world.item(messageKey(of.player, of.id))).to.not.have.any.keys("dueAt", "dueBucket");
    expect((await told(world, of.player, of.id)).history).to.deep.equal(["held not-before", "queued due"]);
    await prepareAll(world);
    expect(JSON.parse(world.published[0]?.body ?? "")).to.deep.include({ id: of.id, dispatch: 1 });
  });

  it("leave what was put off after the index was read", async () => {
    const of = await enqueue(world, { notBefore: now() + 60 });
    world.now += 60_000;
    const later = { N: String(now() + 3_600) };
    world.gate = async (call, effect) => {
      if (call.operation === "UpdateItem") {
        await world.put({ ...(await world.item(messageKey(of.player, of.id))), dueAt: later });
      }
      return effect();
    };
    expect(await sweep()({}, context)).to.deep.equal({ woken: 0, more: false });
    expect(await world.item(messageKey(of.player, of.id))).to.deep.include({ status: { S: "held" }, dueAt: later });
  });

  it("leave what a late word of its provider came for while it waited", async () => {
    const of = await enqueue(world, { notBefore: now() + 60 });
    world.now += 60_000;
    await handlers().events()(world.sqsEvent([sesEvent("Send", of)]), context);
    expect(await sweep()({}, context)).to.deep.equal({ woken: 0, more: false });
    const item = await world.item(messageKey(of.player, of.id));
    expect(item?.["status"]).to.deep.equal({ S: "sent" });
    // Nothing is left in the index, to be tried again each minute.
    expect(item).to.not.have.any.keys("dueAt", "dueBucket");
    // As items lie that were overtaken before events took them out of the index.
    await world.put({ ...item, dueBucket: { S: "0" }, dueAt: { N: String(now()) } });
    expect(await sweep()({}, context)).to.deep.equal({ woken: 0, more: false });
  });

  it("wake many in pages, and stop in time", async () => {
    for (let i = 0; i < 230; i++) await enqueue(world, { player: `p${i}`, notBefore: now() + 60 });
    world.now += 61_000;
    const hurried = { getRemainingTimeInMillis: () => 1_000 } as unknown as Context;
    expect(await sweep()({}, hurried)).to.deep.equal({ woken: 0, more: true });
    world.gate = (call, effect) => {
      if (call.operation === "Query") call.input["Limit"] = 100;
      return effect();
    };
    expect(await sweep()({}, context)).to.deep.equal({ woken: 230, more: false });
  });

  it("ask one shard a minute, and all of them at first and once an hour", async () => {
    const run = sweep();
    const queries = (): number => world.calls.filter(({ operation }) => operation === "Query").length;
    const asked: number[] = [];
    for (let minute = 0; minute <= 61; minute++) {
      const before = queries();
      await run({}, context);
      asked.push(queries() - before);
      world.now += 60_000;
    }
    expect(asked.map((count, minute) => [minute, count]).filter(([, count]) => count !== 1)).to.deep.equal([
      [0, 8],
      [60, 8],
    ]);
  });

  it("ask all shards again when time ran out before the last", async () => {
    const run = sweep();
    const queries = (): number => world.calls.filter(({ operation }) => operation === "Query").length;
    let left = 30_000;
    const hurried = { getRemainingTimeInMillis: () => (left -= 10_000) } as unknown as Context;
    expect(await run({}, hurried)).to.deep.equal({ woken: 0, more: true });
    expect(queries()).to.equal(2);
    expect(await run({}, context)).to.deep.equal({ woken: 0, more: false });
    expect(queries()).to.equal(10);
  });

  it("wake what is written late, what a run that died left, and what lies in a shard no longer used", async () => {
    const run = sweep();
    const late = await enqueue(world, { player: "late", notBefore: now() + 30 });
    await enqueue(world, { player: "left", notBefore: now() + 30 });
    const other = await enqueue(world, { player: "other", notBefore: now() + 30 });
    const move = (of: { player: string; id: string }, shard: string): Promise<unknown> =>
      world.perform("UpdateItem", {
        TableName: TABLE,
        Key: messageKey(of.player, of.id),
        UpdateExpression: "SET dueBucket = :shard",
        ExpressionAttributeValues: { ":shard": { S: shard } },
      });
    await move(late, "elsewhere");
    await move(other, "7");
    await run({}, context);
    world.now += 60_000;
    world.gate = (call, effect) => {
      if (call.operation === "UpdateItem") throw new Error("the function died");
      return effect();
    };
    await run({}, context).then(
      () => expect.fail("it must not hide that it died"),
      () => undefined,
    );
    world.gate = (_call, effect) => effect();
    // The entry becomes visible only after its minute was read: the index is eventually consistent.
    await move(late, "0");
    world.now += 3 * 86_400_000 - 60_000;
    const fresh = sweep();
    expect(await fresh({}, context)).to.deep.equal({ woken: 3, more: false });
    await move(await enqueue(world, { player: "again", notBefore: now() + 30 }), "5");
    world.now += 60_000;
    expect(await fresh({}, context)).to.deep.equal({ woken: 0, more: false });
    world.now += 3_600_000;
    expect(await fresh({}, context)).to.deep.equal({ woken: 1, more: false });
  });

  it("spread what is dated ahead over as many shards as the store has", async () => {
    const wide = { table: fixed(TABLE), types: ["social"], retentionDays: 400, dueShards: 4 };
    const { enqueueMany } = messageClient(wide);
    const message = { type: "social", template: "t", notBefore: now() + 60 };
    await enqueueMany(Array.from({ length: 60 }, (_, i) => ({ ...message, player: `p${i}` })));
    const shards = (await world.scan()).map((item) => item["dueBucket"]?.S);
    expect([...new Set(shards)].sort()).to.deep.equal(["0", "1", "2", "3"]);
    const run = sweepHandler({ table: fixed(TABLE), dueShards: 4 })();
    await run({}, context);
    world.now += 61_000;
    const before = world.calls.length;
    expect(await run({}, context)).to.deep.equal({ woken: 60, more: false });
    expect(world.calls.slice(before).filter(({ operation }) => operation === "Query")).to.have.length(4);
  });

  it("prepare again what the stream's mapping gave up", async () => {
    await putPlayer(world, "ada", { name: "Ada", email: "ada@players.test" });
    const gone = await enqueue(world, { player: "cy" });
    const lost = [await enqueue(world), await enqueue(world)];
    const after = await enqueue(world);
    const [, first, second] = world.records();
    const { eventSourceARN: streamArn = "" } = first ?? {};
    const batch = {
      DDBStreamBatchInfo: {
        shardId: "shardId-00000000000000000000-00000000",
        startSequenceNumber: first?.dynamodb?.SequenceNumber,
        endSequenceNumber: second?.dynamodb?.SequenceNumber,
        streamArn,
      },
    };
    const shards = (await world.perform("DescribeStream", { StreamArn: streamArn })) as {
      StreamDescription: { Shards: { ShardId: string }[] };
    };
    batch.DDBStreamBatchInfo.shardId = shards.StreamDescription.Shards[0]?.ShardId ?? "";
    world.enqueueCopy("failures", JSON.stringify(batch));
    world.enqueueCopy("failures", JSON.stringify({ reason: "malformed-item" }));
    const redrive = storeRedriveHandler({ table: fixed(TABLE), failuresUrl: fixed("failures") });
    expect(await redrive()({}, context)).to.deep.equal({ redriven: 2, unchanged: 0, kept: 1 });
    expect(world.bodies("failures")).to.deep.equal([{ reason: "malformed-item" }]);
    expect(await sweep()({}, context)).to.deep.equal({ woken: 2, more: false });
    for (const of of lost) {
      expect(await told(world, of.player, of.id)).to.deep.include({
        status: "queued",
        history: ["queued", "held redrive", "queued due"],
      });
    }
    for (const of of [gone, after]) expect((await told(world, of.player, of.id)).history).to.deep.equal(["queued"]);
  });

  it("leave alone, of what was given up, what is about another status or another pass", async () => {
    await putPlayer(world, "ada", { name: "Ada", email: "ada@players.test" });
    const of = await enqueue(world);
    const key = messageKey(of.player, of.id);
    await world.put({ ...(await world.item(key)), dispatch: { N: "2" }, status: { S: "sending" } });
    await world.put({ ...(await world.item(key)), status: { S: "queued" } });
    const [first, second] = world.records();
    const { eventSourceARN: streamArn = "" } = first ?? {};
    const shards = (await world.perform("DescribeStream", { StreamArn: streamArn })) as {
      StreamDescription: { Shards: { ShardId: string }[] };
    };
    const DDBStreamBatchInfo = {
      shardId: shards.StreamDescription.Shards[0]?.ShardId,
      startSequenceNumber: first?.dynamodb?.SequenceNumber,
      endSequenceNumber: second?.dynamodb?.SequenceNumber,
      streamArn,
    };
    world.enqueueCopy("failures", JSON.stringify({ DDBStreamBatchInfo }));
    const redrive = storeRedriveHandler({ table: fixed(TABLE), failuresUrl: fixed("failures") });
    expect(await redrive()({}, context)).to.deep.equal({ redriven: 0, unchanged: 1, kept: 0 });
    expect(await world.item(key)).to.deep.include({ status: { S: "queued" }, dispatch: { N: "2" } });
  });

  it("prepare again what was parked, once it has been mended, and keep what has not", async () => {
    await putPlayer(world, "ada", { name: "Ada", email: "ada@players.test" });
    const [mended, broken, gone] = [await enqueue(world), await enqueue(world), await enqueue(world)];
    const set = (of: { player: string; id: string }, change: string, values: object): Promise<unknown> =>
      world.perform("UpdateItem", {
        TableName: TABLE,
        Key: messageKey(of.player, of.id),
        UpdateExpression: change,
        ExpressionAttributeNames: { "#name": "channel" },
        ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values }),
      });
    for (const of of [mended, broken, gone]) {
      world.enqueueCopy("failures", JSON.stringify({ reason: "malformed-item", keys: messageKey(of.player, of.id) }));
    }
    world.enqueueCopy(
      "failures",
      JSON.stringify({ reason: "malformed-item", keys: { pk: { S: "X" }, sk: { S: "Y" } } }),
    );
    world.enqueueCopy("failures", "no JSON");
    world.enqueueCopy("failures", "null");
    await set(broken, "REMOVE #name", {});
    await world.perform("UpdateItem", {
      TableName: TABLE,
      Key: messageKey(gone.player, gone.id),
      UpdateExpression: "SET #status = :skipped",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: { ":skipped": { S: "skipped" } },
    });
    const redrive = storeRedriveHandler({ table: fixed(TABLE), failuresUrl: fixed("failures") });
    expect(await redrive()({}, context)).to.deep.equal({ redriven: 1, unchanged: 1, kept: 4 });
    expect(world.queues["failures"]).to.have.length(4);
    expect(await sweep()({}, context)).to.deep.equal({ woken: 1, more: false });
    expect((await told(world, mended.player, mended.id)).history).to.deep.equal([
      "queued",
      "held redrive",
      "queued due",
    ]);
    expect((await told(world, broken.player, broken.id)).history).to.deep.equal(["queued"]);
    await set(broken, "SET #name = :email", { ":email": { S: "email" } });
    world.now += 61_000;
    expect(await redrive()({}, context)).to.deep.equal({ redriven: 1, unchanged: 0, kept: 3 });
  });

  it("take no input when they redrive", async () => {
    const redrive = storeRedriveHandler({ table: fixed(TABLE), failuresUrl: fixed("failures") })();
    for (const input of [null, [], "all", { deadLetters: true }]) {
      const error = await redrive(input, context).then(
        () => undefined,
        (thrown: unknown) => thrown as Error,
      );
      expect(error?.message).to.match(/of the request|the request: got .+; expected an object without members\.$/);
    }
    expect(world.calls).to.deep.equal([]);
  });

  it("pass over an item that somebody tampered with, and wake its neighbours", async () => {
    const [odd, other] = [
      await enqueue(world, { player: "odd", notBefore: now() + 10 }),
      await enqueue(world, { player: "other", notBefore: now() + 20 }),
    ];
    await world.perform("UpdateItem", {
      TableName: TABLE,
      Key: messageKey(odd.player, odd.id),
      UpdateExpression: "SET dispatch = :text",
      ExpressionAttributeValues: { ":text": { S: "one" } },
    });
    world.now += 60_000;
    expect(await sweep()({}, context)).to.deep.equal({ woken: 1, more: false });
    expect((await told(world, other.player, other.id)).status).to.equal("queued");
  });

  it("fail what no channel takes", async () => {
    const of = await enqueue(world, { channel: "pigeon" });
    await prepareAll(world, handlers());
    const bodies = world.published.map(({ body }) => body);
    const nobody = JSON.stringify({ player: "", id: of.id, channel: "pigeon", dispatch: 1 });
    const handler = unknownChannelHandler({ table: fixed(TABLE) })();
    expect(await handler(world.sqsEvent([...bodies, "{", "null", "[]", "{}", nobody]), context)).to.deep.equal({
      batchItemFailures: ["m1", "m2", "m3", "m4", "m5"].map((itemIdentifier) => ({ itemIdentifier })),
    });
    expect(await told(world, of.player, of.id)).to.deep.include({
      status: "failed",
      reason: { code: "channel-unknown", detail: "pigeon" },
    });
  });

  it("run a studio's reaction for each change, and bring back only the one that failed", async () => {
    const seen: string[] = [];
    const handler = statusHandler(async (change) => {
      seen.push(change.id);
      if (change.id === "2") throw new Error("not now");
    })();
    const bodies = ["1", "2", "3"].map((id) => JSON.stringify({ id }));
    expect(await handler(world.sqsEvent(bodies), context)).to.deep.equal({
      batchItemFailures: [{ itemIdentifier: "m1" }],
    });
    expect(seen).to.deep.equal(["1", "2", "3"]);
  });
});
