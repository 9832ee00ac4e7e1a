import { expect } from "chai";
import { ESCALATIONS } from "../../policies/themes/escalation";
import { bucketAttacks } from "./attacks/buckets";
import { documentAttacks } from "./attacks/documents";
import { principalAttacks } from "./attacks/principals";
import { resourceAttacks } from "./attacks/resources";
import { WORLD, type Attack, type Attacks } from "./attacks/world";
import { document, ROLE, type Resources } from "./cases/fixtures";
import { judged } from "./judge";

/** Who refuses what, as `rule: resource property`. */
async function refusals({ add, by, settings = {} }: Attack): Promise<readonly string[]> {
  const { violations } = await judged({ ...WORLD, ...add }, [by], { settings });
  return violations.map(({ rule, urn, property }) => `${rule}: ${urn.split("::").pop() ?? ""} ${property}`);
}

const THEMES: Readonly<Record<string, Attacks>> = {
  "A grant that reads like less than it is": documentAttacks,
  "A principal that is wider than it looks": principalAttacks,
  "A bucket that is open or plain": bucketAttacks,
  "A resource that is open, plain or blind": resourceAttacks,
};

describe("What somebody would write who means harm", () => {
  for (const [theme, attacks] of Object.entries(THEMES)) {
    describe(theme, () => {
      for (const [label, attack] of Object.entries(attacks))
        it(`is refused: ${label}`, async () => expect(await refusals(attack)).to.include(`${attack.by}: ${attack.at}`));
    });
  }

  describe("Privilege escalation, every combination of the lists", () => {
    const allow = (Action: readonly string[] | string): object => ({ Effect: "Allow", Action, Resource: "*" });
    const half = (list: readonly string[], which: number): readonly string[] =>
      list.filter((_, index) => index % 2 === which);
    /** A violation names the shortest of what is held, and counts what it does not name. */
    const names = (message: string, parts: readonly (readonly string[])[]): boolean =>
      parts.some((one) => message.includes(one.join(" + "))) || /, and \d+ more"|…/.test(message);
    const ways: Readonly<Record<string, (combination: readonly string[]) => Resources>> = {
      "in one statement": (all) => ({ "iam/rolePolicy:RolePolicy p": { role: "f", policy: document(allow(all)) } }),
      "in a policy that is attached by the role": (all) => ({
        "iam/role:Role f": { ...ROLE, managedPolicyArns: ["arn:p"] },
        "iam/policy:Policy p": { arn: "arn:p", policy: document(allow(half(all, 0))) },
        "iam/rolePolicy:RolePolicy q": { role: "f", policy: document(allow(half(all, 1))) },
      }),
      "over two policies": (all) => ({
        "iam/rolePolicy:RolePolicy p": { role: "f", policy: document(allow(half(all, 0))) },
        "iam/rolePolicy:RolePolicy q": { role: "f", policy: document(allow(half(all, 1))) },
      }),
      "by attachments of both kinds": (all) => ({
        "iam/policy:Policy p": { arn: "arn:p", policy: document(allow(half(all, 0))) },
        "iam/policy:Policy q": { arn: "arn:q", policy: document(allow(half(all, 1))) },
        "iam/policyAttachment:PolicyAttachment a": { roles: ["f"], policyArn: "arn:p" },
        "iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive b": { roleName: "f", policyArns: ["arn:q"] },
      }),
      "of a user and its group": (all) => ({
        "iam/user:User u": { name: "u" },
        "iam/group:Group g": { name: "g" },
        "iam/userGroupMembership:UserGroupMembership m": { user: "u", groups: ["g"] },
        "iam/userPolicy:UserPolicy p": { user: "u", policy: document(allow(half(all, 0))) },
        "iam/groupPolicy:GroupPolicy q": { group: "g", policy: document(allow(half(all, 1))) },
      }),
      "behind wildcards": (all) => ({
        "iam/rolePolicy:RolePolicy p": {
          role: "f",
          policy: document(allow(all.map((action) => action.replace(/:(.{3}).*$/, ":$1*").toUpperCase()))),
        },
      }),
      "with letters left open": (all) => ({
        "iam/rolePolicy:RolePolicy p": {
          role: "f",
          policy: document(allow(all.map((action) => action.replace(/:(.)./, ":$1?")))),
        },
      }),
      "by leaving out what harms nobody": () => ({
        "iam/rolePolicy:RolePolicy p": {
          role: "f",
          policy: document({ Effect: "Allow", NotAction: ["s3:GetObject", "logs:*"], Resource: "*" }),
        },
      }),
    };
    for (const [label, way] of Object.entries(ways))
      it(`is refused ${label}`, async () => {
        for (const combination of ESCALATIONS) {
          const { violations } = await judged({ "iam/role:Role f": ROLE, ...way(combination) }, ["iam-no-escalation"]);
          const parts = ESCALATIONS.filter((one) => one.every((action) => combination.includes(action)));
          const told = violations.filter(({ message }) => /: got "/.test(message) && names(message, parts));
          expect(told.length, combination.join(" + ")).to.be.greaterThan(0);
        }
      });
  });
});
