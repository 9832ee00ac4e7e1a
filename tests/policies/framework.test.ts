import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { evaluate, evaluateResource, type Surroundings } from "../../policies/framework/evaluate";
import { identify } from "../../policies/framework/environment";
import { Exceptions, type Exception } from "../../policies/framework/exceptions";
import { IamKnowledge } from "../../policies/framework/iam-knowledge";
import { policiesOf, waitingLines } from "../../policies/framework/pack";
import { Resource, UNKNOWN } from "../../policies/framework/resource";
import { reveal } from "../../policies/framework/reveal";
import { settingsOf } from "../../policies/framework/rule";
import { Stack } from "../../policies/framework/stack";
import { RULES } from "../../policies/rules";
import { lambdaNoDefaultCallbackRole } from "../../policies/themes/lambda-access";
import { referencesStayInAccount } from "../../policies/themes/references";
import { ESCALATIONS } from "../../policies/themes/escalation";
import { iamNoWildcards } from "../../policies/themes/iam";
import { escalationsOf } from "../../policies/themes/iam-escalation";
import { statementsOf } from "../../policies/framework/document";
import { sqsPrivateTls } from "../../policies/themes/sqs";
import { WITHOUT_RULES } from "../../policies/themes/without-rules";
import { ddbPitr } from "../../policies/themes/dynamodb";

const surroundings = (iam = new IamKnowledge(), list: readonly Exception[] = []): Surroundings => ({
  environment: "production",
  iam,
  exceptions: new Exceptions(list, "2026-11-21"),
});
const queuePolicy = (policy: unknown): Resource =>
  new Resource({ urn: "urn:p", type: "aws:sqs/queuePolicy:QueuePolicy", name: "p", props: { policy } });

describe("Privilege escalation", () => {
  const allow = (actions: readonly string[]) =>
    statementsOf({ Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }] }, "policy").map((read) => read());

  it("is known in every combination of the lists", () => {
    expect(ESCALATIONS.length).to.be.greaterThan(100);
    for (const combination of ESCALATIONS) expect(escalationsOf(allow(combination))).to.deep.include(combination);
  });

  it("is none with any one action of a combination alone, unless that is one itself", () => {
    const alone = new Set(ESCALATIONS.filter((one) => one.length === 1).flat());
    for (const combination of ESCALATIONS.filter((one) => one.length > 1)) {
      for (const left of combination) {
        const rest = combination.filter((action) => action !== left);
        if (rest.some((action) => alone.has(action))) continue;
        expect(escalationsOf(allow(rest))).not.to.deep.include(combination);
      }
    }
  });

  it("is taken away by a denial of everything, and not by one with a condition", () => {
    const deny = { Effect: "Deny", Action: "iam:*", Resource: "*" };
    const both = (denial: object) =>
      statementsOf({ Statement: [{ Effect: "Allow", Action: "iam:PutRolePolicy", Resource: "*" }, denial] }, "policy");
    expect(escalationsOf(both(deny).map((read) => read()))).to.deep.equal([]);
    const conditional = { ...deny, Condition: { Bool: { "aws:MultiFactorAuthPresent": "false" } } };
    expect(escalationsOf(both(conditional).map((read) => read()))).not.to.deep.equal([]);
  });
});

describe("The types that the pack names", () => {
  const isThere = (type: string): boolean => {
    const [, file = ""] = /^aws:(\w+\/\w+):/.exec(type) ?? [];
    return existsSync(join(dirname(require.resolve("@pulumi/aws/package.json")), `${file}.js`));
  };

  it("are types of the aws provider", () => {
    const types = new Set([...RULES.flatMap((rule) => rule.types ?? []), ...WITHOUT_RULES]);
    expect(types.size).to.be.greaterThan(100);
    expect([...types].filter((type) => !isThere(type))).to.deep.equal([]);
  });
});

