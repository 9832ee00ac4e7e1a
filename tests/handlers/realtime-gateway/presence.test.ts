import { expect } from "chai";
import { presenceOf } from "../../../components/realtime-gateway/presence-items";
import { beforeEachGame, type Game } from "./game";
import { PLAYERS, PRESENCE, type World } from "./world";

describe("presence", () => {
  let world: World;
  let game: Game;

  beforeEachGame((made) => {
    game = made;
    world = game.world;
  });

  const kinds = (connection: string) =>
    game.notices(connection).map((notice) => `${String(notice["kind"])} ${String(notice["friend"])}`);

  it("tells each connection of each friend once, and nobody else", async () => {
    await game.seedFriends("anna", ["ben", "cleo"]);
    for (const [player, connection] of [
      ["ben", "b1"],
      ["ben", "b2"],
      ["cleo", "c1"],
      ["stranger", "s1"],
    ] as const) {
      await game.connect(player, connection);
    }
    await game.readStream();
    game.forgetFrames();
    await game.connect("anna", "a1");
    await game.readStream();
    expect([kinds("b1"), kinds("b2"), kinds("c1"), kinds("s1"), kinds("a1")]).to.deep.equal([
      ["online anna"],
      ["online anna"],
      ["online anna"],
      [],
      [],
    ]);
  });

  it("answers hello with the snapshot of friends", async () => {
    await game.seedFriends("anna", ["ben", "cleo"]);
    await game.connect("ben", "b1");
    expect(await game.connect("anna", "a1")).to.deep.equal({
      player: "anna",
      friends: [
        { player: "ben", status: "online", version: 1, muted: false },
        { player: "cleo", status: "offline", version: 0, muted: false },
      ],
      keepAliveSeconds: 300,
      time: world.now,
    });
  });

  it("shows nothing of a connection that returns within the grace period", async () => {
    await game.seedFriends("anna", ["ben"]);
    await game.connect("ben", "b1");
    await game.connect("anna", "a1");
    await game.readStream();
    game.forgetFrames();
    await game.disconnect("anna", "a1");
    await game.pass(14);
    await game.connect("anna", "a2");
    await game.pass(120);
    await game.readStream();
    expect(kinds("b1")).to.deep.equal([]);
  });

  it("announces a player without connections offline once, after the grace period", async () => {
    await game.seedFriends("anna", ["ben"]);
    await game.connect("ben", "b1");
    await game.connect("anna", "a1");
    await game.readStream();
    game.forgetFrames();
    await game.disconnect("anna", "a1");
    await game.pass(14);
    expect(kinds("b1")).to.deep.equal([]);
    await game.pass(3);
    expect(kinds("b1")).to.deep.equal(["offline anna"]);
    await game.pass(400);
    expect(kinds("b1")).to.deep.equal(["offline anna"]);
  });

  it("counts the grace period from the last drop, so that ten reconnects in 30 s cause at most one notice", async () => {
    await game.seedFriends("anna", ["ben"]);
    await game.connect("ben", "b1");
    await game.readStream();
    game.forgetFrames();
    for (let i = 0; i < 10; i++) {
      await game.connect("anna", `a${i}`);
      await game.readStream();
      await game.pass(1);
      await game.disconnect("anna", `a${i}`);
      await game.pass(2);
    }
    await game.connect("anna", "last");
    await game.pass(60);
    expect(kinds("b1")).to.deep.equal(["online anna"]);
  });

  it("keeps a player with a second device online", async () => {
    await game.seedFriends("anna", ["ben"]);
    await game.connect("ben", "b1");
    await game.connect("anna", "a1");
    await game.connect("anna", "a2");
    await game.readStream();
    game.forgetFrames();
    await game.disconnect("anna", "a1");
    await game.pass(60);
    expect(kinds("b1")).to.deep.equal([]);
    expect(await game.ask("ben", "b1", "friends.list")).to.deep.equal({
      friends: [{ player: "anna", state: "accepted", muted: false, status: "online", version: 1 }],
    });
  });

  it("announces offline whoever vanished without a disconnect event", async () => {
    await game.seedFriends("anna", ["ben"]);
    await game.connect("ben", "b1");
    await game.connect("anna", "a1");
    await game.readStream();
    game.forgetFrames();
    world.sockets.delete("a1");
    for (let passed = 0; passed < 1_000; passed += 250) {
      await game.pass(250);
      await game.ask("ben", "b1", "ping");
    }
    expect(kinds("b1")).to.deep.equal(["offline anna"]);
  });

  it("keeps whoever pings, and asks whoever did not to say hello again", async () => {
    await game.connect("anna", "a1");
    for (let i = 0; i < 10; i++) {
      await game.pass(300);
      expect(await game.frame("anna", "a1", "ping")).to.include({ type: "reply" });
    }
    await game.pass(1_400);
    expect(await game.refusal("anna", "a1", "ping")).to.equal("not-registered");
  });

  it("has one chain of checks per connection, however often it says hello", async () => {
    await game.connect("anna", "a1");
    for (let i = 0; i < 5; i++) await game.ask("anna", "a1", "hello");
    for (let i = 0; i < 4; i++) {
      await game.pass(300);
      await game.ask("anna", "a1", "ping");
    }
    expect(world.checks.length).to.equal(1);
  });

  it("purges a connection that is gone, and drops it for its friends", async () => {
    await game.seedFriends("anna", ["ben", "cleo"]);
    await game.connect("ben", "b1");
    await game.connect("cleo", "c1");
    await game.readStream();
    world.sockets.delete("b1");
    world.requests.length = 0;
    await game.connect("anna", "a1");
    await game.readStream();
    await game.pass(20);
    expect(kinds("a1")).to.deep.equal(["offline ben"]);
    world.requests.length = 0;
    await game.ask("anna", "a1", "event", { event: "achievement" });
    await game.readStream();
    expect(world.requests.filter(({ service }) => service === "connections")).to.have.length(1);
    expect(kinds("c1")).to.include("event anna");
  });

  it("refuses more connections than a player may have", async () => {
    for (let i = 0; i < 10; i++) await game.connect("anna", `a${i}`);
    world.open("a10", "anna");
    expect(await game.refusal("anna", "a10", "hello")).to.equal("too-many-connections");
    await game.disconnect("anna", "a0");
    expect(await game.refusal("anna", "a10", "hello")).to.equal("none");
  });

  it("writes the last-active time at most once an hour, and makes the profile of a new player", async () => {
    const active = async () =>
      ((await world.call("GetItem", { TableName: PLAYERS, Key: { pk: { S: "PLAYER#anna" }, sk: { S: "PROFILE" } } }))[
        "Item"
      ] ?? {}) as Record<string, { N: string }>;
    await game.connect("anna", "a1");
    const first = String(Math.floor(world.now / 1000));
    expect(await active()).to.deep.include({
      lastActiveAt: { N: first },
      createdAt: { N: first },
      version: { N: "1" },
    });
    await game.disconnect("anna", "a1");
    await game.pass(3_000);
    await game.connect("anna", "a2");
    expect((await active())["lastActiveAt"]).to.deep.equal({ N: first });
    await game.disconnect("anna", "a2");
    await game.pass(601);
    await game.connect("anna", "a3");
    expect((await active())["lastActiveAt"]).to.deep.equal({ N: String(Math.floor(world.now / 1000)) });
    expect((await active())["createdAt"]).to.deep.equal({ N: first });
  });

  const presence = async (): Promise<ReturnType<typeof presenceOf>> => {
    const { Item } = await world.call("GetItem", {
      TableName: PRESENCE,
      Key: { pk: { S: "PLAYER#anna" }, sk: { S: "PRESENCE" } },
    });
    return presenceOf(Item as never);
  };

  it("looks again later when a check comes before the grace period is over", async () => {
    await game.connect("anna", "a1");
    world.checks = [];
    await game.disconnect("anna", "a1");
    const [check] = world.checks.splice(0);
    world.now += 5_000;
    await game.check(check!.body);
    expect((await presence()).status).to.equal("online");
    expect(world.checks.map(({ due }) => due - world.now)).to.deep.equal([10_000]);
    await game.pass(10);
    expect((await presence()).status).to.equal("offline");
  });

  it("keeps a connection that was kept alive while its check was looking", async () => {
    await game.connect("anna", "a1");
    const [check] = world.checks.splice(0);
    world.now += 700_000;
    world.gate = async (_process, { operation }, serve) => {
      if (operation === "UpdateItem") {
        world.gate = (_other, _request, go) => go();
        await game.ask("anna", "a1", "ping");
      }
      return serve();
    };
    await game.check(check!.body);
    const { status, connections } = await presence();
    expect([status, connections.map(({ id }) => id)]).to.deep.equal(["online", ["a1"]]);
    expect(world.checks).to.have.length(1);
  });

  it("takes player ids as they come", async () => {
    const odd = ["auth0|anna#1", "Ünïcödé 🎮", "a/b:c%d"];
    for (const player of odd) await game.connect(player, `x-${odd.indexOf(player)}`);
    await game.befriend(odd[0]!, odd[1]!);
    await game.befriend(odd[0]!, odd[2]!);
    await game.readStream();
    game.forgetFrames();
    await game.ask(odd[0]!, "x-0", "event", { event: "join-game", data: { game: "chess" } });
    await game.readStream();
    expect([kinds("x-1"), kinds("x-2")]).to.deep.equal([[`event ${odd[0]}`], [`event ${odd[0]}`]]);
  });

  describe("budget", () => {
    async function measure(all: number, online: number): Promise<{ requests: number; units: number }> {
      const friends = Array.from({ length: all }, (_, i) => `f${i}`);
      await game.seedFriends("anna", friends);
      for (const friend of friends.slice(0, online)) {
        await world.call("PutItem", {
          TableName: PRESENCE,
          Item: {
            pk: { S: `PLAYER#${friend}` },
            sk: { S: "PRESENCE" },
            playerId: { S: friend },
            status: { S: "online" },
            version: { N: "1" },
            connections: { SS: [`${friend}-c`] },
            [`e#${friend}-c`]: { N: String(world.now + 600_000) },
            change: { S: "status" },
          },
        });
        world.open(`${friend}-c`, friend);
      }
      world.checkpoint(world.unread(10_000));
      world.requests.length = 0;
      world.writeUnits = 0;
      await game.connect("anna", "a1");
      return { requests: world.requests.length, units: world.writeUnits };
    }

    for (const [all, online] of [
      [0, 0],
      [1, 1],
      [10, 10],
      [200, 10],
      [101, 26],
      [300, 120],
    ] as const) {
      it(`keeps a hello with ${all} friends, ${online} of them online, in its requests and write units`, async () => {
        const { requests, units } = await measure(all, online);
        const allowed = Math.ceil(all / 100) + Math.ceil((2 * online) / 25) + Math.ceil(online / 100) + 7;
        expect(requests).to.be.at.most(allowed);
        expect(units).to.be.at.most(2 * online + 3);
      });
    }

    for (const all of [10, 200]) {
      it(`tells 10 online friends of ${all} with at most 1.25 requests a notice`, async () => {
        await measure(all, 10);
        await game.disconnect("anna", "a1");
        await game.pass(20);
        await game.connect("anna", "a2");
        game.forgetFrames();
        world.requests.length = 0;
        const records = await game.readStream();
        const told = [...world.frames.values()].flat().length;
        // The status write itself is one request more.
        expect([records.length, told, world.requests.length + 1]).to.deep.equal([1, 10, 12]);
      });
    }

    it("posts one frame per connection and batch", async () => {
      await game.seedFriends("anna", ["ben"]);
      await game.seedFriends("cleo", ["ben"]);
      for (const [player, connection] of [
        ["ben", "b1"],
        ["anna", "a1"],
        ["cleo", "c1"],
      ] as const) {
        await game.connect(player, connection);
      }
      await game.readStream();
      game.forgetFrames();
      await game.ask("anna", "a1", "event", { event: "join-game" });
      await game.ask("anna", "a1", "event", { event: "leave-game" });
      await game.ask("cleo", "c1", "event", { event: "achievement", data: { name: "first blood" } });
      await game.readStream();
      expect(world.frames.get("b1")).to.have.length(1);
      expect(game.notices("b1").map((notice) => notice["event"])).to.deep.equal([
        "join-game",
        "leave-game",
        "achievement",
      ]);
    });

    it("writes one unit for a ping and for an event, and makes one request", async () => {
      await game.connect("anna", "a1");
      // The first event of a connection asks whether it has said hello.
      await game.ask("anna", "a1", "event", { event: "join-game" });
      for (const [action, body] of [
        ["ping", {}],
        ["event", { event: "leave-game" }],
      ] as const) {
        world.requests.length = 0;
        world.writeUnits = 0;
        await game.ask("anna", "a1", action, body);
        expect([world.requests.length, world.writeUnits]).to.deep.equal([1, 1]);
      }
    });
  });
});
