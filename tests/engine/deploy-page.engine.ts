import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { DnsRecord } from "../../components";
import { operatorCredentials } from "../../local/services/iam";
import { ISSUER_PATH } from "../../local/issuer";
import { ROOT } from "../helpers/command";
import type { Checkout } from "./helpers/checkout";
import { World } from "./helpers/world";

const PAGE = "docs/how-to/deploy-to-aws.md";

/** The commands of a page's shell blocks, in order; lines that end with a backslash go on. */
function commandsOf(page: string): string[] {
  const blocks = [...readFileSync(join(ROOT, page), "utf8").matchAll(/^```sh\n([^]*?)^```/gm)];
  return blocks.flatMap(([, block = ""]) =>
    block
      .replace(/\\\n\s*/g, "")
      .split("\n")
      .map((line) => line.replace(/\s+#\s.*$/, "").trim())
      .filter((line) => line !== ""),
  );
}

interface Said {
  readonly command: string;
  readonly code: number;
  readonly text: string;
}

describe(`The commands of ${PAGE}, in order`, () => {
  let world: World;
  let checkout: Checkout;
  const said: Said[] = [];
  const answerOf = (command: RegExp): Said => {
    const found = said.find((one) => command.test(one.command));
    if (!found) throw new Error(`${PAGE} has no command like ${String(command)}.`);
    return found;
  };

  before(async () => {
    world = await World.start();
    checkout = world.checkout();
    // As it comes: with placeholders, nothing set by the tests.
    cpSync(join(ROOT, "Pulumi.dev.yaml"), join(checkout.path, "Pulumi.dev.yaml"));
    cpSync(join(ROOT, "local"), join(checkout.path, "local"), { recursive: true });
    asWithAccount(world, checkout);
  });
  after(() => world.close());

  /** Runs a command as a person types it who says yes to what Pulumi asks. */
  function type(command: string): Promise<Said> {
    const { cloud } = world.host;
    const script = `
      pulumi() {
        case "$1" in
          up) shift; command pulumi up --yes --skip-preview --suppress-progress "$@" ;;
          *) command pulumi "$@" --non-interactive ;;
        esac
      }
      ${command}`;
    const { npm_lifecycle_event: _, ...own } = process.env;
    const env = {
      ...own,
      ...world.environment(),
      AWS_CONFIG_FILE: join(world.folder, "aws/config"),
      AWS_SHARED_CREDENTIALS_FILE: join(world.folder, "aws/credentials"),
      AWS_ENDPOINT_URL: cloud.endpoint,
      AWS_PROFILE: "my-game-dev",
      NO_COLOR: "1",
    };
    return new Promise((resolve) => {
      execFile("bash", ["-c", script], { cwd: checkout.path, env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
        resolve({ command, code, text: `${stdout}${stderr}` });
      });
    });
  }

  it("run to a first message that is delivered", async () => {
    const issuer = `${world.host.cloud.endpoint}${ISSUER_PATH}`;
    for (const line of commandsOf(PAGE)) {
      // The checkout is installed, and the profile is in the environment of each command.
      if (/^(npm ci|export AWS_PROFILE)/.test(line)) continue;
      const command = line.replace("https://<your OIDC issuer>/", issuer).replace("<your domain>", "players.test");
      const one = await type(command);
      said.push(one);
      world.note(`${String(one.code)} ${command}`);
      if (process.env["ENGINE_TIMES"] !== undefined) world.note(one.text);
      // Doctor's exit code says whether something is to do; that is judged below.
      if (!command.startsWith("npm run doctor")) expect(one.code, `${command}\n${one.text}`).to.equal(0);
    }
    expect(said.length).to.be.greaterThan(10);
  });

  it("preview what comes up", () => {
    const planned = /(\d+) to create/.exec(answerOf(/^pulumi preview/).text)?.[1];
    expect(answerOf(/^pulumi up/).text).to.include(`${planned ?? "?"} created`);
  });

  it("let doctor say what is there, and what is still to do, before and after", () => {
    const [machine, before, afterwards] = said.filter(({ command }) => command.startsWith("npm run doctor"));
    expect(machine?.text)
      .to.match(/ok +Pulumi CLI: v3\./)
      .and.to.match(/ok +AWS CLI/);
    expect(before?.text)
      .to.match(/ok +placeholders/)
      .and.to.include('Stack "dev" has no outputs yet: run `pulumi up');
    expect(before?.code).to.equal(1);
    for (const ready of [
      "identity: hello@dev.players.test is verified",
      "catalog policy: admits",
      "logging role: arn:",
    ])
      expect(afterwards?.text).to.match(new RegExp(`ok +.*${ready}`));
    expect(afterwards?.text).to.match(/to do +DKIM/);
  });

  it("verify the sender's domain beside its address, and tell what to publish", () => {
    const records = JSON.parse(answerOf(/^pulumi stack output dnsRecords/).text) as DnsRecord[];
    expect(records.map(({ purpose, type }) => `${purpose} ${type}`)).to.deep.equal([
      "DKIM CNAME",
      "DKIM CNAME",
      "DKIM CNAME",
      "MAIL FROM MX",
      "SPF TXT",
      "DMARC TXT",
    ]);
    const [, , , signed] = said.filter(({ command }) => command.startsWith("npm run doctor"));
    for (const ready of ["identity: dev.players.test is verified", "DKIM: signed for", "MAIL FROM: mail.dev.players"])
      expect(signed?.text).to.match(new RegExp(`ok +${ready}`));
    const [, again] = said.filter(({ command }) => command.startsWith("pulumi up"));
    expect(again?.text)
      .to.match(/\+ +2 created/)
      .and.not.to.match(/deleted|replaced/);
  });

  it("end with the history of a delivered message", () => {
    expect(answerOf(/^npm run send/).text).to.match(/delivered/);
  });
});

/** An AWS profile of the account, and of the AWS CLI the one command that the page needs. */
function asWithAccount(world: World, checkout: Checkout): void {
  const { cloud } = world.host;
  const { accessKeyId, secretAccessKey } = operatorCredentials(cloud);
  mkdirSync(join(world.folder, "aws"));
  writeFileSync(join(world.folder, "aws/config"), `[profile my-game-dev]\nregion = ${cloud.region}\n`);
  writeFileSync(
    join(world.folder, "aws/credentials"),
    `[my-game-dev]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
  );
  writeFileSync(
    join(world.folder, "bin/aws"),
    `#!${process.execPath}
"use strict";
const { writeFileSync } = require("node:fs");
const { parseArgs } = require("node:util");
const { InvokeCommand, LambdaClient } = require(${JSON.stringify(join(checkout.path, "node_modules/@aws-sdk/client-lambda"))});
const text = { type: "string" };
const { values, positionals } = parseArgs({
  options: { version: { type: "boolean" }, "function-name": text, "cli-binary-format": text, payload: text },
  allowPositionals: true,
});
const [service, operation, file] = positionals;
if (values.version) console.log("aws-cli/2.0.0");
else if (service !== "lambda" || operation !== "invoke" || !file) throw new Error("aws " + process.argv.slice(2).join(" "));
else
  new LambdaClient({})
    .send(new InvokeCommand({ FunctionName: values["function-name"], Payload: Buffer.from(values.payload) }))
    .then(({ StatusCode, FunctionError, Payload }) => {
      writeFileSync(file, Payload);
      console.log(JSON.stringify({ StatusCode, FunctionError }));
      if (FunctionError) process.exitCode = 1;
    });
`,
    { mode: 0o755 },
  );
}
