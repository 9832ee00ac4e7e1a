import { expect } from "chai";
import fc from "fast-check";
import { compilePattern, type KeyValues } from "../../../local/services/iam/pattern";

const none: KeyValues = { get: () => undefined };
const keys = (values: Record<string, readonly string[]>): KeyValues => ({ get: (key) => values[key] });

/** Plain second implementation: wildcards by recursion over characters. */
function glob(pattern: string, text: string): boolean {
  if (pattern === "") return text === "";
  if (pattern[0] === "*") return glob(pattern.slice(1), text) || (text !== "" && glob(pattern, text.slice(1)));
  if (text === "") return false;
  return (pattern[0] === "?" || pattern[0] === text[0]) && glob(pattern.slice(1), text.slice(1));
}

/** Plain second implementation: an ARN cut into six parts, each matched for itself. */
function arnGlob(pattern: string, arn: string): boolean {
  if (pattern === "*") return true;
  const cut = (value: string): string[] => {
    const parts = value.split(":");
    return [...parts.slice(0, 5), parts.slice(5).join(":")];
  };
  if (pattern.split(":").length < 6 || arn.split(":").length < 6) return false;
  const wanted = cut(pattern);
  return cut(arn).every((part, i) => glob(wanted[i]!, part));
}

const letters = fc.array(fc.constantFrom("a", "b", "/", "-", "."), { maxLength: 5 }).map((chars) => chars.join(""));
const wild = fc.array(fc.constantFrom("a", "b", "/", ".", "*", "?"), { maxLength: 6 }).map((chars) => chars.join(""));
const six = (part: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(
      part,
      part,
      part,
      part,
      part,
      fc.tuple(part, part).map((two) => two.join(":")),
    )
    .map((parts) => parts.join(":"));

describe("policy patterns", () => {
  it("match text as a plain matcher does", () => {
    fc.assert(
      fc.property(
        wild,
        letters,
        (pattern, text) => compilePattern(pattern, "text").matches(text, none) === glob(pattern, text),
      ),
      { numRuns: 2000 },
    );
  });

  it("match ARNs part by part as a plain matcher does", () => {
    fc.assert(
      fc.property(
        six(wild),
        six(letters),
        (pattern, arn) => compilePattern(pattern, "arn").matches(arn, none) === arnGlob(pattern, arn),
      ),
      { numRuns: 2000 },
    );
  });

  it("match an ARN built from its own pattern", () => {
    fc.assert(
      fc.property(six(wild), (pattern) => {
        const arn = pattern.replace(/\*/g, "xy").replace(/\?/g, "z");
        return (
          compilePattern(pattern, "arn").matches(arn, none) && compilePattern(pattern, "resource").matches(arn, none)
        );
      }),
    );
  });

  it("let a star at the end of a part run past the colon in Resource only", () => {
    const arn = "arn:aws:sqs:us-east-1:123456789012:mail";
    expect(compilePattern("arn:aws:sqs:*", "resource").matches(arn, none)).to.equal(true);
    expect(compilePattern("arn:aws:sqs:*", "arn").matches(arn, none)).to.equal(false);
    expect(compilePattern("arn:aws:s*1:123456789012:mail", "resource").matches(arn, none)).to.equal(false);
  });

  it("fill policy variables, literally", () => {
    const pattern = compilePattern("arn:aws:s3:::b/${aws:username}/*", "resource");
    expect(pattern.variable).to.equal(true);
    expect(pattern.matches("arn:aws:s3:::b/ann/x", keys({ "aws:username": ["ann"] }))).to.equal(true);
    expect(pattern.matches("arn:aws:s3:::b/bob/x", keys({ "aws:username": ["*"] }))).to.equal(false);
    expect(pattern.matches("arn:aws:s3:::b//x", none)).to.equal(false);
    // A key of several values fills none.
    expect(pattern.matches("arn:aws:s3:::b/ann/x", keys({ "aws:username": ["ann", "bob"] }))).to.equal(false);
    expect(compilePattern("${aws:username, 'nobody'}", "text").matches("nobody", none)).to.equal(true);
    expect(compilePattern("a${*}", "text").matches("ab", none)).to.equal(false);
    expect(compilePattern("a${*}", "text").matches("a*", none)).to.equal(true);
  });

  it("ignore case for actions", () => {
    expect(compilePattern("dynamodb:put*", "text", true).matches("dynamodb:PutItem", none)).to.equal(true);
    expect(compilePattern("DYNAMODB:PutItem", "text", true).matches("dynamodb:PutItem", none)).to.equal(true);
  });
});
