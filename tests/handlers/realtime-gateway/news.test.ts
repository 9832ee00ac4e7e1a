import { expect } from "chai";
import { quietly } from "../shared/quietly";
import { lost } from "../shared/sdk";
import { beforeEachGame, isTold, type Game } from "./game";
import type { World } from "./world";

describe("the news of a friendship", () => {
  let world: World;
  let game: Game;

  beforeEachGame(async (made) => {
    game = made;
    world = game.world;
    for (const connection of ["a1", "a2", "b1", "b2"]) {
      await game.connect(connection.startsWith("a") ? "anna" : "ben", connection);
    }
    await game.readStream();
    await act("a1", "request");
    await act("b1", "accept");
  });

  const act = (connection: string, action: string) => {
    const [player, other] = connection.startsWith("a") ? ["anna", "ben"] : ["ben", "anna"];
    return game.ask(player, connection, `friends.${action}`, { player: other });
  };
  /** Who heard what, by connection. */
  const heard = async (): Promise<Record<string, string[]>> => {
    game.forgetFrames();
    await game.readStream();
    const all = [...world.frames.keys()].sort();
    return Object.fromEntries(
      all.map((id) => [id, game.notices(id).map((n) => `${String(n["kind"])} ${String(n["friend"])}`)]),
    );
  };

  it("reaches both, but for the connection that knows it from its reply", async () => {
    expect(await heard()).to.deep.equal({ a1: ["friend ben"], a2: ["friend ben"], b2: ["friend anna"] });
  });

  it("is no player event of the studio's, whatever that is called", async () => {
    game.subscribed = "friend,online";
    await game.readStream();
    expect(world.published).to.deep.equal([]);
  });

  it("comes again when the two could not be read", async () => {
    world.gate = (_process, { operation }, serve) => (operation === "BatchGetItem" ? Promise.reject(lost()) : serve());
    const [failed] = await quietly(() => game.notify(world.unread().filter(isTold)));
    expect(failed).to.equal(1);
  });

  it("reaches nobody who has muted the other since", async () => {
    await act("a1", "mute");
    expect(await heard()).to.deep.equal({ b2: ["friend anna"] });
  });

  it("does not reach who accepted and has muted since", async () => {
    await act("b2", "mute");
    expect(await heard()).to.deep.equal({ a1: ["friend ben"], a2: ["friend ben"] });
  });

  it("reaches nobody when it has ended since", async () => {
    await act("a1", "remove");
    expect(await heard()).to.deep.equal({});
  });

  it("is nobody else's when a player hears a friend again", async () => {
    await act("a1", "mute");
    await game.readStream();
    await act("a1", "unmute");
    expect(await heard()).to.deep.equal({ a2: ["friend ben"] });
  });
});
