import { expect } from "chai";
import fc from "fast-check";
import { request } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { AwsError } from "../../../local/aws-error";
import type { Json } from "../../../local/service";
import { TestDatabase } from "./in-process";

const anyOf = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

/** Without `null`, on which dynalite ends. */
const value = anyOf<unknown>(
  ...[{ S: "a" }, { S: "" }, { N: "1" }, { N: "b" }, { N: "" }, {}, { S: "a", N: "1" }, { SS: [] }, { SS: ["a", "a"] }],
  ...[{ NS: ["1", "1.0"] }, { NULL: false }, { NULL: true }, { BOOL: "x" }, { BOOL: true }, { L: [{ N: "x" }] }],
  ...[{ M: { a: {} } }, { B: "YQ==" }, { B: "a" }, { S: 3 }, "x", 3, [], { S: null }, { SS: "a" }, { L: {} }],
  ...[{ M: [] }, { BS: ["YQ==", "YQ=="] }, { NS: [""] }, { BS: [] }, { NS: [] }],
);
const valid = anyOf<unknown>({ a: { S: "a" } }, { a: { S: "a" }, b: { N: "1" } });
const map = fc.oneof(
  { weight: 3, arbitrary: valid },
  { weight: 4, arbitrary: fc.record({ a: value, b: value, c: value }, { requiredKeys: [] }) },
  anyOf<unknown>({}, "x", [], 3),
);
const values = fc.array(value, { maxLength: 2 });
/** dynalite does not look at the values of Expected beside a ComparisonOperator. */
const sound = anyOf<unknown>({ S: "a" }, { S: "b" }, { N: "1" }, { N: "2" }, { SS: ["a"] });
const operator = anyOf("EQ", "NE", "LT", "BETWEEN", "IN", "NULL", "CONTAINS", "BEGINS_WITH", "FOO");
const condition = fc.oneof(
  fc.record({ ComparisonOperator: operator, AttributeValueList: values }),
  fc.record({ AttributeValueList: values }),
  anyOf<unknown>({}, { ComparisonOperator: "EQ" }, "x"),
);
const expectation = fc.oneof(
  fc.record({ Value: value, Exists: anyOf<unknown>(true, false, "x") }, { requiredKeys: [] }),
  fc.record(
    { ComparisonOperator: operator, AttributeValueList: fc.array(sound, { maxLength: 2 }), Value: sound },
    { requiredKeys: ["ComparisonOperator"] },
  ),
);
const perAttribute = (of: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.record({ a: of, b: of }, { requiredKeys: [] });
const conditionText = anyOf<unknown>(
  ...["attribute_exists(b)", "b = :b", "#b = :b", "", "size(b)", "b = :c AND #c = :b", 3, "((b = :b))", "b = b"],
  ...["foo(b) = :b", "begins_with(b, :b)", "b BETWEEN :b AND :c"],
);

/**
 * Members of requests, more often wrong than right. Without names of tables below three characters and limits of 0, of
 * which AWS speaks otherwise today.
 */
const members: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  TableName: fc.oneof(
    { weight: 4, arbitrary: fc.constant("tab") },
    anyOf<unknown>("none", "a;b", 3, null, "x".repeat(256)),
  ),
  Item: map,
  Key: map,
  ReturnValues: anyOf<unknown>("NONE", "ALL_OLD", "ALL_NEW", "hi", 3),
  ReturnConsumedCapacity: anyOf<unknown>("TOTAL", "hi", true),
  ConditionExpression: conditionText,
  FilterExpression: conditionText,
  KeyConditionExpression: anyOf("a = :b", "a = :b AND b = :c", "a > :b", "", "b = :b", "#b = :b"),
  UpdateExpression: anyOf(
    "SET b = :b",
    "SET #b = :b REMOVE c",
    "ADD b :b",
    "DELETE b :b",
    "SET b = b + :b",
    "SET b = :b, b.c = :c",
    "",
    "SET a = :b",
  ),
  ProjectionExpression: anyOf("b", "a, b", "#b", "", "b, b.c", "date", "b[0]"),
  ExpressionAttributeNames: anyOf<unknown>({ "#b": "b" }, {}, { "#b": 3 }, { b: "b" }, "x"),
  ExpressionAttributeValues: fc.oneof(
    value.map((b) => ({ ":b": b })),
    anyOf<unknown>({ ":b": { S: "x" }, ":c": { S: "y" } }, {}, "x"),
  ),
  AttributesToGet: anyOf<unknown>(["a"], ["a", "a"], [], [3], "x"),
  ConsistentRead: anyOf<unknown>(true, "x", 3),
  Limit: anyOf<unknown>(1, "x"),
  Expected: perAttribute(expectation),
  AttributeUpdates: perAttribute(
    fc.record({ Action: anyOf("PUT", "ADD", "DELETE"), Value: value }, { requiredKeys: [] }),
  ),
  KeyConditions: perAttribute(condition),
  QueryFilter: perAttribute(condition),
  ScanFilter: perAttribute(condition),
  ExclusiveStartKey: map,
  TotalSegments: anyOf(1, 2, 0),
  IndexName: anyOf<unknown>("idx", "ab", 3),
};

