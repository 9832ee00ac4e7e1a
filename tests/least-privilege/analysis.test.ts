import { expect } from "chai";
import { tmpdir } from "node:os";
import { VirtualClock } from "../../local/clock";
import { Cloud } from "../../local/cloud";
import type { RoleSession } from "../../local/principal";
import { iamEngine, iamService } from "../../local/services/iam";
import { iamCommand } from "../../privilege/command";
import { grantsOf, type Grant } from "../../privilege/grants";
import { Ledger } from "../../privilege/ledger";
import { candidatesOf, describeCandidate, judgeResult, missedBy, pick, type Candidate } from "../../privilege/removals";
import { isClean, reportLines, totalsOf } from "../../privilege/report";
import { failureOf } from "../../privilege/run-check";
import { CheckFailure } from "../../privilege/stage";
import { usageOf, type GrantUsage } from "../../privilege/usage";
import { avoidableWildcards } from "../../privilege/wildcards";

const ACCOUNT = "123456789012";
const TABLE = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/Players`;
const QUEUE = `arn:aws:sqs:us-east-1:${ACCOUNT}:mail`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/worker`;
const session: RoleSession = { type: "role", roleArn: ROLE, arn: `arn:aws:sts::${ACCOUNT}:assumed-role/worker/s` };
const sns = { type: "service", service: "sns.amazonaws.com" } as const;

