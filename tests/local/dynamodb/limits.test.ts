import { expect } from "chai";
import type { Json } from "../../../local/service";
import { TestDatabase } from "./in-process";

const TOO_DEEP =
  "ValidationException: Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit";
const TOO_LONG = /^ValidationException: .*Attribute name is too large, must be less than 65536 bytes/;

/** A text in so many maps. */
function nested(maps: number): Json {
  let value: Json = { S: "leaf" };
  for (let i = 0; i < maps; i++) value = { M: { n: value } };
  return value;
}

describe("DynamoDB limits", () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = new TestDatabase();
    await database.table("things");
  });

  it("admit an item of exactly 400 KB, put or grown by an update", async () => {
    // The names `a` and `t`, and the key's one byte, count too.
    const text = (bytes: number): Json => ({ S: "x".repeat(bytes - 3) });
    const put = (bytes: number): object => ({ TableName: "things", Item: { a: { S: "x" }, t: text(bytes) } });
    const update = (bytes: number): object => ({
      TableName: "things",
      Key: { a: { S: "x" } },
      UpdateExpression: "SET t = :t",
      ExpressionAttributeValues: { ":t": text(bytes) },
    });
    expect(await database.refusal("PutItem", put(400 * 1024))).to.equal("");
    expect(await database.refusal("PutItem", put(400 * 1024 + 1))).to.match(/^ValidationException: Item size/);
    expect(await database.refusal("UpdateItem", update(400 * 1024))).to.equal("");
    expect(await database.refusal("UpdateItem", update(400 * 1024 + 1))).to.equal(
      "ValidationException: Item size to update has exceeded the maximum allowed size",
    );
  });

  describe("of nesting", () => {
    const put = (maps: number): object => ({ TableName: "things", Item: { a: { S: "x" }, d: nested(maps) } });

    it("admit a value in 31 maps, and none in 32", async () => {
      expect(await database.refusal("PutItem", put(31))).to.equal("");
      expect(await database.refusal("PutItem", put(32))).to.equal(TOO_DEEP);
      const batch = { RequestItems: { things: [{ PutRequest: { Item: { a: { S: "x" }, d: { L: [nested(31)] } } } }] } };
      expect(await database.refusal("BatchWriteItem", batch)).to.equal(TOO_DEEP);
    });

    it("count the path to which an update puts a value", async () => {
      await database.put("things", { a: { S: "x" }, d: { M: {} } });
      const update = (maps: number): object => ({
        TableName: "things",
        Key: { a: { S: "x" } },
        UpdateExpression: "SET d.n = :v",
        ExpressionAttributeValues: { ":v": nested(maps) },
      });
      expect(await database.refusal("UpdateItem", update(30))).to.equal("");
      expect(await database.refusal("UpdateItem", update(31))).to.equal(TOO_DEEP);
    });
  });

  describe("of names", () => {
    const longest = "n".repeat(65_535);
    const key = { TableName: "things", Key: { a: { S: "x" } } };
    const uses: readonly (readonly [string, (name: string) => object])[] = [
      ["PutItem", (name) => ({ TableName: "things", Item: { a: { S: "x" }, [name]: { N: "1" } } })],
      ["GetItem", (name) => ({ ...key, ProjectionExpression: "#n", ExpressionAttributeNames: { "#n": name } })],
      ["GetItem", (name) => ({ ...key, AttributesToGet: [name] })],
      ["UpdateItem", (name) => ({ ...key, AttributeUpdates: { [name]: { Action: "PUT", Value: { N: "2" } } } })],
      [
        "UpdateItem",
        (name) => ({
          ...key,
          UpdateExpression: "SET #n = :v",
          ExpressionAttributeNames: { "#n": name },
          ExpressionAttributeValues: { ":v": { N: "3" } },
        }),
      ],
    ];
    uses.forEach(([operation, input], i) => {
      it(`admit 65,535 bytes in ${operation} (${i + 1})`, async () => {
        expect(await database.refusal(operation, input(longest))).to.equal("");
        expect(await database.refusal(operation, input(`${longest}n`))).to.match(TOO_LONG);
        expect(await database.refusal(operation, input("ö".repeat(32_768)))).to.match(TOO_LONG);
      });
    });

    it("admit 255 characters of a key and of a projected attribute", async () => {
      const table = (name: string, projected: string): object => ({
        TableName: "named",
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [
          { AttributeName: name, AttributeType: "S" },
          { AttributeName: "g", AttributeType: "S" },
        ],
        KeySchema: [{ AttributeName: name, KeyType: "HASH" }],
        GlobalSecondaryIndexes: [
          {
            IndexName: "index",
            KeySchema: [{ AttributeName: "g", KeyType: "HASH" }],
            Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: [projected] },
          },
        ],
      });
      const long = "k".repeat(256);
      expect(await database.refusal("CreateTable", table(long, "p"))).to.match(/less than or equal to 255/);
      expect(await database.refusal("CreateTable", table("k", long))).to.match(/less than or equal to 255/);
      expect(await database.refusal("CreateTable", table(long.slice(1), long.slice(1)))).to.equal("");
    });
  });

  it("refuse a request that is nested beyond any sense", async () => {
    let list: Json = { S: "x" };
    for (let i = 0; i < 300; i++) list = { L: [list] };
    expect(await database.refusal("PutItem", { TableName: "things", Item: { a: { S: "x" }, l: list } })).to.equal(
      TOO_DEEP,
    );
  });
});
