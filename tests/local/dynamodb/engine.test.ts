import { expect } from "chai";
import fc from "fast-check";
import { addNumbers, canonicalNumber, compareNumbers, sortableNumber } from "../../../local/services/dynamodb/numbers";
import { storageKey } from "../../../local/services/dynamodb/engine/keys";
import { tokensOf } from "../../../local/services/dynamodb/expressions/lexer";
import { inByteOrder } from "../../../local/services/dynamodb/values";
import { TestDatabase, withStream } from "./in-process";

/** Scaled integers are an exact model of decimals. */
const decimals = fc.record({
  units: fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }),
  scale: fc.integer({ min: 0, max: 18 }),
});
const textOf = ({ units, scale }: { units: bigint; scale: number }): string => `${units}e-${scale}`;
const at18 = ({ units, scale }: { units: bigint; scale: number }): bigint => units * 10n ** BigInt(18 - scale);

describe("DynamoDB numbers", () => {
  it("add and subtract exactly", () => {
    fc.assert(
      fc.property(decimals, decimals, fc.boolean(), (a, b, subtract) => {
        const sum = at18(a) + (subtract ? -at18(b) : at18(b));
        expect(addNumbers(canonicalNumber(textOf(a)), canonicalNumber(textOf(b)), subtract)).to.equal(
          canonicalNumber(`${sum}e-18`),
        );
      }),
    );
  });

  it("compare and sort as numbers do", () => {
    fc.assert(
      fc.property(decimals, decimals, (a, b) => {
        const [x, y] = [canonicalNumber(textOf(a)), canonicalNumber(textOf(b))];
        const wanted = at18(a) < at18(b) ? -1 : at18(a) > at18(b) ? 1 : 0;
        const [p, q] = [sortableNumber(x), sortableNumber(y)];
        expect(Math.sign(compareNumbers(x, y))).to.equal(wanted);
        expect(p < q ? -1 : p > q ? 1 : 0).to.equal(wanted);
      }),
    );
  });
});

describe("DynamoDB keys", () => {
  const schema = { hash: { name: "a", type: "S" }, range: { name: "b", type: "S" } } as const;
  const odd = fc.string({ unit: fc.constantFrom("\0", "\x01", "a", "b", "é", "\ud83d\ude00", "\uffff"), maxLength: 5 });

  it("sort texts by their UTF-8 bytes within a partition", () => {
    fc.assert(
      fc.property(odd, odd, odd, (hash, x, y) => {
        const keyOf = (b: string): string => storageKey(schema, { a: { S: hash }, b: { S: b } });
        const wanted = Buffer.compare(Buffer.from(x), Buffer.from(y));
        expect(keyOf(x) < keyOf(y) ? -1 : keyOf(x) > keyOf(y) ? 1 : 0).to.equal(wanted);
        expect(inByteOrder(x) < inByteOrder(y)).to.equal(wanted < 0);
      }),
    );
  });

  it("never confuse two items", () => {
    fc.assert(
      fc.property(odd, odd, odd, odd, (a, b, c, d) => {
        const keyOf = (hash: string, range: string): string => storageKey(schema, { a: { S: hash }, b: { S: range } });
        expect(keyOf(a, b) === keyOf(c, d)).to.equal(a === c && b === d);
      }),
    );
  });
});

