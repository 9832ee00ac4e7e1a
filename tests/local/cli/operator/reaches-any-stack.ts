import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { doctorCommand } from "../../../../local/cli/doctor";
import { followCommand } from "../../../../local/cli/follow";
import { playersCommand } from "../../../../local/cli/players";
import { redriveCommand } from "../../../../local/cli/redrive";
import { segmentCommand } from "../../../../local/cli/segment";
import { sendCommand } from "../../../../local/cli/send";
import type { Ending } from "../../../helpers/command";
import type { Keys, OperatorStack } from "./operator-stack";

const EVERY = [
  [sendCommand, "ada", "welcome"],
  [followCommand, "ada", "x"],
  [segmentCommand, "active-30-days"],
  [redriveCommand],
  [playersCommand, "show", "ada"],
] as const;

/** The same commands reach a local stack by its file, and any other by a Pulumi CLI and the SDK's own credentials. */
export function reachesAnyStack(stack: () => OperatorStack): void {
  let none: Keys;
  let enqueuer: Keys;

  before(async () => {
    none = {};
    // Before the SDK first looks: it reads its files once.
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = stack().operator;
    mkdirSync(join(stack().folder, ".aws"), { recursive: true });
    writeFileSync(
      join(stack().folder, ".aws", "credentials"),
      `[studio]\naws_access_key_id = ${AWS_ACCESS_KEY_ID ?? ""}\naws_secret_access_key = ${AWS_SECRET_ACCESS_KEY ?? ""}\n`,
    );
    enqueuer = await stack().role("enqueuer", ["lambda:InvokeFunction"]);
  });

  /** One clear sentence, no output, not 0. */
  function refused({ code, output, errors }: Ending): string {
    expect({ code, output }).to.deep.equal({ code: 1, output: "" });
    expect(errors.split("\n")).to.have.length(1);
    return errors;
  }

  it("send and follow a message by outputs alone, as they do locally", async () => {
    const sent = await stack().afar(sendCommand, stack().operator, "ada", "welcome");
    expect({ code: sent.code, errors: sent.errors }, sent.output).to.deep.equal({ code: 0, errors: "" });
    const lines = sent.output.split("\n");
    const id = /^Enqueued: message (\S+) for ada$/.exec(lines[0] ?? "")?.[1] ?? "";
    expect(lines.at(-1)).to.equal("delivered");
    const afar = await stack().afar(followCommand, stack().operator, "ada", id);
    expect([afar.code, afar.output.split("\n").at(-1)]).to.deep.equal([0, "delivered"]);
    expect(await stack().here(followCommand, "ada", id)).to.deep.equal(afar);
  });

  it("run a segment to its end", async () => {
    await fetch(`${stack().stack.cloud.endpoint}/_local/zero-etl/refresh`, { method: "POST" });
    const { code, output, errors } = await stack().afar(
      segmentCommand,
      stack().operator,
      "active-30-days",
      "--run",
      "afar",
    );
    expect({ code, errors }, output).to.deep.equal({ code: 0, errors: "" });
    expect(output.split("\n")[0]).to.equal("Started run afar");
    expect(output.split("\n").at(-1)).to.match(/^done: 2 messages enqueued, 0 lines malformed/);
  });

  it("say which right is missing, and on what", async () => {
    const sent = await stack().afar(followCommand, enqueuer, "ada", "x");
    expect(refused(sent)).to.match(
      /^Too few rights: User: arn:aws:sts::123456789012:assumed-role\/enqueuer\/operator is not authorized to perform: dynamodb:GetItem on resource: (arn:aws:dynamodb:\S+:table\/messages-table-\w+) because no identity-based policy allows the dynamodb:GetItem action\. Ask for dynamodb:GetItem on \1\.$/,
    );
    expect(refused(await stack().afar(redriveCommand, enqueuer))).to.match(
      /^Too few rights: .* sqs:getqueueattributes on resource: arn:aws:sqs:\S+:gateway-checks-dlq-\w+ .*Ask for sqs:getqueueattributes on arn:aws:sqs:\S+\.$/i,
    );
    const noRights = await stack().role("nobody", ["sts:GetCallerIdentity"]);
    expect(refused(await stack().afar(sendCommand, noRights, "ada", "welcome"))).to.match(
      /^Too few rights: .* lambda:InvokeFunction on resource: arn:aws:lambda:\S+:messages-enqueue|^Too few rights: .*lambda:InvokeFunction on resource: \S+enqueue/,
    );
  });

  it("say that there are no credentials, expired ones, or a profile that gives none", async () => {
    for (const [run, ...args] of EVERY) {
      expect(refused(await stack().afar(run, none, ...args))).to.match(
        /^There are no AWS credentials \(.+\): give --profile NAME, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY\.$/,
      );
    }
    const unknown = { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY: "x" };
    expect(refused(await stack().afar(followCommand, unknown, "ada", "x"))).to.match(
      /^AWS does not know these credentials: /,
    );
    expect(refused(await stack().afar(followCommand, none, "ada", "x", "--profile", "ghost"))).to.match(
      /^The AWS profile "ghost" gives no credentials \(.+\): check ~\/\.aws\/config, or log in/,
    );
  });

  it("take a profile of the SDK's own files", async () => {
    const { code, output } = await stack().afar(playersCommand, none, "show", "ada", "--profile", "studio");
    expect([code, output.split("\n")[0]]).to.deep.equal([0, "player ada"]);
  });

  it("say that the CLI, the stack, its outputs or its login is missing", async () => {
    for (const [run, ...args] of EVERY) {
      expect(refused(await stack().away(run, stack().operator, ...args, "--stack", "nope"))).to.equal(
        "There is no such stack: no stack named 'nope' found. `pulumi stack ls` lists those of this project, `pulumi stack init` makes one.",
      );
    }
    expect(refused(await stack().away(sendCommand, stack().operator, "ada", "welcome", "--stack", "empty"))).to.equal(
      'Stack "empty" has no outputs yet: run `pulumi up --stack empty` first.',
    );
    expect(refused(await stack().away(redriveCommand, { PATH: "/nowhere" }, "--stack", "dev"))).to.match(
      /^The Pulumi CLI is not on the PATH: install it \(https:\S+\) and run `pulumi login`, or leave --stack out/,
    );
    expect(refused(await stack().away(redriveCommand, {}, "--profile", "studio"))).to.equal(
      "--profile and --region are for stacks on AWS: give --stack NAME too.",
    );
  });

  it("say that a stack is of another program, or its things of another account", async () => {
    const file = join(stack().folder, "outputs.json");
    const outputs = readFileSync(file, "utf8");
    const seen = async (value: unknown, commands: readonly (typeof EVERY)[number][] = EVERY): Promise<string[]> => {
      writeFileSync(file, JSON.stringify(value));
      const sentences: string[] = [];
      for (const [run, ...args] of commands)
        sentences.push(refused(await stack().afar(run, stack().operator, ...args, "--region", "us-east-1")));
      return sentences;
    };
    try {
      const another =
        /^The stack has no output "(enqueueFunction|messagesTable|segmentFunction)"; its program exports bucketName\.$/;
      const none = /^The stack has no output "operations" of version 1: add `export const operations = operationsOf\(/;
      for (const sentence of await seen({ bucketName: "pictures" }))
        expect(sentence).to.match(new RegExp(`${another.source}|${none.source}`));
      const { operations } = JSON.parse(outputs) as { operations: object };
      const moved = JSON.stringify({ operations }).replace(
        /(messages-table|gateway-players|messages-enqueue)[\w-]*/g,
        "gone",
      );
      const [send, follow] = EVERY;
      for (const sentence of await seen(JSON.parse(moved), [send, follow]))
        expect(sentence).to.match(
          /^AWS refused with ResourceNotFoundException: .*\. The outputs of stack "dev" are of account 123456789012 in us-east-1: are the credentials of that account, and is the stack still there\?$/,
        );
    } finally {
      writeFileSync(file, outputs);
    }
  });

  it("say that AWS cannot be reached", async () => {
    const gone = { ...stack().operator, AWS_ENDPOINT_URL: "http://127.0.0.1:9", AWS_MAX_ATTEMPTS: "1" };
    expect(refused(await stack().away(followCommand, gone, "ada", "x", "--stack", "dev"))).to.match(
      /^AWS could not be reached \(.*ECONNREFUSED.*\): check network and endpoint\.$/,
    );
  });

  it("explain themselves", async () => {
    for (const [run] of [...EVERY, [doctorCommand]] as const) {
      const { code, output } = await stack().here(run, "--help");
      expect(code).to.equal(0);
      expect(output)
        .to.match(/^Usage: /)
        .and.to.include("--stack NAME")
        .and.to.include("--profile NAME");
    }
  });
}
