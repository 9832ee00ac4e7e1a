import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { Operations } from "../../../../components/operations/operations";
import { iamEngine, operatorCredentials } from "../../../../local/services/iam";
import { writeStackFile } from "../../../../local/stack-file";
import type { Ending } from "../../../helpers/command";
import { runInProcess } from "../../../helpers/in-process-command";
import { TestStack } from "../../../helpers/local-stack";

type Run = (args: readonly string[]) => Promise<number>;

/** Keys as the SDK's default chain reads them. */
export type Keys = Readonly<Record<string, string | undefined>>;

const NO_KEYS: Keys = {
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
  AWS_SESSION_TOKEN: undefined,
  AWS_PROFILE: undefined,
};

/** The main program on a local cloud, as operators meet it: in its folder, and from afar through a Pulumi CLI and AWS. */
export class OperatorStack {
  private constructor(
    readonly stack: TestStack,
    readonly folder: string,
    private readonly removeFile: () => void,
  ) {}

  static async start(): Promise<OperatorStack> {
    const stack = await TestStack.start();
    const folder = mkdtempSync(join(tmpdir(), "games-messaging-operator-"));
    const { cloud } = stack;
    const written = writeStackFile(join(folder, ".local"), {
      version: 1,
      pid: process.pid,
      startedAt: new Date(cloud.clock.now()).toISOString(),
      endpoint: cloud.endpoint,
      region: cloud.region,
      accountId: cloud.accountId,
      operator: operatorCredentials(cloud),
      outputs: stack.stack.evaluation.outputs,
      websocket: {
        url: stack.stack.output("url"),
        protocol: stack.stack.output("protocol"),
        tokenPrefix: "bearer.",
        actions: [],
      },
      inbox: `${cloud.endpoint}/inbox`,
      console: `${cloud.endpoint}/`,
      players: [],
    });
    const own = new OperatorStack(stack, folder, written.remove);
    own.pulumi(STAND_IN);
    // From afar nothing else is known.
    const { operations } = stack.stack.evaluation.outputs;
    writeFileSync(join(folder, "outputs.json"), JSON.stringify({ operations }));
    return own;
  }

  /** Puts a stand-in for the Pulumi CLI on the PATH. */
  pulumi(script: string): void {
    mkdirSync(join(this.folder, "bin"), { recursive: true });
    const file = join(this.folder, "bin", "pulumi");
    writeFileSync(file, script.replaceAll("FOLDER", this.folder));
    chmodSync(file, 0o755);
  }

  get operator(): Keys {
    const { accessKeyId, secretAccessKey } = operatorCredentials(this.stack.cloud);
    return { ...NO_KEYS, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  }

  /** Keys of a role that may do only this. */
  async role(name: string, actions: readonly string[]): Promise<Keys> {
    const { cloud } = this.stack;
    const types = cloud.services.get("iam")!.resourceTypes;
    const context = {
      name,
      type: "aws:iam/role:Role",
      urn: `urn:pulumi:test::test::role::${name}`,
      cloud,
      physicalName: () => name,
    };
    const trust = {
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${cloud.accountId}:root` }, Action: "sts:AssumeRole" },
      ],
    };
    const role = await types["aws:iam/role:Role"]!.create({ name, assumeRolePolicy: JSON.stringify(trust) }, context);
    const policy = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }] };
    await types["aws:iam/rolePolicy:RolePolicy"]!.create(
      { name: `${name}-policy`, role: role.id, policy: JSON.stringify(policy) },
      context,
    );
    const sts = new STSClient({
      endpoint: cloud.endpoint,
      region: cloud.region,
      credentials: operatorCredentials(cloud),
    });
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${cloud.accountId}:role/${name}`, RoleSessionName: "operator" }),
    );
    sts.destroy();
    return {
      ...NO_KEYS,
      AWS_ACCESS_KEY_ID: Credentials?.AccessKeyId,
      AWS_SECRET_ACCESS_KEY: Credentials?.SecretAccessKey,
      AWS_SESSION_TOKEN: Credentials?.SessionToken,
    };
  }

  /** Gives a role these statements in place of all that it had. */
  grant(name: string, statements: readonly object[]): void {
    const Statement = statements.length > 0 ? statements : NOTHING;
    iamEngine(this.stack.cloud).store.putInline(name, `${name}-policy`, { Version: "2012-10-17", Statement });
  }

  /** Runs a command in the stack's folder, on the local stack. */
  here(run: Run, ...args: readonly string[]): Promise<Ending> {
    return runInProcess(run, args, { folder: this.folder });
  }

  /** Runs a command on "dev", through the stand-in and the SDK's default chain. */
  afar(run: Run, keys: Keys, ...args: readonly string[]): Promise<Ending> {
    return this.away(run, { ...keys }, ...args, "--stack", "dev");
  }

  /** Runs a command with the variables of a machine that knows AWS, changed by `env`. */
  away(run: Run, env: Keys, ...args: readonly string[]): Promise<Ending> {
    return runInProcess(run, args, {
      folder: this.folder,
      env: {
        PATH: `${join(this.folder, "bin")}:/usr/bin:/bin`,
        HOME: this.folder,
        AWS_ENDPOINT_URL: this.stack.cloud.endpoint,
        AWS_EC2_METADATA_DISABLED: "true",
        AWS_REGION: undefined,
        AWS_DEFAULT_REGION: undefined,
        ...NO_KEYS,
        ...env,
      },
    });
  }

  /** Texts of the result files of segment runs. */
  resultFiles(): string[] {
    const { cloud, stack } = this.stack;
    const { segments } = stack.evaluation.outputs["operations"] as Operations;
    const folder = join(cloud.folder, "s3", segments?.resultsBucket ?? "", "results");
    const names = readdirSync(folder).filter((name) => name.endsWith(".csv"));
    return names.map((name) => readFileSync(join(folder, name), "utf8"));
  }

  async close(): Promise<void> {
    this.removeFile();
    await this.stack.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const NOTHING = [{ Effect: "Allow", Action: "sts:GetCallerIdentity", Resource: "*" }];

/** Knows one stack, `dev`, and answers as the CLI does. */
const STAND_IN = `#!/bin/sh
case "$*" in
  "stack output --json --stack dev --non-interactive") cat FOLDER/outputs.json ;;
  "stack output --json --stack empty --non-interactive") echo '{}' ;;
  "version") echo v3.270.0 ;;
  "whoami --non-interactive") echo ada ;;
  "config --json --stack dev --non-interactive") cat FOLDER/config.json ;;
  *) echo "error: no stack named 'nope' found" >&2; exit 255 ;;
esac
`;
