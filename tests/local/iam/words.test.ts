import { expect } from "chai";
import { VirtualClock } from "../../../local/clock";
import { Cloud } from "../../../local/cloud";
import type { Json } from "../../../local/service";
import { iamEngine, iamService } from "../../../local/services/iam";
import { refusalOf } from "../../helpers/refusal";

const POLICY = "arn:aws:iam::123456789012:policy/p";
const NONE = "arn:aws:iam::123456789012:policy/none";
const trust = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }],
};

const refusals: readonly [operation: string, input: Json, words: string][] = [
  ["GetRole", { RoleName: "none" }, "NoSuchEntity: The role with name none cannot be found."],
  ["ListRoleTags", { RoleName: "none" }, "NoSuchEntity: The role with name none cannot be found."],
  [
    "GetRolePolicy",
    { RoleName: "a", PolicyName: "none" },
    "NoSuchEntity: The role policy with name none cannot be found.",
  ],
  ["GetPolicy", { PolicyArn: NONE }, `NoSuchEntity: Policy ${NONE} was not found.`],
  ["GetPolicy", { PolicyArn: "longpolicynamebutnoarn" }, "ValidationError: ARN longpolicynamebutnoarn is not valid."],
  [
    "GetPolicyVersion",
    { PolicyArn: NONE, VersionId: "v1" },
    `NoSuchEntity: Policy ${NONE} version v1 does not exist or is not attachable.`,
  ],
  [
    "GetPolicyVersion",
    { PolicyArn: POLICY, VersionId: "v9" },
    `NoSuchEntity: Policy ${POLICY} version v9 does not exist or is not attachable.`,
  ],
  [
    "GetPolicyVersion",
    { PolicyArn: POLICY, VersionId: "1" },
    "ValidationError: 1 validation error detected: Value at 'versionId' failed to satisfy constraint: Member must satisfy regular expression pattern: v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?",
  ],
];

describe("IAM in its own words", () => {
  let cloud: Cloud;
  beforeEach(() => {
    cloud = new Cloud({ clock: new VirtualClock(), folder: "" });
    cloud.register(iamService(cloud));
    const { store } = iamEngine(cloud);
    store.putRole("b", trust);
    store.putRole("a", trust, { tags: { team: "x" } });
    const Statement = [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }];
    store.putPolicy("p", { Version: "2012-10-17", Statement });
    store.attach("a", POLICY);
  });
  const call = (operation: string, input: Json = {}): Promise<Json> =>
    cloud.call("iam", operation, input, cloud.operator);

  for (const [operation, input, words] of refusals) {
    it(`refuses ${operation} ${JSON.stringify(input)}`, async () => {
      expect(await refusalOf(call(operation, input))).to.equal(words);
    });
  }

  it("refuses trust policies that let more than a role be assumed", () => {
    const { store } = iamEngine(cloud);
    const [statement] = trust.Statement;
    const put = (change: Json) => () => store.putRole("c", { ...trust, Statement: [{ ...statement, ...change }] });
    expect(put({ Action: "s3:GetObject" })).to.throw("AssumeRole policy may only specify STS AssumeRole actions.");
    expect(put({ Resource: "*" })).to.throw("Has prohibited field Resource");
    expect(() => store.putRole("c", "{")).to.throw("This policy contains invalid Json");
  });

  it("shows a role's tags to who asks for the role, not in lists", async () => {
    const Tags = [{ Key: "team", Value: "x" }];
    const { Role } = (await call("GetRole", { RoleName: "a" })) as { Role: Json };
    expect(Role).to.deep.include({ Tags, RoleLastUsed: {}, CreateDate: "2026-01-01T00:00:00Z" });
    expect(await call("ListRoleTags", { RoleName: "a" })).to.deep.equal({ Tags, IsTruncated: false });
    const { Roles } = (await call("ListRoles")) as { Roles: Json[] };
    expect(Roles[0]).to.have.all.keys(
      "Path",
      "RoleName",
      "RoleId",
      "Arn",
      "CreateDate",
      "AssumeRolePolicyDocument",
      "MaxSessionDuration",
    );
  });

  it("lists in pages", async () => {
    const first = await call("ListRoles", { MaxItems: "1" });
    const second = await call("ListRoles", { MaxItems: "1", Marker: first["Marker"] });
    const names = [first, second].flatMap((page) => (page["Roles"] as Json[]).map((role) => role["RoleName"]));
    expect([names, first["IsTruncated"], second["IsTruncated"]]).to.deep.equal([["a", "b"], true, false]);
  });

  it("tells where a policy is attached, and of its one version", async () => {
    const { PolicyRoles } = (await call("ListEntitiesForPolicy", { PolicyArn: POLICY })) as { PolicyRoles: Json[] };
    expect(PolicyRoles.map(({ RoleName }) => RoleName)).to.deep.equal(["a"]);
    const { Policy } = (await call("GetPolicy", { PolicyArn: POLICY })) as { Policy: Json };
    expect(Policy).to.include({ AttachmentCount: 1, PermissionsBoundaryUsageCount: 0, DefaultVersionId: "v1" });
    expect(await call("ListPolicyVersions", { PolicyArn: POLICY })).to.deep.equal({
      Versions: [{ VersionId: "v1", IsDefaultVersion: true, CreateDate: "2026-01-01T00:00:00Z" }],
      IsTruncated: false,
    });
    const { Policies } = (await call("ListPolicies", { Scope: "Local", OnlyAttached: "true" })) as { Policies: Json[] };
    expect(Policies.map(({ Arn }) => Arn)).to.deep.equal([POLICY]);
  });
});
