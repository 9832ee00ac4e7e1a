import { expect } from "chai";
import fc from "fast-check";
import { addressesOf, letterAbout } from "../../components/message-store/player-data";
import { isNewsAbout, othersOf, tracesAt } from "../../components/realtime-gateway/player-data";
import { blotOut, playersByEmailQuery, rowCountQuery } from "../../components/segment-pipeline/player-data";
import { partLines, readPlayers } from "../../components/segment-pipeline/result-lines";
import { isPlayerId, playerPk } from "../../components/shared/player-keys";
import { S } from "../../components/shared/attributes";

const copy = { database: "db", table: "players" };
const player = fc.string({ minLength: 1, maxLength: 20, unit: "grapheme" }).filter(isPlayerId);

describe("What is known about a player", () => {
  it("is blotted out of a result, and nobody else is", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(player, { minLength: 1, maxLength: 20 }),
        fc.nat(),
        fc.boolean(),
        (ids, pick, ends) => {
          const gone = ids[pick % ids.length] ?? "";
          const file = Buffer.from(`"pk"\n${ids.map((id) => `"${playerPk(id)}"`).join("\n")}${ends ? "\n" : ""}`);
          const blotted = blotOut(file, gone);
          expect(blotted?.lines).to.equal(1);
          expect(blotted?.bytes.length).to.equal(file.length);
          const read = readPlayers(partLines(blotted?.bytes ?? Buffer.alloc(0), 0, file.length));
          expect(read.players).to.deep.equal(ids.filter((id) => id !== gone));
          expect(read.malformed).to.equal(1);
        },
      ),
    );
  });

  it("is not found in a result that names only others, however alike", () => {
    expect(blotOut(Buffer.from('"pk"\n"PLAYER#ada2"\n"PLAYER#ad"\nPLAYER#x'), "ada")).to.equal(undefined);
    expect(blotOut(Buffer.from("pk\r\nPLAYER#ada\r\n"), "ada")?.lines).to.equal(1);
  });

  it("is asked for with every value quoted", () => {
    expect(playersByEmailQuery(copy, " O'Neil@Players.test ")).to.match(/ = 'o''neil@players\.test'$/);
    expect(rowCountQuery(copy, "a'b")).to.include("\"pk\" = 'PLAYER#a_27b' OR \"sk\" = 'FRIEND#a_27b'");
  });

  it("leads to everybody who may hold something about him", () => {
    const friends = [{ pk: S("PLAYER#ada"), sk: S("FRIEND#grace"), status: S("accepted") }];
    const presence = [
      { pk: S("PLAYER#ada"), sk: S("WATCH#alan#c1") },
      { pk: S("PLAYER#ada"), sk: S("WATCH!mallory") },
      { pk: S("PLAYER#ada"), sk: S("EVENT#1"), peer: S("edsger") },
      { pk: S("PLAYER#ada"), sk: S("PRESENCE") },
    ];
    expect(othersOf([...friends, { pk: S("PLAYER#ada"), sk: S("PROFILE") }], presence)).to.have.members([
      "grace",
      "alan",
      "mallory",
      "edsger",
    ]);
    expect(tracesAt("grace", "ada")).to.deep.equal({
      side: { pk: S("PLAYER#grace"), sk: S("FRIEND#ada") },
      tombstone: { pk: S("PLAYER#grace"), sk: S("WATCH!ada") },
      watchPrefix: "WATCH#ada#",
    });
    expect([
      isNewsAbout({ peer: S("ada") }, "ada"),
      isNewsAbout({ peer: S("ada2") }, "ada"),
      isNewsAbout({}, "ada"),
    ]).to.deep.equal([true, false, false]);
  });

  it("names each address once, whatever its case", () => {
    const messages = [{ to: S("Ada@Players.test") }, { to: S("ada@old.test") }, {}];
    expect(addressesOf({ email: S("ada@players.test ") }, messages)).to.deep.equal([
      "ada@players.test",
      "ada@old.test",
    ]);
    expect(addressesOf(undefined, [])).to.deep.equal([]);
  });

  for (const [what, body, about] of [
    ["a mail", { envelope: { player: "ada", id: "1" } }, "this player"],
    ["a mail to another", { envelope: { player: "grace", id: "1" } }, "nobody"],
    ["an invocation", { requestPayload: { player: "ada" } }, "this player"],
    [
      "an invocation of many",
      { requestPayload: { messages: [{ player: "ada" }, { player: "grace" }] } },
      "this player and others",
    ],
    ["a parked record", { reason: "malformed-item", keys: { pk: { S: "PLAYER#ada" } } }, "this player"],
    ["a parked record of a longer id", { reason: "malformed-item", keys: { pk: { S: "PLAYER#adam" } } }, "nobody"],
    [
      "a parked watch entry",
      { keys: { pk: { S: "PLAYER#ada" }, sk: { S: "WATCH#grace#c1" } } },
      "this player and others",
    ],
    [
      "another's watch entry",
      { keys: { pk: { S: "PLAYER#grace" }, sk: { S: "WATCH!ada" } } },
      "this player and others",
    ],
    ["an event of SES", { mail: { tags: { player: ["ada"] } } }, "this player"],
    ["an event of SES for SNS", { Message: JSON.stringify({ mail: { tags: { player: ["ada"] } } }) }, "this player"],
    ["an event about another", { mail: { tags: { player: ["ada_23"] }, destination: ["x@players.test"] } }, "nobody"],
    ["an event without tags", { mail: { destination: ["Ada@players.test"] } }, "this player"],
    ["an address in a sentence", { detail: "not verified: Ada <ada@players.test>." }, "this player"],
    ["a longer address", { mail: { destination: ["grada@players.test", "ada@players.test.example"] } }, "nobody"],
    [
      "an address that two share",
      { mail: { destination: ["ada@players.test"], tags: { player: ["grace"] } } },
      "this player and others",
    ],
    ["keys of two", { keys: [{ pk: { S: "PLAYER#ada" } }, { pk: { S: "PLAYER#grace" } }] }, "this player and others"],
    ["keys in a text of another's", { player: "grace", detail: "PLAYER#ada MSG#1" }, "this player and others"],
    ["a notification", { Type: "Notification", Message: JSON.stringify({ playerId: "ada" }) }, "this player"],
    ["a batch of a stream", { DDBStreamBatchInfo: { shardId: "x" } }, "nobody"],
  ] as const) {
    it(`tells whom ${what} is about`, () => {
      expect(letterAbout(JSON.stringify(body), "ada", ["ada@players.test"])).to.equal(about);
    });
  }

  it("survives letters that are no JSON", () => {
    fc.assert(fc.property(fc.string(), (body) => ["nobody", "this player"].includes(letterAbout(body, "ada"))));
  });
});
