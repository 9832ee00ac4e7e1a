import type { AddressInfo } from "node:net";
import { WebSocketServer, type WebSocket } from "ws";
import { Clients } from "./clients";
import { friendsOf, type Crowd } from "./crowd";

/** What `ws` alone can do: each frame handed to the sockets of the friends, nothing else. Notices a second. */
export async function rawFanOut(crowd: Crowd, rounds: number): Promise<number> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
  await new Promise<void>((resolve) => server.once("listening", resolve));
  const sockets: WebSocket[] = [];
  server.on("connection", (socket) => sockets.push(socket));
  const clients = new Clients();
  try {
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await clients.open(crowd.players.map(() => ({ url, protocols: [] })));
    const text = JSON.stringify({ type: "notices", notices: [{ kind: "event", friend: "fan-0", event: "bench" }] });
    const told = crowd.players.map((_, index) => friendsOf(crowd, index));
    const notices = rounds * crowd.players.length * crowd.friends;
    const { seconds } = await clients.count(notices, async () => {
      for (let round = 0; round < rounds; round++) {
        for (const friends of told) for (const friend of friends) sockets[friend]?.send(text);
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
    });
    return notices / seconds;
  } finally {
    await clients.close();
    server.close();
  }
}
