import type { Cloud } from "../../cloud";
import type { Operation, Service } from "../../service";
import type { Dependencies } from "./access";
import { Database, type DatabaseOptions } from "./engine/database";
import { batchGetItem } from "./operations/batch-get-item";
import { batchWriteItem } from "./operations/batch-write-item";
import { describeEndpoints, describeLimits } from "./operations/account";
import { describeContinuousBackups, updateContinuousBackups } from "./operations/continuous-backups";
import { createTable } from "./operations/create-table";
import { deleteItem } from "./operations/delete-item";
import { deleteTable } from "./operations/delete-table";
import { describeTable } from "./operations/describe-table";
import { describeStream } from "./operations/describe-stream";
import { getItem } from "./operations/get-item";
import { getRecords } from "./operations/get-records";
import { getShardIterator } from "./operations/get-shard-iterator";
import { listStreams } from "./operations/list-streams";
import { listTables } from "./operations/list-tables";
import { putItem } from "./operations/put-item";
import { query } from "./operations/query";
import { deleteResourcePolicy, getResourcePolicy, putResourcePolicy } from "./operations/resource-policies";
import { scan } from "./operations/scan";
import { listTagsOfResource, tagResource, untagResource } from "./operations/tags";
import { describeTimeToLive, updateTimeToLive } from "./operations/time-to-live";
import { transactGetItems } from "./operations/transact-get-items";
import { transactWriteItems } from "./operations/transact-write-items";
import { updateItem } from "./operations/update-item";
import { updateTable } from "./operations/update-table";
import { resourceTypes } from "./resources";
import { describeTable as describe } from "./tables/describe";
import type { Item } from "./values";

export { Database } from "./engine/database";
export type { Snapshot } from "./engine/snapshot";
export type { AttributeValue, Item } from "./values";

/** DynamoDB and DynamoDB Streams, played in process. */
export interface DynamoDbService extends Service {
  /** The engine; `snapshot` and `restore` serve fault campaigns. */
  readonly database: Database;
}

/** Makes DynamoDB for a cloud and sets its ports `streams` and `tables`. */
export function dynamodbService(cloud: Cloud): DynamoDbService {
  const options: DatabaseOptions = {
    clock: cloud.clock,
    region: cloud.region,
    onExpired: (resource, items) =>
      cloud.trace.emit({ kind: "state", service: "dynamodb", name: "TimeToLiveDeletion", resource, data: { items } }),
  };
  const database = new Database(options);
  const dependencies: Dependencies = { cloud, database };
  cloud.ports.streams = database;
  cloud.ports.tables = {
    *items(tableArn): Iterable<Item> {
      for (const row of database.active(tableArn).rows.clone().values()) yield row.item;
    },
    describe: (tableArn) => describe(database.active(tableArn)),
  };
  return {
    name: "dynamodb",
    signingName: "dynamodb",
    protocols: [
      { kind: "json", target: "DynamoDB_20120810", version: "1.0" },
      { kind: "json", target: "DynamoDBStreams_20120810", version: "1.0" },
    ],
    throttling: "ProvisionedThroughputExceededException",
    operations: operationsOf(dependencies),
    resourceTypes: resourceTypes(dependencies),
    database,
    close: () => database.close(),
  };
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each operation has its own input
function operationsOf(dependencies: Dependencies): Record<string, Operation<any>> {
  return {
    BatchGetItem: batchGetItem(dependencies),
    BatchWriteItem: batchWriteItem(dependencies),
    CreateTable: createTable(dependencies),
    DeleteItem: deleteItem(dependencies),
    DeleteResourcePolicy: deleteResourcePolicy(dependencies),
    DeleteTable: deleteTable(dependencies),
    DescribeContinuousBackups: describeContinuousBackups(dependencies),
    DescribeEndpoints: describeEndpoints(dependencies),
    DescribeLimits: describeLimits(dependencies),
    DescribeStream: describeStream(dependencies),
    DescribeTable: describeTable(dependencies),
    DescribeTimeToLive: describeTimeToLive(dependencies),
    GetItem: getItem(dependencies),
    GetRecords: getRecords(dependencies),
    GetResourcePolicy: getResourcePolicy(dependencies),
    GetShardIterator: getShardIterator(dependencies),
    ListStreams: listStreams(dependencies),
    ListTables: listTables(dependencies),
    ListTagsOfResource: listTagsOfResource(dependencies),
    PutItem: putItem(dependencies),
    PutResourcePolicy: putResourcePolicy(dependencies),
    Query: query(dependencies),
    Scan: scan(dependencies),
    TagResource: tagResource(dependencies),
    TransactGetItems: transactGetItems(dependencies),
    TransactWriteItems: transactWriteItems(dependencies),
    UntagResource: untagResource(dependencies),
    UpdateContinuousBackups: updateContinuousBackups(dependencies),
    UpdateItem: updateItem(dependencies),
    UpdateTable: updateTable(dependencies),
    UpdateTimeToLive: updateTimeToLive(dependencies),
  };
}
