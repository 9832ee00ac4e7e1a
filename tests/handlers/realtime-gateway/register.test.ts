import { expect } from "chai";
import { watchListOf } from "../../../components/realtime-gateway/presence-items";
import type { Json } from "../../../local/service";
import { lost } from "../shared/sdk";
import { beforeEachGame, GRACE_SECONDS, type Game } from "./game";
import { PLAYERS, PRESENCE, type World, type Request } from "./world";

/** What happens to friends, and to friendships, while a hello is on its way. */
describe("a hello while friends change", () => {
  let world: World;
  let game: Game;

  beforeEachGame((made) => {
    game = made;
    world = game.world;
  });

  const act = (player: string, action: string, other: string, connection = `${player[0]}1`) =>
    game.ask(player, connection, `friends.${action}`, { player: other });
  /** Something happens just before each of the next requests like this is served. */
  function before1(like: (request: Request) => boolean, ...happens: (() => Promise<unknown>)[]): void {
    world.gate = async (_process, request, serve) => {
      if (!like(request)) return serve();
      const [next, ...others] = happens;
      world.gate = (_other, _request, go) => go();
      await next?.();
      if (others.length > 0) before1(like, ...others);
      return serve();
    };
  }
  const writes = ({ operation }: Request): boolean => operation === "BatchWriteItem";
  const friendsIn = (snapshot: Json) => (snapshot["friends"] as Json[]).map(({ player, status }) => [player, status]);
  /** Watch entries, as `<who is told of>: <who is told>#<his connection>`. */
  const watching = async (): Promise<string[]> => {
    const { Items = [] } = (await world.call("Scan", { TableName: PRESENCE })) as {
      Items?: Record<"pk" | "sk", { S: string }>[];
    };
    return Items.filter(({ sk }) => sk.S.startsWith("WATCH#"))
      .map(({ pk, sk }) => `${pk.S.slice("PLAYER#".length)}: ${sk.S.slice("WATCH#".length)}`)
      .sort();
  };
  const kinds = (connection: string) =>
    game.notices(connection).map((n) => `${String(n["kind"])} ${String(n["friend"])}`);
  const BOTH = ["anna: ben#b1", "ben: anna#a1"];

  it("shows a friend online who became so meanwhile", async () => {
    await game.seedFriends("anna", ["ben"]);
    await game.register("ben", "b1");
    before1(writes, () => game.connect("ben", "b1"));
    expect(friendsIn(await game.connect("anna", "a1"))).to.deep.equal([["ben", "online"]]);
    expect(await watching()).to.deep.equal(BOTH);
  });

  it("hears of the end of a friend who was in his grace period", async () => {
    await game.seedFriends("anna", ["ben"]);
    await game.connect("ben", "b1");
    await game.disconnect("ben", "b1");
    expect(friendsIn(await game.connect("anna", "a1"))).to.deep.equal([["ben", "online"]]);
    await game.pass(GRACE_SECONDS);
    expect(kinds("a1")).to.deep.equal(["offline ben"]);
  });

  it("forgets connections of friends that went before it or meanwhile", async () => {
    await game.seedFriends("anna", ["ben"]);
    await game.connect("ben", "b1");
    await game.connect("ben", "b2");
    const gone = { pk: { S: "PLAYER#anna" }, sk: { S: "WATCH#ben#b0" } };
    await world.call("PutItem", { TableName: PRESENCE, Item: gone });
    before1(writes, () => game.disconnect("ben", "b2"));
    await game.connect("anna", "a1");
    expect(await watching()).to.deep.equal(BOTH);
  });

  it("does not show a friend who ended the friendship meanwhile, and leaves no entry", async () => {
    await game.seedFriends("anna", ["ben"]);
    await game.connect("ben", "b1");
    before1(writes, () => act("ben", "remove", "anna"));
    expect(friendsIn(await game.connect("anna", "a1"))).to.deep.equal([]);
    expect(await watching()).to.deep.equal([]);
  });

  it("does not show a friend who is offline and is none any more", async () => {
    await game.seedFriends("anna", ["ben", "cleo"]);
    before1(
      ({ operation }) => operation === "BatchGetItem",
      async () => {
        for (const [one, other] of ["anna cleo", "cleo anna"].map((pair) => pair.split(" "))) {
          const Key = { pk: { S: `PLAYER#${one}` }, sk: { S: `FRIEND#${other}` } };
          await world.call("DeleteItem", { TableName: PLAYERS, Key });
        }
      },
    );
    expect(friendsIn(await game.connect("anna", "a1"))).to.deep.equal([["ben", "offline"]]);
  });

  it("tells those who end their friendship and begin it anew meanwhile", async () => {
    await game.connect("anna", "a2");
    await game.connect("ben", "b1");
    await game.befriend("anna", "ben");
    await game.readStream();
    let began = false;
    before1(
      writes,
      () => act("ben", "remove", "anna"),
      async () => {
        // The undoing is on its way.
        await act("ben", "request", "anna");
        await act("anna", "accept", "ben", "a2");
        await game.readStream();
        began = true;
      },
    );
    await game.connect("anna", "a1");
    expect(began).to.equal(true);
    expect(await watching()).to.deep.equal(["anna: ben#b1", "ben: anna#a1", "ben: anna#a2"]);
  });

  it("keeps the entries of a friendship that began after its friends were read", async () => {
    await game.connect("anna", "a2");
    await game.connect("ben", "b1");
    before1(
      ({ operation, input }) => operation === "Query" && JSON.stringify(input).includes('":prefix":{"S":"WATCH"}'),
      () => game.befriend("anna", "ben"),
    );
    await game.connect("anna", "a1");
    expect(await watching()).to.include("anna: ben#b1");
  });

  it("is repeated by its client when it died, and until then its connection does not keep the player online", async () => {
    await game.seedFriends("anna", ["ben"]);
    await game.connect("ben", "b1");
    await game.connect("anna", "a1");
    await game.readStream();
    game.forgetFrames();
    const pass = async (seconds: number): Promise<void> => {
      await game.pass(seconds);
      await game.ask("ben", "b1", "ping");
    };
    await pass(600);
    await game.ask("anna", "a1", "ping");
    world.open("a2", "anna");
    world.gate = async (_process, { input }, serve) => {
      const answer = await serve();
      if (String(input["UpdateExpression"]).startsWith("ADD #connections")) throw lost();
      return answer;
    };
    expect(await game.refusal("anna", "a2", "hello")).to.equal("internal");
    world.gate = (_process, _request, serve) => serve();
    world.sockets.delete("a2");
    await game.disconnect("anna", "a1");
    await pass(400);
    expect(kinds("b1")).to.deep.equal([]);
    await pass(400);
    expect(kinds("b1")).to.deep.equal(["offline anna"]);
  });

  it("of another device writes no status", async () => {
    await game.connect("anna", "a1");
    world.requests.length = 0;
    await game.connect("anna", "a2");
    const asked = world.requests.filter(({ input }) => String(input["UpdateExpression"]).startsWith("SET #status"));
    expect(asked).to.deep.equal([]);
  });

  it("is not needed for a friendship whose function died before it wrote the entries: repeating the acceptance does", async () => {
    await game.connect("anna", "a1");
    await game.connect("ben", "b1");
    await game.seedFriends("anna", ["ben"]);
    expect(await act("ben", "accept", "anna")).to.include({ state: "accepted", status: "online" });
    expect(await watching()).to.deep.equal(BOTH);
  });

  it("is what a friend who is offline gets his entries by, not the acceptance", async () => {
    await game.connect("anna", "a1");
    await game.connect("ben", "b1");
    await act("anna", "request", "ben");
    await game.disconnect("anna", "a1");
    await game.pass(GRACE_SECONDS);
    expect(await act("ben", "accept", "anna")).to.include({ status: "offline" });
    expect(await watching()).to.deep.equal([]);
    await game.connect("anna", "a1");
    expect(await watching()).to.deep.equal(BOTH);
  });

  it("counts no entry, and no silence, whose time is over but which the table still holds", () => {
    const items = ["WATCH#ben#b1", "WATCH!cleo"].flatMap((sk) =>
      [10, 11].map((expiresAt) => ({ sk: { S: sk + String(expiresAt) }, expiresAt: { N: String(expiresAt) } })),
    );
    expect(watchListOf(items, 10_000)).to.deep.equal({
      watchers: [{ friend: "ben", connection: "b111" }],
      silenced: ["cleo11"],
    });
  });
});
