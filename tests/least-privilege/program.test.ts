import { expect } from "chai";
import { allChecks } from "../../privilege/checks";
import { becomes, send } from "../../privilege/checks/messages";
import { profile } from "../../privilege/checks/people";
import { isolation, outsiders } from "../../privilege/isolation";
import { admissions } from "../../privilege/principals";
import { EXPLAINED } from "../../privilege/explained";
import { grantsOf, type Grant } from "../../privilege/grants";
import missedByTable from "../../privilege/missed-by.json";
import { candidatesOf, describeCandidate, pick, tryRemoval, type MissedBy } from "../../privilege/removals";
import { runCheck } from "../../privilege/run-check";
import { usageOf } from "../../privilege/usage";
import { House, Stage } from "../../privilege/stage";
import type { RoleSession } from "../../local/principal";
import { iamEngine } from "../../local/services/iam";
import { sesEngine } from "../../local/services/ses";
import { logicalName } from "../../privilege/names";
import { ADMITTED, OTHER_ROLES, REACH } from "./admitted";

const TABLE: MissedBy = missedByTable;
const byName = new Map(allChecks.map((check) => [check.name, check]));

async function grantsOfProgram(house: House): Promise<readonly Grant[]> {
  let grants: readonly Grant[] = [];
  await runCheck(house, undefined, { deployed: ({ cloud }) => void (grants = grantsOf(cloud)) });
  return grants;
}

/** Another sample in every run; `npm run iam -- --removals` leaves nothing out. */
const SEED = Number(process.env["PRIVILEGE_SEED"] ?? Math.floor(Math.random() * 2 ** 32));
const REMOVALS = 8;

