import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { RULES } from "../../policies/rules";
import { CASES } from "./cases";
import { edited, judged } from "./judge";

/**
 * What each case is refused with: the resource, the property, what was received and what is allowed. Written by
 * `REFUSALS=write npx mocha tests/policies/rules.test.ts`, and read by whoever reviews a change of it.
 */
const FILE = join(__dirname, "cases/refusals.json");
const WRITES = process.env["REFUSALS"] === "write";

type Refusals = Record<string, Record<string, readonly string[]>>;

describe("Policies", () => {
  const expected = JSON.parse(readFileSync(FILE, "utf8")) as Refusals;
  const found: Refusals = {};

  for (const rule of RULES) {
    describe(rule.name, () => {
      const { good, bad, ...how } = CASES[rule.name] ?? { good: {}, bad: {} };

      it("has nothing against what complies", async () => {
        expect(Object.keys(good)).not.to.deep.equal([]);
        const { violations, waiting } = await judged(good, [rule.name], how);
        expect(violations).to.deep.equal([]);
        expect(waiting).to.deep.equal([]);
      });

      for (const [label, edit] of Object.entries(bad)) {
        it(`refuses ${label}`, async () => {
          const { violations } = await judged(edited(good, edit), [rule.name], how);
          expect(violations).not.to.deep.equal([]);
          const sentences = violations.map(({ urn, message }) => {
            expect(message).to.match(/^\S+ of \w+ ".*": got .+; expected .+\. .+\.?$/s);
            const [property = "", ...rest] = message.split(" of ");
            const [, sentence = ""] = /^\w+ ".*?": (.*)$/s.exec(rest.join(" of ")) ?? [];
            return `${urn.split("::").pop() ?? ""} ${property}: ${sentence.slice(0, sentence.indexOf(". "))}`;
          });
          (found[rule.name] ??= {})[label] = sentences;
          if (!WRITES) expect(sentences).to.deep.equal(expected[rule.name]?.[label]);
        });
      }

      it("has a case that it refuses, and says what, why and how to mend", () => {
        expect(Object.keys(bad)).not.to.deep.equal([]);
        for (const text of [rule.what, rule.why, rule.fix, rule.example]) expect(text.length).to.be.greaterThan(10);
      });
    });
  }

  it("have names of their own, and cases for no other", () => {
    const names = RULES.map(({ name }) => name);
    expect(new Set(names).size).to.equal(names.length);
    expect(names).to.include.members(Object.keys(CASES));
  });

  after(() => {
    if (WRITES) writeFileSync(FILE, `${JSON.stringify(found, null, 2)}\n`);
  });
});
