import { expect } from "chai";
import * as fc from "fast-check";
import { decide, type FriendAction, type Side } from "../../../components/realtime-gateway/friendship";
import type { Json } from "../../../local/service";
import { beforeEachGame, type Game } from "./game";
import { type World } from "./world";

describe("friends", () => {
  let world: World;
  let game: Game;

  beforeEachGame(async (made) => {
    game = made;
    world = game.world;
    await game.connect("anna", "a1");
    await game.connect("ben", "b1");
    await game.readStream();
    game.forgetFrames();
  });

  const list = async (player: string) =>
    (await game.ask<{ friends: Json[] }>(player, `${player[0]}1`, "friends.list")).friends;
  const act = (player: string, action: string, other: string) =>
    game.ask(player, `${player[0]}1`, `friends.${action}`, { player: other });
  const refused = (player: string, action: string, other: string) =>
    game.refusal(player, `${player[0]}1`, `friends.${action}`, { player: other });
  async function heard(player: string, connection: string): Promise<string[]> {
    game.forgetFrames();
    await game.ask(player, `${player[0]}1`, "event", { event: "join-game" });
    await game.readStream();
    return game.notices(connection).map((notice) => String(notice["friend"]));
  }

  it("asks, accepts, and hears from then on", async () => {
    expect(await act("anna", "request", "ben")).to.deep.equal({ player: "ben", state: "requested", muted: false });
    expect(await list("ben")).to.deep.equal([{ player: "anna", state: "pending", muted: false }]);
    expect(await heard("anna", "b1")).to.deep.equal([]);
    expect(await act("ben", "accept", "anna")).to.deep.equal({
      player: "anna",
      state: "accepted",
      muted: false,
      status: "online",
      version: 1,
    });
    await game.readStream();
    expect(game.notices("a1")).to.deep.equal([
      { kind: "friend", friend: "ben", status: "online", version: 1, time: world.now },
    ]);
    expect(await list("anna")).to.deep.equal([
      { player: "ben", state: "accepted", muted: false, status: "online", version: 1 },
    ]);
    expect([await heard("anna", "b1"), await heard("ben", "a1")]).to.deep.equal([["anna"], ["ben"]]);
  });

  it("refuses ids that no player can have, and stores nothing", async () => {
    const before = await world.call("Scan", { TableName: "players" });
    for (const player of ["ben\n", "be\u0000n", "\u202eneb", "x".repeat(81), "anna"]) {
      for (const action of ["request", "accept", "decline", "remove", "block", "unblock", "mute", "unmute"]) {
        expect(await refused("anna", action, player), JSON.stringify(player)).to.equal("invalid-field");
        world.now += 1_000;
      }
    }
    expect(await world.call("Scan", { TableName: "players" })).to.deep.equal(before);
  });

  it("takes two requests for an acceptance", async () => {
    await act("anna", "request", "ben");
    expect(await act("ben", "request", "anna")).to.include({ state: "accepted" });
  });

  it("declines", async () => {
    await act("anna", "request", "ben");
    expect(await act("ben", "decline", "anna")).to.include({ state: "none" });
    expect([await list("anna"), await list("ben")]).to.deep.equal([[], []]);
  });

  it("removes for both at once, and neither hears the other any more", async () => {
    await game.befriend("anna", "ben");
    expect(await act("anna", "remove", "ben")).to.include({ state: "none" });
    expect([await list("anna"), await list("ben")]).to.deep.equal([[], []]);
    expect([await heard("anna", "b1"), await heard("ben", "a1")]).to.deep.equal([[], []]);
  });

  it("becomes friends again after a removal", async () => {
    await game.befriend("anna", "ben");
    await act("anna", "remove", "ben");
    await game.befriend("ben", "anna");
    await game.readStream();
    expect([await heard("anna", "b1"), await heard("ben", "a1")]).to.deep.equal([["anna"], ["ben"]]);
  });

  it("blocks without telling", async () => {
    await game.befriend("anna", "ben");
    await game.readStream();
    game.forgetFrames();
    expect(await act("anna", "block", "ben")).to.include({ state: "blocked" });
    await game.readStream();
    expect(game.notices("b1")).to.deep.equal([]);
    expect(await list("ben")).to.deep.equal([]);
    expect(await act("ben", "request", "anna")).to.include({ state: "requested" });
    expect(await list("anna")).to.deep.equal([{ player: "ben", state: "blocked", muted: false }]);
    expect([await heard("anna", "b1"), await heard("ben", "a1")]).to.deep.equal([[], []]);
  });

  it("unblocks to strangers, and stays closed while the other blocks", async () => {
    await act("anna", "block", "ben");
    await act("ben", "block", "anna");
    await act("anna", "unblock", "ben");
    expect([await list("anna"), await list("ben")]).to.deep.equal([
      [],
      [{ player: "anna", state: "blocked", muted: false }],
    ]);
    await act("anna", "request", "ben");
    expect(await refused("ben", "accept", "anna")).to.equal("no-request");
    await act("ben", "unblock", "anna");
    await act("ben", "request", "anna");
    await game.readStream();
    expect([await heard("anna", "b1"), await heard("ben", "a1")]).to.deep.equal([["anna"], ["ben"]]);
  });

  it("tells who unblocks of a request that is repeated", async () => {
    await act("anna", "block", "ben");
    await act("ben", "request", "anna");
    await act("anna", "unblock", "ben");
    expect([await list("anna"), await list("ben")].map(([friend]) => friend?.state)).to.deep.equal([
      undefined,
      "requested",
    ]);
    expect(await act("ben", "request", "anna")).to.include({ state: "requested" });
    expect(await act("anna", "accept", "ben")).to.include({ state: "accepted" });
    await game.readStream();
    expect([await heard("anna", "b1"), await heard("ben", "a1")]).to.deep.equal([["anna"], ["ben"]]);
  });

  it("mutes one direction, across a reconnect too, and resumes", async () => {
    await game.befriend("anna", "ben");
    await act("anna", "mute", "ben");
    await game.readStream();
    expect([await heard("ben", "a1"), await heard("anna", "b1")]).to.deep.equal([[], ["anna"]]);
    await game.connect("anna", "a2");
    expect(await heard("ben", "a2")).to.deep.equal([]);
    game.forgetFrames();
    expect(await act("anna", "unmute", "ben")).to.include({ muted: false, status: "online" });
    await game.readStream();
    expect(game.notices("a2").map(({ kind, friend }) => `${String(kind)} ${String(friend)}`)).to.deep.equal([
      "friend ben",
    ]);
    expect([await heard("ben", "a1"), await heard("ben", "a2")]).to.deep.equal([["ben"], ["ben"]]);
  });

  for (const [action, code] of [
    ["accept", "no-request"],
    ["decline", "no-request"],
    ["remove", "not-friends"],
    ["mute", "not-friends"],
    ["unmute", "not-friends"],
    ["unblock", "not-blocked"],
  ] as const) {
    it(`answers ${code} to ${action} of a stranger`, async () => {
      expect(await refused("anna", action, "ben")).to.equal(code);
    });
  }

  it("finishes a removal whose function died after the transaction when it is repeated", async () => {
    await game.befriend("anna", "ben");
    for (const [one, other] of ["anna ben", "ben anna"].map((pair) => pair.split(" "))) {
      const Key = { pk: { S: `PLAYER#${one}` }, sk: { S: `FRIEND#${other}` } };
      await world.call("DeleteItem", { TableName: "players", Key });
    }
    const entries = async (): Promise<number> => {
      const { Items = [] } = (await world.call("Scan", { TableName: "presence" })) as {
        Items?: { sk: { S: string } }[];
      };
      return Items.filter(({ sk }) => sk.S.startsWith("WATCH#")).length;
    };
    expect(await entries()).to.equal(2);
    expect(await refused("anna", "remove", "ben")).to.equal("not-friends");
    expect(await entries()).to.equal(0);
  });

  it("refuses who is not there, who is oneself, and whom one blocks", async () => {
    expect(await refused("anna", "request", "nobody")).to.equal("unknown-player");
    expect(await refused("anna", "block", "nobody")).to.equal("unknown-player");
    expect(await refused("anna", "request", "anna")).to.equal("invalid-field");
    expect(await refused("anna", "request", "é".repeat(60))).to.equal("invalid-field");
    await act("anna", "block", "ben");
    expect(await refused("anna", "request", "ben")).to.equal("blocked");
  });

  it("refuses more friends than a player may have", async () => {
    await game.seedFriends(
      "anna",
      Array.from({ length: 500 }, (_, i) => `f${i}`),
    );
    expect(await refused("anna", "request", "ben")).to.equal("too-many-friends");
    expect(await refused("ben", "request", "anna")).to.equal("too-many-friends");
  });

  it("changes both sides in one transaction", async () => {
    await act("anna", "request", "ben");
    world.requests.length = 0;
    await act("ben", "accept", "anna");
    const writes = world.requests.filter(({ operation }) => operation === "TransactWriteItems");
    const items = writes.flatMap(({ input }) => input["TransactItems"] as Json[]);
    const named = items.map((item) =>
      Object.entries(item as Record<string, { TableName: string }>).map(([k, v]) => `${k} ${v.TableName}`),
    );
    expect([writes.length, named.flat()]).to.deep.equal([
      1,
      ["Put players", "Put players", "Delete presence", "Delete presence", "Put presence"],
    ]);
  });

  it("decides consistently: accepted is mutual, a block is only its owner's to lift", () => {
    const actions: FriendAction[] = ["request", "accept", "decline", "remove", "block", "unblock", "mute", "unmute"];
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.constantFrom(...actions)), { maxLength: 20 }), (steps) => {
        let sides: [Side | undefined, Side | undefined] = [undefined, undefined];
        const blocked = [false, false];
        for (const [first, action] of steps) {
          const [me, other] = first ? ([0, 1] as const) : ([1, 0] as const);
          const decision = decide(action, sides[me], sides[other]);
          if (decision.kind === "change") {
            const { mine, theirs } = decision.change;
            const next: typeof sides = [undefined, undefined];
            next[me] = mine && { ...mine, version: 1 };
            next[other] = theirs && { ...theirs, version: 1 };
            sides = next;
            if (action === "block") blocked[me] = true;
            if (action === "unblock") blocked[me] = false;
          }
          expect(sides[0]?.state === "accepted").to.equal(sides[1]?.state === "accepted");
          expect([sides[0]?.state === "blocked", sides[1]?.state === "blocked"]).to.deep.equal(blocked);
        }
      }),
    );
  });
});
