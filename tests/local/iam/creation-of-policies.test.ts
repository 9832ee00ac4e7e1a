import { expect } from "chai";
import type { Cloud } from "../../../local/cloud";
import { iamEngine } from "../../../local/services/iam";
import { allow, policy, WorkerWorld } from "./worker";

describe("IAM", () => {
  let cloud: Cloud;
  beforeEach(() => {
    const world = new WorkerWorld();
    cloud = world.cloud;
  });

  describe("creation of policies", () => {
    const cases: readonly [string, unknown, string][] = [
      ["bad JSON", "{", "This policy contains invalid Json"],
      ["no statement", policy(), "Syntax errors in policy."],
      ["an unknown member", policy(allow("a:B", "*", { Conditions: {} })), "Syntax errors in policy."],
      [
        "an action without its service",
        policy(allow("PutItem", "*")),
        "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
      ],
      ["no resource", policy({ Effect: "Allow", Action: "a:B" }), "Policy statement must contain resources."],
      ["a resource that is no ARN", policy(allow("a:B", "table")), 'Resource table must be in ARN format or "*".'],
      ["a principal", policy(allow("a:B", "*", { Principal: "*" })), "Policy document should not specify a principal."],
      ["a wrong effect", policy(allow("a:B", "*", { Effect: "allow" })), "Syntax errors in policy."],
      [
        "an unknown operator",
        policy(allow("a:B", "*", { Condition: { StringIs: { a: "b" } } })),
        "Invalid Condition type : StringIs.",
      ],
      [
        "a Sid twice",
        policy(allow("a:B", "*", { Sid: "A" }), allow("a:B", "*", { Sid: "A" })),
        "Statement IDs (SID) in a single policy must be unique.",
      ],
      [
        "a wrong version",
        { Version: "2026-01-01", Statement: allow("a:B", "*") },
        "The policy must contain a valid version string.",
      ],
    ];
    for (const [what, document, message] of cases) {
      it(`refuses ${what}`, () => {
        expect(() => iamEngine(cloud).store.putInline("worker", "p", document))
          .to.throw()
          .that.includes({ code: "MalformedPolicyDocument", message });
      });
    }

    it("refuses a resource in a trust policy, and policies that are too long", () => {
      const { store } = iamEngine(cloud);
      expect(() => store.putRole("x", policy(allow("sts:AssumeRole", "*", { Principal: "*" })))).to.throw(
        "Has prohibited field Resource",
      );
      const long = policy(
        allow(
          Array.from({ length: 700 }, (_, i) => `dynamodb:Action${i}`),
          "*",
        ),
      );
      expect(() => store.putInline("worker", "p", long)).to.throw(
        "Maximum policy size of 10240 bytes exceeded for role worker",
      );
    });
  });
});
