import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { ACTIONS } from "../../../components/realtime-gateway/protocol";
import { completions } from "../../../local/cli/player";
import { reloadLine, type Reload } from "../../../local/cli/watch";
import { GameClient, RequestRefused } from "../../../local/game-client";
import type { StackFile } from "../../../local/stack-file";
import type { TraceEvent } from "../../../local/trace";
import { CLI, Command, type Ending } from "../../helpers/command";
import { ProgramFolder } from "../../helpers/program-folder";
import { until } from "../../helpers/until";

const ROUTES = `
gateway.route("dragon.greet", { type: "object", properties: {} }, async ({ playerId }) => ({ said: \`Hello \${playerId}\` }));
gateway.route("dragon.fight", { type: "object", properties: {} }, async () => {
  throw new RangeError("The dragon is not at home.");
});
`;

describe("A running local stack", function () {
  this.timeout(120_000);
  const folder = new ProgramFolder();
  let command: Command;
  let stack: StackFile;
  let ada: GameClient;

  before(async () => {
    folder.write("index.ts", folder.read("index.ts") + ROUTES);
    command = Command.start([...CLI, "local", "--port", "0", "--seed", "1", "--json", "--players", "3"], folder.path);
    stack = await command.line((line) => JSON.parse(line) as StackFile, "the stack", 90_000);
    ada = await enter("ada");
  });
  after(async () => {
    await ada.close();
    const { code, errors } = await command.stop("SIGINT", stack.pid);
    command.kill();
    folder.remove();
    expect({ code, errors }).to.deep.equal({ code: 0, errors: "" });
  });

  async function enter(id: string): Promise<GameClient> {
    const token = stack.players.find((player) => player.id === id)?.token ?? "";
    return GameClient.enter({ url: stack.websocket.url, protocol: stack.websocket.protocol, token });
  }

  const run = (args: readonly string[], input?: string): Promise<Ending> =>
    Command.run([...CLI, ...args], folder.path, input);

  /** The event of a run's end, of a function whose name ends so. */
  const failedRun = (): Promise<TraceEvent> =>
    command.line((line) => {
      const event = JSON.parse(line) as TraceEvent;
      return event.kind === "state" && event.data?.["loggedErrors"] !== undefined ? event : undefined;
    }, "the run that logged an error");

  it("has as many sample players as asked for", () => {
    expect(stack.players.map(({ id }) => id)).to.deep.equal(["ada", "grace", "alan"]);
  });

  it("shows where in TypeScript a handler failed", async () => {
    const refused = await ada.request("dragon.fight").catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(RequestRefused);
    const line =
      folder
        .read("index.ts")
        .split("\n")
        .findIndex((text) => text.includes("not at home")) + 1;
    const { name, data } = await failedRun();
    expect(name).to.include("dragon-fight");
    const [logged] = data?.["loggedErrors"] as { about: string; errorMessage: string; stack: string }[];
    expect(logged?.about).to.match(/^action dragon\.fight \S+$/);
    expect(logged?.errorMessage).to.equal("The dragon is not at home.");
    expect(logged?.stack.split("\n")[0]).to.match(new RegExp(`^at .*\\bindex\\.ts:${line}:\\d+\\)?$`));
    expect(logged?.stack).to.match(/components\/realtime-gateway\/route\.ts:\d+:\d+/);
  });

  it("takes a changed handler over while connections stay", async () => {
    expect(await ada.request("dragon.greet")).to.deep.equal({ said: "Hello ada" });
    folder.replace("index.ts", "Hello ${playerId}", "Welcome back, ${playerId}");
    const reload = await command.line((line) => {
      const event = JSON.parse(line) as { kind: string } & Reload;
      return event.kind === "reload" ? event : undefined;
    }, "the reload");
    expect(await ada.request("dragon.greet")).to.deep.equal({ said: "Welcome back, ada" });
    expect(reload.error).to.equal(undefined);
    expect(reload.modules).to.equal(1);
    expect(reload.functions).to.deep.equal(["gateway-route-dragon-greet"]);
    expect(reload.added).to.deep.equal([]);
    expect(ada.closeCode).to.equal(undefined);
  });

  it("names the function of a route that is added", async () => {
    const from = command.lines.length;
    const route = 'gateway.route("dragon.pet", { type: "object", properties: {} }, async () => ({ purrs: true }));\n';
    folder.replace("index.ts", "export const url", `${route}export const url`);
    const text = await command.line(
      (line) => (command.lines.indexOf(line) >= from && line.includes('"kind":"reload"') ? line : undefined),
      "the reload",
    );
    const reload = JSON.parse(text) as Reload;
    expect(reload.added).to.deep.equal(["gateway-route-dragon-pet"]);
    expect(reloadLine(reload)).to.include("gateway-route-dragon-pet (new)");
    expect(await ada.request("dragon.pet")).to.deep.equal({ purrs: true });
  });

  it("does not let another stack take its folder", async () => {
    expect(await run(["local", "--port", "0"])).to.deep.equal({
      code: 1,
      output: "",
      errors: `A local stack runs in this folder already (process ${stack.pid}, ${stack.endpoint}). End it with Ctrl-C first.\n`,
    });
  });

  it("goes on when somebody deletes its folder, and writes its file again", async () => {
    const data = join(folder.path, ".local");
    rmSync(data, { recursive: true });
    await until(() => existsSync(join(data, "stack.json")), "the file");
    expect(JSON.parse(readFileSync(join(data, "stack.json"), "utf8"))).to.include({ pid: stack.pid });
    // Of a function that has not run yet.
    expect(await ada.request("game.get")).to.deep.equal({ version: 0, data: {} });
  });

  it("keeps what ran before when a change cannot be evaluated", async () => {
    const from = command.lines.length;
    folder.replace("index.ts", "export const url", "throw new Error('Not yet.');\nexport const url");
    const text = await command.line(
      (line) => (command.lines.indexOf(line) >= from && line.includes('"kind":"reload"') ? line : undefined),
      "the failed reload",
    );
    expect((JSON.parse(text) as { error: string }).error).to.match(/^index\.ts:\d+:\d+: Not yet\.$/);
    expect(await ada.request("dragon.greet")).to.deep.equal({ said: "Welcome back, ada" });
    const mendedFrom = command.lines.length;
    folder.replace("index.ts", "throw new Error('Not yet.');\n", "");
    const mended = await command.line(
      (line) => (command.lines.indexOf(line) >= mendedFrom && line.includes('"kind":"reload"') ? line : undefined),
      "the reload that mends it",
    );
    expect(JSON.parse(mended)).to.deep.include({ functions: [], changed: 0 }).and.not.to.have.property("error");
    expect(reloadLine(JSON.parse(mended) as Reload)).to.match(/reload\S* as before /);
  });

  it("plays the first minute", async () => {
    const { code, output, errors } = await run(["demo"]);
    expect({ code, errors }, output).to.deep.equal({ code: 0, errors: "" });
    for (const part of ["grace accepted ada's friendship", "grace heard: ", ": delivered; read it at", ": done, "]) {
      expect(output).to.include(part);
    }
    expect(output).to.match(/That was the first minute\.$/);
  });

  it("plays the first minute with what a program has, and says what it skips", async () => {
    const reloaded = async (old: string, changed: string): Promise<void> => {
      const from = command.lines.length;
      folder.replace("index.ts", old, changed);
      await command.line(
        (line) => (command.lines.indexOf(line) >= from && line.includes('"kind":"reload"') ? line : undefined),
        "the reload",
      );
    };
    await reloaded('"active-30-days"', '"active-3-days"');
    await reloaded('template("welcome"', 'template("greeting"');
    const { code, output, errors } = await run(["demo"]);
    await reloaded('template("greeting"', 'template("welcome"');
    await reloaded('"active-3-days"', '"active-30-days"');
    expect({ code, errors }, output).to.deep.equal({ code: 0, errors: "" });
    expect(output).to.match(
      /^ {2}Skipped\. The program has no template `welcome`, .+ npm run send -- grace <template>/m,
    );
    expect(output).not.to.include("inbox");
    expect(output).to.match(/^ {2}run active-3-days-\S+: done, /m);
  });

  it("is played on from a terminal", async () => {
    const script = 'help\nping\nfriends.requets alan\nevent {"event":\nfriends.list\nquit\n';
    const { code, output, errors } = await run(["player", "grace"], script);
    expect({ code, errors }, output).to.deep.equal({ code: 0, errors: "" });
    const lines = output.split("\n");
    expect(lines[0]).to.equal("connected as grace; help lists commands");
    expect(output).to.include("friends.accept ada            accept one");
    expect(lines.find((line) => line.startsWith("reply ") && line.includes('"hello"'))).to.be.a("string");
    expect(lines.find((line) => line.startsWith("error ") && line.includes("friends.requets"))).to.be.a("string");
    expect(output).to.include("The body is not valid JSON: ");
    const list = lines.find((line) => line.startsWith("reply ") && line.includes('"friends.list"')) ?? "";
    expect(list).to.include('"player":"ada","state":"accepted"');
  });

  it("ends quietly when there is nothing to read", async () => {
    const { code, output, errors } = await run(["player", "grace"], "");
    expect({ code, errors }).to.deep.equal({ code: 0, errors: "" });
    expect(output).not.to.include("closed with code");
  });

  it("tells the actions that its routes take, those added since too, and the player offers them on Tab", () => {
    const { actions } = (JSON.parse(folder.read(".local/stack.json")) as StackFile).websocket;
    expect(actions).to.deep.equal([...Object.keys(ACTIONS), "dragon.fight", "dragon.greet", "dragon.pet"].sort());
    expect(stack.websocket.actions).to.deep.equal(actions.filter((action) => action !== "dragon.pet"));
    const offered = (line: string, players: string[] = []) => completions(line, players, actions);
    expect(offered("dragon.")).to.deep.equal([["dragon.fight", "dragon.greet", "dragon.pet"], "dragon."]);
    expect(offered("friends.un")).to.deep.equal([["friends.unblock", "friends.unmute"], "friends.un"]);
    expect(offered("friends.request a", ["ada", "alan", "grace"])).to.deep.equal([["ada", "alan"], "a"]);
    expect(offered("he")[0]).to.deep.equal(["hello", "help"]);
    expect(offered("friends.list a", ["ada"])[0]).to.deep.equal([]);
  });

  it("sends a message and follows it to its end, once per key", async () => {
    const words = ["send", "alan", "achievement", "--data", '{"achievement":"Dragon"}', "--key", "dragon-1"];
    const sent = await run(words);
    expect({ code: sent.code, errors: sent.errors }, sent.output).to.deep.equal({ code: 0, errors: "" });
    const lines = sent.output.split("\n");
    const id = /^Enqueued: message (\S+) for alan$/.exec(lines[0] ?? "")?.[1] ?? "";
    const steps = lines.slice(1, -1).map((line) => /^ {2}\d\d:\d\d:\d\d {2}(\w+)/.exec(line)?.[1]);
    expect(steps).to.deep.equal(["queued", "sending", "sent", "delivered"]);
    expect(lines.at(-1)).to.equal(`delivered   inbox ${stack.inbox}`);

    const again = await run([...words, "--no-follow"]);
    expect(again.output).to.equal(`Already enqueued with this key: message ${id} for alan`);
    const followed = await run(["follow", "alan", id]);
    expect([followed.code, followed.output.split("\n").at(-1)]).to.deep.equal([0, "delivered"]);
  });

  it("says why a message was not sent, and exits with 1", async () => {
    const { code, output } = await run(["send", "nobody", "achievement", "--data", '{"achievement":"Dragon"}']);
    expect(code).to.equal(1);
    expect(output.split("\n").at(-1))
      .to.match(/^(skipped|failed): \S/)
      .and.not.to.include("inbox");
  });

  it("refuses a message that cannot be, naming the field", async () => {
    const wrong = await run(["send", "alan", "achievement", "--type", "gossip"]);
    expect({ code: wrong.code, output: wrong.output }).to.deep.equal({ code: 1, output: "" });
    expect(wrong.errors).to.match(/^--type: got "gossip"; expected one of .+\.\n$/);
    const data = await run(["send", "alan", "achievement", "--data", "[1"]);
    expect(data.code).to.equal(1);
    expect(data.errors).to.match(/^--data: got \[1; expected a JSON object, e\.g\. /);
  });

  it("runs a segment with its progress", async () => {
    const { code, output, errors } = await run(["segment", "active-30-days", "--run", "evening"]);
    expect({ code, errors }, output).to.deep.equal({ code: 0, errors: "" });
    const lines = output.split("\n");
    expect(lines[0]).to.equal("Started run evening");
    expect(output).to.match(/^ {2}\w+: part \d+ of \d+, \d+ enqueued$/m);
    expect(lines.at(-1)).to.match(
      /^done: \d+ messages enqueued, 0 lines malformed, 0 refused, \d+ bytes scanned, data as of /,
    );
    const again = await run(["segment", "active-30-days", "--run", "evening", "--no-refresh"]);
    expect(again.output.split("\n")[0]).to.equal("Known already: run evening");
    const unknown = await run(["segment", "nobody-at-all", "--no-refresh"]);
    expect(unknown.code).to.equal(1);
    expect(unknown.errors).to.match(/nobody-at-all/);
  });

  it("writes nothing but JSON, line by line, when asked to", () => {
    expect(command.lines.length).to.be.above(100);
    for (const line of command.lines) expect(JSON.parse(line), line).to.be.an("object");
  });
});
