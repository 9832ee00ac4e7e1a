import { expect } from "chai";
import * as fc from "fast-check";
import { compileFilters } from "../../../local/services/lambda/filter";

describe("Filter patterns of event source mappings", () => {
  const matches = (pattern: unknown, event: unknown): boolean => compileFilters([JSON.stringify(pattern)])(event);

  it("admits everything without a pattern", () => {
    expect(compileFilters([])({ a: 1 })).to.equal(true);
  });

  it("compares exactly, by type", () => {
    expect(matches({ a: [1, "x", null, true] }, { a: 1 })).to.equal(true);
    expect(matches({ a: [1] }, { a: "1" })).to.equal(false);
    expect(matches({ a: [null] }, {})).to.equal(false);
    expect(matches({ a: [null] }, { a: null })).to.equal(true);
    expect(matches({ a: ["x"], b: ["y"] }, { a: "x" })).to.equal(false);
    expect(matches({ a: ["x"] }, { a: ["w", "x"] })).to.equal(true);
  });

  it("knows AWS's matchers", () => {
    expect(matches({ a: [{ prefix: "ab" }] }, { a: "abc" })).to.equal(true);
    expect(matches({ a: [{ suffix: "bc" }] }, { a: "abc" })).to.equal(true);
    expect(matches({ a: [{ "equals-ignore-case": "ABC" }] }, { a: "abc" })).to.equal(true);
    expect(matches({ a: [{ exists: false }] }, { b: 1 })).to.equal(true);
    expect(matches({ a: { b: [{ exists: false }] } }, {})).to.equal(true);
    expect(matches({ a: [{ exists: true }] }, { a: null })).to.equal(true);
    expect(matches({ a: [{ "anything-but": ["x", "y"] }] }, { a: "z" })).to.equal(true);
    expect(matches({ a: [{ "anything-but": { prefix: "z" } }] }, { a: "zz" })).to.equal(false);
    expect(matches({ a: [{ "anything-but": "x" }] }, {})).to.equal(false);
    expect(matches({ $or: [{ a: [1] }, { b: [2] }] }, { b: 2 })).to.equal(true);
  });

  it("compares numbers by ranges, and no numbers that are text", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.integer(), (value, low, high) => {
        const pattern = { a: [{ numeric: [">=", low, "<", high] }] };
        expect(matches(pattern, { a: value })).to.equal(value >= low && value < high);
        expect(matches(pattern, { a: String(value) })).to.equal(false);
      }),
    );
    const around = (operator: string): boolean[] =>
      [1, 2, 3].map((value) => matches({ a: [{ numeric: [operator, 2] }] }, { a: value }));
    expect(around("=")).to.deep.equal([false, true, false]);
    expect(around("<")).to.deep.equal([true, false, false]);
    expect(around("<=")).to.deep.equal([true, true, false]);
    expect(around(">")).to.deep.equal([false, false, true]);
    expect(around(">=")).to.deep.equal([false, true, true]);
  });

  it("refuses patterns that AWS refuses", () => {
    for (const text of [
      "no json",
      "[]",
      '{"a":1}',
      '{"a":[]}',
      '{"a":[{"unknown":1}]}',
      '{"a":[{"numeric":["!",1]}]}',
    ]) {
      expect(() => compileFilters([text]), text).to.throw("Invalid filter pattern definition.");
    }
  });

  it("never reads what objects inherit", () => {
    expect(matches({ constructor: [{ exists: true }] }, {})).to.equal(false);
    expect(matches({ toString: [{ exists: false }] }, {})).to.equal(true);
  });
});
