import { expect } from "chai";
import { parseWatchSk } from "../../../components/realtime-gateway/keys";
import { NOTHING } from "../../../components/realtime-gateway/protocol";
import { pusherOf } from "../../../components/realtime-gateway/push";
import { frameHandler } from "../../../components/realtime-gateway/route";
import { serveProfileHandler } from "../../../components/realtime-gateway/serve-profile";
import { frameBuckets } from "../../../components/realtime-gateway/token-bucket";
import type { Json } from "../../../local/service";
import { fixed } from "../shared/sdk";
import { beforeEachGame, type Game } from "./game";
import { PLAYERS, PRESENCE, type World } from "./world";

describe("what a request leaves over, and what others leave behind", () => {
  let world: World;
  let game: Game;

  beforeEachGame((made) => {
    game = made;
    world = game.world;
  });

  const friends = (count: number) => Array.from({ length: count }, (_, i) => `f${i}`);
  const seed = async (count: number): Promise<void> => {
    await game.seedFriends("anna", friends(count));
    for (const friend of friends(count)) await game.register(friend, `${friend}-c`);
  };
  const watching = async (): Promise<string[]> => {
    const { Items = [] } = (await world.call("Scan", { TableName: PRESENCE })) as { Items?: { sk: { S: string } }[] };
    return Items.flatMap(({ sk }) => (sk.S.startsWith("WATCH#") ? [sk.S] : []));
  };
  const shown = (snapshot: Json) => (snapshot["friends"] as Json[]).map(({ player }) => player);

  it("reads friends to the last page", async () => {
    await seed(3);
    world.gate = (_process, { operation, input }, serve) => {
      if (operation === "Query") input["Limit"] = 1;
      return serve();
    };
    expect(shown(await game.connect("anna", "a1"))).to.deep.equal(friends(3));
  });

  it("reads and writes again what was left over", async () => {
    await seed(2);
    const begun = new Set<string>();
    world.gate = (_process, { operation, input }, serve) => {
      if (!operation.startsWith("Batch") || begun.has(operation)) return serve();
      begun.add(operation);
      const left = input["RequestItems"];
      return Promise.resolve({ Responses: {}, UnprocessedKeys: left, UnprocessedItems: left });
    };
    expect((await game.connect("anna", "a1"))["friends"]).to.deep.equal(
      friends(2).map((player) => ({ player, status: "offline", version: 0, muted: false })),
    );
    expect([begun.size, (await watching()).length]).to.deep.equal([2, 4]);
  });

  it("writes every entry of more than one batch", async () => {
    await seed(26);
    await game.connect("anna", "a1");
    expect(await watching()).to.have.length(52);
  });

  it("forgets a connection that is gone where a friend who went offline had it", async () => {
    await game.seedFriends("anna", ["ben"]);
    await game.connect("anna", "a1");
    await game.connect("ben", "b1");
    await game.readStream();
    world.sockets.delete("b1");
    await game.disconnect("anna", "a1");
    await game.pass(15);
    expect(await watching()).to.deep.equal([]);
  });

  it("keeps a mute for longer than any tombstone of a former friend", async () => {
    await game.seedFriends("anna", ["ben"]);
    await game.connect("anna", "a1");
    await game.ask("anna", "a1", "friends.mute", { player: "ben" });
    world.now += 4 * 3_600_000;
    await game.connect("anna", "a2");
    await game.connect("ben", "b1");
    await game.ask("ben", "b1", "event", { event: "join-game" });
    await game.readStream();
    expect(game.notices("a2")).to.deep.equal([]);
  });

  it("removes a connection that a push finds gone, and counts what was reached beside a failure", async () => {
    await game.register("anna", "a1");
    await game.register("anna", "a2");
    await game.register("anna", "a3");
    world.sockets.delete("a1");
    world.sabotage = (request) => {
      if (request.input["ConnectionId"] === "a2") throw new Error("throttled");
      return request;
    };
    const pusher = pusherOf({ presence: fixed(PRESENCE), endpoint: fixed("https://connections") });
    expect(await pusher.push("anna", { hi: 1 })).to.deep.equal({ delivered: 1 });
    const Key = { pk: { S: "PLAYER#anna" }, sk: { S: "PRESENCE" } };
    const { Item } = await world.call("GetItem", { TableName: PRESENCE, Key });
    expect((Item as Json)["connections"]).to.deep.equal({ SS: ["a2", "a3"] });
  });

  it("keeps a profile's version when it notes an hour later that the player is active", async () => {
    await game.connect("anna", "a1");
    expect(await game.ask("anna", "a1", "profile.put", { version: 1, name: "Ann" })).to.deep.equal({ version: 2 });
    world.now += 3_600_000;
    await game.connect("anna", "a2");
    expect(await game.ask("anna", "a2", "profile.get")).to.deep.equal({ version: 2, name: "Ann" });
  });

  it("ends a connection of nobody", async () => {
    const requestContext = { connectionId: "x1", requestId: "r", routeKey: "$disconnect" };
    expect(await world.invoke(game.disconnectFn, { requestContext })).to.deep.equal({ statusCode: 200 });
    expect(world.requests).to.deep.equal([]);
  });

  it("takes no action that API Gateway did not route", async () => {
    const handler = frameHandler({ one: NOTHING, two: NOTHING }, () => () => Promise.resolve({}))();
    const requestContext = { connectionId: "a1", requestId: "r", routeKey: "one" };
    const { body } = await world.invoke(handler, { requestContext, body: '{"action":"one","action":"two"}' });
    expect((JSON.parse(body) as { error: Json }).error["code"]).to.equal("unknown-action");
  });

  it("takes no tokens for a clock that went back, and no key without a friend", () => {
    const admit = frameBuckets(2, 1);
    expect([admit("a1", 10_000), admit("a1", 0), admit("a1", 0)]).to.deep.equal([true, true, false]);
    expect(parseWatchSk("WATCH##c1")).to.equal(undefined);
  });

  it("writes a profile without a version over whatever came between, and keeps when it was made", async () => {
    await game.connect("anna", "a1");
    const createdAt = Math.floor(world.now / 1_000);
    world.now += 60_000;
    const serve = serveProfileHandler({ players: fixed(PLAYERS), attributes: { name: "string", locale: "string" } })();
    const overtaken = async (version?: number) => {
      let writes = 0;
      world.gate = async (_process, { operation }, go) => {
        if (operation === "UpdateItem" && ++writes === 1) {
          world.gate = (_other, request, on) => {
            if (request.operation === "UpdateItem") writes++;
            return on();
          };
          await game.ask("anna", "a1", "profile.put", { version: version ?? 1, name: "Ann" });
        }
        return go();
      };
      const asked = { player: "anna", profile: { locale: "de" }, ...(version === undefined ? {} : { version }) };
      return [await world.invoke(serve, asked), writes] as const;
    };
    const [answer] = await overtaken();
    expect(answer).to.deep.include({ written: true });
    expect(answer.profile).to.deep.include({ name: "Ann", locale: "de", version: 3, createdAt });
    // Its own write and the player's, and no other.
    const [refused, writes] = await overtaken(3);
    expect([refused.written, writes]).to.deep.equal([false, 2]);
  });
});