describe("The analysis of grants", () => {
  let cloud: Cloud;
  beforeEach(() => {
    cloud = new Cloud({ clock: new VirtualClock(), folder: tmpdir() });
    cloud.register(iamService(cloud));
    const trust = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } };
    iamEngine(cloud).store.putRole("worker", { Version: "2012-10-17", Statement: [trust] });
  });

  const grant = (...statements: object[]): void =>
    void iamEngine(cloud).store.putInline("worker", "p", { Version: "2012-10-17", Statement: statements });
  const statement = (Action: string | string[], Resource: string | string[], Sid = "Work"): object => ({
    Sid,
    Effect: "Allow",
    Action,
    Resource,
  });
  const may = (action: string, resource: string): boolean =>
    cloud.ports.iam.evaluate(session, { action, resource }).allowed;
  const grantNamed = (name: string): Grant => grantsOf(cloud).find((one) => one.name === name)!;
  /** What a check that makes these requests uses. */
  const usages = (...requests: (readonly [action: string, resource: string])[]): GrantUsage[] => {
    const ledger = new Ledger();
    const stop = ledger.watch(cloud);
    for (const [action, resource] of requests) may(action, resource);
    stop();
    return grantsOf(cloud).map((one) => usageOf(one, [{ check: "a check", uses: ledger.of(one.key) }]));
  };

  describe("decisions", () => {
    it("name the statements that allowed, of role and key together", () => {
      const key = `arn:aws:kms:us-east-1:${ACCOUNT}:key/1`;
      const admit = { Sid: "Account", Effect: "Allow", Principal: { AWS: ACCOUNT }, Action: "kms:*", Resource: "*" };
      cloud.resourcePolicies.set(key, { Statement: [admit] });
      grant(statement("kms:Decrypt", key));
      expect(cloud.ports.iam.evaluate(session, { action: "kms:Decrypt", resource: key }).statements).to.deep.equal([
        { kind: "role", owner: ROLE, policy: "p", position: 0, sid: "Work" },
        { kind: "resource", owner: key, position: 0, sid: "Account" },
      ]);
    });

    it("name the statement that denied, and none where nothing spoke of the request", () => {
      const deny = { Effect: "Deny", Principal: "*", Action: "sqs:*", Resource: "*" };
      cloud.resourcePolicies.set(QUEUE, { Statement: [deny] });
      grant(statement("sqs:SendMessage", QUEUE));
      const ask = (action: string, resource: string) => cloud.ports.iam.evaluate(session, { action, resource });
      expect(ask("sqs:SendMessage", QUEUE).statements).to.deep.equal([{ kind: "resource", owner: QUEUE, position: 0 }]);
      expect(ask("dynamodb:Scan", TABLE).statements).to.deep.equal([]);
    });
  });

  describe("a removal", () => {
    const without = (statementOf: Grant, action?: string): (() => void) =>
      iamEngine(cloud).without({ statement: statementOf.id, ...(action === undefined ? {} : { action }) });

    it("takes one action, or the whole statement, until it is given back", () => {
      grant(statement(["dynamodb:GetItem", "dynamodb:PutItem"], TABLE));
      const all = (): boolean[] => [may("dynamodb:GetItem", TABLE), may("dynamodb:PutItem", TABLE)];
      expect(all()).to.deep.equal([true, true]);
      const backAction = without(grantNamed("Work"), "dynamodb:PutItem");
      expect(all()).to.deep.equal([true, false]);
      const backAll = without(grantNamed("Work"));
      expect(all()).to.deep.equal([false, false]);
      backAction();
      backAll();
      expect(all()).to.deep.equal([true, true]);
    });

    it("works on trust policies and resource policies, also before they are written", () => {
      const admit = {
        Effect: "Allow",
        Principal: { Service: sns.service },
        Action: "sqs:SendMessage",
        Resource: QUEUE,
      };
      const asks = (): boolean => cloud.ports.iam.evaluate(sns, { action: "sqs:SendMessage", resource: QUEUE }).allowed;
      const back = iamEngine(cloud).without({ statement: { kind: "resource", owner: QUEUE, position: 0 } });
      cloud.resourcePolicies.set(QUEUE, { Statement: [admit] });
      expect(asks()).to.equal(false);
      back();
      expect(asks()).to.equal(true);
      const trusts = (): boolean => cloud.ports.iam.trusts(ROLE, { type: "service", service: "lambda.amazonaws.com" });
      iamEngine(cloud).without({ statement: { kind: "trust", owner: ROLE, position: 0 } });
      expect(trusts()).to.equal(false);
    });

    it("takes one resource, or the statement with its last", () => {
      grant(statement("dynamodb:GetItem", [TABLE, `${TABLE}/index/due`]), statement("sqs:SendMessage", QUEUE, "Tell"));
      const all = (): boolean[] => [
        may("dynamodb:GetItem", TABLE),
        may("dynamodb:GetItem", `${TABLE}/index/due`),
        may("sqs:SendMessage", QUEUE),
      ];
      const backIndex = iamEngine(cloud).without({ statement: grantNamed("Work").id, resource: `${TABLE}/index/due` });
      expect(all()).to.deep.equal([true, false, true]);
      const backQueue = iamEngine(cloud).without({ statement: grantNamed("Tell").id, resource: QUEUE });
      expect(all()).to.deep.equal([true, false, false]);
      backIndex();
      backQueue();
      expect(all()).to.deep.equal([true, true, true]);
    });

    it("takes one key of a condition, and leaves the others", () => {
      const Condition = {
        StringEquals: { "aws:SourceAccount": ACCOUNT, "aws:RequestedRegion": "us-east-1" },
        ArnEquals: { "aws:SourceArn": `arn:aws:sns:us-east-1:${ACCOUNT}:news` },
      };
      const Principal = { Service: sns.service };
      const admit = { Effect: "Allow", Principal, Action: "sqs:SendMessage", Resource: QUEUE, Condition };
      cloud.resourcePolicies.set(QUEUE, { Statement: [admit] });
      const asks = (account: string, topic: string): boolean =>
        cloud.ports.iam.evaluate(
          { ...sns, sourceArn: `arn:aws:sns:us-east-1:${account}:${topic}` },
          { action: "sqs:SendMessage", resource: QUEUE },
        ).allowed;
      const all = (): boolean[] => [asks(ACCOUNT, "news"), asks(ACCOUNT, "gossip"), asks("999999999999", "gossip")];
      expect(all()).to.deep.equal([true, false, false]);
      const id = { kind: "resource", owner: QUEUE, position: 0 } as const;
      const backArn = iamEngine(cloud).without({
        statement: id,
        condition: { operator: "ArnEquals", key: "aws:SourceArn" },
      });
      expect(all()).to.deep.equal([true, true, false]);
      const backAccount = iamEngine(cloud).without({
        statement: id,
        condition: { operator: "StringEquals", key: "aws:SourceAccount" },
      });
      expect(all()).to.deep.equal([true, true, true]);
      backArn();
      expect(all()).to.deep.equal([true, false, false]);
      backAccount();
      expect(all()).to.deep.equal([true, false, false]);
    });

    it("is tried for each statement, for each action and resource where there are several, and for each condition", () => {
      const Condition = { StringEquals: { "aws:RequestedRegion": "us-east-1", "aws:PrincipalArn": ROLE } };
      grant(statement(["dynamodb:GetItem", "dynamodb:PutItem"], [TABLE, `${TABLE}/index/due`]), {
        ...statement("sqs:SendMessage", QUEUE, "Tell"),
        Condition,
      });
      expect(candidatesOf(usages()).map((one) => describeCandidate(one).replace(/ [0-9a-f]{7}$/, ""))).to.deep.equal([
        "worker (trust) 1",
        "worker Work",
        "worker Work: dynamodb:GetItem",
        "worker Work: dynamodb:PutItem",
        "worker Work on dynamodb:table/Players",
        "worker Work on dynamodb:table/Players/index/due",
        "worker Tell",
        "worker Tell if StringEquals aws:RequestedRegion",
        "worker Tell if StringEquals aws:PrincipalArn",
      ]);
      const all = candidatesOf(usages());
      expect(pick(all, 3, 7))
        .to.deep.equal(pick(all, 3, 7))
        .and.to.have.length(3);
    });
  });

  describe("the report", () => {
    it("finds actions and resources that nothing used", () => {
      grant(statement(["dynamodb:GetItem", "dynamodb:PutItem"], [TABLE, `${TABLE}/index/due`]));
      const usage = usages(["dynamodb:GetItem", TABLE]).find((one) => one.grant.name === "Work")!;
      expect(usage.unusedActions).to.deep.equal(["dynamodb:PutItem"]);
      expect(usage.unusedResources).to.deep.equal([`${TABLE}/index/due`]);
    });

    it("takes what was refused for no use of what allows", () => {
      grant(statement("dynamodb:GetItem", TABLE));
      const [, usage] = usages(["dynamodb:GetItem", `${TABLE}Two`]);
      expect(usage!.unusedActions).to.deep.equal(["dynamodb:GetItem"]);
    });

    it("counts, names the check of each action, and is clean only when nothing is left", () => {
      grant(statement("dynamodb:GetItem", TABLE));
      cloud.ports.iam.trusts(ROLE, { type: "service", service: "lambda.amazonaws.com" });
      const found = (list: readonly GrantUsage[]) => ({ results: [], usages: list, wildcards: [], removals: [] });
      const used = found(usages(["dynamodb:GetItem", TABLE]).slice(1));
      expect(reportLines(used)).to.include("    dynamodb:GetItem                   a check");
      expect(isClean(totalsOf(used))).to.equal(true);
      const unused = found(usages());
      expect(totalsOf(unused)).to.include({ roles: 1, statements: 2, actions: 2, unused: 3 });
      expect(reportLines(unused)).to.include("    dynamodb:GetItem                   UNUSED");
      expect(isClean(totalsOf(unused))).to.equal(false);
    });

    it("counts the parts that were taken away, and takes what is explained for no gap", () => {
      const [usage] = usages();
      const whole = candidatesOf([usage!])[0]!;
      const part = (one: Candidate["part"]): Candidate => ({ ...whole, ...(one ? { part: one } : {}) });
      const condition = part({ kind: "condition", condition: { operator: "ArnEquals", key: "aws:SourceArn" } });
      const removals = [
        { candidate: whole, seenBy: "mail", failure: "no mail came" },
        { candidate: part({ kind: "action", action: "sqs:SendMessage" }), seenBy: "mail", failure: "no mail came" },
        { candidate: part({ kind: "resource", resource: QUEUE }), seenBy: "mail", failure: "no mail came" },
        { candidate: condition, explained: "another key says so too" },
      ];
      const findings = { results: [], usages: [], wildcards: [], removals };
      expect(isClean(totalsOf(findings))).to.equal(true);
      expect(reportLines(findings).at(-1)).to.equal(
        "3 of 4 removals seen, 1 explained: 1 statements, 1 actions, 1 resources, 1 conditions",
      );
      expect(reportLines(findings)).to.include(`  ${describeCandidate(condition)}: another key says so too`);
      expect(Object.keys(missedBy(removals))).to.have.length(3);
    });

    it("is not clean when a removal goes unnoticed or a check fails", () => {
      const [usage] = usages();
      const candidate = candidatesOf([usage!])[0]!;
      const findings = { results: [], usages: [], wildcards: [], removals: [{ candidate }] };
      expect(isClean(totalsOf(findings))).to.equal(false);
      expect(reportLines(findings)).to.include("Removals that nothing notices");
      const failed = { check: "mail", failure: "none came", denied: [] };
      expect(isClean(totalsOf({ results: [failed], usages: [], wildcards: [], removals: [] }))).to.equal(false);
    });
  });

  describe("a check's failure", () => {
    const judged = (error: unknown, denied: readonly string[] = []) =>
      judgeResult({ check: "mail", ...failureOf(error), denied });

    it("shows that a grant is missed, but for a mistake of the check's own", () => {
      expect(judgeResult({ check: "mail", denied: [] })).to.equal("passed");
      expect(judged(new CheckFailure("no mail came"))).to.equal("missed");
      expect(judged("no mail came")).to.equal("missed");
      for (const mistake of [new TypeError("x"), new ReferenceError("x"), new SyntaxError("x"), new RangeError("x")]) {
        expect(judged(mistake)).to.equal("defect");
        // What was refused left an answer out, on which the check relied.
        expect(judged(mistake, ["role: sqs:SendMessage on queue"])).to.equal("missed");
      }
    });

    it("that is its own mistake is told as that, and the report is not clean", () => {
      grant(statement("dynamodb:GetItem", TABLE));
      const candidate = { grant: grantNamed("Work"), checks: ["mail"] };
      const { failure = "" } = failureOf(new TypeError("x is not a function"));
      const removals = [{ candidate, defect: { check: "mail", failure } }];
      const findings = { results: [], usages: [], wildcards: [], removals };
      expect(isClean(totalsOf(findings))).to.equal(false);
      const lines = reportLines(findings).join("\n");
      expect(lines).to.include("  mail: TypeError: x is not a function (without ");
      expect(lines).not.to.include("Removals that nothing notices");
    });
  });

  describe("the command", () => {
    const run = async (...args: string[]): Promise<[code: number, text: string]> => {
      const lines: string[] = [];
      const code = await iamCommand(args, (text) => lines.push(text));
      return [code, lines.join("\n")];
    };
    const failure = (...args: string[]): Promise<string> =>
      run(...args).then(
        () => "none",
        (error: unknown) => (error as Error).message.split("\n")[0] ?? "",
      );

    it("explains itself", async () => {
      const [code, text] = await run("--help");
      expect(code).to.equal(0);
      for (const option of ["--removals", "--sample", "--seed", "--only", "--json", "--quiet"])
        expect(text).to.include(option);
    });

    it("refuses what it does not know", async () => {
      expect(await failure("--sample", "none")).to.equal(
        '--sample: got "none"; expected a whole number from 1 to 100000.',
      );
      expect(await failure("roles")).to.equal('Unknown argument "roles".');
      expect(await failure("--role", "x")).to.match(/^Unknown option '--role'/);
    });
  });

  describe("wildcards", () => {
    const wildcardsOf = async (uses: GrantUsage[], declared: string[] = []): Promise<string[]> =>
      (await avoidableWildcards(uses, new Set(declared))).map(({ wildcard }) => wildcard);

    it("are avoidable in actions, and in resources where AWS knows a narrower one", async () => {
      grant(statement(["dynamodb:Get*", "xray:PutTraceSegments", "dynamodb:ListStreams"], "*"));
      const found = await wildcardsOf(usages(["dynamodb:GetItem", TABLE]));
      expect(found).to.include("dynamodb:Get*").and.to.include("dynamodb:GetItem on *");
      expect(found.join()).not.to.match(/xray|ListStreams/);
    });

    it("are avoidable where all that was used is declared by the program", async () => {
      grant(statement("dynamodb:GetItem", `${TABLE}*`));
      const used = usages(["dynamodb:GetItem", TABLE]);
      expect(await wildcardsOf(used, [TABLE])).to.deep.equal([`${TABLE}*`]);
      expect(await wildcardsOf(used, [])).to.deep.equal([]);
    });

    it("stay where a condition narrows an action whose resource is optional", async () => {
      const metric = statement("cloudwatch:PutMetricData", "*");
      grant(metric);
      expect(await wildcardsOf(usages())).to.deep.equal(["cloudwatch:PutMetricData on *"]);
      grant({ ...metric, Condition: { StringEquals: { "cloudwatch:namespace": "Game" } } });
      expect(await wildcardsOf(usages())).to.deep.equal([]);
    });

    it("of an action that AWS does not have are an error", async () => {
      grant(statement("dynamodb:GetThing", "*"));
      const said = await wildcardsOf(usages()).catch((error: unknown) => (error as Error).message);
      expect(said).to.equal("AWS knows no action dynamodb:GetThing.");
    });
  });
});
