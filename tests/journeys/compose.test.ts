import { cpSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { refresh, followRun } from "../../local/cli/segment";
import { openStack, type LocalAccess } from "../../local/cli/stack-access";
import { GameClient } from "../../local/game-client";
import type { Mail } from "../../local/services/ses/mail";
import type { StackFile } from "../../local/stack-file";
import type { TraceEvent } from "../../local/trace";
import { Command, ROOT } from "../helpers/command";
import { InstalledPackage } from "../helpers/installed-package";
import { until } from "../helpers/until";

const EXAMPLE = join(ROOT, "examples/guild-clash");
const FILES = ["Pulumi.yaml", "Pulumi.local.yaml", "index.ts", "package.json"];

/** As strict as TypeScript gets, and the package's declarations are checked too, not only used. */
const TSCONFIG = {
  compilerOptions: {
    target: "es2022",
    module: "node16",
    moduleResolution: "node16",
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noImplicitOverride: true,
    noImplicitReturns: true,
    esModuleInterop: true,
    skipLibCheck: true,
    types: [],
    declaration: true,
    noEmit: true,
  },
  include: ["index.ts", "library.ts"],
};

/** What a game that is a library of its own exports: every type that the compiler infers must have a name to give it. */
const LIBRARY = `
import { EmailDispatcher, MessageStore, RealtimeGateway, SegmentPipeline, protocolError } from "games-messaging";
export const gateway = new RealtimeGateway("g", {
  auth: { issuer: "https://id.example.com", audience: "game" },
  playerAttributes: { level: "number" },
});
export const messages = new MessageStore("m", { directory: gateway.directory });
export const emails = new EmailDispatcher("e", { messages, sender: { address: "a@b.example" }, production: true });
export const segments = new SegmentPipeline("s", { directory: gateway.directory, messages });
const message = { type: "social", template: "level" };
segments.define("typed", { where: { all: [{ attribute: "level", atLeast: 5 }, { attribute: "name", exists: true }] }, message });
// @ts-expect-error -- no player has this attribute
segments.define("misspelt", { where: { attribute: "levle", atLeast: 5 }, message });
// @ts-expect-error -- a number begins with nothing
segments.define("unfit", { where: { attribute: "level", startsWith: "5" }, message });
export const client = messages.client();
export const { enqueue, enqueueMany } = client;
export const pusher = gateway.pusher();
export const level = emails.template("level", {
  schema: { type: "object", properties: { level: { type: "integer" } }, required: ["level"] },
  locales: { en: { subject: "Level {{level}}", html: "<p>Level {{level}}</p>" } },
});
export const congratulate = async (player: string) =>
  enqueue({ player, type: "social", template: level, data: { level: 2 } });
export const { types, statusTopic } = messages;
export const { copy, queries } = segments;
export const { catalogStatements } = copy;
export const { attributes } = gateway.directory;
export const widgets = [...gateway.widgets(), ...messages.widgets(), ...emails.widgets(), ...segments.widgets()];
export const { packaged } = gateway.profileFunction;
export const taken = protocolError("conflict", "The name is taken.");
`;

describe("Another game that composes the packed package", function () {
  this.timeout(240_000);
  let installed: InstalledPackage;
  let command: Command;
  let access: LocalAccess;
  const clients: Partial<Record<string, GameClient>> = {};

  before(async () => {
    installed = new InstalledPackage();
    for (const file of FILES) cpSync(join(EXAMPLE, file), join(installed.path, file));
    command = Command.start(
      ["npx", "games-messaging", "local", "--port", "0", "--json", "--players", "3"],
      installed.path,
    );
    const stack = await command.line(
      (line) => (line.startsWith("{") ? (JSON.parse(line) as StackFile) : undefined),
      "the stack",
      180_000,
    );
    access = openStack(installed.path);
    expect(access.local).to.deep.equal(stack);
    for (const { id, token } of stack.players) {
      clients[id] = await GameClient.enter({ url: stack.websocket.url, protocol: stack.websocket.protocol, token });
    }
  });
  after(async () => {
    await Promise.all(Object.values(clients).map(async (client) => client?.close()));
    // Neither is there when the package could not be packed.
    (command as Command | undefined)?.kill();
    (installed as InstalledPackage | undefined)?.remove();
  });

  const client = (id: string): GameClient => {
    const found = clients[id];
    if (!found) throw new Error(`${id} is not connected.`);
    return found;
  };
  const pushes = (id: string): unknown[] =>
    client(id)
      .frames.map((frame) => JSON.parse(frame) as { type: string; body?: unknown })
      .filter(({ type }) => type === "push")
      .map(({ body }) => body);
  const mailTo = (address: string, subject: string): Promise<Mail> =>
    until(
      async () => {
        const mails = (await (await fetch(`${access.local.endpoint}/_local/inbox`)).json()) as Mail[];
        return mails.find((mail) => mail.to.includes(address) && mail.subject === subject);
      },
      `"${subject}" to ${address}`,
      60_000,
    );

  it("does so in fewer than 150 lines", () => {
    expect(readFileSync(join(EXAMPLE, "index.ts"), "utf8").trimEnd().split("\n").length).to.be.below(150);
  });

  it("finds in the tarball what runs, its declarations and maps, and nothing else", () => {
    expect(installed.files).to.include.members([
      "README.md",
      "package.json",
      "dist/components/index.js",
      "dist/components/index.d.ts",
      "dist/components/index.js.map",
      "dist/local/cli/main.js",
      "dist/local/prices.json",
      "dist/local/register.cjs",
    ]);
    const strangers = installed.files.filter(
      (file) =>
        !/^(README\.md|CHANGELOG\.md|LICENSE|package\.json|dist\/(components|local)\/.+\.(js|js\.map|d\.ts|cjs|json))$/.test(
          file,
        ),
    );
    expect(strangers).to.deep.equal([]);
    const bin = join(installed.path, "node_modules/games-messaging/dist/local/cli/main.js");
    expect(statSync(bin).mode & 0o111).to.equal(0o111);
    expect(readFileSync(bin, "utf8")).to.match(/^#!\/usr\/bin\/env node\n/);
  });

  it("type-checks against the package's declarations", async () => {
    writeFileSync(join(installed.path, "tsconfig.json"), JSON.stringify(TSCONFIG));
    writeFileSync(join(installed.path, "library.ts"), LIBRARY);
    const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
    const { code, output } = await Command.run([process.execPath, compiler, "-p", "."], installed.path);
    expect(output).to.equal("");
    expect(code).to.equal(0);
  });

  it("has its own routes: what one announces, the others of the guild hear", async () => {
    expect(await client("ada").request("guild.join", { guild: "Owls" })).to.deep.equal({
      guild: "Owls",
      members: ["ada"],
    });
    expect(await client("grace").request("guild.join", { guild: "Owls" })).to.deep.equal({
      guild: "Owls",
      members: ["ada", "grace"],
    });
    await client("alan").request("guild.join", { guild: "Bears" });
    expect(await client("ada").request("guild.announce", { guild: "Owls", text: "To arms!" })).to.deep.equal({
      reached: 1,
    });
    const announcement = { type: "announcement", guild: "Owls", from: "ada", text: "To arms!" };
    await client("grace").until(() => pushes("grace").length > 0, "the announcement");
    await Promise.all(["ada", "grace", "alan"].map((id) => client(id).caughtUp()));
    expect(["ada", "grace", "alan"].map(pushes)).to.deep.equal([[], [announcement], []]);
  });

  it("has its own events: a war that was won becomes a mail", async () => {
    await client("ada").request("event", { event: "war-won", data: { enemy: "the Bears", trophies: 31 } });
    const { html, text } = await mailTo("ada@players.test", "Victory over the Bears");
    expect(html).to.include("<p>Ada, your guild beat the Bears: 31 trophies.</p>");
    expect(text).to.include("Ada, your guild beat the Bears: 31 trophies.");
  });

  it("hears of a mail that bounced, while the player is there", async () => {
    const { id, tags } = await mailTo("ada@players.test", "Victory over the Bears");
    const { status } = await fetch(`${access.local.endpoint}/_local/inbox/${encodeURIComponent(id)}/simulate`, {
      method: "POST",
      body: JSON.stringify({ event: "bounce" }),
    });
    expect(status).to.equal(200);
    await client("ada").until(() => pushes("ada").length > 0, "word of the bounce", 30_000);
    expect(pushes("ada")).to.deep.equal([{ type: "address-wrong", message: tags["messageId"]?.[0] }]);
  });

  it("has its own segment: it reaches its players and nobody else", async () => {
    const profile = (player: string, profile: object): Promise<unknown> =>
      access.invoke(access.output("profileFunction"), { player, profile });
    await profile("grace", { guild: "Owls", trophies: 3000 });
    await profile("alan", { guild: "Bears", trophies: 2999 });
    await refresh(access);
    const { runId } = (await access.invoke(access.output("segmentFunction"), { segment: "champions" })) as {
      runId: string;
    };
    const run = await followRun(access, runId, () => undefined, 60_000);
    expect(run).to.deep.include({ status: "done", enqueued: 1 });
    expect((await mailTo("grace@players.test", "Champions' league")).text?.trimEnd()).to.equal("You are in.");
  });

  it("shows where in its own TypeScript a closure failed, and takes the mended one over", async () => {
    const file = join(installed.path, "index.ts");
    const source = readFileSync(file, "utf8");
    const broken = source.replace(
      "    await roster.join(body.guild, context.playerId);",
      '    if (body.guild === "Trolls") throw new Error("No trolls.");\n    await roster.join(body.guild, context.playerId);',
    );
    const from = command.lines.length;
    writeFileSync(file, broken);
    const later = <T>(found: (event: T) => boolean, what: string): Promise<T> =>
      command.line((line) => {
        const event = command.lines.indexOf(line) >= from ? (JSON.parse(line) as T) : undefined;
        return event !== undefined && found(event) ? event : undefined;
      }, what);
    const { functions, error } = await later<{
      kind: string;
      functions: string[];
      error?: string;
    }>(({ kind }) => kind === "reload", "the reload");
    expect(error).to.equal(undefined);
    expect(functions).to.deep.equal(["arena-route-guild-join"]);
    await client("alan")
      .request("guild.join", { guild: "Trolls" })
      .catch(() => undefined);
    const { data } = await later<TraceEvent>((event) => event.data?.["loggedErrors"] !== undefined, "the logged error");
    const [logged] = data?.["loggedErrors"] as { errorMessage: string; stack: string }[];
    const line = broken.split("\n").findIndex((text) => text.includes("No trolls.")) + 1;
    expect(logged?.errorMessage).to.equal("No trolls.");
    expect(logged?.stack.split("\n")[0]).to.match(new RegExp(`^at .*\\bindex\\.ts:${line}:\\d+\\)?$`));
    expect(client("alan").closeCode).to.equal(undefined);
  });

  it("ends when told to, and leaves nothing behind", async () => {
    const { pid } = access.local;
    const { errors } = await command.stop("SIGINT", pid);
    expect(errors.replace(/^npm warn .*\n/gm, "")).to.equal("");
    expect(existsSync(join(installed.path, ".local", "stack.json"))).to.equal(false);
    await until(() => !command.leftBehind, "every process to be gone");
  });
});
