import pc from "picocolors";
import { AwsClients } from "./access/aws-clients";
import { pulumiJson } from "./access/pulumi-cli";
import { TARGET_OPTIONS, TARGET_USAGE, type Target } from "./access/target";
import { accountChecks } from "./doctor/account";
import { examine, type Finding, type Patient, type World } from "./doctor/check";
import { dataChecks } from "./doctor/data";
import { machineChecks, settingsChecks } from "./doctor/machine";
import { mailChecks } from "./doctor/mail";
import { runningChecks } from "./doctor/running";
import { realWorld } from "./doctor/world";
import { CliError } from "./errors";
import { invocation } from "./invocation";
import { readOptions } from "./options";
import { Progress } from "./progress";
import { openTarget } from "./stack-access";

const USAGE = `Usage: ${invocation("doctor", "[options]")}

Checks what only a person can do, and the traps of a first deployment: each with a verdict and its fix. It changes
nothing. Exits with 0 when nothing must be done, 1 when something must, 2 when something could not be seen.

  --json            the findings as JSON
${TARGET_USAGE}`;

const CHECKS = [...machineChecks, ...settingsChecks, ...accountChecks, ...mailChecks, ...dataChecks, ...runningChecks];

/** `doctor`: what is still to do. */
export async function doctorCommand(args: readonly string[], world?: World): Promise<number> {
  const { values } = readOptions(args, { json: { type: "boolean" }, ...TARGET_OPTIONS }, USAGE, 0);
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const progress = new Progress();
  if (process.stderr.isTTY) progress.show("looking …");
  const { patient, missing } = await meet(values, world ?? realWorld(values.profile));
  const findings = [...(await examine(CHECKS, patient)), ...missing];
  progress.end();
  const code = exitCode(findings);
  if (values.json) console.log(JSON.stringify({ stack: patient.stack ?? "local", exitCode: code, findings }, null, 2));
  else for (const line of report(findings)) console.log(line);
  return code;
}

/** What is said where there is nothing to look at yet. */
const NO_STACK: Finding = {
  section: "Stack",
  title: "stack",
  verdict: "to do",
  detail: "there is none to look at: none runs in this folder, and --stack names none on AWS",
  fix: `${invocation("local")} in another terminal; or, for AWS, pulumi stack init dev, and then ${invocation("doctor", "--stack dev")}`,
  must: true,
};

/** The stack as far as it can be reached; what is missing of it is a finding, since a first deployment starts without. */
async function meet(target: Target, world: World): Promise<{ patient: Patient; missing: Finding[] }> {
  const missing: Finding[] = [];
  const miss = (title: string, error: unknown): undefined => {
    if (!(error instanceof CliError)) throw error;
    missing.push({ section: "Stack", title, verdict: "to do", detail: error.message, must: true });
    return undefined;
  };
  const access = await openTarget(target).catch((error: unknown) => miss("outputs", error));
  if (!access && target.stack === undefined && target.profile === undefined && target.region === undefined)
    missing.splice(0, missing.length, NO_STACK);
  const settings =
    target.stack === undefined ? undefined : await readSettings(target.stack, target.profile).catch(() => undefined);
  const region = target.region ?? settings?.["aws:region"] ?? process.env["AWS_REGION"];
  const connection = { region: region ?? "", ...(target.profile === undefined ? {} : { profile: target.profile }) };
  const aws =
    access?.aws ?? (target.stack === undefined || region === undefined ? undefined : new AwsClients(connection));
  let operations;
  try {
    operations = access?.operations;
  } catch (error) {
    miss("operations", error);
  }
  return { patient: { world, stack: target.stack, local: access?.local, settings, aws, operations }, missing };
}

/** Settings by name; those of the project without its prefix, secrets without their value. */
async function readSettings(stack: string, profile: string | undefined): Promise<Record<string, string>> {
  const all = (await pulumiJson(["config", "--json", "--stack", stack], profile)) as Record<string, { value?: string }>;
  return Object.fromEntries(
    Object.entries(all).map(([name, { value }]) => [
      name.startsWith("aws:") ? name : name.replace(/^[^:]+:/, ""),
      value ?? "",
    ]),
  );
}

function exitCode(findings: readonly Finding[]): 0 | 1 | 2 {
  if (findings.some(({ verdict, must }) => verdict === "to do" && must !== false)) return 1;
  return findings.some(({ verdict }) => verdict === "cannot see") ? 2 : 0;
}

const MARKS = {
  ok: pc.green("ok        "),
  "to do": pc.red("to do     "),
  "cannot see": pc.yellow("cannot see"),
} as const;

function report(findings: readonly Finding[]): string[] {
  const lines: string[] = [];
  let section = "";
  for (const finding of findings) {
    if (finding.section !== section) lines.push("", pc.bold(finding.section));
    section = finding.section;
    lines.push(`  ${MARKS[finding.verdict]}  ${finding.title}: ${finding.detail}`);
    if (finding.fix !== undefined)
      lines.push(`              ${pc.dim(finding.must === false ? "could:" : "do:")} ${finding.fix}`);
  }
  const count = (of: Finding["verdict"]): number => findings.filter(({ verdict }) => verdict === of).length;
  return [...lines, "", `${count("ok")} ok, ${count("to do")} to do, ${count("cannot see")} cannot be seen`];
}
