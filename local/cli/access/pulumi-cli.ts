import { execFile } from "node:child_process";
import { CliError } from "../errors";

/** Milliseconds for a look into the state; a backend in the cloud takes seconds. */
const MOST_MS = 60_000;

/** What stands between a person and a stack's outputs. */
const REASONS: readonly (readonly [sign: RegExp, sentence: (said: string) => string])[] = [
  [
    /no stack named/i,
    (said) =>
      `There is no such stack: ${said}. \`pulumi stack ls\` lists those of this project, \`pulumi stack init\` makes one.`,
  ],
  [
    /PULUMI_ACCESS_TOKEN must be set|no Pulumi access token|not logged in/i,
    () =>
      "The Pulumi CLI is not logged in: run `pulumi login` (or `pulumi login s3://…`, `pulumi login --local`) first.",
  ],
  [
    /no Pulumi\.yaml project file|fully qualified name/i,
    () =>
      `There is no Pulumi.yaml in ${process.cwd()} or above: run the command in the program's folder, or give the full name organization/project/stack.`,
  ],
  [
    /passphrase/i,
    () => "The stack's secrets are under a passphrase: set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE.",
  ],
];

/**
 * Runs the Pulumi CLI and reads its answer; secrets stay hidden, since it is never asked to show them.
 * @throws CliError that says whether the CLI, the login, the project or the stack is missing.
 */
export async function pulumiJson(args: readonly string[], profile: string | undefined): Promise<unknown> {
  const text = await pulumi([...args, "--non-interactive"], profile);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new CliError(`\`pulumi ${args.join(" ")}\` did not answer with JSON: ${firstLine(text)}`);
  }
}

/** @throws CliError when the CLI is not there or refuses. */
export function pulumi(args: readonly string[], profile?: string): Promise<string> {
  const env = {
    ...process.env,
    // A backend in S3 is read with the same profile.
    ...(profile === undefined ? {} : { AWS_PROFILE: profile }),
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  return new Promise((resolve, reject) => {
    execFile("pulumi", args, { env, timeout: MOST_MS, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (!error) resolve(stdout);
      else reject(refusal(args, error, stderr));
    });
  });
}

function refusal(
  args: readonly string[],
  error: Error & { code?: unknown; killed?: boolean },
  stderr: string,
): CliError {
  if (error.code === "ENOENT") {
    return new CliError(
      "The Pulumi CLI is not on the PATH: install it (https://www.pulumi.com/docs/install/) and run `pulumi login`, " +
        "or leave --stack out to use the local stack.",
    );
  }
  if (error.killed) return new CliError(`\`pulumi ${args.join(" ")}\` gave no answer within ${MOST_MS / 1000} s.`);
  const said = firstLine(stderr.replace(/^error:\s*/im, ""));
  const reason = REASONS.find(([sign]) => sign.test(stderr));
  return new CliError(reason ? reason[1](said.replace(/\.$/, "")) : `\`pulumi ${args.join(" ")}\` failed: ${said}`);
}

function firstLine(text: string): string {
  return (
    text
      .split("\n")
      .map((line) => line.trim())
      .find((line) => line !== "") ?? "(no output)"
  );
}
