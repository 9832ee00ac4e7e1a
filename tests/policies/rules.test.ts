import { expect } from "chai";
import { evaluate, type Violation } from "../../policies/framework/evaluate";
import { Exceptions } from "../../policies/framework/exceptions";
import type { ResourceData } from "../../policies/framework/resource";
import type { Environment, Rule } from "../../policies/framework/rule";
import { Stack } from "../../policies/framework/stack";
import { RULES } from "../../policies/rules";
import { CASES, type Edit, type Resources } from "./cases";
import { TODAY } from "./kill";

async function violations(rule: Rule, resources: Resources, environment: Environment): Promise<readonly Violation[]> {
  const data = Object.entries(resources).map(([key, props]): ResourceData => {
    const [type = "", name = ""] = key.split(" ");
    return { urn: `urn:pulumi:s::p::aws:${type}::${name}`, type: `aws:${type}`, name, props };
  });
  const exceptions = new Exceptions([], TODAY);
  return (await evaluate([rule], new Stack(data), { environment, exceptions })).violations;
}

/** Resources after an edit. */
function edited(resources: Resources, edit: Edit): Resources {
  const result: Record<string, unknown> = structuredClone(resources);
  for (const [place, value] of Object.entries(edit)) {
    const [key = "", path] = place.split(" > ");
    if (path === undefined) {
      if (value === undefined) delete result[key];
      else result[key] = value;
      continue;
    }
    const steps = path.split(".");
    const last = steps.pop() ?? "";
    let holder = result[key] as Record<string, unknown>;
    for (const step of steps) holder = (holder[step] ??= {}) as Record<string, unknown>;
    if (value === undefined) delete holder[last];
    else holder[last] = value;
  }
  return result as Resources;
}

describe("Policies", () => {
  for (const rule of RULES) {
    describe(rule.name, () => {
      const { good, bad, environment = "production" } = CASES[rule.name] ?? { good: {}, bad: {} };

      it("has nothing against what complies", async () => {
        expect(Object.keys(good)).not.to.deep.equal([]);
        expect(await violations(rule, good, environment)).to.deep.equal([]);
      });

      for (const [label, edit] of Object.entries(bad)) {
        it(`refuses ${label}`, async () => {
          const found = await violations(rule, edited(good, edit), environment);
          expect(found.map((one) => one.rule)).to.include(rule.name);
          for (const { message } of found) expect(message).to.match(/^\S+ of \w+ ".+": got .+; expected .+\. .+\.?$/s);
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
});
