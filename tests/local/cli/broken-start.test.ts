import { existsSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { CliError } from "../../../local/cli/errors";
import { localCommand } from "../../../local/cli/local";
import { checkNode } from "../../../local/cli/node-version";
import { CLI, Command } from "../../helpers/command";
import { ProgramFolder } from "../../helpers/program-folder";

/** The first lines of the main program: settings and key. */
const HEAD = `import * as aws from "@pulumi/aws";
import { EncryptionKey, RealtimeGateway } from "./components";
import { readSettings } from "./config";
const settings = readSettings();
const key = new EncryptionKey("messaging", { retainOnDelete: settings.protect });
`;

describe("The local command refuses", function () {
  this.timeout(60_000);
  const folder = new ProgramFolder();
  const before = process.cwd();

  beforeEach(() => process.chdir(folder.path));
  afterEach(() => process.chdir(before));
  after(() => folder.remove());

  /** The message with which a start ends, as the command line prints it. */
  async function refusal(...args: readonly string[]): Promise<string> {
    try {
      await localCommand(args);
    } catch (error) {
      if (error instanceof CliError) return error.message;
      throw error;
    }
    throw new Error("The stack was started.");
  }

  /** The message with which a program's start ends. */
  async function brokenProgram(program: string): Promise<string> {
    folder.write("index.ts", HEAD + program);
    const message = await refusal("--port", "0");
    expect(existsSync(join(folder.path, ".local", "stack.json"))).to.equal(false);
    expect(message).not.to.match(/^\s*at /m);
    return message;
  }

  it("an option that it does not know, and says which there are", async () => {
    expect(await refusal("--prot", "80"))
      .to.match(/^Unknown option '--prot'/)
      .and.to.include("--port N");
  });

  it("an argument that it does not know", async () => {
    expect(await refusal("start")).to.match(/^Unknown argument "start"\./);
  });

  for (const [args, message] of [
    [["--port", "web"], '--port: got "web"; expected a whole number from 0 to 65535.'],
    [["--players", "-1"], '--players: got "-1"; expected a whole number from 0 to 100000.'],
    [["--seed", "1.5"], '--seed: got "1.5"; expected a whole number from 0 to 4294967295.'],
  ] as const) {
    it(`${args.join(" ")}, and says what is allowed`, async () => {
      expect(await refusal(...args)).to.include(message);
    });
  }

  it("an old Node.js", () => {
    expect(() => checkNode("18.20.4")).to.throw(CliError, "Node.js 18.20.4 is too old; install Node.js 20 or newer.");
    expect(() => checkNode("20.0.0")).not.to.throw();
    expect(() => checkNode(process.versions.node)).not.to.throw();
  });

  it("a folder without a program", async () => {
    process.chdir(join(folder.path, "node_modules"));
    expect(await refusal()).to.match(/^There is no Pulumi\.yaml in \S+; run the command in a program's folder\.$/);
  });

  it("a folder without the program's file", async () => {
    const program = folder.read("index.ts");
    rmSync(join(folder.path, "index.ts"));
    try {
      expect(await refusal("--port", "0")).to.equal(
        `There is no index.ts in ${process.cwd()}; Pulumi.yaml's "main" may name another file.`,
      );
    } finally {
      folder.write("index.ts", program);
    }
  });

  it("a stack without settings, and says which there are", async () => {
    expect(await refusal("--port", "0", "--stack", "nosuch")).to.equal(
      "There is no Pulumi.nosuch.yaml; there is only local.",
    );
  });

  it("a port that is in use, in one sentence that says what to do", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    try {
      expect(await refusal("--port", String(port))).to.equal(
        `Port ${port} is in use. Stop what runs there, or take a free one: npm run local -- --port 0`,
      );
    } finally {
      server.close();
    }
  });

  it("a program with a syntax error, by file, line and column", async () => {
    expect(await brokenProgram("const a = = 1;\n")).to.equal(
      "The program could not be started:\n  index.ts:6:11: Expression expected.",
    );
  });

  it("a program that makes a mistake, by line", async () => {
    expect(
      await brokenProgram("const none = undefined as unknown as string[];\n\nexport const n = none.length;\n"),
    ).to.equal(
      "The program could not be started:\n" +
        "  index.ts:8:23: TypeError: Cannot read properties of undefined (reading 'length')",
    );
  });

  it("a wrong argument of a component, by line, with what is allowed", async () => {
    const gateway = 'new RealtimeGateway("gateway", { key, auth: { issuer: "nowhere", audience: "x" } });\n';
    expect(await brokenProgram(gateway)).to.match(
      /^The program could not be started:\n {2}index\.ts:6:1: auth\.issuer for "gateway": got "nowhere"; expected an? http\S* .+$/,
    );
  });

  it("resources that refuse what they are given, each by type and name", async () => {
    const table =
      'new aws.dynamodb.Table("scores", { hashKey: "id", attributes: [], billingMode: "PAY_PER_REQUEST" });\n';
    expect(await brokenProgram(table)).to.match(
      /^The program could not be started:\n {2}aws:dynamodb\/table:Table "scores": /,
    );
  });

  it("settings, all that are wrong at once", async () => {
    const settings = folder.read("Pulumi.local.yaml");
    try {
      folder.write(
        "Pulumi.local.yaml",
        settings.replace(/issuer: .*/, "issuer: nowhere").replace("alarms: all", "alarms: some"),
      );
      const message = await brokenProgram("");
      expect(message).to.include('The settings of stack "local" need mending:');
      expect(message).to.include('issuer: got "nowhere"; expected an https address, e.g. https://');
      expect(message).to.include('alarms: got "some"; expected one of all, essential, none.');
      folder.write("Pulumi.local.yaml", "config: [a: : b\n");
      expect(await brokenProgram("")).to.match(/^Pulumi\.local\.yaml: not valid YAML: .+ line 1/);
    } finally {
      folder.write("Pulumi.local.yaml", settings);
    }
  });

  it("a closure that captures what Lambda cannot have, in one sentence and nothing else", async () => {
    folder.write(
      "index.ts",
      `${HEAD}const gateway = new RealtimeGateway("gateway", { key, auth: { issuer: settings.issuer, audience: settings.audience } });
const scores = new Map<string, number>();
gateway.route("score", { type: "object", properties: {} }, async (context) => ({ score: scores.get(context.playerId) ?? 0 }));
`,
    );
    const { code, output, errors } = await Command.run([...CLI, "local", "--port", "0"], folder.path);
    expect({ code, output }).to.deep.equal({ code: 1, output: "" });
    const [first, problem, ...more] = errors.trimEnd().split("\n");
    expect(first).to.equal("The program could not be started:");
    expect(problem).to.match(
      /^ {2}captured variable "scores" of .+ for "gateway-route-score": got a Map; expected .+\. .+\.$/,
    );
    expect(more).to.deep.equal([]);
  });

  it("a command that there is not, and lists those that there are", async () => {
    const { code, output, errors } = await Command.run([...CLI, "lokal"], folder.path);
    expect({ code, output }).to.deep.equal({ code: 1, output: "" });
    expect(errors).to.equal(
      'Unknown command "lokal"; expected one of local, demo, player, send, follow, segment, redrive, players, rights, doctor.\n',
    );
  });
});

describe("The command line", () => {
  for (const [words, extra] of [
    [["demo", "extra"], "extra"],
    [["player", "ada", "bob"], "bob"],
    [["send", "ada", "welcome", "now"], "now"],
    [["segment", "active", "evening"], "evening"],
  ] as const) {
    it(`refuses the last word of ${words.join(" ")}`, async () => {
      const { code, output, errors } = await Command.run([...CLI, ...words], process.cwd());
      expect({ code, output }).to.deep.equal({ code: 1, output: "" });
      expect(errors.split("\n")[0]).to.equal(`Unknown argument "${extra}".`);
    });
  }

  it("lists its commands", async () => {
    const { code, output, errors } = await Command.run([...CLI, "--help"], process.cwd());
    expect({ code, errors }).to.deep.equal({ code: 0, errors: "" });
    for (const command of ["local", "demo", "player", "send", "follow", "segment", "redrive", "players", "doctor"]) {
      expect(output).to.match(new RegExp(`^ {2}${command} +\\w`, "m"));
    }
  });
});