const conditional = ["Expected", "ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues"];
const read = ["ProjectionExpression", "AttributesToGet", "ExpressionAttributeNames"];
const paged = [...read, "FilterExpression", "ExpressionAttributeValues", "Limit", "ExclusiveStartKey", "IndexName"];
const operations: Readonly<Record<string, readonly string[]>> = {
  PutItem: ["TableName", "Item", "ReturnValues", "ReturnConsumedCapacity", ...conditional],
  DeleteItem: ["TableName", "Key", "ReturnConsumedCapacity", ...conditional],
  UpdateItem: ["TableName", "Key", "UpdateExpression", "AttributeUpdates", "ReturnValues", ...conditional],
  GetItem: ["TableName", "Key", "ConsistentRead", ...read],
  Query: ["TableName", "KeyConditions", "KeyConditionExpression", "QueryFilter", ...paged],
  Scan: ["TableName", "ScanFilter", "TotalSegments", ...paged],
};

/** Each member is there with its own chance, so that requests go wrong in few places at a time. */
const call = fc.constantFrom(...Object.entries(operations)).chain(([operation, names]) =>
  fc
    .tuple(
      ...names.map((name, i) =>
        fc
          .oneof(
            { weight: i < 2 ? 12 : 1, arbitrary: members[name]! },
            { weight: i < 2 ? 1 : 4, arbitrary: fc.constant(undefined) },
          )
          .map((member) => [name, member] as const),
      ),
    )
    .map((entries) => ({
      operation,
      input: Object.fromEntries(entries.filter(([, member]) => member !== undefined)),
    })),
);

describe("DynamoDB refuses what dynalite refuses, in the same words and order", () => {
  let server: Server;
  let db: TestDatabase;
  before(async () => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the package has no types
    const dynalite = require("dynalite") as (options: object) => Server;
    server = dynalite({ createTableMs: 0 });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    db = new TestDatabase();
    await db.table("tab");
    await theirs("CreateTable", {
      TableName: "tab",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "a", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "a", KeyType: "HASH" }],
    });
    for (let status = ""; status !== "ok";) status = await theirs("Scan", { TableName: "tab" });
  });
  after((done) => {
    server.closeAllConnections();
    server.close(() => done());
  });

  function theirs(operation: string, input: object): Promise<string> {
    const headers = {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `DynamoDB_20120810.${operation}`,
      "x-amz-date": "20260101T000000Z",
      authorization:
        "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=x, Signature=b",
    };
    const { port } = server.address() as AddressInfo;
    return new Promise((resolve, reject) => {
      const outgoing = request({ port, host: "127.0.0.1", method: "POST", headers }, (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        response.on("end", () => {
          const body = JSON.parse(text) as { __type?: string; message?: string; Message?: string };
          resolve(
            response.statusCode === 200 ? "ok" : `${body.__type?.split("#")[1]}: ${body.message ?? body.Message ?? ""}`,
          );
        });
      });
      outgoing.on("error", reject);
      outgoing.end(JSON.stringify(input));
    });
  }

  async function ours(operation: string, input: Json): Promise<string> {
    try {
      await db.call(operation, input);
      return "ok";
    } catch (error) {
      if (error instanceof AwsError) return `${error.code}: ${error.message}`;
      throw error;
    }
  }

  it("for 1,500 requests with anything wrong", async () => {
    await fc.assert(
      fc.asyncProperty(call, async ({ operation, input }) => {
        const [a, b] = await Promise.all([
          ours(operation, JSON.parse(JSON.stringify(input)) as Json),
          theirs(operation, input),
        ]);
        // dynalite shows the errors of its own parser.
        const plain = (text: string): string => text.replace(/Syntax error;.*/s, "Syntax error");
        expect(plain(a)).to.equal(plain(b));
      }),
      { numRuns: 1500, seed: 20261121 },
    );
  });
});