describe("A policy document", () => {
  const open = { Effect: "Allow", Principal: "*", Action: "sqs:SendMessage", Resource: "*" };
  const forms: Readonly<Record<string, unknown>> = {
    text: JSON.stringify({ Statement: [open] }),
    object: { Version: "2012-10-17", Statement: open },
    "result of getPolicyDocument": { json: JSON.stringify({ Statement: [open] }) },
    "arguments of getPolicyDocument": {
      statements: [
        {
          effect: "Allow",
          principals: [{ type: "AWS", identifiers: ["*"] }],
          actions: ["sqs:SendMessage"],
          resources: ["*"],
        },
      ],
    },
  };
  for (const [form, policy] of Object.entries(forms)) {
    it(`is read as ${form}`, () => {
      const { violations } = evaluateResource(sqsPrivateTls, queuePolicy(policy), surroundings());
      expect(violations.map(({ property }) => property)).to.include("policy.Statement.0.Principal");
    });
  }

  it("that is output of another resource waits, and does not crash", () => {
    const { violations, waiting } = evaluateResource(sqsPrivateTls, queuePolicy(UNKNOWN), surroundings());
    expect(violations).to.deep.equal([]);
    expect(new Set(waiting.map(({ property }) => property))).to.deep.equal(new Set(["policy"]));
  });

  it("with one statement that is not known is refused for another that is", () => {
    const policy = { Statement: [{ ...open, Condition: UNKNOWN }, open] };
    const { violations, waiting } = evaluateResource(sqsPrivateTls, queuePolicy(policy), surroundings());
    expect(violations.map(({ property }) => property)).to.include("policy.Statement.1.Principal");
    expect(waiting.map(({ property }) => property)).to.include("policy.Statement.0.Condition");
  });

  it("is refused at once for what is known of a statement, though the rest is not", () => {
    const policy = { Statement: [{ ...open, Action: "sqs:*", Resource: UNKNOWN }] };
    const { violations } = evaluateResource(sqsPrivateTls, queuePolicy(policy), surroundings());
    expect(violations.map(({ property }) => property)).to.deep.equal([
      "policy.Statement.0.Principal",
      "policy.Statement.0.Action",
      "policy", // Nothing in it denies plain connections, whatever the rest will be.
    ]);
    const bound = { Statement: [{ ...open, Resource: UNKNOWN, Condition: UNKNOWN }] };
    const later = evaluateResource(sqsPrivateTls, queuePolicy(bound), surroundings());
    expect(later.violations.map(({ property }) => property)).to.deep.equal(["policy"]);
    expect(later.waiting.map(({ property }) => property)).to.include("policy.Statement.0.Condition");
  });

  it("that is none is refused with what was received", () => {
    const [first] = evaluateResource(sqsPrivateTls, queuePolicy("{oops"), surroundings()).violations;
    expect(first?.message).to.contain('policy of QueuePolicy "p": got "{oops"; expected a policy document');
  });
});

describe("A list with an item that is not known", () => {
  const role = new Resource({
    urn: "urn:r",
    type: "aws:iam/role:Role",
    name: "r",
    props: { managedPolicyArns: [UNKNOWN, "arn:aws:iam::aws:policy/AdministratorAccess"] },
  });
  it("is refused for another item, and waits", () => {
    const { violations, waiting } = evaluateResource(lambdaNoDefaultCallbackRole, role, surroundings());
    expect(violations.map(({ property }) => property)).to.deep.equal(["managedPolicyArns"]);
    expect(waiting.map(({ property }) => property)).to.deep.equal(["managedPolicyArns"]);
  });
});

describe("A type by its older name", () => {
  it("is judged as what it is", () => {
    const named = (type: string): string => new Resource({ urn: "u", type, name: "n", props: {} }).type;
    expect(named("aws:s3/bucketV2:BucketV2")).to.equal("aws:s3/bucket:Bucket");
    expect(named("aws:s3/bucketObjectv2:BucketObjectv2")).to.equal("aws:s3/bucketObjectv2:BucketObjectv2");
  });
});

describe("Levels", () => {
  const levels = (environment: "production" | "other") =>
    Object.fromEntries(policiesOf({ rules: RULES, environment }).map((one) => [one.name, one.enforcementLevel]));
  it("are those of the stack's environment, so that a configuration can raise or lower each", () => {
    expect(levels("production")["ddb-deletion-protection"]).to.equal("mandatory");
    expect(levels("other")["ddb-deletion-protection"]).to.equal("disabled");
    expect(levels("other")["ddb-cmk"]).to.equal("mandatory");
    expect(levels("other")["resources-judged"]).to.equal("advisory");
  });
});

describe("Accounts and keys that nothing tells yet", () => {
  const stranger = {
    "aws:s3/bucketPolicy:BucketPolicy p": { bucket: "b", policy: '{"Statement":[],"Id":"999999999999"}' },
  };
  const outcome = (arn: unknown) =>
    evaluate(
      [referencesStayInAccount],
      new Stack([
        ...Object.entries(stranger).map(([key, props]) => ({
          urn: "urn::p",
          type: key.split(" ")[0] ?? "",
          name: "p",
          props,
        })),
        { urn: "urn::t", type: "aws:sns/topic:Topic", name: "t", props: { arn } },
      ]),
      { environment: "production", exceptions: new Exceptions([], "2026-11-21") },
    );
  it("wait as well where the engine says nothing of what AWS will give", async () => {
    const named = { policy: '{"Statement":[],"Id":"999999999999"}' };
    const preview = (made: object) =>
      evaluate(
        [referencesStayInAccount],
        new Stack([{ urn: "urn::k", type: "aws:kms/key:Key", name: "k", props: { ...named, ...made }, isMade: true }]),
        { environment: "production", exceptions: new Exceptions([], "2026-11-21") },
      );
    expect(await preview({})).to.deep.include({ violations: [] });
    expect((await preview({})).waiting.map(({ urn }) => urn)).to.deep.equal(["urn::k"]);
    expect((await preview({ id: "k" })).violations.map(({ urn }) => urn)).to.deep.equal(["urn::k"]);
  });
  it("wait at a first preview and are refused at up, never passed over", async () => {
    const preview = await outcome(UNKNOWN);
    expect(preview.violations).to.deep.equal([]);
    expect(preview.waiting.map(({ urn }) => urn)).to.include("urn::p");
    const up = await outcome("arn:aws:sns:us-east-1:123456789012:t");
    expect(up.violations.map(({ urn }) => urn)).to.deep.equal(["urn::p"]);
    expect((await outcome(undefined)).violations.map(({ urn }) => urn)).to.deep.equal(["urn::p"]);
  });
});

