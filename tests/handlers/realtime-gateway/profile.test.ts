import { expect } from "chai";
import { emitHandler } from "../../../components/realtime-gateway/event";
import type { ProfileRequest } from "../../../components/realtime-gateway/profile-request";
import { serveProfileHandler } from "../../../components/realtime-gateway/serve-profile";
import { PROFILE_ATTRIBUTES } from "../../../components/shared/player-directory";
import type { Json } from "../../../local/service";
import { beforeEachGame, type Game } from "./game";
import { fixed } from "../shared/sdk";
import { PLAYERS, PRESENCE, type World } from "./world";
import { ADDRESS_RULE, isAddress } from "../../../components/shared/mail-address";

describe("profiles and game data", () => {
  let world: World;
  let game: Game;

  beforeEachGame(async (made) => {
    game = made;
    world = game.world;
    await game.register("anna", "a1");
  });

  const ask = (action: string, body: unknown = {}) => game.ask("anna", "a1", action, body);
  const refused = (action: string, body: unknown) => game.refusal("anna", "a1", action, body);
  const serve = (request: unknown) =>
    serveProfileHandler({
      players: fixed(PLAYERS),
      attributes: {
        ...PROFILE_ATTRIBUTES,
        level: "number",
        country: "string",
        premium: "boolean",
        bornAt: "epochSeconds",
      },
    })()(request as ProfileRequest, {} as never);
  const stored = async (sk: string) =>
    (await world.call("GetItem", { TableName: PLAYERS, Key: { pk: { S: "PLAYER#anna" }, sk: { S: sk } } }))["Item"] as
      Record<string, Json> | undefined;

  it("writes a profile on the version that was read, and refuses an older one", async () => {
    expect(await ask("profile.get")).to.deep.equal({ version: 0 });
    expect(
      await ask("profile.put", { version: 0, name: "Anna", locale: "de-AT", timeZone: "Europe/Vienna" }),
    ).to.deep.equal({
      version: 1,
    });
    expect(await ask("profile.put", { version: 1, name: "Ana" })).to.deep.equal({ version: 2 });
    expect(await refused("profile.put", { version: 1, name: "Old" })).to.equal("conflict");
    expect(await ask("profile.get")).to.deep.equal({
      version: 2,
      name: "Ana",
      locale: "de-AT",
      timeZone: "Europe/Vienna",
    });
  });

  it("meets the profile that hello made", async () => {
    await game.connect("anna", "a1");
    expect(await refused("profile.put", { version: 0, name: "Anna" })).to.equal("conflict");
    expect(await ask("profile.put", { version: 1, name: "Anna" })).to.deep.equal({ version: 2 });
    expect(await ask("game.put", { version: 0, data: { level: 1 } })).to.deep.equal({ version: 1 });
  });

  it("keeps game data as one text beside the profile, with a version of its own", async () => {
    expect(await ask("game.get")).to.deep.equal({ version: 0, data: {} });
    expect(await ask("game.put", { version: 0, data: { level: 3, bag: ["sword"] } })).to.deep.equal({ version: 1 });
    expect(await refused("game.put", { version: 0, data: {} })).to.equal("conflict");
    expect(await ask("game.get")).to.deep.equal({ version: 1, data: { level: 3, bag: ["sword"] } });
    expect((await stored("PROFILE"))?.["gameData"]).to.deep.equal({ S: '{"level":3,"bag":["sword"]}' });
  });

  it("refuses game data that is too large, and stores nothing", async () => {
    expect(await refused("game.put", { version: 0, data: { text: "x".repeat(25_000) } })).to.equal("too-large");
    expect(await stored("PROFILE")).to.equal(undefined);
  });

  for (const [field, value] of [
    ["name", "Anna\r\nBcc: all@players.test"],
    ["name", "Anna\u0000"],
    ["name", "\u202eannA"],
    ["timeZone", "Mars/Olympus"],
    ["timeZone", "+01:00"],
    ["locale", "not a locale"],
    ["name", ""],
    ["email", "someone@else.example"],
    ["level", 99],
  ] as const) {
    it(`refuses ${field} ${JSON.stringify(value)} from a client`, async () => {
      expect(await refused("profile.put", { version: 0, [field]: value })).to.equal("invalid-field");
      expect(await stored("PROFILE")).to.equal(undefined);
    });
  }

  it("keeps preferences, consent with its time", async () => {
    expect(await ask("preferences.get")).to.deep.equal({ emailSocial: true, emailMarketing: false });
    expect(await ask("preferences.put", { emailMarketing: true })).to.deep.equal({
      emailSocial: true,
      emailMarketing: true,
    });
    expect(await stored("PREFERENCES")).to.deep.include({
      emailMarketing: { BOOL: true },
      emailMarketingAt: { N: String(Math.floor(world.now / 1000)) },
    });
    expect((await stored("PREFERENCES"))?.["emailSocial"]).to.equal(undefined);
    expect(await ask("preferences.put", { emailSocial: false })).to.deep.equal({
      emailSocial: false,
      emailMarketing: true,
    });
  });

  it("lets game servers write declared attributes, whatever version is there", async () => {
    await game.connect("anna", "a1");
    const answer = await serve({
      player: "anna",
      profile: { email: "anna@players.test", level: 7, premium: true, bornAt: 1_000 },
      preferences: { emailMarketing: true },
    });
    expect(answer.written).to.equal(true);
    expect(answer.profile).to.deep.include({
      email: "anna@players.test",
      level: 7,
      premium: true,
      bornAt: 1_000,
      version: 2,
    });
    expect(answer.preferences).to.deep.equal({ emailSocial: true, emailMarketing: true });
    expect(await ask("profile.get")).to.deep.equal({ version: 2, email: "anna@players.test" });
  });

  it("writes nothing for a game server whose version is outdated", async () => {
    await game.connect("anna", "a1");
    const answer = await serve({
      player: "anna",
      profile: { level: 7 },
      preferences: { emailSocial: false },
      version: 9,
    });
    expect([answer.written, answer.profile["level"], answer.preferences.emailSocial]).to.deep.equal([
      false,
      undefined,
      true,
    ]);
  });

  for (const [what, profile] of [
    ["an unknown attribute", { shoeSize: 3 }],
    ["a wrong type", { level: "7" }],
    ["a number that is none", { level: NaN }],
    ["a number beyond those that are kept", { level: 1e200 }],
    ["a time with fractions", { bornAt: 1.5 }],
    ["two addresses", { email: "a@players.test,b@players.test" }],
    ["a header in an address", { email: "a@players.test\r\nBcc: b@players.test" }],
    ["a name of two lines", { name: "Anna\nBcc: b@players.test" }],
    ["an attribute of the gateway's own", { version: 9 }],
    ["__proto__", JSON.parse('{"__proto__":1}') as object],
    ["a locale that is none", { locale: "de_AT!" }],
    ["text too long", { country: "x".repeat(1_025) }],
  ] as const) {
    it(`fails for ${what} from a game server, and stores nothing`, async () => {
      const error = await serve({ player: "anna", profile }).then(
        () => "none",
        (thrown: unknown) => (thrown as Error).message,
      );
      expect(error).to.match(/^profile\./);
      expect(await stored("PROFILE")).to.equal(undefined);
    });
  }

  for (const email of [
    "a@b",
    "a@-x.test",
    "ü@players.test",
    `${"a".repeat(65)}@players.test`,
    "a..b@players.test",
    "",
  ]) {
    it(`refuses the address "${email.slice(0, 20)}" that the dispatcher would skip, and stores nothing`, async () => {
      expect(isAddress(email)).to.equal(false);
      const error = await serve({ player: "anna", profile: { email } }).then(
        () => "none",
        (thrown: unknown) => (thrown as Error).message,
      );
      expect(error).to.include("profile.email").and.to.include(`expected ${ADDRESS_RULE}`);
      expect(await stored("PROFILE")).to.equal(undefined);
    });
  }

  const requests: readonly (readonly [string, unknown, string])[] = [
    ["nothing", null, "the request: got null; expected an object of player, profile, preferences, version."],
    ["a list", [{ player: "anna" }], 'the request: got [{"player":"anna"}]; expected an object of'],
    [
      "no player",
      {},
      "player of the request: missing; expected a player id of 1 to 80 bytes without control characters.",
    ],
    ["an unknown member", { player: "anna", id: 1 }, "id of the request: got 1; expected an object of"],
    [
      "a profile that is none",
      { player: "anna", profile: null },
      "profile of the request: got null; expected an object",
    ],
    ["a list of attributes", { player: "anna", profile: [1] }, "profile of the request: got [1]; expected an object"],
    [
      "a version that is none",
      { player: "anna", profile: {}, version: "1" },
      'version of the request: got "1"; expected',
    ],
    [
      "preferences that are none",
      { player: "anna", preferences: true },
      "preferences of the request: got true; expected",
    ],
    ["an unknown wish", { player: "anna", preferences: { sms: true } }, "preferences.sms of the request: got true"],
    [
      "a wish of no kind",
      { player: "anna", preferences: { emailSocial: 1 } },
      "preferences.emailSocial of the request",
    ],
  ];
  for (const [what, request, message] of requests) {
    it(`fails for ${what} in a request of a game server, and stores nothing`, async () => {
      const error = await serve(request).then(
        () => undefined,
        (thrown: unknown) => thrown as Error,
      );
      expect(error?.name).to.equal("RequestError");
      expect(error?.message).to.include(message);
      expect([await stored("PROFILE"), await stored("PREFERENCES")]).to.deep.equal([undefined, undefined]);
    });
  }

  describe("player events", () => {
    const emit = (input: unknown) => emitHandler({ presence: fixed(PRESENCE) })()(input as never, {} as never);
    const count = async () => ((await world.call("Scan", { TableName: PRESENCE }))["Items"] as unknown[]).length;

    for (const body of [
      { event: "online" },
      { event: "offline" },
      { event: "Bad" },
      { event: "" },
      { event: "x".repeat(65) },
      { data: {} },
      { event: "a", data: 1 },
    ]) {
      it(`refuses ${JSON.stringify(body).slice(0, 40)}, and stores nothing`, async () => {
        const before = await count();
        expect(await refused("event", body)).to.equal("invalid-field");
        expect(await count()).to.equal(before);
      });
    }

    it("refuses data that is too large", async () => {
      const before = await count();
      expect(await refused("event", { event: "a", data: { text: "x".repeat(4_100) } })).to.equal("too-large");
      expect(await count()).to.equal(before);
    });

    it("comes from game servers, for friends or quietly", async () => {
      await game.seedFriends("anna", ["ben"]);
      await game.connect("ben", "b1");
      await game.connect("anna", "a1");
      await game.readStream();
      game.forgetFrames();
      game.subscribed = "level-up,secret";
      const { id } = await emit({ player: "anna", event: "level-up", data: { level: 2 } });
      await emit({ player: "anna", event: "secret", quiet: true });
      await emit({ player: "anna", event: "unheard" });
      await game.readStream();
      expect(game.notices("b1").map((notice) => notice["event"])).to.deep.equal(["level-up", "unheard"]);
      const published = world.published.map(({ Message }) => JSON.parse(String(Message)) as Json);
      expect(published.map((message) => message["event"])).to.deep.equal(["level-up", "secret"]);
      expect(published[0]).to.deep.equal({
        id,
        player: "anna",
        event: "level-up",
        data: { level: 2 },
        time: world.now,
      });
      expect((world.published[0]?.["MessageAttributes"] as Json)["event"]).to.deep.equal({
        DataType: "String",
        StringValue: "level-up",
      });
    });

    const wrong: readonly (readonly [string, unknown, string])[] = [
      ["nothing", null, "the request: got null; expected an object of player, event, data, quiet."],
      ["a list", [], "the request: got []; expected an object of player, event, data, quiet."],
      ["text", "anna", 'the request: got "anna"; expected an object of player, event, data, quiet.'],
      ["no player", { event: "a" }, "player of the request: missing; expected a player id"],
      ["an empty player", { player: "", event: "a" }, 'player of the request: got ""; expected a player id'],
      [
        "a line in a player",
        { player: "a\nb", event: "a" },
        'player of the request: got "a\\nb"; expected a player id',
      ],
      ["no event", { player: "p" }, "event of the request: missing; expected its name."],
      ["a wrong event", { player: "p", event: "A" }, 'event of the request: got "A"; expected text that matches'],
      ["an event's own name", { player: "p", event: "online" }, 'event of the request: got "online"; expected text'],
      ["data that is none", { player: "p", event: "a", data: 1 }, "data of the request: got 1; expected an object."],
      ["too much data", { player: "p", event: "a", data: { x: "x".repeat(4_096) } }, "at most 4096 bytes of JSON."],
      ["a quiet that is none", { player: "p", event: "a", quiet: 1 }, "quiet of the request: got 1; expected true or"],
      ["an unknown member", { player: "p", event: "a", to: 1 }, "to of the request: got 1; expected an object of"],
      ["a value too long", { player: "p", event: "x".repeat(9_999) }, `got "${"x".repeat(116)}...; expected`],
    ];
    for (const [what, input, message] of wrong) {
      it(`fails for ${what} from a game server, and stores nothing`, async () => {
        const before = await count();
        const error = await emit(input).then(
          () => undefined,
          (thrown: unknown) => thrown as Error,
        );
        expect(error?.name).to.equal("RequestError");
        expect(error?.message).to.include(message);
        expect(await count()).to.equal(before);
      });
    }
  });
});
