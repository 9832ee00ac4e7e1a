import * as dynamodb from "@aws-sdk/client-dynamodb";
import { BOOL, N, S, type Item } from "../shared/attributes";
import type { Captured } from "../shared/callback";
import { isConditionFailure } from "../shared/condition";
import { SECONDS_PER_DAY } from "../shared/units";
import type { Ending } from "./judge";
import { queryKey, readRun, RUN_LIMITS, runKey, type Run, type RunStatus } from "./run";

/** The runs' records: every change is conditional on the status that was read, so that of two wake-ups one wins. */
export function runStore(client: dynamodb.DynamoDBClient, table: Captured<string>) {
  async function get(runId: string): Promise<Run | undefined> {
    const { Item } = await client.send(
      new dynamodb.GetItemCommand({ TableName: table.get(), Key: runKey(runId), ConsistentRead: true }),
    );
    return Item ? readRun(Item) : undefined;
  }

  async function runOf(queryId: string): Promise<string | undefined> {
    const { Item } = await client.send(
      new dynamodb.GetItemCommand({ TableName: table.get(), Key: queryKey(queryId), ConsistentRead: true }),
    );
    return Item?.["runId"]?.S;
  }

  async function link(key: Item, attributes: Item): Promise<void> {
    const expiresAt = N(Math.floor(Date.now() / 1000) + RUN_LIMITS.retentionDays * SECONDS_PER_DAY);
    await client.send(
      new dynamodb.PutItemCommand({ TableName: table.get(), Item: { ...key, ...attributes, expiresAt } }),
    );
  }

  /** Sets attributes while the run is still in the status that was read; quietly nothing if it has moved on. */
  async function update(run: Run, attributes: Item): Promise<void> {
    const names = Object.keys(attributes);
    try {
      await client.send(
        new dynamodb.UpdateItemCommand({
          TableName: table.get(),
          Key: runKey(run.runId),
          UpdateExpression: `SET ${names.map((_, i) => `#n${i} = :v${i}`).join(", ")}`,
          ConditionExpression: "#status = :before",
          ExpressionAttributeNames: {
            "#status": "status",
            ...Object.fromEntries(names.map((name, i) => [`#n${i}`, name])),
          },
          ExpressionAttributeValues: {
            ":before": S(run.status),
            ...Object.fromEntries(names.map((name, i) => [`:v${i}`, attributes[name]!])),
          },
        }),
      );
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
    }
  }

  return {
    get,
    runOf,
    link,
    move: (run: Run, status: RunStatus, attributes: Item): Promise<void> =>
      update(run, { status: S(status), ...attributes }),
    note: (run: Run, dataAsOf: number | undefined): Promise<void> =>
      dataAsOf === undefined ? Promise.resolve() : update(run, { dataAsOf: N(dataAsOf) }),
    end: (run: Run, ending: Ending, scannedBytes?: number, dataAsOf?: number): Promise<void> =>
      update(run, {
        status: S(ending.status),
        reason: S(ending.reason),
        detail: S(ending.detail.slice(0, 1_000)),
        finished: BOOL(true),
        endedAt: N(Math.floor(Date.now() / 1000)),
        ...(scannedBytes === undefined ? {} : { scannedBytes: N(scannedBytes) }),
        ...(dataAsOf === undefined ? {} : { dataAsOf: N(dataAsOf) }),
      }),
  };
}
