import { expect } from "chai";
import type { SegmentDefinition } from "../../../components/segment-pipeline/definition";
import { SegmentPipeline } from "../../../components/segment-pipeline/segment-pipeline";
import { ArgumentError } from "../../../components/shared/errors";
import { type DeclaredGame, declareGame, directory, news } from "./game";

describe("SegmentPipeline refuses at preview", function () {
  this.timeout(60_000);
  let segments: DeclaredGame["segments"];
  let messages: DeclaredGame["messages"];

  before(async () => {
    ({ segments, messages } = await declareGame());
  });

  const wrong: readonly (readonly [object, string])[] = [
    [
      { refreshMinutes: 5 },
      'refreshMinutes for "s": got 5; expected a whole number from 15 to 8640. Give a whole number from 15 to 8640.',
    ],
    [
      { maxScannedBytes: 1_000 },
      'maxScannedBytes for "s": got 1000; expected a whole number from 10485760 to 9007199254740991. Give a whole number from 10485760 to 9007199254740991.',
    ],
    [
      { maxDataAgeSeconds: 0.5 },
      'maxDataAgeSeconds for "s": got 0.5; expected a whole number from 60 to 31536000. Give a whole number from 60 to 31536000.',
    ],
    [
      { enqueueConcurrency: 1 },
      'enqueueConcurrency for "s": got 1; expected a whole number from 2 to 1000. Give a whole number from 2 to 1000.',
    ],
    [
      { directory: { ...directory, attributes: { Level: "number", level: "number" } } },
      'directory.attributes for "s": got "level"; expected names that differ by more than case. Glue folds names to lower case: rename one.',
    ],
  ];
  for (const [more, message] of wrong) {
    it(message.slice(0, 60), () => {
      expect(() => new SegmentPipeline("s", { directory, messages, ...more })).to.throw(ArgumentError, message);
    });
  }

  const everybody = { all: [] };
  const definitions: readonly (readonly [name: string, definition: object, message: string])[] = [
    [
      "No Good",
      { where: everybody, message: news },
      'segment "No Good": name for "segments": got "No Good"; expected 1 to 40 lower-case letters, digits and hyphens. Rename the segment.',
    ],
    [
      "veterans",
      { where: everybody, message: news },
      'segment for "segments": got "veterans"; expected a name that is not taken. Rename one of the two.',
    ],
    [
      "typo",
      { where: { all: [{ attribute: "levle", equals: 3 }] }, message: news },
      'segment "typo": where.all[0].levle for "segments": got {"all":[{"attribute":"levle","equals":3}]}; expected a filter over the declared player attributes. Mend where.all[0].levle: unknown attribute; expected one of playerId, name,',
    ],
    [
      "hostile",
      { sql: `SELECT "pk" FROM {players}; DROP TABLE players`, message: news },
      'segment "hostile": sql for "segments": got "SELECT \\"pk\\" FROM {players}; DROP TABLE players"; expected one SELECT without comments and semicolons.',
    ],
    [
      "nothing",
      null as unknown as object,
      'segment "nothing": definition for "segments": got null; expected an object with where, sql, message,',
    ],
    [
      "no-message",
      { where: everybody },
      'segment "no-message": message for "segments": got undefined; expected an object with type, template, data, validForSeconds.',
    ],
    [
      "misspelt",
      { where: everybody, message: news, shedule: "rate(1 day)" },
      'segment "misspelt": definition for "segments": got "shedule"; expected members among where, sql,',
    ],
    [
      "misspelt-message",
      { where: everybody, message: { ...news, validFor: 60 } },
      'segment "misspelt-message": message for "segments": got "validFor"; expected members among type, template,',
    ],
    [
      "twice",
      { where: everybody, sql: `SELECT "pk" FROM {players}`, message: news },
      'segment "twice": definition for "segments": got ["where","sql","message"]; expected either where or sql.',
    ],
    ["neither", { message: news }, 'segment "neither": definition for "segments": got ["message"]; expected either'],
    ["sql-number", { sql: 7, message: news }, 'segment "sql-number": sql for "segments": got 7; expected text.'],
    [
      "novel",
      { where: everybody, message: news, description: "x".repeat(401) },
      'segment "novel": description for "segments"',
    ],
    ["comment", { sql: `SELECT "pk" FROM {players} -- `, message: news }, 'segment "comment": sql for "segments"'],
    ["no-select", { sql: "DELETE FROM {players}", message: news }, 'segment "no-select": sql for "segments"'],
    [
      "escape",
      { sql: `SELECT "pk" FROM {players}) AS a, (SELECT 1`, message: news },
      'segment "escape": sql for "segments": got "SELECT \\"pk\\" FROM {players}) AS a, (SELECT 1"; expected parentheses and quotes that are closed where they were opened. Close them.',
    ],
    ["quote", { sql: `SELECT "pk" FROM {players} WHERE "name" = 'x`, message: news }, 'segment "quote": sql'],
    [
      "large",
      {
        where: {
          any: Array.from({ length: 30 }, () => ({
            attribute: "name",
            oneOf: Array.from({ length: 10 }, () => "x".repeat(1_000)),
          })),
        },
        message: news,
      },
      'bytes of SQL"; expected at most 260000 bytes. Divide the segment.',
    ],
    [
      "wrong-type",
      { where: everybody, message: { type: "spam", template: "x" } },
      'segment "wrong-type": message.type for "segments": got {"type":"spam","template":"x"}; expected one of transactional, social, marketing. Mend type of the message: got "spam"; expected one of transactional, social, marketing.',
    ],
    [
      "wrong-template",
      { where: everybody, message: { type: "social", template: "no good" } },
      'segment "wrong-template": message.template for "segments"',
    ],
    [
      "wrong-data",
      { where: everybody, message: { ...news, data: { at: new Date(0) } } },
      'segment "wrong-data": message.data.at for "segments"',
    ],
    [
      "wrong-validity",
      { where: everybody, message: { ...news, validForSeconds: -1 } },
      'segment "wrong-validity": message.validForSeconds for "segments": got -1; expected a whole number of seconds above zero. Correct the number.',
    ],
    [
      "wrong-age",
      { where: everybody, message: news, maxDataAgeSeconds: 0 },
      'segment "wrong-age": maxDataAgeSeconds for "segments": got 0; expected a whole number above zero. Correct the number.',
    ],
    [
      "wrong-schedule",
      { where: everybody, message: news, schedule: "every Monday" },
      'segment "wrong-schedule": schedule for "segments": got "every Monday"; expected rate(...), cron(...) or at(...). Write an expression of EventBridge Scheduler.',
    ],
    [
      "wrong-zone",
      { where: everybody, message: news, schedule: "rate(1 day)", scheduleTimeZone: "Berlin" },
      'segment "wrong-zone": scheduleTimeZone for "segments": got "Berlin"; expected an IANA time zone such as Europe/Berlin. Correct the name.',
    ],
  ];
  for (const [name, definition, message] of definitions) {
    it(`segment ${name}`, () => {
      expect(() => segments.define(name, definition as SegmentDefinition)).to.throw(ArgumentError, message);
    });
  }

  it("a segment that is defined after the program's first await", () => {
    expect(() => segments.define("late", { where: everybody, message: news })).to.throw(
      'segment for "segments": added after the program\'s first await',
    );
  });
});