describe("DynamoDB expressions", () => {
  it("lose no character between their words", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        const tokens = tokensOf(text);
        let rest = text;
        for (const token of tokens) {
          expect(text.slice(token.start, token.end)).to.equal(token.kind === "end" ? "" : token.text);
          rest = rest.replace(token.kind === "end" ? "" : token.text, "");
        }
        expect(rest.trim()).to.equal("");
      }),
    );
  });

  it("end in an AWS error, whatever their text", async () => {
    const db = new TestDatabase();
    await db.table("Tab");
    const words = fc.constantFrom(
      "a",
      "v",
      "#n",
      ":v",
      "AND",
      "OR",
      "NOT",
      "(",
      ")",
      "=",
      "<>",
      ",",
      "size",
      "contains",
      "IN",
      "BETWEEN",
      "[0]",
      ".",
      "SET",
      "REMOVE",
      "ADD",
      "+",
      "'",
      "!",
    );
    await fc.assert(
      fc.asyncProperty(fc.array(words, { maxLength: 9 }), async (list) => {
        const common = { ExpressionAttributeNames: { "#n": "v" }, ExpressionAttributeValues: { ":v": { N: "1" } } };
        const text = list.join(" ");
        for (const [operation, input] of [
          ["PutItem", { Item: { a: { S: "x" } }, ConditionExpression: text }],
          ["UpdateItem", { Key: { a: { S: "x" } }, UpdateExpression: text }],
        ] as const) {
          expect(await db.refusal(operation, { TableName: "Tab", ...input, ...common })).to.match(
            /^$|^ValidationException: |^ConditionalCheckFailedException: /,
          );
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("DynamoDB snapshots", () => {
  it("bring back items, indexes, streams and expiry, any number of times", async () => {
    const db = new TestDatabase();
    const start = Date.UTC(2026, 0, 1) / 1000;
    await db.table("Tab", withStream);
    await db.call("UpdateTimeToLive", {
      TableName: "Tab",
      TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true },
    });
    await db.put("Tab", { a: { S: "kept" }, ttl: { N: String(start + 3600) } });
    const snapshot = db.service.database.snapshot();
    for (let round = 0; round < 2; round++) {
      await db.put("Tab", { a: { S: "extra" } });
      await db.call("DeleteItem", { TableName: "Tab", Key: { a: { S: "kept" } } });
      db.service.database.restore(snapshot);
      expect((await db.items("Tab")).map((item) => item["a"]!.S)).to.deep.equal(["kept"]);
      expect(db.records("Tab")).to.have.length(1);
    }
    await db.clock.advance(2 * 3600_000);
    expect(await db.items("Tab")).to.deep.equal([]);
  });

  it("do not change with what is written later", async () => {
    const db = new TestDatabase();
    await db.table("Tab");
    for (let i = 0; i < 200; i++) await db.put("Tab", { a: { S: String(i) } });
    const snapshot = db.service.database.snapshot();
    for (let i = 0; i < 200; i++) await db.put("Tab", { a: { S: String(i) }, v: { N: "1" } });
    expect([...snapshot.tables[0]!.rows.values()].every((row) => row.item["v"] === undefined)).to.equal(true);
  });
});

describe("DynamoDB transactions", () => {
  it("take effect once per client token for ten minutes", async () => {
    const db = new TestDatabase();
    await db.table("Tab");
    const add = (by: string): object => ({
      ClientRequestToken: "once",
      TransactItems: [
        {
          Update: {
            TableName: "Tab",
            Key: { a: { S: "x" } },
            UpdateExpression: "ADD n :n",
            ExpressionAttributeValues: { ":n": { N: by } },
          },
        },
      ],
    });
    const count = async (): Promise<unknown> => (await db.items("Tab"))[0]!["n"]!.N;
    await db.call("TransactWriteItems", add("1"));
    await db.call("TransactWriteItems", add("1"));
    expect(await count()).to.equal("1");
    expect(await db.refusal("TransactWriteItems", add("2"))).to.match(/^IdempotentParameterMismatchException/);
    await db.clock.advance(11 * 60_000);
    await db.call("TransactWriteItems", add("2"));
    expect(await count()).to.equal("3");
  });
});

describe("DynamoDB capacity", () => {
  it("is metered for every call, also for one whose condition fails", async () => {
    const db = new TestDatabase();
    await db.table("Tab");
    const units = async (operation: string, input: object): Promise<unknown> => {
      await db.refusal(operation, { TableName: "Tab", ...input });
      return db.cloud.trace.since().at(-1)!.units;
    };
    const key = { a: { S: "x" } };
    expect(await units("PutItem", { Item: { ...key, v: { S: "x".repeat(3000) } } })).to.deep.equal({
      "dynamodb.wru": 3,
    });
    expect(await units("PutItem", { Item: key, ConditionExpression: "attribute_not_exists(a)" })).to.deep.equal({
      "dynamodb.wru": 3,
    });
    expect(await units("GetItem", { Key: key })).to.deep.equal({ "dynamodb.rru": 0.5 });
    expect(await units("GetItem", { Key: key, ConsistentRead: true })).to.deep.equal({ "dynamodb.rru": 1 });
    expect(
      await units("Query", { KeyConditionExpression: "a = :a", ExpressionAttributeValues: { ":a": { S: "none" } } }),
    ).to.deep.equal({ "dynamodb.rru": 0.5 });
    expect(
      await units("TransactWriteItems", { TransactItems: [{ Delete: { TableName: "Tab", Key: key } }] }),
    ).to.deep.equal({ "dynamodb.wru": 6 });
  });

  it("ends a page at 1 MB", async () => {
    const db = new TestDatabase();
    await db.table("Tab");
    for (let i = 0; i < 5; i++) await db.put("Tab", { a: { S: String(i) }, v: { S: "x".repeat(300_000) } });
    const page = await db.call<{ Count: number; LastEvaluatedKey?: object }>("Scan", { TableName: "Tab" });
    expect(page.Count).to.equal(4);
    expect(page.LastEvaluatedKey).to.be.an("object");
  });
});
