import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { doctorCommand } from "../../../local/cli/doctor";
import { examine } from "../../../local/cli/doctor/check";
import { runInProcess } from "../../helpers/in-process-command";
import { UNSEEN, VERDICTS, mailFrom } from "./doctor-cases";
import { CHECKS, SOUND, findingOf, operations, patientWith } from "./doctor-patient";

const denied = Object.assign(
  new Error("User: ada is not authorized to perform: x:Look on resource: arn:aws:x because no."),
  {
    name: "AccessDeniedException",
    $metadata: { httpStatusCode: 403 },
  },
);

/** A machine on which everything is installed. */
const { world } = patientWith({});

/** Checks that ask nothing of AWS. */
const OUTSIDE = ["Node.js", "Pulumi CLI", "Pulumi login", "AWS CLI", "placeholders", "tokens' issuer"];

describe("Doctor's verdicts", () => {
  it("are all ok where nothing is left to do", async () => {
    const findings = await examine(CHECKS, patientWith({}));
    expect(findings.filter(({ verdict }) => verdict !== "ok")).to.deep.equal([]);
    expect(findings.map(({ title }) => title)).to.deep.equal(CHECKS.map(({ title }) => title));
  });

  for (const [title, change, says, fix, must] of VERDICTS) {
    it(`${title}: ${says.source}`, async () => {
      const finding = await findingOf(title, change);
      expect(finding).to.include({ verdict: "to do", must });
      expect(finding.detail).to.match(says);
      expect(finding.fix).to.match(fix);
    });
  }

  it("DMARC: a domain below one with a policy has that", async () => {
    const emails = { ...operations.emails!, identity: "mail.eu.game.test" };
    expect(await findingOf("DMARC", { operations: { emails } })).to.include({
      verdict: "ok",
      detail: "v=DMARC1; p=reject (of game.test)",
    });
  });

  it("MAIL FROM: an SPF record may admit others too", async () => {
    const records = { "TXT mail.game.test": ["v=spf1 include:_spf.other.test include:amazonses.com -all"] };
    expect((await findingOf("MAIL FROM", { answers: mailFrom("PENDING"), records })).verdict).to.equal("cannot see");
  });

  it("have a case each in which something is to do", () => {
    expect([...new Set(VERDICTS.map(([title]) => title))]).to.have.members(CHECKS.map(({ title }) => title));
  });

  for (const [title, change, says] of UNSEEN) {
    it(`${title} cannot be seen: ${says.source}`, async () => {
      const finding = await findingOf(title, change);
      expect(finding.verdict).to.equal("cannot see");
      expect(finding.detail).to.match(says);
    });
  }

  it("name the right that is missing, for everything that is asked of AWS", async () => {
    const answers = Object.fromEntries(Object.keys(SOUND).map((name) => [name, denied]));
    for (const { title } of CHECKS) {
      if (OUTSIDE.includes(title)) continue;
      const finding = await findingOf(title, { answers });
      expect(finding, title).to.include({ verdict: "cannot see" });
      expect(finding.detail, title).to.match(/^Too few rights: .* Ask for x:Look on arn:aws:x\.$/);
    }
  });

  it("outside production, take for optional what only real players need", async () => {
    const emails = { ...operations.emails!, production: false };
    for (const [title, change] of VERDICTS.filter(([one]) => ["SES: out of the sandbox", "DMARC"].includes(one)))
      expect((await findingOf(title, { ...change, operations: { emails } })).must, title).to.equal(false);
  });

  it("where there is no stack at all, name the two ways to one", async () => {
    const folder = mkdtempSync(join(tmpdir(), "games-messaging-doctor-"));
    const run = (args: readonly string[]): Promise<number> => doctorCommand(args, world);
    const { code, output } = await runInProcess(run, [], { folder }).finally(() => rmSync(folder, { recursive: true }));
    expect(code).to.equal(1);
    expect(output.split("\n").slice(-5)).to.deep.equal([
      "Stack",
      "  to do       stack: there is none to look at: none runs in this folder, and --stack names none on AWS",
      "              do: npm run local in another terminal; or, for AWS, pulumi stack init dev, and then npm run doctor -- --stack dev",
      "",
      "3 ok, 1 to do, 0 cannot be seen",
    ]);
  });
});
