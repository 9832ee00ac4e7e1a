import { expect } from "chai";
import { ERROR_CODES } from "../../components/realtime-gateway/frames";
import { FRAME_BURST, MAX_EVENT_DATA_BYTES, MAX_GAME_DATA_BYTES } from "../../components/realtime-gateway/limits";
import { ACTIONS } from "../../components/realtime-gateway/protocol";
import { VirtualClock } from "../../local/clock";
import { RequestRefused, type GameClient } from "../../local/game-client";
import { TestStack } from "../helpers/local-stack";
import { until } from "../helpers/until";

/** An error frame, as a client reads it. */
interface ErrorFrame {
  readonly type: string;
  readonly action?: string;
  readonly id?: string;
  readonly error: { readonly code: string; readonly message: string; readonly field?: string };
}

describe("Frames", () => {
  let stack: TestStack;

  before(async function () {
    this.timeout(120_000);
    stack = await TestStack.start({ clock: new VirtualClock() });
    await stack.schedules(false);
  });
  after(() => stack.close());

  const refusal = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => "no refusal",
      (error: unknown) => (error instanceof RequestRefused ? [error.code, error.field] : error),
    );

  const tables = async (): Promise<unknown> => ({
    presence: await stack.items("presenceTable"),
    players: await stack.items("playersTable"),
  });

  describe("that a player sends about himself", () => {
    let client: GameClient;
    let other: GameClient;
    before(async () => {
      client = await stack.connect("ada");
      other = await stack.connect("ada");
    });
    after(() => stack.closeClients());

    it("change the profile at the version that was read, and answer a conflict at another", async () => {
      const { version } = await client.request("profile.get");
      expect(version).to.equal(1);
      expect(await client.request("profile.put", { version, name: "Ada", locale: "de-AT" })).to.deep.equal({
        version: 2,
      });
      expect(await refusal(other.request("profile.put", { version, name: "Countess" }))).to.deep.equal([
        "conflict",
        "body.version",
      ]);
      expect(await other.request("profile.get")).to.deep.equal({ version: 2, name: "Ada", locale: "de-AT" });
      // What is not given stays.
      await other.request("profile.put", { version: 2, timeZone: "Europe/Vienna" });
      expect(await client.request("profile.get")).to.deep.equal({
        version: 3,
        name: "Ada",
        locale: "de-AT",
        timeZone: "Europe/Vienna",
      });
    });

    it("let exactly one of two win who write at once", async () => {
      const { version } = (await client.request("game.get")) as { version: number };
      const outcomes = await Promise.all(
        [client, other].map((device, i) => refusal(device.request("game.put", { version, data: { coins: i } }))),
      );
      expect(outcomes).to.have.deep.members(["no refusal", ["conflict", "body.version"]]);
      expect(await client.request("game.get")).to.deep.equal({
        version: version + 1,
        data: { coins: outcomes.indexOf("no refusal") },
      });
    });

    it("keep game data as given, up to its limit and not beyond", async () => {
      const data = { "naïve 🎲": [1, -0.5, null, true, { deep: { er: "ünï" } }], empty: {} };
      const { version } = (await client.request("game.get")) as { version: number };
      await client.request("game.put", { version, data });
      expect(await other.request("game.get")).to.deep.equal({ version: version + 1, data });
      const filled = (bytes: number): object => ({ x: "x".repeat(bytes - '{"x":""}'.length) });
      expect(
        await refusal(client.request("game.put", { version: version + 1, data: filled(MAX_GAME_DATA_BYTES + 1) })),
      ).to.deep.equal(["too-large", "body.data"]);
      expect(await client.request("game.get")).to.deep.equal({ version: version + 1, data });
      await client.request("game.put", { version: version + 1, data: filled(MAX_GAME_DATA_BYTES) });
    });

    it("leave the profile alone when game data changes, and the other way round", async () => {
      const profile = await client.request("profile.get");
      const game = (await client.request("game.get")) as { version: number };
      await client.request("game.put", { version: game.version, data: {} });
      expect(await client.request("profile.get")).to.deep.equal(profile);
      await client.request("profile.put", { version: profile["version"], name: "A. L." });
      expect(await client.request("game.get")).to.deep.equal({ version: game.version + 1, data: {} });
    });

    it("set preferences, of which silence is no consent to marketing", async () => {
      expect(await client.request("preferences.get")).to.deep.equal({ emailSocial: true, emailMarketing: false });
      expect(await client.request("preferences.put", { emailMarketing: true })).to.deep.equal({
        emailSocial: true,
        emailMarketing: true,
      });
      await client.request("preferences.put", { emailSocial: false });
      expect(await other.request("preferences.get")).to.deep.equal({ emailSocial: false, emailMarketing: true });
    });
  });

  describe("that nobody should send", () => {
    let client: GameClient;
    let friend: GameClient;
    let stored: unknown;

    before(async () => {
      client = await stack.connect("mallory");
      friend = await stack.connect("victor");
      await stack.befriend(client, "mallory", friend, "victor");
      await stack.pass(60_000, client, friend);
      friend.notices.length = 0;
      stored = await tables();
    });
    after(() => stack.closeClients());

    /** Sends text or fragments of it as they are; resolves to the frame that answers. */
    async function exchange(...parts: readonly string[]): Promise<ErrorFrame> {
      const known = client.frames.length;
      parts.forEach((part, i) => client.socket.send(part, { fin: i === parts.length - 1 }));
      return JSON.parse(await client.until(() => client.frames[known], "an answer")) as ErrorFrame;
    }

    async function expectNothingHappened(): Promise<void> {
      await stack.pass(2_000, client, friend);
      expect(client.closed).to.equal(false);
      expect(friend.notices).to.deep.equal([]);
      expect(await tables()).to.deep.equal(stored);
    }

    const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
    const bad: readonly (readonly [string, string | readonly string[], string, string | undefined])[] = [
      ["that is not JSON", "hello", "invalid-json", undefined],
      ["that is empty", "", "invalid-json", undefined],
      ["that breaks off", '{"action":"ping"', "invalid-json", undefined],
      ["with more after its end", '{"action":"ping"}}', "invalid-json", undefined],
      ["that is a list", '["ping"]', "invalid-frame", undefined],
      ["that is null", "null", "invalid-frame", undefined],
      ["that is a number", "1e3", "invalid-frame", undefined],
      ["that nests too deep", `{"action":"game.put","body":${nested(32)}}`, "too-deep", undefined],
      ["that nests very deep", "[".repeat(30_000), "too-deep", undefined],
      [
        "of 40 KB in parts of at most 32 KB",
        [`{"action":"event","body":{"x":"${"x".repeat(20_000)}`, `${"x".repeat(20_000)}"}}`],
        "too-large",
        undefined,
      ],
      ["without an action", '{"body":{}}', "invalid-frame", "action"],
      ["with an action that is no text", '{"action":7}', "invalid-frame", "action"],
      ["of an unknown route", '{"action":"teleport"}', "unknown-action", undefined],
      ["of the service's own route $connect", '{"action":"$connect"}', "unknown-action", undefined],
      ["of the service's own route $disconnect", '{"action":"$disconnect"}', "unknown-action", undefined],
      ["of the route $default", '{"action":"$default"}', "unknown-action", undefined],
      ["of a route of another case", '{"action":"Event"}', "unknown-action", undefined],
      ["of a route named like an object's member", '{"action":"toString"}', "unknown-action", undefined],
      ["with an id that is no text", '{"action":"ping","id":1}', "invalid-frame", "id"],
      ["with an id too long", `{"action":"ping","id":"${"x".repeat(65)}"}`, "invalid-frame", "id"],
      ["with an unknown member", '{"action":"ping","player":"victor"}', "invalid-frame", "player"],
      ["with a body that is no object", '{"action":"event","body":[]}', "invalid-field", "body"],
      ["without a field", '{"action":"event","body":{}}', "invalid-field", "body.event"],
      ["with an unknown field", '{"action":"event","body":{"event":"a","to":"x"}}', "invalid-field", "body.to"],
      ["with a field of a wrong type", '{"action":"event","body":{"event":1}}', "invalid-field", "body.event"],
      ["with a field out of bounds", '{"action":"event","body":{"event":"A B"}}', "invalid-field", "body.event"],
      ["that plays the gateway", '{"action":"event","body":{"event":"offline"}}', "invalid-field", "body.event"],
      [
        "with data that is no object",
        '{"action":"event","body":{"event":"a","data":[]}}',
        "invalid-field",
        "body.data",
      ],
      [
        "with data too large",
        `{"action":"event","body":{"event":"a","data":{"x":"${"x".repeat(MAX_EVENT_DATA_BYTES)}"}}}`,
        "too-large",
        "body.data",
      ],
      [
        "with __proto__",
        '{"action":"event","body":{"event":"a","data":{"__proto__":{"admin":true}}}}',
        "invalid-value",
        "body.data.__proto__",
      ],
      ["with __proto__ at its top", '{"action":"ping","__proto__":{}}', "invalid-value", "__proto__"],
      [
        "with constructor.prototype",
        '{"action":"event","body":{"event":"a","data":{"constructor":{"prototype":{}}}}}',
        "invalid-value",
        "body.data.constructor",
      ],
      [
        "with a number beyond all",
        '{"action":"game.put","body":{"version":1e999,"data":{}}}',
        "invalid-value",
        "body.version",
      ],
      [
        "with a number beyond exactness",
        '{"action":"event","body":{"event":"a","data":{"n":9007199254740993}}}',
        "invalid-value",
        "body.data.n",
      ],
      [
        "with a negative version",
        '{"action":"game.put","body":{"version":-1,"data":{}}}',
        "invalid-field",
        "body.version",
      ],
      [
        "with a broken version",
        '{"action":"game.put","body":{"version":0.5,"data":{}}}',
        "invalid-field",
        "body.version",
      ],
      [
        "with half a character",
        '{"action":"event","body":{"event":"a","data":{"x":"\\ud800"}}}',
        "invalid-value",
        "body.data.x",
      ],
      [
        "with half a character in a name",
        '{"action":"event","body":{"event":"a","data":{"\\udc00":1}}}',
        "invalid-value",
        "body.data",
      ],
      [
        "about a player with half a character",
        '{"action":"friends.request","body":{"player":"\\ud800"}}',
        "invalid-value",
        "body.player",
      ],
      ["about oneself", '{"action":"friends.block","body":{"player":"mallory"}}', "invalid-field", "body.player"],
      ["about nobody", '{"action":"friends.block","body":{"player":""}}', "invalid-field", "body.player"],
      [
        "about a player with an id too long",
        `{"action":"friends.request","body":{"player":"${"ü".repeat(41)}"}}`,
        "invalid-field",
        "body.player",
      ],
      [
        "with a time zone that there is not",
        '{"action":"profile.put","body":{"version":1,"timeZone":"Mars/Base"}}',
        "invalid-field",
        "body.timeZone",
      ],
      [
        "with an address, which only a server may set",
        '{"action":"profile.put","body":{"version":1,"email":"a@b.test"}}',
        "invalid-field",
        "body.email",
      ],
    ];

    for (const [what, text, code, field] of bad) {
      it(`${what} are answered ${code}${field === undefined ? "" : ` (${field})`}`, async () => {
        const frame = await exchange(...(typeof text === "string" ? [text] : text));
        expect([frame.type, frame.error.code, frame.error.field]).to.deep.equal(["error", code, field]);
        expect(ERROR_CODES).to.have.property(frame.error.code);
        expect(frame.error.message).to.match(/\S/);
      });
    }

    it("have left nothing behind, and the socket open", expectNothingHappened);

    it("come in a flood are answered too-many-frames, and the friend's are served", async () => {
      await stack.clock.advance(10_000);
      const codes: string[] = [];
      // One after the other, so that one container gets them all: each has buckets of its own. Time stands still.
      for (let i = 0; i < FRAME_BURST + 10; i++) {
        codes.push((await exchange('{"action":"event","body":{}}')).error.code);
      }
      expect(codes).to.deep.equal([
        ...new Array<string>(FRAME_BURST).fill("invalid-field"),
        ...new Array<string>(10).fill("too-many-frames"),
      ]);
      expect(await friend.request("ping")).to.have.keys("time");
      await stack.clock.advance(10_000);
      expect(await client.request("ping")).to.have.keys("time");
      await friend.caughtUp();
      expect(friend.notices).to.deep.equal([]);
    });
  });

  describe("before hello", () => {
    it("are answered not-registered whatever their action, and do nothing", async () => {
      const friend = await stack.connect("late");
      const client = await stack.connect("early", { hello: false });
      const before = await tables();
      const bodies: Readonly<Record<string, object>> = {
        "profile.put": { version: 0, name: "Early" },
        "game.put": { version: 0, data: {} },
        "preferences.put": { emailMarketing: true },
        event: { event: "join-game" },
      };
      for (const action of Object.keys(ACTIONS).filter((name) => name !== "hello")) {
        const about = action.startsWith("friends.") && action !== "friends.list" ? { player: "late" } : {};
        expect(await refusal(client.request(action, bodies[action] ?? about)), action).to.deep.equal([
          "not-registered",
          undefined,
        ]);
      }
      expect(await tables()).to.deep.equal(before);
      await client.request("hello");
      await client.request("event", { event: "join-game" });
      await client.request("friends.request", { player: "late" });
      await friend.caughtUp();
      expect(friend.notices).to.deep.equal([]);
      await Promise.all([client.close(), friend.close()]);
    });
  });

  describe("that no WebSocket of the service takes", () => {
    const closed: readonly (readonly [string, number, (client: GameClient) => void])[] = [
      ["of more than 32 KB", 1009, (client) => client.socket.send("x".repeat(32_769))],
      [
        "of more than 128 KB in parts",
        1009,
        (client) => {
          for (let i = 0; i < 5; i++) client.socket.send("x".repeat(30_000), { fin: i === 4 });
        },
      ],
      ["that are binary", 1003, (client) => client.socket.send(Buffer.from([1, 2, 3]))],
      ["that are not UTF-8", 1007, (client) => client.socket.send(Buffer.from([0xff, 0xfe]), { binary: false })],
    ];
    for (const [what, code, send] of closed) {
      it(`${what} close the connection with ${code}, and nothing is stored`, async () => {
        const client = await stack.connect("rude", { hello: false });
        const before = await tables();
        send(client);
        expect(await until(() => client.closeCode, "the connection to be closed")).to.equal(code);
        await stack.clock.settle();
        expect(await tables()).to.deep.equal(before);
      });
    }

    it("of exactly 32 KB are read", async () => {
      const client = await stack.connect("large", { hello: false });
      const frame = (x: string): string => `{"action":"teleport","body":{"x":"${x}"}}`;
      client.socket.send(frame("x".repeat(32_768 - frame("").length)));
      const answer = await client.until(() => client.frames[0], "an answer");
      expect((JSON.parse(answer) as ErrorFrame).error.code).to.equal("unknown-action");
    });
  });
});