describe("The program's grants", function () {
  this.timeout(240_000);
  let house: House;
  before(async () => {
    house = await House.open();
  });
  after(() => house.close());

  describe("each", () => {
    it("have a check that misses them: privilege/missed-by.json, by npm run iam -- --removals --write", async () => {
      const grants = await grantsOfProgram(house);
      const candidates = candidatesOf(grants.map((grant) => usageOf(grant, [])));
      expect([...Object.keys(TABLE), ...Object.keys(EXPLAINED)]).to.have.members(candidates.map(describeCandidate));
    });

    it("are missed by nobody where privilege/explained.ts says so", async () => {
      const grants = await grantsOfProgram(house);
      const candidates = candidatesOf(grants.map((grant) => usageOf(grant, [])));
      const explained = candidates.filter((one) => describeCandidate(one) in EXPLAINED);
      expect(explained).to.have.length(Object.keys(EXPLAINED).length);
      for (const candidate of explained) {
        expect(candidate.checks, describeCandidate(candidate)).not.to.have.length(0);
        const result = await tryRemoval(house, candidate, byName);
        expect(result).to.deep.equal({ candidate, explained: EXPLAINED[describeCandidate(candidate)] });
      }
    });

    it(`are missed by it: a sample (PRIVILEGE_SEED=${SEED})`, async () => {
      const grants = await grantsOfProgram(house);
      const all = candidatesOf(grants.map((grant) => usageOf(grant, [])));
      const missed = all.filter((one) => !(describeCandidate(one) in EXPLAINED));
      const chosen = pick(missed, REMOVALS, SEED);
      const found: Record<string, string> = {};
      const expected: Record<string, string> = {};
      for (const candidate of chosen) {
        const name = TABLE[describeCandidate(candidate)]!;
        const untouched = await runCheck(house, byName.get(name));
        const { seenBy = "nobody" } = await tryRemoval(house, { ...candidate, checks: [name] }, byName);
        expected[describeCandidate(candidate)] = name;
        found[describeCandidate(candidate)] = untouched.failure ?? seenBy;
      }
      expect(found).to.deep.equal(expected);
    });
  });

  it("are not taken for missed by a check that is broken", async () => {
    const [candidate] = candidatesOf((await grantsOfProgram(house)).map((grant) => usageOf(grant, [])));
    const broken = {
      name: "broken",
      run: async () => {
        await Promise.resolve();
        JSON.parse("");
      },
    };
    const result = await tryRemoval(house, { ...candidate!, checks: ["broken"] }, new Map([["broken", broken]]));
    expect(result.seenBy).to.equal(undefined);
    expect(result.defect?.check).to.equal("broken");
    expect(result.defect?.failure).to.match(/^SyntaxError: /);
  });

  describe("of services", () => {
    it("admit exactly those that must come in", async () => {
      const stage = await Stage.set(house);
      try {
        const { attempts, admitted } = admissions(stage.cloud);
        expect(attempts).to.be.greaterThan(500_000);
        const trust = admitted.filter((line) => line.includes(" AssumeRole "));
        expect(admitted.filter((line) => !trust.includes(line))).to.deep.equal([...ADMITTED].sort());
        const roles = [...iamEngine(stage.cloud).store.roles.values()].map(({ name }) => logicalName(name));
        expect(trust).to.deep.equal(
          roles.map((role) => `${role} AssumeRole <- ${OTHER_ROLES[role] ?? "lambda.amazonaws.com: anyone"}`).sort(),
        );
      } finally {
        await stage.close();
      }
    });
  });

  describe("of roles", () => {
    it("reach nothing of another component, no other role and no other stage, but for what the design says", async () => {
      const stage = await Stage.set(house);
      try {
        const { attempts, reached } = await isolation(stage.cloud);
        expect(attempts).to.be.greaterThan(6_000);
        // API Gateway's own role, of no function of ours: AWS's managed policy lets it write and read every log.
        const ours = reached.filter((line) => !line.startsWith("gateway-account-logs-role "));
        expect(ours).to.deep.equal([...REACH].sort());
        expect(
          reached.filter((line) => !ours.includes(line)).every((line) => /(Get|Put)LogEvents/.test(line)),
        ).to.equal(true);
      } finally {
        await stage.close();
      }
    });
  });

  describe("of others", () => {
    it("there are none: a role of the account without grants, and callers without credentials, reach nothing", async () => {
      const stage = await Stage.set(house);
      try {
        const { attempts, reached } = await outsiders(stage.cloud);
        expect(attempts).to.be.greaterThan(500);
        expect(reached).to.deep.equal([]);
      } finally {
        await stage.close();
      }
    });
  });

  describe("of mail, outside production", () => {
    let stage: Stage;
    beforeEach(async () => {
      stage = await Stage.set(house);
    });
    afterEach(() => stage.close());

    const sender = (): RoleSession => {
      const role = [...iamEngine(stage.cloud).store.roles.values()].find(
        ({ name }) => logicalName(name) === "emails-send-function-role",
      )!;
      return { type: "role", roleArn: role.arn, arn: `arn:aws:sts::123456789012:assumed-role/${role.name}/session` };
    };
    const ACCOUNT = "hello@games-messaging.test";

    /** Sends raw content with the credentials of the function that sends; `sent`, or the code of SES's refusal. */
    async function raw(
      to: string,
      options: { destinations?: string[]; from?: string; source?: string } = {},
    ): Promise<string> {
      const from = options.from ?? ACCOUNT;
      const content = `From: ${from}\r\nTo: ${to}\r\nSubject: Hello\r\n\r\nHello\r\n`;
      const input = {
        Source: options.source ?? from,
        Destinations: options.destinations ?? [to],
        RawMessage: { Data: Buffer.from(content).toString("base64") },
      };
      try {
        await stage.cloud.call("ses", "SendRawEmail", input, sender());
        return "sent";
      } catch (error) {
        return (error as { code: string }).code;
      }
    }

    it("let the function send to the stack's own recipients alone", async () => {
      const real = "somebody@gmail.com";
      // Every pattern of the stack's recipients is needed.
      for (const own of ["ada@players.test", "success@simulator.amazonses.com"])
        expect(await raw(own), own).to.equal("sent");
      expect({
        "a real player": await raw(real),
        "a real player beside a test player": await raw("ada@players.test", {
          destinations: ["ada@players.test", real],
        }),
        "a real player in the header only": await raw(real, { destinations: [] }),
        "a test player's name at a real host": await raw("ada@players.test.gmail.com"),
        "another sender": await raw("ada@players.test", { from: "ceo@games-messaging.test" }),
        "another From behind the same envelope": await raw("ada@players.test", {
          from: "ceo@games-messaging.test",
          source: ACCOUNT,
        }),
      }).to.deep.equal({
        "a real player": "AccessDeniedException",
        "a real player beside a test player": "AccessDeniedException",
        "a real player in the header only": "AccessDeniedException",
        "a test player's name at a real host": "AccessDeniedException",
        "another sender": "AccessDeniedException",
        "another From behind the same envelope": "AccessDeniedException",
      });
    });

    it("regard case as the component does, which writes a domain in lower case", async () => {
      // AWS: "case-sensitive string matching"; the component's own check lets nothing through that the role refuses.
      expect(await raw("Ada@players.test")).to.equal("sent");
      expect(await raw("ada@Players.test")).to.equal("AccessDeniedException");
      await profile(stage, "ada", { email: "Ada.L@Players.TEST" });
      await becomes(stage, await send(stage), "delivered");
      const [mail] = [...sesEngine(stage.cloud).inbox()].filter(({ to }) => to.some((one) => one.startsWith("Ada.L")));
      expect(mail?.to).to.deep.equal(["Ada.L@players.test"]);
    });

    it("offer the function no other way to send", async () => {
      const Destination = { ToAddresses: ["ada@players.test"] };
      const Message = { Subject: { Data: "Hello" }, Body: { Text: { Data: "Hello" } } };
      const refused = await stage.cloud
        .call("ses", "SendEmail", { Source: ACCOUNT, Destination, Message }, sender())
        .then(
          () => "sent",
          (error: unknown) => (error as { code: string }).code,
        );
      expect(refused).to.equal("AccessDeniedException");
    });

    it("are not needed for the component to refuse a real player", async () => {
      const iam = iamEngine(stage.cloud);
      iam.store.putInline(sender().roleArn, "everything", {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "ses:*", Resource: "*" }],
      });
      expect(await raw("somebody@gmail.com")).to.equal("sent");
      const before = [...sesEngine(stage.cloud).inbox()].length;
      await profile(stage, "ada", { email: "somebody@gmail.com" });
      expect(await becomes(stage, await send(stage), "skipped")).to.equal("recipient-not-allowed");
      expect([...sesEngine(stage.cloud).inbox()]).to.have.length(before);
    });
  });
});
