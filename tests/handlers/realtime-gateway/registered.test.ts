import { expect } from "chai";
import { MAX_BUCKETS } from "../../../components/realtime-gateway/limits";
import { ACTIONS } from "../../../components/realtime-gateway/protocol";
import { afterHello } from "../../../components/realtime-gateway/registered";
import { frameHandler, type FrameEvent } from "../../../components/realtime-gateway/route";
import { beforeEachGame, type Game } from "./game";
import { fixed } from "../shared/sdk";
import { PLAYERS, PRESENCE, type World } from "./world";

/** A body that keeps the schema of each action that wants one. */
const BODIES: Readonly<Record<string, object>> = {
  "profile.put": { version: 0, name: "Anna" },
  "game.put": { version: 0, data: { level: 1 } },
  "preferences.put": { emailMarketing: true },
  event: { event: "join-game" },
};

describe("frames before hello", () => {
  let world: World;
  let game: Game;

  beforeEachGame((made) => {
    game = made;
    world = game.world;
  });

  const items = async (): Promise<unknown> =>
    Promise.all([PLAYERS, PRESENCE].map((table) => world.call("Scan", { TableName: table })));

  for (const action of Object.keys(ACTIONS).filter((name) => name !== "hello")) {
    it(`of the action ${action} are answered not-registered, and do nothing`, async () => {
      await game.connect("ben", "b1");
      await game.connect("anna", "a1");
      world.open("a2", "anna");
      await game.readStream();
      game.forgetFrames();
      const before = await items();
      const body =
        BODIES[action] ?? (action.startsWith("friends.") && action !== "friends.list" ? { player: "ben" } : {});
      world.requests.length = 0;
      expect(await game.refusal("anna", "a2", action, body)).to.equal("not-registered");
      expect(world.requests.map(({ operation }) => operation)).to.deep.equal([
        action === "ping" ? "UpdateItem" : "GetItem",
      ]);
      expect(await items()).to.deep.equal(before);
      expect(await game.readStream()).to.deep.equal([]);
      expect(game.notices("b1")).to.deep.equal([]);
      await game.connect("anna", "a2");
      expect(await game.refusal("anna", "a2", action, body)).to.not.equal("not-registered");
    });
  }

  describe("of a studio's own route", () => {
    let seen: string[];
    const frame = (connectionId: string, playerId = "anna"): FrameEvent => ({
      requestContext: { connectionId, requestId: "r", routeKey: "guild.join", authorizer: { playerId } },
      body: '{"action":"guild.join"}',
    });
    const schema = { type: "object" } as const;
    const make = () => {
      seen = [];
      return frameHandler(
        { "guild.join": schema },
        afterHello(
          fixed(PRESENCE),
          () =>
            async ({ connectionId }) =>
              void seen.push(connectionId),
        ),
      )();
    };
    const code = (text: string): string => (JSON.parse(text) as { error?: { code: string } }).error?.code ?? "none";

    it("never reach its handler", async () => {
      const route = make();
      await game.connect("anna", "a1");
      expect(code((await route(frame("a2"), {} as never)).body)).to.equal("not-registered");
      expect(code((await route(frame("a1", "ben"), {} as never)).body)).to.equal("not-registered");
      expect(seen).to.deep.equal([]);
      expect(code((await route(frame("a1"), {} as never)).body)).to.equal("none");
      expect(seen).to.deep.equal(["a1"]);
    });

    it("are asked about once per connection and container, and again when the connection's time is over", async () => {
      const route = make();
      await game.connect("anna", "a1");
      world.requests.length = 0;
      for (let i = 0; i < 5; i++) await route(frame("a1"), {} as never);
      expect(world.requests).to.have.length(1);
      world.now += 300_000;
      await game.ask("anna", "a1", "ping");
      world.now += 400_000;
      world.requests.length = 0;
      for (let i = 0; i < 5; i++) expect(code((await route(frame("a1"), {} as never)).body)).to.equal("none");
      expect(world.requests).to.have.length(1);
      // The check has taken the connection away that was not kept alive.
      await game.pass(1_000);
      expect(code((await route(frame("a1"), {} as never)).body)).to.equal("not-registered");
    });

    it("are answered unavailable when presence cannot be read, and pass later", async () => {
      const route = make();
      await game.connect("anna", "a1");
      world.gate = () => Promise.reject(Object.assign(new Error("slow down"), { $metadata: {} }));
      expect(code((await route(frame("a1"), {} as never)).body)).to.equal("unavailable");
      world.gate = (_process, _request, serve) => serve();
      expect(code((await route(frame("a1"), {} as never)).body)).to.equal("none");
    });

    it("take no more memory than a bounded number of connections", async () => {
      const route = make();
      await game.connect("anna", "a1");
      await route(frame("a1"), {} as never);
      const expiresAt = { N: String(world.now + 600_000) };
      world.gate = (_process, { input }) => {
        const id = (input["Key"] as { pk: { S: string } }).pk.S.slice("PLAYER#".length);
        return Promise.resolve({ Item: { connections: { SS: [id] }, [`e#${id}`]: expiresAt } });
      };
      for (let i = 0; i < MAX_BUCKETS; i++) await route(frame(`x${i}`, `x${i}`), {} as never);
      let asked = 0;
      world.gate = (_process, _request, serve) => {
        asked += 1;
        return serve();
      };
      await route(frame(`x${MAX_BUCKETS - 1}`, `x${MAX_BUCKETS - 1}`), {} as never);
      expect(asked).to.equal(0);
      await route(frame("a1"), {} as never);
      expect(asked).to.equal(1);
    });
  });
});
