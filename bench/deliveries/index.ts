import { TestStack } from "../../tests/helpers/local-stack";
import type { ApiGatewayService } from "../../local/services/apigateway";
import type { LambdaService } from "../../local/services/lambda";
import { playerPk } from "../../components/shared/player-keys";
import type { Benchmark } from "../benchmark";
import { atLeast, shown } from "../shared/rows";
import { putItems } from "../shared/seed";
import { Clients } from "./clients";
import { crowdOf, eventItems, watchItems, type Crowd } from "./crowd";
import { againstEmptyServer } from "./empty";
import { rawFanOut } from "./raw";

/** Measures how fast the local cloud delivers notices, against its own workers without a cloud, and against `ws` alone. */
const benchmark: Benchmark = {
  name: "deliveries",
  summary: "notices to 10 friends of 500 connections, through the whole stack",
  async run({ smoke }) {
    const crowd = smoke ? crowdOf(20, 4) : crowdOf(500, 10);
    const rounds = smoke ? 2 : 8;
    const stack = await TestStack.start();
    const clients = new Clients();
    try {
      const connections = await connectAll(stack, clients, crowd);
      const now = stack.cloud.clock.now();
      const connectionOf = (player: string): string => connections.get(player) ?? "";
      const watchers = new Map(
        crowd.players.map((player, i) => [playerPk(player), watchItems(crowd, i, connectionOf, now)] as const),
      );
      const presence = stack.stack.output("presenceTable");
      await putItems(stack.cloud, presence, [...watchers.values()].flat());
      const perRound = crowd.players.length * crowd.friends;
      const warmUp = eventItems(crowd, 0, now);
      const events = Array.from({ length: rounds }, (_, i) => eventItems(crowd, i + 1, now)).flat();
      await clients.count(perRound, () => putItems(stack.cloud, presence, warmUp));
      const notices = rounds * perRound;
      const { seconds, frames } = await clients.count(notices, () => putItems(stack.cloud, presence, events));

      const lambda = stack.cloud.services.get("lambda") as LambdaService;
      const fn = lambda.engine.find("games-messaging-local-gateway-notify");
      const empty = await againstEmptyServer(fn, watchers, warmUp, events);
      const raw = await rawFanOut(crowd, rounds);
      const here = notices / seconds;
      const there = notices / empty.seconds;
      return [
        atLeast(
          "local deliveries a second / same workers, empty server",
          here / there,
          0.5,
          `${Math.round(here)} and ${Math.round(there)} notices a second; ${frames} frames and ${empty.posts} posts`,
        ),
        shown("local deliveries a second / raw ws", (here / raw).toFixed(3), `ws: ${Math.round(raw)} notices a second`),
      ];
    } finally {
      await clients.close();
      await stack.close();
    }
  },
};

/** Opens a connection of each player through the authorizer. @returns connection ids by player. */
async function connectAll(stack: TestStack, clients: Clients, crowd: Crowd): Promise<Map<string, string>> {
  const url = stack.stack.output("url");
  const protocol = stack.stack.output("protocol");
  const tokens = await Promise.all(crowd.players.map((player) => stack.token(player)));
  await clients.open(tokens.map((token) => ({ url, protocols: [protocol, `bearer.${token}`] })));
  const { gateway } = stack.cloud.services.get("apigateway") as ApiGatewayService;
  const found = [...gateway.connections.values()].map(
    (connection) => [connection.authorizer?.["principalId"] ?? "", connection.id] as const,
  );
  const connections = new Map(found);
  const without = crowd.players.find((player) => !connections.has(player));
  if (without !== undefined) throw new Error(`No connection of ${without} is open; there are ${found.length}.`);
  return connections;
}

export default benchmark;
