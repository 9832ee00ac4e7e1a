import { expect } from "chai";
import { beforeEachGame, type Game } from "./game";
import { PLAYERS, PRESENCE, type World } from "./world";

/** What somebody else does between what a change of a friendship reads and what it writes. */
describe("between reading a friendship and writing it", () => {
  let world: World;
  let game: Game;

  beforeEachGame(async (made) => {
    game = made;
    world = game.world;
    await game.connect("anna", "a1");
    await game.connect("anna", "a2");
    await game.connect("ben", "b1");
    await game.readStream();
    game.forgetFrames();
  });

  const act = (player: string, action: string, other: string, connection = `${player[0]}1`) =>
    game.ask(player, connection, `friends.${action}`, { player: other });
  const refused = (player: string, action: string, other: string, connection = `${player[0]}1`) =>
    game.refusal(player, connection, `friends.${action}`, { player: other });
  const sideOf = async (player: string, friend: string) =>
    (
      await world.call("GetItem", {
        TableName: PLAYERS,
        Key: { pk: { S: `PLAYER#${player}` }, sk: { S: `FRIEND#${friend}` } },
      })
    )["Item"];
  const states = async () => {
    const of = async (player: string) => (await game.ask(player, `${player[0]}1`, "friends.list"))["friends"];
    return [...((await of("anna")) as object[]), ...((await of("ben")) as object[])].map(
      (friend) => (friend as { state: string }).state,
    );
  };
  /** Somebody acts just before the next request of this operation is served. */
  function meanwhile(operation: string, others: () => Promise<unknown>): void {
    world.gate = async (_process, request, serve) => {
      if (request.operation === operation) {
        world.gate = (_other, _request, go) => go();
        await others();
      }
      return serve();
    };
  }
  const watched = async (): Promise<number> => {
    const { Items = [] } = (await world.call("Scan", { TableName: PRESENCE })) as { Items?: { sk: { S: string } }[] };
    return Items.filter(({ sk }) => sk.S.startsWith("WATCH#")).length;
  };
  async function heard(player: string, connection: string): Promise<unknown[]> {
    game.forgetFrames();
    await game.ask(player, `${player[0]}1`, "event", { event: "join-game" });
    await game.readStream();
    return game.notices(connection).map((notice) => notice["friend"]);
  }

  it("takes two requests at the same time for an acceptance", async () => {
    meanwhile("TransactWriteItems", () => act("ben", "request", "anna"));
    expect(await act("anna", "request", "ben")).to.include({ state: "accepted" });
    expect(await states()).to.deep.equal(["accepted", "accepted"]);
  });

  it("brings a request to who has just unblocked", async () => {
    await act("anna", "block", "ben");
    meanwhile("TransactWriteItems", () => act("anna", "unblock", "ben"));
    expect(await act("ben", "request", "anna")).to.include({ state: "requested" });
    expect(await states()).to.deep.equal(["pending", "requested"]);
  });

  it("does not accept a request that was withdrawn, when there is one in the other direction now", async () => {
    await act("anna", "request", "ben");
    meanwhile("TransactWriteItems", async () => {
      await act("anna", "remove", "ben");
      await act("ben", "request", "anna");
    });
    expect(await refused("ben", "accept", "anna")).to.equal("no-request");
    expect(await states()).to.deep.equal(["pending", "requested"]);
  });

  it("tells a player once of a friend whom two of his connections unmute at the same time", async () => {
    await game.befriend("anna", "ben");
    await act("anna", "mute", "ben");
    await game.connect("anna", "a3");
    await game.readStream();
    game.forgetFrames();
    meanwhile("TransactWriteItems", () => act("anna", "unmute", "ben", "a2"));
    expect(await act("anna", "unmute", "ben")).to.include({ muted: false });
    await game.readStream();
    expect(game.notices("a3").map((notice) => [notice["kind"], notice["friend"]])).to.deep.equal([["friend", "ben"]]);
  });

  it("leaves the other's side as it is where only one's own changes", async () => {
    await game.befriend("anna", "ben");
    const theirs = await sideOf("ben", "anna");
    world.now += 5_000;
    await act("anna", "mute", "ben");
    expect(await sideOf("ben", "anna")).to.deep.equal(theirs);
  });

  it("forgets watch entries of a friendship that ends while they are written", async () => {
    await act("anna", "request", "ben");
    meanwhile("BatchWriteItem", () => act("anna", "remove", "ben"));
    await act("ben", "accept", "anna");
    expect(await watched()).to.equal(0);
  });

  it("keeps telling those who become friends again while their watch entries are deleted", async () => {
    await game.befriend("anna", "ben");
    await game.readStream();
    meanwhile("BatchWriteItem", async () => {
      await act("ben", "request", "anna");
      await act("anna", "accept", "ben", "a2");
      await game.readStream();
    });
    await act("anna", "remove", "ben");
    expect(await states()).to.deep.equal(["accepted", "accepted"]);
    expect([await heard("anna", "b1"), await heard("ben", "a1")]).to.deep.equal([["anna"], ["ben"]]);
  });
});
