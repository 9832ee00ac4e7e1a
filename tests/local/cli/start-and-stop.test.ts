import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { StackFile } from "../../../local/stack-file";
import { CLI, Command } from "../../helpers/command";
import { ProgramFolder } from "../../helpers/program-folder";
import { until } from "../../helpers/until";

/** Resources whose ids are left to chance. */
const PROGRAM = `import * as aws from "@pulumi/aws";
const key = new aws.kms.Key("key", {});
const api = new aws.apigatewayv2.Api("api", { protocolType: "WEBSOCKET", routeSelectionExpression: "$request.body.action" });
export const keyId = key.keyId;
export const apiId = api.id;
`;

describe("A local stack that is started and stopped", function () {
  this.timeout(60_000);
  const folder = new ProgramFolder({ "index.ts": PROGRAM });
  const file = join(folder.path, ".local", "stack.json");
  const commands: Command[] = [];
  let stack: StackFile;

  after(() => {
    for (const command of commands) command.kill();
    folder.remove();
  });

  function start(...args: readonly string[]): Command {
    const command = Command.start([...CLI, "local", "--port", "0", "--seed", "7", ...args], folder.path);
    commands.push(command);
    return command;
  }

  it("writes its file, for this user only, when it is ready, and ends on Ctrl-C", async () => {
    const command = start("--json", "--quiet", "--players", "12");
    stack = await command.line((line) => JSON.parse(line) as StackFile, "the stack");
    expect(JSON.parse(readFileSync(file, "utf8"))).to.deep.equal(stack);
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect(stack.players).to.have.length(10);
    expect((await fetch(`${stack.endpoint}/_local/health`)).status).to.equal(200);

    const { code, output, errors } = await command.stop("SIGINT", stack.pid);
    expect({ code, errors, lines: output.split("\n").length }).to.deep.equal({ code: 0, errors: "", lines: 1 });
    expect(existsSync(file)).to.equal(false);
    await until(() => !command.leftBehind, "every process to be gone");
  });

  it("has the same ids with the same seed, prints a banner, and ends on a request to end", async () => {
    const command = start();
    await command.line((line) => line.includes("Ctrl-C ends everything"), "the banner");
    const again = JSON.parse(readFileSync(file, "utf8")) as StackFile;
    expect(again.outputs).to.deep.equal(stack.outputs);
    expect(again.operator).to.deep.equal(stack.operator);
    const banner = command.lines.join("\n");
    for (const part of [
      /games-messaging local cloud {3}ready in \d+\.\d s/,
      `AWS APIs      ${again.endpoint}`,
      `Inbox         ${again.inbox}`,
      `AWS_ACCESS_KEY_ID=${again.operator.accessKeyId}`,
      "2 resources in all",
      "nothing: every declared type is played",
      "export the gateway's address as `url`",
      "Handlers reload when their source changes. Ctrl-C",
    ]) {
      if (typeof part === "string") expect(banner).to.include(part);
      else expect(banner).to.match(part);
    }

    const { code } = await command.stop("SIGTERM", again.pid);
    expect(code).to.equal(0);
    expect(existsSync(file)).to.equal(false);
    await until(() => !command.leftBehind, "every process to be gone");
  });

  it("takes a folder over from one that was killed", async () => {
    const killed = start("--json", "--quiet");
    const { pid } = await killed.line((line) => JSON.parse(line) as StackFile, "the stack");
    process.kill(pid, "SIGKILL");
    await killed.ended;
    expect(existsSync(file)).to.equal(true);
    // Its id may be another process's by now.
    const left = JSON.parse(readFileSync(file, "utf8")) as StackFile;
    writeFileSync(file, JSON.stringify({ ...left, pid: process.pid }));
    const { code, errors } = await Command.run([...CLI, "player", "ada"], folder.path);
    expect({ code, errors }).to.deep.equal({
      code: 1,
      errors:
        "The local stack that .local/stack.json names does not answer: it has ended, or was killed. Start it again.\n",
    });

    const command = start("--json", "--quiet");
    const next = await command.line((line) => JSON.parse(line) as StackFile, "the next stack");
    expect(next.pid).not.to.equal(pid);
    expect((await command.stop("SIGINT", next.pid)).code).to.equal(0);
  });

  it("runs an ES module without `main`, and says that it cannot be read anew", async () => {
    const modules = new ProgramFolder({
      "Pulumi.yaml": "name: modules\nruntime: nodejs\n",
      "package.json": '{"type":"module"}',
      "index.js": 'import * as aws from "@pulumi/aws";\nexport const keyId = new aws.kms.Key("key", {}).keyId;\n',
    });
    rmSync(join(modules.path, "index.ts"));
    const command = Command.start([...CLI, "local", "--port", "0", "--json"], modules.path);
    commands.push(command);
    const { outputs } = await command.line((line) => JSON.parse(line) as StackFile, "the stack");
    expect(outputs["keyId"]).to.be.a("string");
    modules.replace("index.js", "{}", "{ deletionWindowInDays: 7 }");
    const { error } = await command.line((line) => {
      const event = JSON.parse(line) as { kind?: string; error?: string };
      return event.kind === "reload" ? event : undefined;
    }, "the reload");
    expect(error).to.equal("index.js is an ES module, which Node.js reads once only. Restart to run it anew.");
    expect((await command.stop("SIGINT")).code).to.equal(0);
    modules.remove();
  });

  it("is missed by the commands that need it", async () => {
    const { code, output, errors } = await Command.run([...CLI, "send", "ada", "welcome"], folder.path);
    expect({ code, output }).to.deep.equal({ code: 1, output: "" });
    expect(errors).to.match(/^No local stack runs in this folder\. Start one with `npm run local`.+\n$/);
  });
});
