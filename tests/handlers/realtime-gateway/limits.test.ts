import { expect } from "chai";
import { emitHandler } from "../../../components/realtime-gateway/event";
import { readFrame } from "../../../components/realtime-gateway/frames";
import {
  FRAME_BURST,
  FRAMES_PER_SECOND,
  MAX_ATTRIBUTE_BYTES,
  MAX_BUCKETS,
  MAX_CONNECTIONS,
  MAX_CORRELATION_ID,
  MAX_EVENT_DATA_BYTES,
  MAX_FRAME_BYTES,
  MAX_FRAME_DEPTH,
  MAX_FRIENDS,
  MAX_GAME_DATA_BYTES,
} from "../../../components/realtime-gateway/limits";
import { profileValues } from "../../../components/realtime-gateway/profile-request";
import { frameBuckets } from "../../../components/realtime-gateway/token-bucket";
import { isPlayerId } from "../../../components/shared/player-keys";
import { fixed } from "../shared/sdk";
import { beforeEachGame, type Game } from "./game";
import { PRESENCE, type World } from "./world";

/** An object that is exactly so many bytes as JSON. */
const dataOf = (bytes: number): object => ({ x: "y".repeat(bytes - '{"x":""}'.length) });

describe("limits of the gateway", () => {
  const problemOf = (text: string): string | undefined => readFrame(text).problem?.code;

  it("hold for the bytes, not the characters, of a frame", () => {
    const frame = (bytes: number): string => {
      const [before, after] = ['{"action":"a","body":{"x":"ü', '"}}'];
      return before + "y".repeat(bytes - Buffer.byteLength(before + after)) + after;
    };
    expect(Buffer.byteLength(frame(MAX_FRAME_BYTES))).to.equal(32_768);
    expect([problemOf(frame(MAX_FRAME_BYTES)), problemOf(frame(MAX_FRAME_BYTES + 1))]).to.deep.equal([
      undefined,
      "too-large",
    ]);
  });

  it("hold for the levels of a frame, in which brackets within texts are none", () => {
    const frame = (levels: number): string =>
      `{"action":"a","body":${"[".repeat(levels - 1)}"\\"[[{"${"]".repeat(levels - 1)}}`;
    expect([problemOf(frame(MAX_FRAME_DEPTH)), problemOf(frame(MAX_FRAME_DEPTH + 1))]).to.deep.equal([
      undefined,
      "too-deep",
    ]);
    const text = `{"action":"a","body":"\\"${"[".repeat(MAX_FRAME_DEPTH + 1)}\\\\"}`;
    expect(problemOf(text)).to.equal(undefined);
  });

  it("hold for a client's id, and for the name of an action", () => {
    const frame = (id: number, action: number): string =>
      JSON.stringify({ action: "a".repeat(action), id: "i".repeat(id) });
    expect(readFrame(frame(MAX_CORRELATION_ID, 128))).to.include({
      action: "a".repeat(128),
      id: "i".repeat(MAX_CORRELATION_ID),
    });
    expect(readFrame(frame(MAX_CORRELATION_ID + 1, 1)).problem).to.include({ code: "invalid-frame", field: "id" });
    expect(readFrame(frame(1, 129)).problem).to.include({ code: "invalid-frame", field: "action" });
  });

  it("hold for the frames of a connection: so many at once, then so many a second", () => {
    const admit = frameBuckets();
    const passed = (count: number, nowMs: number): number =>
      Array.from({ length: count }, () => admit("c", nowMs)).filter((admitted) => admitted).length;
    expect(passed(FRAME_BURST + 5, 0)).to.equal(FRAME_BURST);
    expect(passed(FRAMES_PER_SECOND + 5, 1_000)).to.equal(FRAMES_PER_SECOND);
    expect(passed(FRAME_BURST + 5, 3_600_000)).to.equal(FRAME_BURST);
  });

  it("hold for the connections that a container remembers: the one idle the longest is forgotten", () => {
    const admit = frameBuckets(1, 0);
    const connections = Array.from({ length: MAX_BUCKETS }, (_, i) => `c${i}`);
    expect(connections.every((connection) => admit(connection, 0))).to.equal(true);
    // All are remembered, and each has used its one frame; the first is now the one that was heard last.
    expect(connections.some((connection) => admit(connection, 0))).to.equal(false);
    expect(admit("c0", 0)).to.equal(false);
    expect(admit("one more", 0)).to.equal(true);
    expect(["c0", "c2"].some((connection) => admit(connection, 0))).to.equal(false);
    expect(admit("c1", 0)).to.equal(true);
  });

  it("hold for the bytes of a player's id", () => {
    expect([isPlayerId("p".repeat(80)), isPlayerId("p".repeat(81))]).to.deep.equal([true, false]);
    expect([isPlayerId("ü".repeat(40)), isPlayerId("ü".repeat(40) + "x")]).to.deep.equal([true, false]);
  });

  it("hold for the bytes, not the characters, of a text attribute", () => {
    const country = (text: string): unknown => profileValues({ country: "string" }, { country: text });
    const longest = "ü".repeat(MAX_ATTRIBUTE_BYTES / 2);
    expect(country(longest)).to.deep.equal({ country: { S: longest } });
    expect(() => country(`${longest}x`)).to.throw("expected at most 1024 bytes");
  });

  it("hold for the attributes that are the gateway's own, whatever a studio declares", () => {
    expect(() => profileValues({ version: "number" }, { version: 7 })).to.throw("profile.version of the request");
  });

  describe("of a player", () => {
    let world: World;
    let game: Game;
    beforeEachGame(async (made) => {
      game = made;
      world = game.world;
      await game.connect("anna", "a0");
    });

    it("hold for game data", async () => {
      const put = (bytes: number, version: number): Promise<string> =>
        game.refusal("anna", "a0", "game.put", { version, data: dataOf(bytes) });
      expect(await put(MAX_GAME_DATA_BYTES, 0)).to.equal("none");
      expect(await put(MAX_GAME_DATA_BYTES + 1, 1)).to.equal("too-large");
    });

    it("hold for the data of an event, from clients and from game servers", async () => {
      const event = (bytes: number) => ({ event: "a", data: dataOf(bytes) });
      expect(await game.refusal("anna", "a0", "event", event(MAX_EVENT_DATA_BYTES))).to.equal("none");
      expect(await game.refusal("anna", "a0", "event", event(MAX_EVENT_DATA_BYTES + 1))).to.equal("too-large");
      const emit = async (bytes: number): Promise<unknown> =>
        emitHandler({ presence: fixed(PRESENCE) })()({ player: "anna", ...event(bytes) }, {} as never).then(
          () => "taken",
          (error: unknown) => (error as Error).message,
        );
      expect(await emit(MAX_EVENT_DATA_BYTES)).to.equal("taken");
      expect(await emit(MAX_EVENT_DATA_BYTES + 1)).to.equal(
        'data of the request: got "4097 bytes"; expected at most 4096 bytes of JSON.',
      );
    });

    it("hold for connections, of which a known one may always say hello again", async () => {
      for (let i = 1; i < MAX_CONNECTIONS; i++) await game.connect("anna", `a${i}`);
      world.open("one-more", "anna");
      expect(await game.refusal("anna", "one-more", "hello")).to.equal("too-many-connections");
      expect(await game.refusal("anna", "a0", "hello")).to.equal("none");
      await game.disconnect("anna", "a3");
      expect(await game.refusal("anna", "one-more", "hello")).to.equal("none");
    });

    it("hold for friends and requests, his own and those of others", async () => {
      await game.connect("ben", "b0");
      await game.connect("cy", "c0");
      await game.seedFriends(
        "anna",
        Array.from({ length: MAX_FRIENDS - 1 }, (_, i) => `f${i}`),
      );
      const request = (from: string, to: string): Promise<string> =>
        game.refusal(from, `${from.charAt(0)}0`, "friends.request", { player: to });
      expect(await request("ben", "anna")).to.equal("none");
      expect(await request("cy", "anna")).to.equal("too-many-friends");
      expect(await request("anna", "cy")).to.equal("too-many-friends");
      // Who has asked already takes no new place.
      expect(await request("anna", "ben")).to.equal("none");
    });
  });
});
