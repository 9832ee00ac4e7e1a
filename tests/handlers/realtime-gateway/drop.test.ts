import { expect } from "chai";
import { presenceOf } from "../../../components/realtime-gateway/presence-items";
import { quietly } from "../shared/quietly";
import { lost } from "../shared/sdk";
import { GRACE_SECONDS, beforeEachGame, type Game } from "./game";
import { PRESENCE, type World } from "./world";

describe("a connection that is gone", () => {
  let world: World;
  let game: Game;

  beforeEachGame(async (made) => {
    game = made;
    world = game.world;
    await game.seedFriends("anna", ["ben"]);
    await game.connect("ben", "b1");
    await game.connect("anna", "a1");
    await game.readStream();
    game.forgetFrames();
    world.checks = [];
  });

  const Key = { pk: { S: "PLAYER#anna" }, sk: { S: "PRESENCE" } };
  const presence = async () => presenceOf((await world.call("GetItem", { TableName: PRESENCE, Key }))["Item"] as never);
  const heard = () => game.notices("b1").map(({ kind, friend }) => `${String(kind)} ${String(friend)}`);
  const delays = () => world.checks.map(({ due }) => due - world.now);
  /** Watch entries, as `<who is told>#<his connection>`. */
  const watching = async (): Promise<string[]> => {
    const { Items = [] } = (await world.call("Scan", { TableName: PRESENCE })) as { Items?: { sk: { S: string } }[] };
    return Items.flatMap(({ sk }) => (sk.S.startsWith("WATCH#") ? [sk.S.slice("WATCH#".length)] : [])).sort();
  };
  /** The next request of this operation breaks off. */
  function breaks(operation: string): void {
    world.gate = (_process, request, serve) => {
      if (request.operation !== operation) return serve();
      world.gate = (_other, _request, go) => go();
      return Promise.reject(lost());
    };
  }
  /** Time passes, in which ben keeps his connection. */
  async function pass(seconds: number): Promise<void> {
    for (let left = seconds; left > 0; left -= 300) {
      await game.pass(Math.min(300, left));
      await game.ask("ben", "b1", "ping");
    }
  }

  it("is told of no friend any more, after a disconnect or when its time is over", async () => {
    await game.connect("anna", "a2");
    expect(await watching()).to.deep.equal(["anna#a1", "anna#a2", "ben#b1"]);
    await game.disconnect("anna", "a1");
    expect(await watching()).to.deep.equal(["anna#a2", "ben#b1"]);
    world.sockets.delete("a2");
    await pass(700);
    // The entry of ben's connection stays: a return at that moment would lose it.
    expect(await watching()).to.deep.equal(["ben#b1"]);
  });

  it("was never registered: its end writes nothing", async () => {
    await game.disconnect("cleo", "c1");
    const { Items } = await world.call("Scan", { TableName: PRESENCE });
    expect(JSON.stringify(Items)).to.not.include("cleo");
    expect(world.checks).to.deep.equal([]);
  });

  it("is dropped twice: the grace period counts from the first time, and whoever is offline is not looked at", async () => {
    await game.disconnect("anna", "a1");
    const { droppedAt } = await presence();
    world.now += 5_000;
    await game.disconnect("anna", "a1");
    expect((await presence()).droppedAt).to.equal(droppedAt);
    await game.pass(GRACE_SECONDS - 5);
    expect(heard()).to.deep.equal(["offline anna"]);
    world.checks = [];
    await game.disconnect("anna", "a1");
    expect(world.checks).to.deep.equal([]);
  });

  it("is not the last one: nothing is looked at later", async () => {
    await game.connect("anna", "a2");
    world.checks = [];
    await game.disconnect("anna", "a1");
    expect(world.checks).to.deep.equal([]);
  });

  for (const [step, operation] of [
    ["was removed", "SendMessage"],
    ["its check was armed", "Query"],
  ] as const) {
    it(`is announced after the grace period although its first end died when it ${step}`, async () => {
      breaks(operation);
      await game.disconnect("anna", "a1").catch(() => undefined);
      if (operation === "SendMessage") await game.disconnect("anna", "a1");
      await game.pass(GRACE_SECONDS);
      expect(heard()).to.deep.equal(["offline anna"]);
    });
  }

  it("is looked for in whole seconds, not too early, and 15 minutes ahead at most", async () => {
    await game.disconnect("anna", "a1");
    const [check] = world.checks.splice(0);
    world.now += 4_600;
    await game.check(check!.body);
    expect(delays().splice(0)).to.deep.equal([11_000]);
    world.checks = [];
    const { Item } = await world.call("GetItem", { TableName: PRESENCE, Key });
    // Of a clock that is an hour ahead.
    const droppedAt = { N: String(world.now + 3_600_000) };
    await world.call("PutItem", { TableName: PRESENCE, Item: { ...(Item as object), droppedAt } });
    await game.check(check!.body);
    expect(delays()).to.deep.equal([900_000]);
  });

  it("is announced once by two checks that look at the same time", async () => {
    await game.disconnect("anna", "a1");
    const [check] = world.checks.splice(0);
    world.now += GRACE_SECONDS * 1_000;
    world.gate = async (_process, { operation }, serve) => {
      if (operation !== "UpdateItem") return serve();
      world.gate = (_other, _request, go) => go();
      await game.check(check!.body);
      await game.readStream();
      return serve();
    };
    expect(await game.check(check!.body)).to.deep.equal({ batchItemFailures: [] });
    await game.readStream();
    expect(heard()).to.deep.equal(["offline anna"]);
  });

  it("is one of two whose time is over, of which the other was kept alive while a check was looking", async () => {
    await game.connect("anna", "a2");
    const [check] = world.checks.splice(0);
    world.now += 700_000;
    world.gate = async (_process, { operation }, serve) => {
      if (operation !== "UpdateItem") return serve();
      world.gate = (_other, _request, go) => go();
      await game.ask("anna", "a2", "ping");
      return serve();
    };
    await game.check(check!.body);
    const { status, connections } = await presence();
    expect([status, connections.map(({ id }) => id)]).to.deep.equal(["online", ["a2"]]);
  });

  it("is looked for again when each look was overtaken by a sign of life", async () => {
    const message = JSON.stringify({ player: "anna", connection: "a1", check: "" });
    let own = world.now;
    world.gate = async (_process, { operation, input }, serve) => {
      if (operation !== "UpdateItem" || !String(input["UpdateExpression"]).includes("DELETE")) return serve();
      // Kept alive just now, by a clock that is behind: over all the same for whoever looks.
      world.now = own += 1;
      await game.ask("anna", "a1", "ping");
      world.now = own + 700_000;
      return serve();
    };
    world.now += 700_000;
    const [answer] = await quietly(() => game.check(message));
    expect(answer.batchItemFailures).to.deep.equal([{ itemIdentifier: "1" }]);
  });

  it("is removed although nothing says when its time is over", async () => {
    await world.call("UpdateItem", {
      TableName: PRESENCE,
      Key,
      UpdateExpression: "ADD connections :ids",
      ExpressionAttributeValues: { ":ids": { SS: ["ghost"] } },
    });
    await game.check(JSON.stringify({ player: "anna", connection: "ghost", check: "" }));
    expect((await presence()).connections.map(({ id }) => id)).to.deep.equal(["a1"]);
  });

  it("is noticed by the check of its last hello, where that of an earlier one was lost", async () => {
    await game.ask("anna", "a1", "hello");
    await pass(300);
    await game.ask("anna", "a1", "ping");
    world.sockets.delete("a1");
    await pass(700);
    expect(heard()).to.deep.equal(["offline anna"]);
  });
});
