import { expect } from "chai";
import { TestDatabase } from "./in-process";

const one = (message: string): string => `1 validation error detected: ${message}`;
const mapKeys =
  "Map keys must satisfy constraint: [Member must have length less than or equal to 255, Member must have length greater than or equal to 3, Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]";
const mapValue =
  "Map value must satisfy constraint: [Member must have length less than or equal to 25, Member must have length greater than or equal to 1]";
const capacity =
  "Value 'BOGUS' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]";
const tooShort = (name: string, path: string): string =>
  `Value '${name}' at '${path}' failed to satisfy constraint: Member must have length greater than or equal to 3`;

const key = { a: { S: "x" } };
const attribute = (AttributeName: string): object => ({ AttributeName, AttributeType: "S" });
const hash = (AttributeName: string): object => ({ AttributeName, KeyType: "HASH" });
const range = (AttributeName: string): object => ({ AttributeName, KeyType: "RANGE" });
const plain = {
  TableName: "New",
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [attribute("a"), attribute("b")],
  KeySchema: [hash("a"), range("b")],
};
const asked = (KeyConditionExpression: string, ...values: readonly string[]): object => ({
  TableName: "Both",
  KeyConditionExpression,
  ExpressionAttributeValues: Object.fromEntries(values.map((name) => [name, { S: "x" }])),
});
const keysOf = (count: number): object => ({
  Plain: { Keys: Array.from({ length: count }, (_, i) => ({ a: { S: `${i}` } })) },
});
const deep = JSON.parse(`${'{"M":{"n":'.repeat(40)}{"S":"x"}${"}}".repeat(40)}`) as object;

const index = { IndexName: "global", KeySchema: [hash("b")], Projection: { ProjectionType: "ALL" } };
const units = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 };

/** What AWS answered in us-east-1 and elsewhere in October 2026, where older records have other words or another order. */
const refusals: readonly (readonly [string, string, object, string])[] = [
  [
    "a name of a new table that is too short",
    "CreateTable",
    { ...plain, TableName: "ab" },
    one(tooShort("ab", "tableName")),
  ],
  [
    "a name of a new table before its keys",
    "CreateTable",
    { TableName: "x!", KeySchema: [], AttributeDefinitions: [] },
    `2 validation errors detected: Value 'x!' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; ${tooShort("x!", "tableName")}`,
  ],
  [
    "three keys",
    "CreateTable",
    { ...plain, KeySchema: [hash("a"), range("b"), range("c")] },
    one(
      "Value '[KeySchemaElement(attributeName=a, keyType=HASH), KeySchemaElement(attributeName=b, keyType=RANGE), KeySchemaElement(attributeName=c, keyType=RANGE)]' at 'keySchema' failed to satisfy constraint: Member must have length less than or equal to 2",
    ),
  ],
  [
    "global indexes before local ones",
    "CreateTable",
    {
      ...plain,
      LocalSecondaryIndexes: [
        { IndexName: "aa", KeySchema: [hash("a"), range("c")], Projection: { ProjectionType: "ALL" } },
      ],
      GlobalSecondaryIndexes: [{ IndexName: "zz", KeySchema: [hash("b")], Projection: { ProjectionType: "ALL" } }],
    },
    `2 validation errors detected: ${tooShort("zz", "globalSecondaryIndexes.1.member.indexName")}; ${tooShort("aa", "localSecondaryIndexes.1.member.indexName")}`,
  ],
  [
    "a provisioned table whose index has no units",
    "CreateTable",
    { ...plain, BillingMode: "PROVISIONED", ProvisionedThroughput: units, GlobalSecondaryIndexes: [index] },
    "One or more parameter values were invalid: Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: global",
  ],
  [
    "units for a table without units for its index",
    "UpdateTable",
    { TableName: "Both", BillingMode: "PROVISIONED", ProvisionedThroughput: units },
    "One or more parameter values were invalid: ProvisionedThroughput must be specified for index: global",
  ],
  [
    "an UpdateTable that changes nothing, before the table is looked for",
    "UpdateTable",
    { TableName: "None", GlobalSecondaryIndexUpdates: [] },
    "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required",
  ],
  [
    "two changes of one index",
    "UpdateTable",
    {
      TableName: "None",
      GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "abc" } }, { Delete: { IndexName: "abc" } }],
    },
    "One or more parameter values were invalid: Only one global secondary index update per index is allowed simultaneously. Index: abc",
  ],
  [
    "an empty change of an index",
    "UpdateTable",
    { TableName: "None", GlobalSecondaryIndexUpdates: [{}] },
    "One or more parameter values were invalid: One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null",
  ],
  [
    "time to live without an attribute",
    "UpdateTimeToLive",
    { TableName: "Plain", TimeToLiveSpecification: { AttributeName: "", Enabled: true } },
    "TimeToLiveSpecification.AttributeName must be non empty",
  ],
  [
    "no table to tell the time to live of",
    "DescribeTimeToLive",
    {},
    "The parameter 'TableName' is required but was not present in the request",
  ],
  [
    "a table name that is too long",
    "PutItem",
    { TableName: "a".repeat(256), Item: key },
    one(
      `Value '${"a".repeat(256)}' at 'tableName' failed to satisfy constraint: Member must have length less than or equal to 255`,
    ),
  ],
  [
    "an attribute without a name",
    "PutItem",
    { TableName: "Plain", Item: { ...key, "": { S: "x" } } },
    "Empty attribute name",
  ],
  [
    "an attribute without a name before one that is nested too deeply",
    "TransactWriteItems",
    { TransactItems: [{ Put: { TableName: "None", Item: { ...key, d: deep, "": { S: "x" } } } }] },
    "Empty attribute name",
  ],
  [
    "an empty batch of reads",
    "BatchGetItem",
    { RequestItems: {} },
    one("Value at 'RequestItems' failed to satisfy constraint: Member must have length greater than or equal to 1"),
  ],
  [
    "more keys than a batch has",
    "BatchGetItem",
    { RequestItems: keysOf(101) },
    one(
      "Value at 'RequestItems.Plain.member.Keys' failed to satisfy constraint: Member must have length less than or equal to 100",
    ),
  ],
  [
    "a table's name in a batch of reads, and what else is wrong after it",
    "BatchGetItem",
    { RequestItems: { "bad!name": { Keys: [key] } }, ReturnConsumedCapacity: "BOGUS" },
    `2 validation errors detected: Value '{"bad!name":{"Keys":[{"a":{"S":"x"}}]}}' at 'requestItems' failed to satisfy constraint: ${mapKeys}; ${capacity}`,
  ],
  [
    "a table without requests in a batch of writes",
    "BatchWriteItem",
    { RequestItems: { Plain: [] } },
    one(`Value '{Plain=[]}' at 'requestItems' failed to satisfy constraint: ${mapValue}`),
  ],
  [
    "a table's name in a batch of writes, as AWS's classes print it",
    "BatchWriteItem",
    { RequestItems: { "bad!name": [{ PutRequest: { Item: key } }] } },
    one(
      `Value '{bad!name=[WriteRequest(putRequest=PutRequest(item={a=AttributeValue(s=x, n=null, b=null, sS=null, nS=null, bS=null, m=null, l=null, nULL=null, bOOL=null)}), deleteRequest=null)]}' at 'requestItems' failed to satisfy constraint: ${mapKeys}`,
    ),
  ],
  [
    "another member of a batch of writes alone",
    "BatchWriteItem",
    { RequestItems: { "bad!name": [{ PutRequest: { Item: key } }] }, ReturnConsumedCapacity: "BOGUS" },
    one(capacity),
  ],
  [
    "a limit of 0",
    "Query",
    { ...asked("a = :a", ":a"), Limit: 0 },
    one("Value at 'Limit' failed to satisfy constraint: Member must have value greater than or equal to 1"),
  ],
  [
    "an operator between filters before anything else",
    "Query",
    { TableName: "None", KeyConditions: {}, ConditionalOperator: "XOR", Select: "BOGUS" },
    "Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]",
  ],
  [
    "more conditions than keys",
    "Query",
    asked("a = :a AND b > :b AND c = :c", ":a", ":b", ":c"),
    "The number of query conditions (3) exceeds the number of key attributes defined in the schema (2)",
  ],
];

