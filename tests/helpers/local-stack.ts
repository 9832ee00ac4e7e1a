import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DynamoDBClient, GetItemCommand, paginateScan, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { playerPk } from "../../components/shared/player-keys";
import type { Clock } from "../../local/clock";
import { VirtualClock } from "../../local/clock";
import { GameClient } from "../../local/game-client";
import type { ApiGatewayService } from "../../local/services/apigateway";
import { operatorCredentials } from "../../local/services/iam";
import { LocalStack, type LocalStackOptions } from "../../local/stack";
import type { TraceEvent } from "../../local/trace";
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

  /** As `start`, of the program in the module `path`. */
  static startProgram(path: string, options: Partial<LocalStackOptions> & { clock?: Clock } = {}): Promise<TestStack> {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- a program is loaded when its stack starts
    return TestStack.start({ load: () => require(path) as unknown, ...options });
  }

  get cloud() {
    return this.stack.cloud;
  }

  /** The virtual clock of a stack that was started with one. */
  get clock(): VirtualClock {
    if (this.cloud.clock instanceof VirtualClock) return this.cloud.clock;
    throw new Error("This stack runs on wall-clock time.");
  }

  /** API Gateway's own side: its live connections, its switches. */
  get gateway(): ApiGatewayService["gateway"] {
    return (this.cloud.services.get("apigateway") as ApiGatewayService).gateway;
  }

  token(player: string, lifetimeSeconds?: number, claims?: Readonly<Record<string, unknown>>): Promise<string> {
    return this.stack.issuer.token(this.cloud.endpoint, player, lifetimeSeconds, claims);
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

  /** Connects players one after the other. */
  async connectAll<P extends string>(...players: readonly P[]): Promise<Record<P, GameClient>> {
    const clients: Partial<Record<P, GameClient>> = {};
    for (const player of players) clients[player] = await this.connect(player);
    return clients as Record<P, GameClient>;
  }

  /** Lets `ms` of virtual time pass; resolves when these clients have received all that was sent to them by then. */
  async pass(ms: number, ...clients: readonly GameClient[]): Promise<void> {
    await this.clock.advance(ms);
    await Promise.all(clients.map((client) => client.caughtUp()));
  }

  /** Switches schedules off, or on again: those that run every minute are most of the work where days pass. */
  async schedules(on: boolean): Promise<void> {
    for (const { type, state } of this.stack.evaluation.resources) {
      if (type !== "aws:cloudwatch/eventRule:EventRule" || state["scheduleExpression"] === undefined) continue;
      await this.cloud.call("events", on ? "EnableRule" : "DisableRule", { Name: state["name"] }, this.cloud.operator);
    }
  }

  /** Breaks a client's connection as a lost network does; resolves when API Gateway has seen it and said so. */
  async drop(client: GameClient): Promise<void> {
    const before = this.gateway.connections.size;
    client.socket.terminate();
    await until(() => this.gateway.connections.size < before, "the gateway to see the drop");
    if (this.cloud.clock instanceof VirtualClock) await this.clock.settle();
  }

  /** All items of the table that a stack output names, by key, in a comparable form. */
  async items(output: string): Promise<Record<string, AttributeValue>[]> {
    const items: Record<string, AttributeValue>[] = [];
    const pages = paginateScan(
      { client: this.database },
      { TableName: this.stack.output(output), ConsistentRead: true },
    );
    for await (const page of pages) items.push(...(page.Items ?? []));
    return items;
  }

  /** What happened after position `seq` of the trace. */
  happened(seq: number, wanted: (event: TraceEvent) => boolean = () => true): TraceEvent[] {
    return this.cloud.trace.since(seq).filter(wanted);
  }

  /** Calls that functions made after position `seq` of the trace, e.g. `{"dynamodb:Query": 1}`; X-Ray's samples apart. */
  calls(seq: number): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { kind, service, name, principal = "" } of this.happened(seq)) {
      if (kind !== "call" || service === "xray" || !principal.includes(":assumed-role/")) continue;
      counts[`${service}:${name}`] = (counts[`${service}:${name}`] ?? 0) + 1;
    }
    return counts;
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
    if (answer.FunctionError !== undefined)
      throw new Error((body as { errorMessage?: string }).errorMessage ?? JSON.stringify(body));
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

  /** Ends every connection that is still open; with a virtual clock, waits until the gateway is done with them. */
  async closeClients(): Promise<void> {
    await Promise.all(this.clients.splice(0).map((client) => client.close()));
    if (!(this.cloud.clock instanceof VirtualClock)) return;
    await until(() => this.gateway.connections.size === 0, "the gateway to see that all have gone");
    await this.clock.settle();
  }

  async close(): Promise<void> {
    await this.closeClients();
    await this.stack.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
