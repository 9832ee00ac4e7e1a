import { expect } from "chai";
import { tmpdir } from "node:os";
import { VirtualClock } from "../../../local/clock";
import { Cloud } from "../../../local/cloud";
import type { Created, Json, Service } from "../../../local/service";
import { iamEngine, iamService } from "../../../local/services/iam";
import { stsService } from "../../../local/services/sts";

describe("IAM resources", () => {
  let cloud: Cloud;
  let service: Service;
  beforeEach(() => {
    cloud = new Cloud({ clock: new VirtualClock(), folder: tmpdir() });
    service = iamService(cloud);
  });
  const create = async (type: string, inputs: Json, name = "thing"): Promise<Created> =>
    service.resourceTypes[type]!.create(inputs, {
      cloud,
      name,
      type,
      urn: `urn:${name}`,
      physicalName: () => `${name}-1234567`,
    });
  const trust = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }],
  });
  const read = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "dynamodb:GetItem", Resource: "*" }] };

  it("make a role with inline and attached policies", async () => {
    const role = await create("aws:iam/role:Role", {
      assumeRolePolicy: trust,
      inlinePolicies: [{ name: "in", policy: JSON.stringify(read) }],
    });
    expect(role.id).to.equal("thing-1234567");
    expect(role.state["arn"]).to.equal("arn:aws:iam::123456789012:role/thing-1234567");
    const policy = await create("aws:iam/policy:Policy", { policy: read, name: "read" });
    expect(policy.state["arn"]).to.equal("arn:aws:iam::123456789012:policy/read");
    await create("aws:iam/rolePolicyAttachment:RolePolicyAttachment", { role: role.id, policyArn: policy.id });
    const own = await create("aws:iam/rolePolicy:RolePolicy", { role: role.id, policy: read }, "own");
    expect(own.id).to.equal("thing-1234567:own-1234567");
    expect(
      iamEngine(cloud)
        .statementsOf(role.id)
        .map((s) => s.policy),
    ).to.deep.equal(["in", "own-1234567", policy.id]);
    await service.resourceTypes["aws:iam/rolePolicy:RolePolicy"]!.delete!(own.id, own.state, {} as never);
    expect(iamEngine(cloud).statementsOf(role.id)).to.have.length(2);
  });

  it("turn getPolicyDocument's statements into JSON", async () => {
    const answer = (await service.invokes!["aws:iam/getPolicyDocument:getPolicyDocument"]!(
      {
        statements: [
          {
            sid: "One",
            actions: ["sqs:SendMessage"],
            resources: ["arn:aws:sqs:us-east-1:123456789012:q"],
            principals: [{ type: "Service", identifiers: ["sns.amazonaws.com"] }],
            conditions: [
              { test: "ArnEquals", variable: "aws:SourceArn", values: ["arn:aws:sns:us-east-1:123456789012:t"] },
            ],
          },
        ],
      },
      cloud,
    )) as { json: string };
    expect(JSON.parse(answer.json)).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "One",
          Effect: "Allow",
          Action: "sqs:SendMessage",
          Resource: "arn:aws:sqs:us-east-1:123456789012:q",
          Principal: { Service: "sns.amazonaws.com" },
          Condition: { ArnEquals: { "aws:SourceArn": "arn:aws:sns:us-east-1:123456789012:t" } },
        },
      ],
    });
  });

  it("say where the program runs", async () => {
    const sts = stsService();
    const identity = await sts.invokes!["aws:index/getCallerIdentity:getCallerIdentity"]!({}, cloud);
    expect(identity["accountId"]).to.equal("123456789012");
    const region = await sts.invokes!["aws:index/getRegion:getRegion"]!({}, cloud);
    expect([region["name"], region["region"]]).to.deep.equal(["us-east-1", "us-east-1"]);
  });

  it("answer the API about roles", async () => {
    cloud.register(service);
    const role = await create("aws:iam/role:Role", {
      assumeRolePolicy: trust,
      inlinePolicies: [{ name: "in", policy: JSON.stringify(read) }],
    });
    const got = await cloud.call<{ PolicyDocument: string }>(
      "iam",
      "GetRolePolicy",
      { RoleName: role.id, PolicyName: "in" },
      cloud.operator,
    );
    expect(JSON.parse(decodeURIComponent(got.PolicyDocument))).to.deep.equal(read);
    const missing = await cloud
      .call("iam", "GetRole", { RoleName: "none" }, cloud.operator)
      .catch((error: unknown) => error);
    expect(missing).to.include({ code: "NoSuchEntity", message: "The role with name none cannot be found." });
  });
});
