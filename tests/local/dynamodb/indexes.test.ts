import { expect } from "chai";
import fc from "fast-check";
import type { Item } from "../../../local/services/dynamodb";
import { TestDatabase } from "./in-process";

const names = ["a", "b", "c", "d"];
const schema = {
  AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
  KeySchema: [
    { AttributeName: "a", KeyType: "HASH" },
    { AttributeName: "b", KeyType: "RANGE" },
  ],
};
const index = (name: string, keys: readonly string[], projection: object): object => ({
  IndexName: name,
  KeySchema: keys.map((AttributeName, i) => ({ AttributeName, KeyType: i === 0 ? "HASH" : "RANGE" })),
  Projection: projection,
});
const indexes: readonly {
  name: string;
  keys: readonly string[];
  shown: readonly string[] | undefined;
  definition: object;
}[] = [
  { name: "all", keys: ["c", "d"], shown: undefined, definition: index("all", ["c", "d"], { ProjectionType: "ALL" }) },
  {
    name: "keys",
    keys: ["d"],
    shown: ["a", "b", "d"],
    definition: index("keys", ["d"], { ProjectionType: "KEYS_ONLY" }),
  },
  {
    name: "include",
    keys: ["d", "a"],
    shown: ["a", "b", "d", "e"],
    definition: index("include", ["d", "a"], { ProjectionType: "INCLUDE", NonKeyAttributes: ["e"] }),
  },
];

const value = fc.constantFrom("x", "y", "z");
const maybe = fc.option(value, { nil: undefined });
const write = fc.record({ a: value, b: value, c: maybe, d: maybe, e: maybe, remove: fc.boolean() });

describe("DynamoDB indexes", () => {
  it("hold exactly what the table's items say, after any writes and also when they are made late", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(write, { maxLength: 30 }), async (writes) => {
        const db = new TestDatabase();
        await db.table("Tab", { ...schema, GlobalSecondaryIndexes: indexes.slice(0, 2).map((i) => i.definition) });
        for (const { remove, ...attributes } of writes) {
          const item = Object.fromEntries(
            Object.entries(attributes).flatMap(([name, S]) => (S === undefined ? [] : [[name, { S }]])),
          ) as Item;
          if (remove) await db.call("DeleteItem", { TableName: "Tab", Key: { a: item["a"], b: item["b"] } });
          else await db.put("Tab", item);
        }
        await db.call("UpdateTable", {
          TableName: "Tab",
          GlobalSecondaryIndexUpdates: [{ Create: indexes[2]!.definition }],
        });
        await db.clock.advance(1000);
        const items = await db.items("Tab");
        for (const { name, keys, shown } of indexes) {
          const expected = items
            .filter((item) => keys.every((key) => item[key]))
            .map((item) => Object.fromEntries(Object.entries(item).filter(([key]) => !shown || shown.includes(key))));
          expect(await db.items("Tab", name)).to.have.deep.members(expected);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("cost a write unit only when their entry changes", async () => {
    const db = new TestDatabase();
    await db.table("Tab", { ...schema, GlobalSecondaryIndexes: indexes.slice(0, 2).map((i) => i.definition) });
    const units = async (item: Record<string, string>): Promise<unknown> => {
      const Item = Object.fromEntries(Object.entries(item).map(([name, S]) => [name, { S }]));
      const { ConsumedCapacity: used } = await db.call<{ ConsumedCapacity: Record<string, unknown> }>("PutItem", {
        TableName: "Tab",
        Item,
        ReturnConsumedCapacity: "INDEXES",
      });
      return [used["CapacityUnits"], Object.keys(used["GlobalSecondaryIndexes"] ?? {})];
    };
    expect(await units({ a: "1", b: "1" })).to.deep.equal([1, []]);
    expect(await units({ a: "1", b: "1", d: "x" })).to.deep.equal([2, ["keys"]]);
    expect(await units({ a: "1", b: "1", d: "x", e: "other" })).to.deep.equal([1, []]);
    expect(await units({ a: "1", b: "1", c: "x", d: "x", e: "other" })).to.deep.equal([2, ["all"]]);
    expect(await units({ a: "1", b: "1", c: "x", d: "y", e: "other" })).to.deep.equal([5, ["all", "keys"]]);
    expect(await units({ a: "1", b: "1", c: "x", d: "y", e: "again" })).to.deep.equal([2, ["all"]]);
  });

  it("are filled before they can be read", async () => {
    const db = new TestDatabase();
    await db.table("Tab", schemaOf(["a", "b"]));
    await db.put("Tab", { a: { S: "1" }, b: { S: "1" }, d: { S: "x" } });
    await db.call("UpdateTable", {
      TableName: "Tab",
      AttributeDefinitions: schemaOf(["a", "b", "d"]).AttributeDefinitions,
      GlobalSecondaryIndexUpdates: [{ Create: indexes[1]!.definition }],
    });
    const query = {
      TableName: "Tab",
      IndexName: "keys",
      KeyConditionExpression: "d = :d",
      ExpressionAttributeValues: { ":d": { S: "x" } },
    };
    expect(await db.refusal("Query", query)).to.equal(
      "ValidationException: Cannot read from backfilling global secondary index: keys",
    );
    await db.clock.advance(1000);
    expect(await db.call("Query", query)).to.deep.include({ Count: 1 });
  });

  it("hand pages on without a gap or a repetition", async () => {
    const db = new TestDatabase();
    await db.table("Tab", { ...schema, GlobalSecondaryIndexes: indexes.slice(0, 2).map((i) => i.definition) });
    for (let i = 0; i < 50; i++) await db.put("Tab", { a: { S: String(i % 7) }, b: { S: String(i) }, d: { S: "x" } });
    for (const forward of [true, false]) {
      const seen: unknown[] = [];
      let ExclusiveStartKey: Item | undefined;
      do {
        const page = await db.call<{ Items: Item[]; LastEvaluatedKey?: Item }>("Query", {
          TableName: "Tab",
          IndexName: "keys",
          KeyConditionExpression: "d = :d",
          ExpressionAttributeValues: { ":d": { S: "x" } },
          Limit: 8,
          ScanIndexForward: forward,
          ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}),
        });
        seen.push(...page.Items.map((item) => item["b"]!.S));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      expect(seen).to.have.length(50);
      expect(new Set(seen).size).to.equal(50);
    }
  });
});

function schemaOf(attributes: readonly string[]): typeof schema {
  return {
    ...schema,
    AttributeDefinitions: attributes.map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
  };
}
