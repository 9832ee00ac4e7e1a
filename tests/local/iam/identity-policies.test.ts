import { expect } from "chai";
import type { VirtualClock } from "../../../local/clock";
import type { Cloud } from "../../../local/cloud";
import type { Json } from "../../../local/service";
import { iamEngine } from "../../../local/services/iam";
import { account, allow, deny, policy, queue, roleArn, session, table, WorkerWorld } from "./worker";

describe("IAM", () => {
  let cloud: Cloud;
  let clock: VirtualClock;
  let grant: WorkerWorld["grant"];
  let ask: WorkerWorld["ask"];
  beforeEach(() => {
    const world = new WorkerWorld();
    ({ cloud, clock } = world);
    grant = world.grant.bind(world);
    ask = world.ask.bind(world);
  });

  describe("identity policies", () => {
    it("deny what no statement allows, in AWS's words", () => {
      expect(ask("dynamodb:PutItem", table)).to.equal(
        "because no identity-based policy allows the dynamodb:PutItem action",
      );
    });

    it("allow what a statement names, and nothing beside it", () => {
      grant(allow("dynamodb:PutItem", table));
      expect(ask("dynamodb:PutItem", table)).to.equal("allowed");
      expect(ask("dynamodb:PutItem", `${table}2`)).to.equal(
        "because no identity-based policy allows the dynamodb:PutItem action",
      );
      expect(ask("dynamodb:GetItem", table)).to.equal(
        "because no identity-based policy allows the dynamodb:GetItem action",
      );
    });

    it("let an explicit deny win", () => {
      grant(allow("dynamodb:*", "*"), deny("dynamodb:DeleteItem", table));
      expect(ask("dynamodb:PutItem", table)).to.equal("allowed");
      expect(ask("dynamodb:DeleteItem", table)).to.equal("with an explicit deny in an identity-based policy");
    });

    it("read NotAction and NotResource", () => {
      grant({ Effect: "Allow", NotAction: "iam:*", NotResource: table });
      expect(ask("sqs:SendMessage", queue)).to.equal("allowed");
      expect(ask("iam:PassRole", queue)).to.equal("because no identity-based policy allows the iam:PassRole action");
      expect(ask("dynamodb:GetItem", table)).to.equal(
        "because no identity-based policy allows the dynamodb:GetItem action",
      );
    });

    it("ask conditions anew on every call", () => {
      grant(
        allow("dynamodb:Query", table, { Condition: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": "P#*" } } }),
      );
      expect(ask("dynamodb:Query", table, session, { "dynamodb:LeadingKeys": ["P#1"] })).to.equal("allowed");
      expect(ask("dynamodb:Query", table, session, { "dynamodb:LeadingKeys": ["Q#1"] })).to.equal(
        "because no identity-based policy allows the dynamodb:Query action",
      );
      expect(ask("dynamodb:Query", table, session, { "dynamodb:LeadingKeys": ["P#2"] })).to.equal("allowed");
    });

    it("know the clock, the region and the principal", async () => {
      grant(
        allow("sqs:SendMessage", queue, {
          Condition: {
            DateLessThan: { "aws:CurrentTime": "2026-01-01T01:00:00Z" },
            StringEquals: { "aws:RequestedRegion": "us-east-1", "aws:PrincipalAccount": account },
            ArnEquals: { "aws:PrincipalArn": roleArn },
            Bool: { "aws:SecureTransport": "true" },
          },
        }),
      );
      expect(ask("sqs:SendMessage", queue)).to.equal("allowed");
      await clock.advance(3_600_000);
      expect(ask("sqs:SendMessage", queue)).to.equal(
        "because no identity-based policy allows the sqs:SendMessage action",
      );
    });

    it("notice a changed policy in spite of remembered answers", () => {
      grant(allow("dynamodb:PutItem", table));
      expect(ask("dynamodb:PutItem", table)).to.equal("allowed");
      grant(allow("dynamodb:GetItem", table));
      expect(ask("dynamodb:PutItem", table)).to.equal(
        "because no identity-based policy allows the dynamodb:PutItem action",
      );
    });

    it("include attached policies of the customer and the known ones of AWS, and refuse unknown ones", () => {
      const { store } = iamEngine(cloud);
      store.attach("worker", store.putPolicy("read", policy(allow("dynamodb:GetItem", table))).arn);
      store.attach("worker", "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole");
      expect(ask("dynamodb:GetItem", table)).to.equal("allowed");
      expect(ask("logs:PutLogEvents", "arn:aws:logs:us-east-1:123456789012:log-group:x:log-stream:y")).to.equal(
        "allowed",
      );
      expect(() => store.attach("worker", "arn:aws:iam::aws:policy/AdministratorAccess")).to.throw(
        /AdministratorAccess is not known to the local cloud/,
      );
    });

    it("never bind the operator", () => {
      expect(ask("dynamodb:PutItem", table, cloud.operator)).to.equal("allowed");
    });
  });

  describe("what-if and usage", () => {
    it("switches one statement off and on again", () => {
      grant(allow("dynamodb:PutItem", table), allow("sqs:SendMessage", queue));
      expect(
        iamEngine(cloud)
          .statementsOf("worker")
          .map((s) => s.document.Action),
      ).to.deep.equal(["dynamodb:PutItem", "sqs:SendMessage"]);
      const restore = iamEngine(cloud).withoutStatement("worker", 1);
      expect(ask("dynamodb:PutItem", table)).to.equal("allowed");
      expect(ask("sqs:SendMessage", queue)).to.equal(
        "because no identity-based policy allows the sqs:SendMessage action",
      );
      restore();
      expect(ask("sqs:SendMessage", queue)).to.equal("allowed");
      expect(() => iamEngine(cloud).withoutStatement("worker", 2)).to.throw(
        'statement of role "worker": got 2; expected 0 to 1.',
      );
    });

    it("counts which statement allowed what, remembered answers included", () => {
      grant(allow(["dynamodb:PutItem", "dynamodb:Get*", "dynamodb:Query"], table), allow("sqs:SendMessage", queue));
      for (let i = 0; i < 3; i++) ask("dynamodb:PutItem", table);
      ask("dynamodb:GetItem", table);
      ask("sqs:ReceiveMessage", queue);
      const usage = iamEngine(cloud).usageOf("worker");
      expect(usage.map(({ used, unusedActions }) => ({ used, unusedActions }))).to.deep.equal([
        { used: { "dynamodb:PutItem": 3, "dynamodb:GetItem": 1 }, unusedActions: ["dynamodb:Query"] },
        { used: {}, unusedActions: ["sqs:SendMessage"] },
      ]);
    });

    it("answers SimulatePrincipalPolicy without counting", async () => {
      grant(allow("dynamodb:PutItem", table));
      const input = {
        PolicySourceArn: roleArn,
        ActionNames: ["dynamodb:PutItem", "dynamodb:GetItem"],
        ResourceArns: [table],
      };
      const answer = await cloud.call("iam", "SimulatePrincipalPolicy", input, cloud.operator);
      expect((answer["EvaluationResults"] as Json[]).map((result) => result["EvalDecision"])).to.deep.equal([
        "allowed",
        "implicitDeny",
      ]);
      expect(iamEngine(cloud).usageOf("worker")[0]?.used).to.deep.equal({});
    });
  });

  it("works a decision out once, unless a condition looks at more than action and resource", () => {
    const evaluate = (): unknown => cloud.ports.iam.evaluate(session, { action: "dynamodb:PutItem", resource: table });
    grant(allow("dynamodb:PutItem", table));
    const first = evaluate();
    expect(first).to.include({ allowed: true });
    expect(evaluate()).to.equal(first);

    grant(allow("dynamodb:PutItem", table, { Condition: { StringEquals: { "aws:PrincipalAccount": account } } }));
    const anew = evaluate();
    expect(anew).to.include({ allowed: true });
    expect(evaluate()).to.not.equal(anew);
  });
});
