import { expect } from "chai";
import * as fc from "fast-check";
import { beginsAsResult, partLines, partRange, readPlayers } from "../../../components/segment-pipeline/result-lines";
import { encodePlayerId } from "../../../components/shared/player-keys";

const id = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 10 }).filter((text) => text.isWellFormed()),
  fc.stringMatching(/^[a-z0-9|]{1,20}$/),
);

/** What S3 answers for a range: the bytes that exist. */
function rangeOf(file: Buffer, part: number, partBytes: number, lineBytes: number): Buffer {
  const { from, to } = partRange(part, partBytes, lineBytes);
  return file.subarray(from, to + 1);
}

describe("Lines of a result in parts", () => {
  it("belong to exactly one part each, in order, whatever the size of the parts", () => {
    const line = fc.string({ unit: "grapheme", maxLength: 12 }).map((text) => text.replace(/[\n\r]/g, ""));
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 40 }),
        fc.integer({ min: 1, max: 200 }),
        fc.boolean(),
        (lines, partBytes, endsWithNewline) => {
          const file = Buffer.from(['"pk"', ...lines].join("\n") + (endsWithNewline ? "\n" : ""));
          const lineBytes = Math.max(5, ...lines.map((text) => Buffer.byteLength(text) + 1));
          const parts = Math.max(1, Math.ceil(file.length / partBytes));
          const read = Array.from({ length: parts }, (_, part) =>
            partLines(rangeOf(file, part, partBytes, lineBytes), part, partBytes),
          ).flat();
          // Blank lines say nothing: a last one without a newline cannot be told from the end of the file.
          expect(read.filter((text) => text !== "")).to.deep.equal(lines.filter((text) => text !== ""));
        },
      ),
      { numRuns: 500 },
    );
  });

  it("are none in an empty file, in one with only its header, and in a part within one long line", () => {
    expect(partLines(Buffer.alloc(0), 0, 100)).to.deep.equal([]);
    expect(partLines(Buffer.from('"pk"\n'), 0, 100)).to.deep.equal([]);
    expect(partLines(Buffer.from("x".repeat(50)), 3, 10)).to.deep.equal([]);
  });
});

describe("A result", () => {
  it("begins with its header, also when it has no rows", () => {
    for (const text of ['"pk"', '"pk"\n', '"pk"\r\n', '"pk"\n"PLAYER#a"\n']) {
      expect(beginsAsResult(Buffer.from(text)), text).to.equal(true);
    }
    for (const text of ["", '"p', '"sk"\n', "pk\n", '"pk","sk"\n', "<?xml version"]) {
      expect(beginsAsResult(Buffer.from(text)), text).to.equal(false);
    }
  });
});

describe("Players of lines", () => {
  it("are read back as they were written, with either end of line", () => {
    fc.assert(
      fc.property(fc.array(id, { maxLength: 20 }), fc.boolean(), (ids, carriageReturn) => {
        const lines = ids.map((player) => `"PLAYER#${encodePlayerId(player)}"${carriageReturn ? "\r" : ""}`);
        const unique = [...new Set(ids)];
        expect(readPlayers(lines)).to.deep.equal({
          players: unique,
          malformed: 0,
          repeated: ids.length - unique.length,
        });
      }),
    );
  });

  const malformed = [
    '"PLAYER#"',
    '"PLAYER#fan-00', // a file that was cut off
    "PLAYER#a", // Athena quotes every value
    'PLAYER#a"',
    "PLAYER#",
    "PLAYER#a b",
    "PLAYER#auth0|x",
    "PLAYER#_4",
    "PLAYER#_zz",
    "PLAYER#_41", // "A" in another spelling
    "PLAYER#_7C", // hex digits are written in lower case
    "PLAYER#_ff", // no UTF-8
    '"PLAYER#a","PLAYER#b"',
    '""PLAYER#a""',
    "IDENTITY#x",
    " PLAYER#a",
    "null",
    '""',
  ];
  for (const line of malformed) {
    it(`counts ${JSON.stringify(line)} as malformed`, () => {
      expect(readPlayers([line, '"PLAYER#ok"'])).to.deep.equal({ players: ["ok"], malformed: 1, repeated: 0 });
    });
  }

  it("never throw and never come twice, whatever the lines hold", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string({ unit: "binary" }), fc.constant('"PLAYER#a"'))), (lines) => {
        const { players, malformed: wrong, repeated } = readPlayers(lines);
        expect(new Set(players).size).to.equal(players.length);
        const blank = lines.filter((line) => line === "" || line === "\r").length;
        expect(players.length + wrong + repeated + blank).to.equal(lines.length);
      }),
    );
  });
});
