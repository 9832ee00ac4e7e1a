import * as dynamodb from "@aws-sdk/client-dynamodb";
import { suppressionKey } from "../message-store/keys";
import { N, S } from "../shared/attributes";
import { isConditionFailure } from "../shared/condition";

/** Forbids an address from now on. Writing it again changes nothing that matters. */
export async function suppress(
  client: dynamodb.DynamoDBClient,
  table: string,
  address: string,
  reason: "bounce" | "complaint",
  now: number,
): Promise<void> {
  await client
    .send(
      new dynamodb.UpdateItemCommand({
        TableName: table,
        Key: suppressionKey(address),
        // The first reason stays, except that a complaint outweighs a bounce.
        UpdateExpression: "SET #reason = :reason, since = if_not_exists(since, :now)",
        ConditionExpression:
          reason === "complaint" ? "attribute_not_exists(pk) OR #reason <> :reason" : "attribute_not_exists(pk)",
        ExpressionAttributeNames: { "#reason": "reason" },
        ExpressionAttributeValues: { ":reason": S(reason), ":now": N(Math.floor(now / 1000)) },
      }),
    )
    .catch((error: unknown) => {
      if (!isConditionFailure(error)) throw error;
    });
}
