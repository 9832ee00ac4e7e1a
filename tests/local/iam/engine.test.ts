import { expect } from "chai";
import { tmpdir } from "node:os";
import { VirtualClock } from "../../../local/clock";
import { Cloud } from "../../../local/cloud";
import type { Principal } from "../../../local/principal";
import type { Json } from "../../../local/service";
import { iamEngine, iamService, operatorCredentials } from "../../../local/services/iam";
import { stsService } from "../../../local/services/sts";

const account = "123456789012";
const table = `arn:aws:dynamodb:us-east-1:${account}:table/Players`;
const queue = `arn:aws:sqs:us-east-1:${account}:mail`;
const key = `arn:aws:kms:us-east-1:${account}:key/1234`;
const roleArn = `arn:aws:iam::${account}:role/worker`;
const session: Principal = { type: "role", roleArn, arn: `arn:aws:sts::${account}:assumed-role/worker/s` };

const policy = (...statements: Json[]): Json => ({ Version: "2012-10-17", Statement: statements });
const allow = (action: string | string[], resource: string, more: Json = {}): Json => ({
  Effect: "Allow",
  Action: action,
  Resource: resource,
  ...more,
});
const deny = (action: string, resource: string, more: Json = {}): Json => ({
  Effect: "Deny",
  Action: action,
  Resource: resource,
  ...more,
});
const trustLambda = policy({
  Effect: "Allow",
  Action: "sts:AssumeRole",
  Principal: { Service: "lambda.amazonaws.com" },
});