describe("DynamoDB refuses, as AWS does today,", () => {
  const db = new TestDatabase();
  before(async () => {
    await db.table("Plain");
    await db.table("Both", { ...plain, TableName: "Both", GlobalSecondaryIndexes: [index] });
  });

  for (const [name, operation, input, message] of refusals) {
    it(name, async () => {
      expect(await db.refusal(operation, input)).to.equal(`ValidationException: ${message}`);
    });
  }

  it("tags of what is no table, and of another account's", async () => {
    for (const ResourceArn of ["abc", "a:b:c:d:e:f/g", "arn:aws:dynamodb:us-east-1:123456789012:table/ab"]) {
      expect(await db.refusal("ListTagsOfResource", { ResourceArn })).to.equal(
        `ValidationException: Invalid TableArn: Invalid ResourceArn provided as input ${ResourceArn}`,
      );
    }
    const ResourceArn = "arn:aws:dynamodb:us-east-1:000000000000:table/theirs";
    expect(await db.refusal("ListTagsOfResource", { ResourceArn })).to.match(
      /^AccessDeniedException: User: .+ is not authorized to perform: dynamodb:ListTagsOfResource on resource: .+theirs because no resource-based policy allows/,
    );
  });

  it("a table that is not there by any name, also by one of a single character", async () => {
    expect(await db.refusal("GetItem", { TableName: "x", Key: key })).to.equal(
      "ResourceNotFoundException: Requested resource not found",
    );
  });
});

describe("DynamoDB answers sets in an order of its own:", () => {
  it("texts and binaries by their bytes, numbers by their values", async () => {
    const db = new TestDatabase();
    await db.table("Plain");
    const item = {
      a: { S: "sets" },
      s: { SS: ["b", "é", "", "a"] },
      n: { NS: ["10", "-1", "9"] },
      b: { BS: ["/w==", "AA=="] },
    };
    await db.put("Plain", item);
    const UpdateExpression = "ADD s :s, n :n";
    const values = { ":s": { SS: ["aa"] }, ":n": { NS: ["2", "-20"] } };
    const update = { TableName: "Plain", Key: { a: item.a }, UpdateExpression, ExpressionAttributeValues: values };
    const { Attributes } = await db.call("UpdateItem", { ...update, ReturnValues: "ALL_NEW" });
    expect(Attributes).to.deep.equal({
      a: item.a,
      s: { SS: ["", "a", "aa", "b", "é"] },
      n: { NS: ["-20", "-1", "2", "9", "10"] },
      b: { BS: ["AA==", "/w=="] },
    });
  });
});
