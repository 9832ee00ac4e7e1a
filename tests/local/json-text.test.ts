import { expect } from "chai";
import fc from "fast-check";
import { AwsError } from "../../local/aws-error";
import { JsonText, JsonTextError, type JsonToken } from "../../local/services/json-text";
import { compileFilter } from "../../local/services/sns/filter-policy";

/** The value that the tokens make. */
function build(tokens: Iterator<JsonToken, undefined>, { kind, text }: JsonToken): unknown {
  const next = (): JsonToken => tokens.next().value!;
  if (kind === "[") {
    const list: unknown[] = [];
    for (let token = next(); token.kind !== "]"; token = next()) list.push(build(tokens, token));
    return list;
  }
  if (kind === "{") {
    const object = {};
    for (let name = next(); name.kind !== "}"; name = next())
      Object.defineProperty(object, name.text, {
        value: build(tokens, next()),
        configurable: true,
        enumerable: true,
        writable: true,
      });
    return object;
  }
  return kind === "string" ? text : JSON.parse(text);
}

function read(text: string): unknown {
  const tokens = new JsonText(text, true).tokens();
  const value = build(tokens, tokens.next().value!);
  expect(tokens.next()).to.deep.equal({ done: true, value: undefined });
  return value;
}

function parse(text: string): { readonly value?: unknown } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return {};
  }
}

/** Why a text is refused, without the source. */
function refusal(text: string): string {
  try {
    read(text);
  } catch (error) {
    if (error instanceof JsonTextError) return error.message.replaceAll(`Source: (String)"${text}"; `, "");
    throw error;
  }
  return "nothing";
}

const written = fc
  .tuple(fc.oneof(fc.jsonValue(), fc.double()), fc.constantFrom("", "  ", "\n", "\r\n\t"))
  .map(([value, indent]) => JSON.stringify(value, undefined, indent));
/** JSON and what is nearly so: with a part taken out, or with something in between. */
const near = fc
  .tuple(
    written,
    fc.nat(),
    fc.nat({ max: 3 }),
    fc.oneof(
      fc.constantFrom("", ...Array.from("{}[]:,\"'\\-+.eEuxt0 \n\v\u00a0\ufeff\ud800"), "\\u12", "null", "1e5", '"\\"'),
      fc.string({ unit: "binary", maxLength: 2 }),
    ),
  )
  .map(([text, at, gone, added]) => {
    const place = at % (text.length + 1);
    return text.slice(0, place) + added + text.slice(place + gone);
  });

describe("JSON text as AWS reads it", () => {
  it("has the value that JSON.parse gives it", () => {
    fc.assert(
      fc.property(written, (text) => {
        expect(read(text)).to.deep.equal(JSON.parse(text));
      }),
    );
    expect(read('{"__proto__": [-0, 1E-7], "a": 1, "a": "\\u00e9\\/"}')).to.deep.equal(
      JSON.parse('{"__proto__": [-0, 1E-7], "a": 1, "a": "é/"}'),
    );
  });

  it("is refused where JSON.parse refuses it, and nowhere else", () => {
    fc.assert(
      fc.property(near, (text) => {
        const { value } = parse(text);
        if (value === undefined) expect(() => read(text)).to.throw(JsonTextError);
        else expect(read(text)).to.deep.equal(value);
      }),
      { numRuns: 500 },
    );
  });

  it("is refused with a place inside when its end is missing", () => {
    fc.assert(
      fc.property(written, fc.nat(), (whole, at) => {
        const text = whole.slice(0, at % whole.length);
        if ("value" in parse(text)) return;
        const [, line, column] = /line: (\d+), column: (\d+)\]$/.exec(refusal(text)) ?? [];
        const lines = text.split("\n");
        expect(Number(line)).to.be.within(1, lines.length);
        expect(Number(column)).to.be.within(1, lines[Number(line) - 1]!.length + 1);
      }),
      { numRuns: 300 },
    );
  });

  it("is nested a thousand deep at most", () => {
    const nested = (depth: number): string => '{"a":'.repeat(depth) + "1" + "}".repeat(depth);
    expect(read(nested(1000))).to.deep.equal(JSON.parse(nested(1000)));
    expect(refusal(nested(1001))).to.contain("Document nesting depth (1001) exceeds the maximum allowed (1000");
    expect(() => compileFilter(nested(40_000), "MessageBody")).to.throw(AwsError, "Document nesting depth");
  });

  const rows: readonly (readonly [text: string, reason: string, line: number, column: number])[] = [
    ["", "No content to map due to end-of-input", 1, 1],
    [
      '{"a": 1,\n',
      "Unexpected end-of-input: expected close marker for Object (start marker at [line: 1, column: 1])",
      2,
      1,
    ],
    ["[1", "Unexpected end-of-input: expected close marker for Array (start marker at [line: 1, column: 1])", 1, 3],
    ['{"a', "Unexpected end-of-input in field name", 1, 4],
    ['["a', "Unexpected end-of-input: was expecting closing quote for a string value", 1, 4],
    ['["\\u00', "Unexpected end-of-input in character escape sequence", 1, 7],
    ["[1 2]", "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries", 1, 4],
    ['{"a" 1}', "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value", 1, 6],
    ['["\\x"]', "Unrecognized character escape 'x' (code 120)", 1, 4],
    ['["\\u0G"]', "Unexpected character ('G' (code 71)): expected a hex-digit for character escape sequence", 1, 6],
    [
      '["\t"]',
      "Illegal unquoted character ((CTRL-CHAR, code 9)): has to be escaped using backslash to be included in string value",
      1,
      3,
    ],
    [
      '{"€": €}',
      "Unexpected character ('€' (code 8364 / 0x20ac)): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
      1,
      7,
    ],
  ];
  for (const [text, reason, line, column] of rows) {
    it(`is refused as ${JSON.stringify(text)}`, () => {
      expect(refusal(text)).to.equal(`${reason}\n at [line: ${line}, column: ${column}]`);
    });
  }
});
