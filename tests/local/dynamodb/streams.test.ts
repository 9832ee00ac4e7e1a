import { expect } from "chai";
import fc from "fast-check";
import type { Json } from "../../../local/service";
import type { Item } from "../../../local/services/dynamodb";
import { TestDatabase, withStream } from "./in-process";

describe("DynamoDB streams", () => {
  let db: TestDatabase;
  beforeEach(async () => {
    db = new TestDatabase();
    await db.table("Orders", withStream);
  });

  it("records inserts, changes and removals with both images", async () => {
    await db.put("Orders", { a: { S: "1" }, v: { N: "1" } });
    await db.put("Orders", { a: { S: "1" }, v: { N: "2" } });
    await db.call("DeleteItem", { TableName: "Orders", Key: { a: { S: "1" } } });
    const seen = db
      .records("Orders")
      .map(({ eventName, dynamodb: { Keys, OldImage, NewImage } }) => ({ eventName, Keys, OldImage, NewImage }));
    const key = { a: { S: "1" } };
    const [first, second] = [
      { ...key, v: { N: "1" } },
      { ...key, v: { N: "2" } },
    ];
    expect(seen).to.deep.equal([
      { eventName: "INSERT", Keys: key, OldImage: undefined, NewImage: first },
      { eventName: "MODIFY", Keys: key, OldImage: first, NewImage: second },
      { eventName: "REMOVE", Keys: key, OldImage: second, NewImage: undefined },
    ]);
  });

  it("says nothing of writes that change nothing", async () => {
    await db.put("Orders", { a: { S: "1" }, v: { NS: ["1", "2"] } });
    await db.put("Orders", { a: { S: "1" }, v: { NS: ["2", "1.0"] } });
    await db.call("UpdateItem", { TableName: "Orders", Key: { a: { S: "1" } }, UpdateExpression: "REMOVE w" });
    await db.call("DeleteItem", { TableName: "Orders", Key: { a: { S: "2" } } });
    expect(db.records("Orders")).to.have.length(1);
  });

  for (const [view, images] of [
    ["KEYS_ONLY", []],
    ["NEW_IMAGE", ["NewImage"]],
    ["OLD_IMAGE", ["OldImage"]],
    ["NEW_AND_OLD_IMAGES", ["OldImage", "NewImage"]],
  ] as const) {
    it(`shows ${images.join(" and ") || "no image"} as ${view}`, async () => {
      await db.table("Viewed", { StreamSpecification: { StreamEnabled: true, StreamViewType: view } });
      await db.put("Viewed", { a: { S: "1" } });
      await db.put("Viewed", { a: { S: "1" }, v: { N: "2" } });
      const { dynamodb } = db.records("Viewed")[1]!;
      expect(Object.keys(dynamodb).filter((name) => name.endsWith("Image"))).to.have.members([...images]);
    });
  }

  it("tells its listeners once per operation, when all records are there", async () => {
    const seen: number[] = [];
    const stop = db.cloud.ports.streams.onAppend(db.streamArn("Orders"), () => seen.push(db.records("Orders").length));
    await db.call("TransactWriteItems", {
      TransactItems: ["1", "2", "3"].map((S) => ({ Put: { TableName: "Orders", Item: { a: { S } } } })),
    });
    await db.put("Orders", { a: { S: "4" } });
    stop();
    await db.put("Orders", { a: { S: "5" } });
    expect(seen).to.deep.equal([3, 4]);
  });

  it("keeps records for 24 hours", async () => {
    await db.put("Orders", { a: { S: "old" } });
    await db.clock.advance(23 * 3600_000);
    await db.put("Orders", { a: { S: "new" } });
    expect(db.records("Orders")).to.have.length(2);
    await db.clock.advance(2 * 3600_000);
    expect(db.records("Orders").map((record) => record.dynamodb.Keys)).to.deep.equal([{ a: { S: "new" } }]);
  });

  it("is read through the API by shard iterators of every type", async () => {
    for (const S of ["1", "2", "3"]) await db.put("Orders", { a: { S } });
    const StreamArn = db.streamArn("Orders");
    const { StreamDescription: stream } = await db.call<{ StreamDescription: { Shards: { ShardId: string }[] } }>(
      "DescribeStream",
      { StreamArn },
    );
    const { ShardId } = stream.Shards[0]!;
    const second = db.records("Orders")[1]!.dynamodb.SequenceNumber;
    const keysFrom = async (more: object): Promise<unknown> => {
      const { ShardIterator } = await db.call("GetShardIterator", { StreamArn, ShardId, ...more });
      const { Records: records } = await db.call<{ Records: { dynamodb: { Keys: Item } }[] }>("GetRecords", {
        ShardIterator,
      });
      return records.map((record) => record.dynamodb.Keys["a"]!.S);
    };
    expect(await keysFrom({ ShardIteratorType: "TRIM_HORIZON" })).to.deep.equal(["1", "2", "3"]);
    expect(await keysFrom({ ShardIteratorType: "LATEST" })).to.deep.equal([]);
    expect(await keysFrom({ ShardIteratorType: "AT_SEQUENCE_NUMBER", SequenceNumber: second })).to.deep.equal([
      "2",
      "3",
    ]);
    expect(await keysFrom({ ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber: second })).to.deep.equal(["3"]);
    // An iterator lives for 15 minutes (API_streams_GetShardIterator.html).
    const old = await db.call("GetShardIterator", { StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" });
    await db.clock.advance(15 * 60_000);
    expect(await db.refusal("GetRecords", old)).to.equal("");
    await db.clock.advance(1);
    expect(await db.refusal("GetRecords", old)).to.match(/^ExpiredIteratorException: /);
  });

  it("goes on from the next iterator and ends when the stream is switched off", async () => {
    const StreamArn = db.streamArn("Orders");
    const { Streams: streams } = await db.call<{ Streams: unknown[] }>("ListStreams", { TableName: "Orders" });
    expect(streams).to.deep.equal([{ StreamArn, TableName: "Orders", StreamLabel: StreamArn.split("/stream/")[1] }]);
    const { StreamDescription: stream } = await db.call<{ StreamDescription: { Shards: { ShardId: string }[] } }>(
      "DescribeStream",
      { StreamArn },
    );
    let { ShardIterator } = await db.call("GetShardIterator", {
      StreamArn,
      ShardId: stream.Shards[0]!.ShardId,
      ShardIteratorType: "TRIM_HORIZON",
    });
    await db.put("Orders", { a: { S: "1" } });
    const page = await db.call<{ Records: unknown[]; NextShardIterator?: string }>("GetRecords", { ShardIterator });
    expect(page.Records).to.have.length(1);
    ShardIterator = page.NextShardIterator;
    await db.call("UpdateTable", { TableName: "Orders", StreamSpecification: { StreamEnabled: false } });
    const last = await db.call<{ Records: unknown[]; NextShardIterator?: string }>("GetRecords", { ShardIterator });
    expect(last).to.deep.equal({ Records: [] });
  });

  it("keeps the order of every item's changes, so that replaying it rebuilds the table", async () => {
    const step = fc.record({
      kind: fc.constantFrom("put", "update", "delete", "batch", "transaction"),
      keys: fc.uniqueArray(fc.constantFrom("p", "q", "r", "s"), { minLength: 1, maxLength: 3 }),
      value: fc.integer({ min: 0, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const own = new TestDatabase();
        await own.table("Tab", withStream);
        for (const { kind, keys, value } of steps) await play(own, kind, keys, value);
        const rebuilt = new Map<string, Json>();
        let last = "";
        for (const { eventName, dynamodb } of own.records("Tab")) {
          expect(dynamodb.SequenceNumber > last).to.equal(true);
          last = dynamodb.SequenceNumber;
          const key = JSON.stringify(dynamodb.Keys);
          expect(dynamodb.OldImage).to.deep.equal(rebuilt.get(key));
          if (eventName === "REMOVE") rebuilt.delete(key);
          else rebuilt.set(key, dynamodb.NewImage!);
        }
        expect([...rebuilt.values()]).to.have.deep.members([...(await own.items("Tab"))]);
      }),
      { numRuns: 60 },
    );
  });
});

async function play(db: TestDatabase, kind: string, keys: readonly string[], value: number): Promise<void> {
  const item = (S: string): Item => ({ a: { S }, v: { N: String(value) } });
  const key = { a: { S: keys[0]! } };
  const values = { ":v": { N: String(value) } };
  if (kind === "put") await db.put("Tab", item(keys[0]!));
  if (kind === "delete") await db.call("DeleteItem", { TableName: "Tab", Key: key });
  if (kind === "update") {
    await db.call("UpdateItem", {
      TableName: "Tab",
      Key: key,
      UpdateExpression: "ADD v :v",
      ExpressionAttributeValues: values,
    });
  }
  if (kind === "batch") {
    await db.call("BatchWriteItem", { RequestItems: { Tab: keys.map((S) => ({ PutRequest: { Item: item(S) } })) } });
  }
  if (kind === "transaction") {
    const condition = { ConditionExpression: "attribute_not_exists(a) OR v <> :v", ExpressionAttributeValues: values };
    await db.refusal("TransactWriteItems", {
      TransactItems: keys.map((S) => ({ Put: { TableName: "Tab", Item: item(S), ...condition } })),
    });
  }
}
