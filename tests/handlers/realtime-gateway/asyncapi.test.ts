import Ajv, { type ValidateFunction } from "ajv";
import { expect } from "chai";
import { ERROR_CODES } from "../../../components/realtime-gateway/frames";
import { ACTIONS } from "../../../components/realtime-gateway/protocol";
import { asyncApiDocument } from "../../../docs/asyncapi";
import type { Json } from "../../../local/service";
import { Game } from "./game";
import { World } from "./world";

describe("client protocol document", () => {
  const document = asyncApiDocument() as {
    operations: Record<string, { action: string }>;
    components: {
      messages: Record<string, { payload: object; examples: { payload: unknown }[] }>;
      schemas: Record<string, object>;
    };
    "x-error-codes": object;
  };
  let world: World;
  let game: Game;

  before(async () => {
    world = await World.make();
    game = new Game(world);
  });
  beforeEach(() => world.reset());
  after(() => world.close());

  const ajv = new Ajv({ strict: false, unicodeRegExp: true });
  ajv.addSchema({ $id: "doc", ...document });
  const validators = new Map<string, ValidateFunction>();
  const keeps = (message: string, payload: unknown): boolean => {
    let validate = validators.get(message);
    if (!validate) {
      validate = ajv.compile({ $ref: `doc#/components/messages/${message}/payload` });
      validators.set(message, validate);
    }
    const isKept = validate(payload);
    ajv.errors = validate.errors ?? null;
    return isKept;
  };

  it("has an operation for every action and for the studio's own, and every error code", () => {
    const received = Object.values(document.operations).filter(({ action }) => action === "receive");
    expect(received.length).to.equal(Object.keys(ACTIONS).length + 1);
    expect(document["x-error-codes"]).to.deep.equal(ERROR_CODES);
  });

  it("points at nothing that is not there", () => {
    const references: string[] = [];
    JSON.stringify(document, (name, value: unknown) => {
      if (name === "$ref") references.push(String(value));
      return value;
    });
    for (const reference of references) {
      const target = reference
        .slice(2)
        .split("/")
        .reduce<unknown>((at, part) => (at as Json | undefined)?.[part], document);
      expect([reference, target !== undefined]).to.deep.equal([reference, true]);
    }
    expect(references.length).to.be.greaterThan(100);
  });

  it("shows an example of every message that keeps to it, and to no other", () => {
    for (const [message, { examples }] of Object.entries(document.components.messages)) {
      expect([message, examples.length > 0]).to.deep.equal([message, true]);
      for (const { payload } of examples) {
        // As a reader of the document has it.
        const shown: unknown = JSON.parse(JSON.stringify(payload));
        const kept = Object.keys(document.components.messages).filter((other) => keeps(other, shown));
        expect([message, kept]).to.deep.equal([message, [message]]);
      }
    }
  });

  it("describes what the handlers answer and send", async () => {
    await game.connect("ben", "b1");
    const asked: readonly (readonly [string, string, string, unknown])[] = [
      ["hello", "hello", "anna", {}],
      ["ping", "ping", "anna", {}],
      ["friendsRequest", "friends.request", "anna", { player: "ben" }],
      ["friendsAccept", "friends.accept", "ben", { player: "anna" }],
      ["friendsMute", "friends.mute", "ben", { player: "anna" }],
      ["friendsUnmute", "friends.unmute", "ben", { player: "anna" }],
      ["friendsList", "friends.list", "anna", {}],
      ["event", "event", "anna", { event: "join-game", data: { game: "chess" } }],
      ["friendsRemove", "friends.remove", "ben", { player: "anna" }],
      ["friendsBlock", "friends.block", "ben", { player: "anna" }],
      ["friendsUnblock", "friends.unblock", "ben", { player: "anna" }],
      ["profilePut", "profile.put", "anna", { version: 1, name: "Anna" }],
      ["profileGet", "profile.get", "anna", {}],
      ["gamePut", "game.put", "anna", { version: 0, data: { level: 1 } }],
      ["gameGet", "game.get", "anna", {}],
      ["preferencesPut", "preferences.put", "anna", { emailSocial: false }],
      ["preferencesGet", "preferences.get", "anna", {}],
    ];
    world.open("a1", "anna");
    for (const [message, action, player, body] of asked) {
      expect([message, keeps(message, { action, id: "1", body })]).to.deep.equal([message, true]);
      const answer = await game.frame(player, `${player[0]}1`, action, body);
      expect([message, keeps(`${message}Reply`, answer), ajv.errorsText()]).to.deep.equal([message, true, "No errors"]);
      if (action === "event") await game.readStream();
    }
    expect(keeps("error", await game.frame("anna", "a1", "friends.accept", { player: "ben" }))).to.equal(true);
    const frames = [...world.frames.values()].flat();
    const sent = frames.flatMap((frame) => frame["notices"] as Json[]).map((notice) => notice["kind"]);
    expect(sent).to.include.members(["event", "friend"]);
    for (const frame of frames) expect([keeps("notices", frame), ajv.errorsText()]).to.deep.equal([true, "No errors"]);
  });

  it("refuses what the handlers refuse", () => {
    for (const [message, frame] of [
      ["hello", { action: "hello", body: { extra: 1 } }],
      ["friendsRequest", { action: "friends.request" }],
      ["event", { action: "event", body: { event: "online" } }],
      ["gamePut", { action: "game.put", body: { version: -1, data: {} } }],
      ["ping", { action: "ping", extra: 1 }],
    ] as const) {
      expect([message, keeps(message, frame)]).to.deep.equal([message, false]);
    }
  });
});
