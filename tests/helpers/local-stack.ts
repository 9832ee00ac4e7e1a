import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DynamoDBClient, GetItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { playerPk } from "../../components/shared/player-keys";
import type { Clock } from "../../local/clock";
import { VirtualClock } from "../../local/clock";
import { GameClient } from "../../local/game-client";
import { operatorCredentials } from "../../local/services/iam";
import { LocalStack, type LocalStackOptions } from "../../local/stack";
import { until } from "./until";

/** The main program on a cloud of its own, reached as an outsider reaches it: by WebSocket, AWS SDK and HTTP. */
export class TestStack {
  readonly database: DynamoDBClient;
  readonly lambda: LambdaClient;
  private readonly clients: GameClient[] = [];

  private constructor(
    readonly stack: LocalStack,
    private readonly folder: string,
  ) {
    const connection = {
      endpoint: stack.cloud.endpoint,
      region: stack.cloud.region,
      credentials: operatorCredentials(stack.cloud),
    };
    this.database = new DynamoDBClient(connection);
    this.lambda = new LambdaClient(connection);
  }

  /** Starts the program of the repository, or of `folder`; on a seeded cloud, so that runs are alike. */
  static async start(options: Partial<LocalStackOptions> & { clock?: Clock } = {}): Promise<TestStack> {
    const folder = mkdtempSync(join(tmpdir(), "games-messaging-"));
    const stack = await LocalStack.start({ folder: resolve(__dirname, "../.."), data: folder, seed: 1, ...options });
    return new TestStack(stack, folder);
  }

  get cloud() {
    return this.stack.cloud;
  }

  /** The virtual clock of a stack that was started with one. */
  get clock(): VirtualClock {
    if (this.cloud.clock instanceof VirtualClock) return this.cloud.clock;
    throw new Error("This stack runs on wall-clock time.");
  }

  token(player: string, lifetimeSeconds?: number): Promise<string> {
    return this.stack.issuer.token(this.cloud.endpoint, player, lifetimeSeconds);
  }

  /** Connects as a player, and says hello unless told not to. */
  async connect(player: string, options: { hello?: boolean; token?: string } = {}): Promise<GameClient> {
    const token = options.token ?? (await this.token(player));
    const client = await GameClient.open({
      url: this.stack.output("url"),
      protocol: this.stack.output("protocol"),
      token,
    });
    this.clients.push(client);
    if (options.hello ?? true) await client.request("hello");
    return client;
  }

  /** Makes two connected players friends. */
  async befriend(one: GameClient, oneId: string, other: GameClient, otherId: string): Promise<void> {
    await one.request("friends.request", { player: otherId });
    await other.request("friends.accept", { player: oneId });
  }

  /** Calls a function named by a stack output, as a game server does. @throws Error with the function's own message. */
  async invoke<R>(output: string, payload: unknown): Promise<R> {
    const answer = await this.lambda.send(
      new InvokeCommand({ FunctionName: this.stack.output(output), Payload: Buffer.from(JSON.stringify(payload)) }),
    );
    const body: unknown = JSON.parse(Buffer.from(answer.Payload ?? []).toString("utf8") || "null");
    if (answer.FunctionError !== undefined) throw new Error((body as { errorMessage: string }).errorMessage);
    return body as R;
  }

  /** Gives a player a profile, as a game server does. */
  async profile(
    player: string,
    profile: Record<string, string | number | boolean> = {},
    preferences?: object,
  ): Promise<void> {
    const email = `${player.replace(/[^a-z0-9]/gi, "-")}@players.test`;
    await this.invoke("profileFunction", {
      player,
      profile: { name: player, email, locale: "en", ...profile },
      ...(preferences ? { preferences } : {}),
    });
  }

  /** A message's item. */
  async message(player: string, id: string): Promise<Record<string, AttributeValue>> {
    const { Item } = await this.database.send(
      new GetItemCommand({
        TableName: this.stack.output("messagesTable"),
        Key: { pk: { S: playerPk(player) }, sk: { S: `MSG#${id}` } },
        ConsistentRead: true,
      }),
    );
    if (!Item) throw new Error(`There is no message ${id} of ${player}.`);
    return Item;
  }

  /** Waits until a message has one of these statuses; returns its item. */
  async messageIn(player: string, id: string, ...statuses: string[]): Promise<Record<string, AttributeValue>> {
    return until(
      async () => {
        const item = await this.message(player, id);
        return statuses.includes(item["status"]?.S ?? "") ? item : undefined;
      },
      `message ${id} to be ${statuses.join(" or ")}`,
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()));
    await this.stack.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
