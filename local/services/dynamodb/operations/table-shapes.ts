import * as members from "../validation/members";

const throughput = members.struct("ProvisionedThroughput", {
  WriteCapacityUnits: { type: "Long", notNull: true, min: 1 },
  ReadCapacityUnits: { type: "Long", notNull: true, min: 1 },
});

/** Names of key and projected attributes; those of others may be longer. */
const attributeName: members.Member = { type: "String", minLength: 1, maxLength: 255 };

const projection = members.struct("Projection", {
  ProjectionType: members.oneOf("ALL", "INCLUDE", "KEYS_ONLY"),
  NonKeyAttributes: members.list(attributeName, { minLength: 1, maxLength: 20 }),
});

const indexKeys = members.required(
  members.list(
    members.struct("KeySchemaElement", {
      AttributeName: members.required(attributeName),
      KeyType: members.required(members.oneOf("HASH", "RANGE")),
    }),
    { minLength: 1, maxLength: 2 },
  ),
);

const indexName = members.required(members.name);

const definitions = members.list(
  members.struct("AttributeDefinition", {
    AttributeName: members.required(attributeName),
    AttributeType: members.required(members.oneOf("B", "N", "S")),
  }),
);

const stream = members.struct("StreamSpecification", {
  StreamEnabled: members.required(members.flag),
  StreamViewType: members.oneOf("NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"),
});

const encryption = members.struct("SSESpecification", {
  Enabled: members.flag,
  SSEType: members.oneOf("AES256", "KMS"),
  KMSMasterKeyId: members.text,
});

const globalIndex: members.Members = {
  IndexName: indexName,
  KeySchema: indexKeys,
  Projection: members.required(projection),
  ProvisionedThroughput: throughput,
};

const common: members.Members = {
  TableName: { type: "String", pattern: "[a-zA-Z0-9_.-]+" },
  BillingMode: members.oneOf("PROVISIONED", "PAY_PER_REQUEST"),
  ProvisionedThroughput: throughput,
  OnDemandThroughput: members.struct("OnDemandThroughput", {
    MaxReadRequestUnits: { type: "Long" },
    MaxWriteRequestUnits: { type: "Long" },
  }),
  StreamSpecification: stream,
  SSESpecification: encryption,
  TableClass: members.oneOf("STANDARD", "STANDARD_INFREQUENT_ACCESS"),
  DeletionProtectionEnabled: members.flag,
};

export const createTableShape: members.Members = {
  AttributeDefinitions: members.required(definitions),
  ...common,
  KeySchema: indexKeys,
  GlobalSecondaryIndexes: members.list(members.struct("GlobalSecondaryIndex", globalIndex)),
  LocalSecondaryIndexes: members.list(
    members.struct("LocalSecondaryIndex", {
      IndexName: indexName,
      KeySchema: indexKeys,
      Projection: members.required(projection),
    }),
  ),
  Tags: members.list(
    members.struct("Tag", { Key: members.required(members.text), Value: members.required(members.text) }),
  ),
};

export const updateTableShape: members.Members = {
  AttributeDefinitions: definitions,
  ...common,
  GlobalSecondaryIndexUpdates: members.list(
    members.struct("GlobalSecondaryIndexUpdate", {
      Update: members.struct("UpdateGlobalSecondaryIndexAction", {
        IndexName: indexName,
        ProvisionedThroughput: members.required(throughput),
      }),
      Create: members.struct("CreateGlobalSecondaryIndexAction", globalIndex),
      Delete: members.struct("DeleteGlobalSecondaryIndexAction", { IndexName: indexName }),
    }),
  ),
};

/** The shape of operations that name a table and nothing else. */
export const tableOnlyShape: members.Members = { TableName: { type: "String", pattern: "[a-zA-Z0-9_.-]+" } };