describe("Exceptions", () => {
  const rule = iamNoWildcards.name;
  const one: Exception = { rule, resource: "aws:x T a-*", reason: "For now.", expires: "2026-12-31" };
  const problems = (exception: Exception, use = true): readonly string[] => {
    const exceptions = new Exceptions([exception], "2026-11-21");
    if (use) exceptions.covers(rule, { type: "aws:x T", name: "a-1" });
    return exceptions.problems(RULES);
  };

  it("that are needed and current are no violation", () => expect(problems(one)).to.deep.equal([]));
  it("cover what they name, and nothing else", () => {
    const exceptions = new Exceptions([one], "2026-11-21");
    expect(exceptions.covers(rule, { type: "aws:x T", name: "b" })).to.equal(false);
    expect(exceptions.covers("sqs-dlq", { type: "aws:x T", name: "a-1" })).to.equal(false);
  });
  it("that have expired cover nothing and are told", () => {
    const old = { ...one, expires: "2026-11-20" };
    expect(new Exceptions([old], "2026-11-21").covers(rule, { type: "aws:x T", name: "a-1" })).to.equal(false);
    expect(problems(old)[0]).to.contain("expired on 2026-11-20");
  });
  it("that nothing needs are told", () =>
    expect(problems(one, false)[0]).to.contain("nothing violates the rule there"));
  it("that wait for up are not called unused", () => {
    expect(new Exceptions([one], "2026-11-21").problems(RULES, new Set([rule]))).to.deep.equal([]);
  });
  it("without reason, date or rule are told", () => {
    expect(problems({ ...one, reason: " " })[0]).to.contain("got no reason");
    for (const expires of ["soon", "2027-99-99", "2027-02-30", "+012027-01-01"]) {
      expect(problems({ ...one, expires })[0]).to.contain("expected YYYY-MM-DD");
      expect(
        new Exceptions([{ ...one, expires }], "2026-11-21").covers(rule, { type: "aws:x T", name: "a-1" }),
      ).to.equal(false);
    }
    expect(problems({ ...one, rule: "no-such-rule" })[0]).to.contain("a rule that does not exist");
  });
});

describe("A rule's settings", () => {
  it("have defaults", () => expect(settingsOf(ddbPitr)).to.deep.equal({ days: 7 }));
  it("are taken from the pack's configuration", () => {
    expect(settingsOf(ddbPitr, { days: 14, enforcementLevel: "advisory" })).to.deep.equal({ days: 14 });
  });
  it("that are wrong are refused with what is allowed", () => {
    expect(() => settingsOf(ddbPitr, { days: 99 })).to.throw(
      'Setting days of the rule "ddb-pitr": got 99; expected a value of type integer, at least 1, at most 35.',
    );
    expect(() => settingsOf(ddbPitr, { dais: 9 })).to.throw("expected one of the settings days");
  });
});

describe("A stack", () => {
  const identity = (config: object) => identify({ PULUMI_PROJECT: "p", PULUMI_CONFIG: JSON.stringify(config) });
  it("is production only when its setting says so", () => {
    expect(identity({ "p:environment": "production" }).environment).to.equal("production");
    expect(identity({ "p:environment": "staging" })).to.include({ environment: "other", isTold: true });
    expect(identity({ "q:environment": "production" })).to.include({ environment: "other", isTold: false });
    expect(identify({ PULUMI_CONFIG: "{oops" }).isTold).to.equal(false);
  });
});

describe("What the engine shows", () => {
  class UnknownValueError extends Error {}
  it("is plain data, with what is not known as such", () => {
    const props = {
      known: 1,
      list: [{ a: "b" }],
      get unknown(): string {
        throw new UnknownValueError("string value at .unknown can't be known during preview");
      },
    };
    expect(reveal(props)).to.deep.equal({ known: 1, list: [{ a: "b" }], unknown: UNKNOWN });
  });
  it("is plain in a list, too, of which one item is not known", () => {
    const list = ["a", "b"];
    Object.defineProperty(list, 0, {
      get: () => {
        throw new UnknownValueError("string value at .list.0 can't be known during preview");
      },
    });
    expect(reveal({ list })).to.deep.equal({ list: [UNKNOWN, "b"] });
  });
  it("that waits is told in one line for each rule and property", () => {
    const waiting = ["a", "b", "c", "d", "e"].map((name) => ({ rule: "r", property: "p", urn: `urn::${name}` }));
    expect(waitingLines(waiting)).to.deep.equal(["r is decided at up: p is not known yet of a, b, c and 2 more."]);
  });
});