describe("IAM", () => {
  let cloud: Cloud;
  let clock: VirtualClock;
  beforeEach(() => {
    let seed = 1;
    const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
    clock = new VirtualClock();
    cloud = new Cloud({ clock, folder: tmpdir(), random });
    cloud.register(iamService(cloud));
    cloud.register(stsService());
    iamEngine(cloud).store.putRole("worker", trustLambda);
  });
  const grant = (...statements: Json[]): unknown =>
    iamEngine(cloud).store.putInline("worker", "p", policy(...statements));
  const ask = (
    action: string,
    resource: string,
    who: Principal = session,
    context: Record<string, string | string[]> = {},
  ): string => {
    const decision = cloud.ports.iam.evaluate(who, { action, resource, context });
    return decision.allowed ? "allowed" : decision.reason;
  };

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

  describe("resource policies", () => {
    const sns: Principal = {
      type: "service",
      service: "sns.amazonaws.com",
      sourceArn: `arn:aws:sns:us-east-1:${account}:t`,
    };
    const put = (...statements: Json[]): unknown => cloud.resourcePolicies.set(queue, policy(...statements));

    it("are the only way in for a service", () => {
      expect(ask("sqs:SendMessage", queue, sns)).to.equal(
        "because no resource-based policy allows the sqs:SendMessage action",
      );
      put(
        allow("sqs:SendMessage", queue, {
          Principal: { Service: "sns.amazonaws.com" },
          Condition: { ArnEquals: { "aws:SourceArn": `arn:aws:sns:us-east-1:${account}:t` } },
        }),
      );
      expect(ask("sqs:SendMessage", queue, sns)).to.equal("allowed");
      expect(ask("sqs:SendMessage", queue, { ...sns, sourceArn: `arn:aws:sns:us-east-1:${account}:u` })).to.equal(
        "because no resource-based policy allows the sqs:SendMessage action",
      );
    });

    it("allow a role of the same account by its ARN, without an identity policy", () => {
      put(allow("sqs:SendMessage", queue, { Principal: { AWS: roleArn } }));
      expect(ask("sqs:SendMessage", queue)).to.equal("allowed");
    });

    it("leave the decision to identity policies when they name the account", () => {
      put(allow("sqs:SendMessage", queue, { Principal: { AWS: `arn:aws:iam::${account}:root` } }));
      expect(ask("sqs:SendMessage", queue)).to.equal(
        "because no identity-based policy allows the sqs:SendMessage action",
      );
    });

    it("deny before anything allows", () => {
      grant(allow("sqs:*", "*"));
      put(deny("sqs:*", queue, { Principal: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } }));
      expect(ask("sqs:SendMessage", queue)).to.equal("allowed");
      put(deny("sqs:SendMessage", queue, { Principal: { AWS: account } }));
      expect(ask("sqs:SendMessage", queue)).to.equal("with an explicit deny in a resource-based policy");
    });

    it("spare NotPrincipal from a deny", () => {
      grant(allow("sqs:*", "*"));
      put(deny("sqs:*", queue, { NotPrincipal: { AWS: roleArn } }));
      expect(ask("sqs:SendMessage", queue)).to.equal("allowed");
      put(deny("sqs:*", queue, { NotPrincipal: { AWS: `${roleArn}2` } }));
      expect(ask("sqs:SendMessage", queue)).to.equal("with an explicit deny in a resource-based policy");
    });

    it("apply where the request says so", () => {
      const bucket = "arn:aws:s3:::b";
      cloud.resourcePolicies.set(bucket, policy(allow("s3:GetObject", `${bucket}/*`, { Principal: { AWS: roleArn } })));
      expect(
        cloud.ports.iam.evaluate(session, { action: "s3:GetObject", resource: `${bucket}/k`, policyOf: bucket })
          .allowed,
      ).to.equal(true);
    });

    it("are noticed when a statement is added in place", () => {
      const document = policy(allow("sqs:GetQueueUrl", queue, { Principal: { AWS: roleArn } }));
      cloud.resourcePolicies.set(queue, document);
      expect(ask("sqs:SendMessage", queue, sns)).to.not.equal("allowed");
      (document["Statement"] as Json[]).push(
        allow("sqs:SendMessage", queue, { Principal: { Service: "sns.amazonaws.com" } }),
      );
      expect(ask("sqs:SendMessage", queue, sns)).to.equal("allowed");
    });
  });

  describe("key policies", () => {
    const root = allow("kms:*", "*", { Principal: { AWS: `arn:aws:iam::${account}:root` } });

    it("must admit the account before an identity policy counts", () => {
      grant(allow("kms:Decrypt", key));
      cloud.resourcePolicies.set(key, policy(allow("kms:*", "*", { Principal: { AWS: `${roleArn}-other` } })));
      expect(ask("kms:Decrypt", key)).to.equal("because no resource-based policy allows the kms:Decrypt action");
      cloud.resourcePolicies.set(key, policy(root));
      expect(ask("kms:Decrypt", key)).to.equal("allowed");
      expect(ask("kms:Encrypt", key)).to.equal("because no identity-based policy allows the kms:Encrypt action");
    });

    it("see through which service a key is used", () => {
      cloud.resourcePolicies.set(key, policy(root));
      grant(
        allow("kms:Decrypt", key, {
          Condition: {
            StringEquals: { "kms:ViaService": "sqs.us-east-1.amazonaws.com", "aws:CalledVia": "sqs.amazonaws.com" },
          },
        }),
      );
      expect(ask("kms:Decrypt", key, session, { "kms:ViaService": "sqs.us-east-1.amazonaws.com" })).to.equal("allowed");
      expect(ask("kms:Decrypt", key)).to.equal("because no identity-based policy allows the kms:Decrypt action");
    });

    it("hide the source from EventBridge, as AWS does", () => {
      const by = (service: string): Principal => ({
        type: "service",
        service,
        sourceArn: `arn:aws:events:us-east-1:${account}:rule/r`,
      });
      const condition = { Condition: { StringEquals: { "aws:SourceAccount": account } } };
      cloud.resourcePolicies.set(
        key,
        policy(
          root,
          allow("kms:Decrypt", "*", {
            Principal: { Service: ["events.amazonaws.com", "cloudwatch.amazonaws.com"] },
            ...condition,
          }),
        ),
      );
      expect(ask("kms:Decrypt", key, by("cloudwatch.amazonaws.com"))).to.equal("allowed");
      expect(ask("kms:Decrypt", key, by("events.amazonaws.com"))).to.equal(
        "because no resource-based policy allows the kms:Decrypt action",
      );
    });

    it("do not exist for an unknown key", () => {
      grant(allow("kms:*", "*"));
      expect(ask("kms:Decrypt", key)).to.match(/^because the resource does not exist in this Region/);
    });
  });

  describe("trust policies and STS", () => {
    const assume = (principal: Principal, more: Json = {}): Promise<Json> =>
      cloud.call("sts", "AssumeRole", { RoleArn: roleArn, RoleSessionName: "game", ...more }, principal);
    const refused = async (call: Promise<unknown>): Promise<string> =>
      call.then(
        () => "",
        (error: unknown) => (error as Error).message,
      );

    it("admit the named service only", () => {
      expect(cloud.ports.iam.trusts(roleArn, { type: "service", service: "lambda.amazonaws.com" })).to.equal(true);
      expect(cloud.ports.iam.trusts(roleArn, { type: "service", service: "scheduler.amazonaws.com" })).to.equal(false);
      expect(cloud.ports.iam.trusts(`${roleArn}-none`, { type: "service", service: "lambda.amazonaws.com" })).to.equal(
        false,
      );
    });

    it("ask for the external id, and end the session in time", async () => {
      const trusting = policy({
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Condition: { StringEquals: { "sts:ExternalId": "studio" } },
      });
      iamEngine(cloud).store.putRole("worker", trusting);
      expect(await refused(assume(cloud.operator))).to.equal(
        `User: arn:aws:iam::${account}:user/operator is not authorized to perform: sts:AssumeRole on resource: ${roleArn} because no resource-based policy allows the sts:AssumeRole action`,
      );
      const answer = await assume(cloud.operator, { ExternalId: "studio", DurationSeconds: "900" });
      const { AccessKeyId, Expiration } = answer["Credentials"] as { AccessKeyId: string; Expiration: string };
      expect(Expiration).to.equal("2026-01-01T00:15:00.000Z");
      expect(cloud.ports.iam.lookUp(AccessKeyId)?.principal).to.deep.equal({
        type: "role",
        roleArn,
        arn: `arn:aws:sts::${account}:assumed-role/worker/game`,
      });
      await clock.advance(900_000);
      expect(cloud.ports.iam.lookUp(AccessKeyId)).to.equal(undefined);
      expect(await refused(assume(cloud.operator, { ExternalId: "studio", DurationSeconds: "7200" }))).to.equal(
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
      );
    });

    it("need an identity policy of a role when the trust names the account", () => {
      iamEngine(cloud).store.putRole(
        "target",
        policy({ Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: account } }),
      );
      const target = `arn:aws:iam::${account}:role/target`;
      expect(cloud.ports.iam.trusts(target, session)).to.equal(false);
      grant(allow("sts:AssumeRole", target));
      expect(cloud.ports.iam.trusts(target, session)).to.equal(true);
    });

    it("name the caller", async () => {
      expect(await cloud.call("sts", "GetCallerIdentity", {}, cloud.operator)).to.deep.equal({
        Account: account,
        Arn: `arn:aws:iam::${account}:user/operator`,
        UserId: "AIDAOPERATOR",
      });
    });

    it("issue, find and revoke keys", () => {
      const issued = cloud.ports.iam.issue(roleArn, "env-1", "env-1");
      const found = cloud.ports.iam.lookUp(issued.accessKeyId);
      expect(found?.secretAccessKey).to.equal(issued.secretAccessKey);
      expect(found?.sessionToken).to.equal(issued.sessionToken);
      cloud.ports.iam.revoke(issued.accessKeyId);
      expect(cloud.ports.iam.lookUp(issued.accessKeyId)).to.equal(undefined);
      const { accessKeyId, secretAccessKey } = operatorCredentials(cloud);
      expect(accessKeyId).to.match(/^AKIA[A-Z2-7]{16}$/);
      cloud.ports.iam.revoke(accessKeyId);
      expect(cloud.ports.iam.lookUp(accessKeyId)?.secretAccessKey).to.equal(secretAccessKey);
    });
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

  it("decides a remembered request in microseconds", () => {
    grant(
      ...Array.from({ length: 20 }, (_, i) => allow(`dynamodb:Action${i}`, table)),
      allow("dynamodb:PutItem", table),
    );
    ask("dynamodb:PutItem", table);
    const started = process.hrtime.bigint();
    for (let i = 0; i < 20_000; i++) cloud.ports.iam.evaluate(session, { action: "dynamodb:PutItem", resource: table });
    const each = Number(process.hrtime.bigint() - started) / 20_000 / 1000;
    expect(each).to.be.lessThan(2_000);
  });
});
