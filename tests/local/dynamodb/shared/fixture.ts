import { CreateTableCommand, DescribeTableCommand, type CreateTableCommandInput } from "@aws-sdk/client-dynamodb";
import { until } from "../../../helpers/until";
import type { Target } from "../targets";

const onDemand = { BillingMode: "PAY_PER_REQUEST" } as const;

/** Tables of the shared suite: by partition key alone, and by both keys with every kind of index. */
export const tables: readonly CreateTableCommandInput[] = [
  ...["Plain", "Scanned"].map((TableName): CreateTableCommandInput => ({
    ...onDemand,
    TableName,
    AttributeDefinitions: [{ AttributeName: "a", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "a", KeyType: "HASH" }],
  })),
  ...(["S", "N", "B"] as const).map((type): CreateTableCommandInput => ({
    ...onDemand,
    TableName: `Range${type}`,
    AttributeDefinitions: [
      { AttributeName: "a", AttributeType: "S" },
      { AttributeName: "b", AttributeType: type },
    ],
    KeySchema: [
      { AttributeName: "a", KeyType: "HASH" },
      { AttributeName: "b", KeyType: "RANGE" },
    ],
  })),
  {
    ...onDemand,
    TableName: "Indexed",
    AttributeDefinitions: ["a", "b", "c", "d"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
    KeySchema: [
      { AttributeName: "a", KeyType: "HASH" },
      { AttributeName: "b", KeyType: "RANGE" },
    ],
    LocalSecondaryIndexes: [
      {
        IndexName: "local",
        KeySchema: [
          { AttributeName: "a", KeyType: "HASH" },
          { AttributeName: "c", KeyType: "RANGE" },
        ],
        Projection: { ProjectionType: "KEYS_ONLY" },
      },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: "global",
        KeySchema: [
          { AttributeName: "c", KeyType: "HASH" },
          { AttributeName: "d", KeyType: "RANGE" },
        ],
        Projection: { ProjectionType: "ALL" },
      },
      {
        IndexName: "some",
        KeySchema: [{ AttributeName: "d", KeyType: "HASH" }],
        Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["e"] },
      },
    ],
  },
];

export async function createTables(target: Target): Promise<void> {
  for (const table of tables) await target.client.send(new CreateTableCommand(table));
  for (const { TableName } of tables) {
    const isActive = async (): Promise<boolean> =>
      (await target.client.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus === "ACTIVE";
    await until(isActive, `the table ${TableName}`);
  }
}
