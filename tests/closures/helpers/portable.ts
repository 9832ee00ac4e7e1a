import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as pulumi from "@pulumi/pulumi";
import { playerPk } from "../../../components/shared/player-keys";

const table = pulumi.output("players");

/** A handler like those of the product, whose bundle must be the same wherever it is made. */
export const portable = () => {
  const client = new dynamodb.DynamoDBClient({});
  return async (id: string) =>
    client.send(new dynamodb.GetItemCommand({ TableName: table.get(), Key: { pk: { S: playerPk(id) } } }));
};
