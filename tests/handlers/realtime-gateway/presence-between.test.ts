import { expect } from "chai";
import { presenceOf } from "../../../components/realtime-gateway/presence-items";
import { beforeEachGame, type Game, GRACE_SECONDS } from "./game";
import { PLAYERS, PRESENCE, type World } from "./world";

/** What happens between a read of the presence and the write that follows from it. */
describe("between reading a presence and writing it", () => {
  let world: World;
  let game: Game;

  beforeEachGame(async (made) => {
    game = made;
    world = game.world;
    await game.seedFriends("anna", ["ben"]);
    await game.connect("ben", "b1");
    await game.readStream();
    game.forgetFrames();
  });

  const presence = async () => {
    const Key = { pk: { S: "PLAYER#anna" }, sk: { S: "PRESENCE" } };
    return presenceOf((await world.call("GetItem", { TableName: PRESENCE, Key }))["Item"] as never);
  };
  const heard = () => game.notices("b1").map(({ kind, friend }) => `${String(kind)} ${String(friend)}`);
  /** Something happens just before the next change of a status is written. */
  function beforeStatus(happens: () => Promise<unknown>): void {
    world.gate = async (_process, { input }, serve) => {
      if (JSON.stringify(input["ExpressionAttributeValues"] ?? {}).includes('":change":{"S":"status"}')) {
        world.gate = (_other, _request, go) => go();
        await happens();
      }
      return serve();
    };
  }

  it("two devices say hello: friends are told once", async () => {
    beforeStatus(() => game.connect("anna", "a2"));
    await game.connect("anna", "a1");
    await game.readStream();
    expect(heard()).to.deep.equal(["online anna"]);
    expect((await presence()).version).to.equal(1);
  });

  it("a connection drops before its hello has ended: another whose hello has only begun does not stand in", async () => {
    beforeStatus(async () => {
      await game.disconnect("anna", "a1");
      await game.register("anna", "a2");
    });
    await game.connect("anna", "a1");
    expect((await presence()).status).to.equal("offline");
    await game.connect("anna", "a2");
    await game.readStream();
    expect(heard()).to.deep.equal(["online anna"]);
  });

  it("a connection comes and goes under a check: the grace period begins anew", async () => {
    await game.connect("anna", "a1");
    await game.readStream();
    game.forgetFrames();
    world.checks = [];
    await game.disconnect("anna", "a1");
    const [check] = world.checks.splice(0);
    world.now += GRACE_SECONDS * 1_000;
    beforeStatus(async () => {
      await game.connect("anna", "a2");
      await game.disconnect("anna", "a2");
    });
    await game.check(check!.body);
    expect((await presence()).status).to.equal("online");
    await game.pass(GRACE_SECONDS - 1);
    expect(heard()).to.deep.equal([]);
    await game.pass(1);
    expect(heard()).to.deep.equal(["offline anna"]);
  });

  it("an earlier drop's check comes: the grace period counts from the last drop", async () => {
    await game.connect("anna", "a1");
    await game.readStream();
    game.forgetFrames();
    await game.disconnect("anna", "a1");
    await game.pass(5);
    await game.connect("anna", "a2");
    await game.pass(5);
    await game.disconnect("anna", "a2");
    await game.pass(GRACE_SECONDS - 1);
    expect(heard()).to.deep.equal([]);
    await game.pass(1);
    expect(heard()).to.deep.equal(["offline anna"]);
  });

  describe("of the last-active time", () => {
    const lastActive = async () => {
      const Key = { pk: { S: "PLAYER#anna" }, sk: { S: "PROFILE" } };
      const { Item } = await world.call("GetItem", { TableName: PLAYERS, Key });
      return Number((Item as { lastActiveAt: { N: string } }).lastActiveAt.N) - start;
    };
    let start = 0;
    beforeEach(() => {
      start = Math.floor(world.now / 1_000);
    });

    it("asks nothing of the profile within the hour", async () => {
      await game.connect("anna", "a1");
      for (const connection of ["a1", "a2"]) {
        await game.disconnect("anna", connection);
        await game.pass(20);
        world.requests.length = 0;
        await game.connect("anna", connection);
        const writes = world.requests.filter(({ operation, input }) => {
          return operation === "UpdateItem" && input["TableName"] === PLAYERS;
        });
        expect(writes).to.deep.equal([]);
      }
    });

    it("writes it when the hour is over, and then again not for an hour, though the player was online all the time", async () => {
      await game.connect("anna", "a1");
      const times: number[] = [];
      for (const seconds of [3_599, 1, 100, 3_499, 1]) {
        for (let left = seconds; left > 0; left -= 600) {
          await game.pass(Math.min(600, left));
          await game.ask("anna", "a1", "ping");
        }
        await game.connect("anna", "a2");
        times.push(await lastActive());
      }
      expect(times).to.deep.equal([0, 3_600, 3_600, 3_600, 7_200]);
    });
  });
});
