import { expect } from "chai";
import fc from "fast-check";
import { compileCondition, operators, parseOperator } from "../../../local/services/iam/conditions";

const holds = (
  block: Record<string, Record<string, unknown>>,
  values: Record<string, readonly string[]> = {},
): boolean => compileCondition(block)({ get: (key) => values[key] });

describe("policy conditions", () => {
  const cases: readonly [string, string | readonly string[], readonly string[] | undefined, boolean][] = [
    ["StringEquals", "a", ["a"], true],
    ["StringEquals", "a", ["A"], false],
    ["StringEquals", ["a", "b"], ["b"], true],
    ["StringEquals", "a", undefined, false],
    ["StringEqualsIfExists", "a", undefined, true],
    ["StringNotEquals", "a", undefined, true],
    ["StringNotEquals", ["a", "b"], ["b"], false],
    ["StringNotEquals", "a", ["b", "a"], false],
    ["StringEquals", "a", ["b", "a"], true],
    ["StringEqualsIgnoreCase", "a", ["A"], true],
    ["StringNotEqualsIgnoreCase", "a", ["A"], false],
    ["StringLike", "*@players.test", ["x@players.test"], true],
    ["StringNotLike", "*@players.test", ["x@mail.test"], true],
    ["ArnLike", "arn:aws:sns:*:*:t-*", ["arn:aws:sns:us-east-1:123456789012:t-1"], true],
    ["ArnEquals", "arn:aws:sns:*:*:t-*", ["arn:aws:sns:us-east-1:123456789012:u"], false],
    ["ArnNotLike", "arn:aws:sns:*:*:t-*", ["arn:aws:sns:us-east-1:123456789012:u"], true],
    ["NumericLessThan", "10", ["9"], true],
    ["NumericLessThan", "10", ["10"], false],
    ["NumericLessThanEquals", "10", ["10"], true],
    ["NumericGreaterThan", "10", ["x"], false],
    ["NumericGreaterThan", "10", ["10"], false],
    ["NumericGreaterThanEquals", "10", ["10"], true],
    ["NumericGreaterThanEquals", "10", ["10.5"], true],
    ["NumericEquals", "10", ["10.0"], true],
    ["NumericNotEquals", "10", ["10.0"], false],
    ["DateLessThan", "2026-01-02T00:00:00Z", ["2026-01-01T00:00:00Z"], true],
    ["DateGreaterThan", "1767225600", ["2026-01-01T00:00:01Z"], true],
    ["DateLessThan", "2026-01-01T00:00:00Z", ["2026-01-01T00:00:00Z"], false],
    ["DateLessThanEquals", "2026-01-01T00:00:00Z", ["2026-01-01T00:00:00Z"], true],
    ["DateLessThanEquals", "2026-01-01T00:00:00Z", ["2026-01-01T00:00:01Z"], false],
    ["DateGreaterThan", "2026-01-01T00:00:00Z", ["2026-01-01T00:00:00Z"], false],
    ["DateGreaterThanEquals", "2026-01-01T00:00:00Z", ["2026-01-01T00:00:00Z"], true],
    ["DateGreaterThanEquals", "2026-01-01T00:00:01Z", ["2026-01-01T00:00:00Z"], false],
    ["DateEquals", "2026-01-01T00:00:00Z", ["1767225600"], true],
    ["DateNotEquals", "2026-01-01T00:00:00Z", ["1767225600"], false],
    ["Bool", "true", ["true"], true],
    ["Bool", "false", ["true"], false],
    ["Bool", "false", undefined, false],
    ["IpAddress", "10.0.0.0/8", ["10.1.2.3"], true],
    ["IpAddress", "10.0.0.0/8", ["11.1.2.3"], false],
    ["NotIpAddress", "10.0.0.0/8", ["11.1.2.3"], true],
    ["IpAddress", "2001:db8::/32", ["2001:db8::1"], true],
    ["IpAddress", "10.0.0.0/8", ["nonsense"], false],
    ["BinaryEquals", "QUI=", ["QUI="], true],
    ["Null", "true", undefined, true],
    ["Null", "false", undefined, false],
    ["Null", "false", ["x"], true],
    ["ForAllValues:StringEquals", ["a", "b"], ["a", "b"], true],
    ["ForAllValues:StringEquals", ["a", "b"], ["a", "c"], false],
    ["ForAllValues:StringEquals", ["a"], undefined, true],
    ["ForAllValues:StringNotLike", ["x*"], ["a", "xb"], false],
    ["ForAnyValue:StringEquals", ["a", "b"], ["c", "b"], true],
    ["ForAnyValue:StringEquals", ["a"], undefined, false],
    ["ForAnyValue:StringEqualsIfExists", ["a"], undefined, true],
    ["ForAnyValue:StringNotEquals", ["a"], ["a", "b"], true],
    ["ForAnyValue:StringNotEquals", ["a"], undefined, false],
  ];
  for (const [operator, wanted, actual, expected] of cases) {
    it(`${operator} ${JSON.stringify(wanted)} ${expected ? "holds" : "fails"} for ${actual ? JSON.stringify(actual) : "a missing key"}`, () => {
      expect(holds({ [operator]: { "svc:Key": wanted } }, actual ? { "svc:key": actual } : {})).to.equal(expected);
    });
  }

  it("need every operator and key to hold", () => {
    const block = { StringEquals: { a: "1", b: "2" }, Bool: { c: "true" } };
    expect(holds(block, { a: ["1"], b: ["2"], c: ["true"] })).to.equal(true);
    expect(holds(block, { a: ["1"], b: ["3"], c: ["true"] })).to.equal(false);
    expect(holds(block, { a: ["1"], b: ["2"], c: ["false"] })).to.equal(false);
  });

  it("fill variables into values", () => {
    const block = { StringEquals: { "aws:SourceAccount": "${aws:PrincipalAccount}" } };
    expect(holds(block, { "aws:sourceaccount": ["1"], "aws:principalaccount": ["1"] })).to.equal(true);
    expect(holds(block, { "aws:sourceaccount": ["1"], "aws:principalaccount": ["2"] })).to.equal(false);
    expect(holds(block, { "aws:sourceaccount": ["1"] })).to.equal(false);
  });

  it("make a negated operator the opposite of its positive one for a present single value", () => {
    const negated = operators.filter((name) => name.includes("Not"));
    fc.assert(
      fc.property(
        fc.constantFrom(...negated),
        fc.string(),
        fc.array(fc.string(), { minLength: 1, maxLength: 3 }),
        (name, actual, wanted) => {
          const values = { k: [actual] };
          return (
            holds({ [name]: { k: wanted } }, values) !== holds({ [name.replace("Not", "")]: { k: wanted } }, values)
          );
        },
      ),
    );
  });

  it("agree with plain code on sets of strings", () => {
    const strings = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 4 });
    fc.assert(
      fc.property(
        strings,
        fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 2 }),
        (actual, wanted) => {
          const values = { k: actual };
          const all = actual.every((value) => wanted.includes(value));
          const any = actual.some((value) => wanted.includes(value));
          return (
            holds({ "ForAllValues:StringEquals": { k: wanted } }, values) === all &&
            holds({ "ForAnyValue:StringEquals": { k: wanted } }, values) === any
          );
        },
      ),
    );
  });

  it("know no operator of another name", () => {
    expect(parseOperator("StringMatches")).to.equal(undefined);
    expect(parseOperator("ForSome:StringEquals")).to.equal(undefined);
    expect(parseOperator("NullIfExists")).to.equal(undefined);
    expect(parseOperator("ForAllValues:ArnLikeIfExists")).to.deep.equal({
      set: "all",
      base: "ArnLike",
      ifExists: true,
    });
  });
});
