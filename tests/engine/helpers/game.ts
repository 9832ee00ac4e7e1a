import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { DynamoDBClient, GetItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { playerPk } from "../../../components/shared/player-keys";
import { GameClient } from "../../../local/game-client";
import { operatorCredentials } from "../../../local/services/iam";
import { until } from "../../helpers/until";
import type { World } from "./world";

/** A game on what the engine deployed: it knows the stack's outputs, and AWS's own APIs. */
export class Game {
  private readonly lambda: LambdaClient;
  private readonly database: DynamoDBClient;
  private readonly clients: GameClient[] = [];

  constructor(
    private readonly world: World,
    private readonly stack: string,
  ) {
    const { cloud } = world.host;
    const connection = {
      endpoint: cloud.endpoint,
      region: cloud.region,
      credentials: operatorCredentials(cloud),
    };
    this.lambda = new LambdaClient(connection);
    this.database = new DynamoDBClient(connection);
  }

  output(name: string): string {
    return this.world.output(this.stack, name);
  }

  /** Connects as a player and says hello. */
  async connect(player: string): Promise<GameClient> {
    const { host } = this.world;
    const client = await GameClient.open({
      url: this.output("url"),
      protocol: this.output("protocol"),
      token: await host.issuer.token(host.cloud.endpoint, player),
    });
    this.clients.push(client);
    await client.request("hello");
    return client;
  }

  /** Calls a function named by a stack output. @throws Error with the function's own message. */
  async invoke<R>(output: string, payload: unknown): Promise<R> {
    const answer = await this.lambda.send(
      new InvokeCommand({ FunctionName: this.output(output), Payload: Buffer.from(JSON.stringify(payload)) }),
    );
    const body: unknown = JSON.parse(Buffer.from(answer.Payload ?? []).toString("utf8") || "null");
    if (answer.FunctionError !== undefined) throw new Error((body as { errorMessage: string }).errorMessage);
    return body as R;
  }

  async profile(player: string): Promise<void> {
    const profile = { name: player, email: `${player}@players.test`, locale: "en" };
    await this.invoke("profileFunction", { player, profile });
  }

  /** Enqueues a message; its id. */
  async message(player: string, template: string, data: object): Promise<string> {
    const message = { player, type: "transactional", template, data };
    const { results } = await this.invoke<{ results: { id?: string; error?: { message: string } }[] }>(
      "enqueueFunction",
      message,
    );
    const [result] = results;
    if (result?.id === undefined) throw new Error(`The message was refused: ${result?.error?.message ?? "?"}`);
    return result.id;
  }

  /** Waits until a message has a status; its item. */
  messageIn(player: string, id: string, status: string): Promise<Record<string, AttributeValue>> {
    const Key = { pk: { S: playerPk(player) }, sk: { S: `MSG#${id}` } };
    const get = new GetItemCommand({ TableName: this.output("messagesTable"), Key, ConsistentRead: true });
    return until(
      async () => {
        const { Item } = await this.database.send(get);
        return Item?.["status"]?.S === status ? Item : undefined;
      },
      `message ${id} to be ${status}`,
      60_000,
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.clients.splice(0).map((client) => client.close()));
    this.lambda.destroy();
    this.database.destroy();
  }
}
