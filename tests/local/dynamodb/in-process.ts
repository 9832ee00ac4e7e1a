import { VirtualClock } from "../../../local/clock";
import type { Cloud } from "../../../local/cloud";
import type { StreamRecord } from "../../../local/ports";
import { seededRandom } from "../../../local/random";
import type { Json } from "../../../local/service";
import type { DynamoDbService, Item } from "../../../local/services/dynamodb";
import { newCloud } from "./targets";

/** DynamoDB on a virtual clock, called in process. */
export class TestDatabase {
  readonly clock = new VirtualClock();
  readonly cloud: Cloud;
  readonly service: DynamoDbService;

  constructor() {
    const { cloud, service } = newCloud(this.clock, seededRandom(1));
    this.cloud = cloud;
    this.service = service;
  }

  call<O = Json>(operation: string, input: object): Promise<O> {
    return this.cloud.call<O>("dynamodb", operation, input as Json, this.cloud.operator);
  }

  /** The error that a call ends in, as `Code: message`. */
  async refusal(operation: string, input: object): Promise<string> {
    try {
      await this.call(operation, input);
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
    return "";
  }

  /** A table with keys `a` and, if given, `b`, active at once. */
  async table(name: string, more: object = {}): Promise<void> {
    await this.call("CreateTable", {
      TableName: name,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "a", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "a", KeyType: "HASH" }],
      ...more,
    });
    await this.clock.advance(1000);
  }

  put(table: string, item: Item): Promise<Json> {
    return this.call("PutItem", { TableName: table, Item: item });
  }

  streamArn(table: string): string {
    return this.service.database.find(table)!.stream!.arn;
  }

  records(table: string): readonly StreamRecord[] {
    return this.cloud.ports.streams.read(this.streamArn(table), undefined, 10_000);
  }

  async items(table: string, index?: string): Promise<readonly Item[]> {
    const { Items: items } = await this.call<{ Items: Item[] }>("Scan", {
      TableName: table,
      ...(index ? { IndexName: index } : {}),
    });
    return items;
  }
}

export const withStream = {
  StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
} as const;
