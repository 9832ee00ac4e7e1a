import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import { environmentOf, mapStack, packageFunction, serialize, withGrants } from "../../components/shared/packaging";
import { bundleText } from "../../components/shared/packaging/bundle";
import { folderOf, packagePortableAt } from "./helpers/fixture";
import { type Factory, load } from "./helpers/forms";
import { portable } from "./helpers/portable";

const valueOf = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((resolve) => output.apply(resolve));

/** An output as the engine makes it at preview, when its value is not known yet. */
function outputOf<T>({ known }: { known: boolean }): pulumi.Output<T> {
  type Parts = [Set<never>, Promise<undefined>, Promise<boolean>, Promise<boolean>, Promise<Set<never>>];
  const OutputOf = pulumi.Output as unknown as new (...parts: Parts) => pulumi.Output<T>;
  const none = new Set<never>();
  const no = Promise.resolve(false);
  return new OutputOf(none, Promise.resolve(undefined), Promise.resolve(known), no, Promise.resolve(none));
}

async function withEnvironment<T>(variables: Readonly<Record<string, string>>, run: () => T): Promise<T> {
  Object.assign(process.env, variables);
  try {
    return await run();
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name];
  }
}

describe("Packaging", () => {
  before(async () => {
    await pulumi.runtime.setMocks({ newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) });
  });

  describe("outputs", () => {
    const table = pulumi.output("players");
    const endpoint = { url: pulumi.output("https://api.test") };
    const rates = pulumi.output({ perSecond: 14, marks: ["json:"] });

    it("are read from the environment and not printed", async () => {
      const factory = () => () => [table.get(), endpoint.url.get(), rates.get().perSecond, rates.get().marks];
      const { code, outputs } = await packageFunction("lift", factory);
      expect(outputs).to.have.all.keys("TABLE", "ENDPOINT_URL", "RATES");
      expect(code).to.not.match(/players|api\.test/);
      const variables = await valueOf(environmentOf("lift", { OWN: "1" }, outputs));
      expect(variables).to.deep.equal({
        OWN: "1",
        TABLE: "players",
        ENDPOINT_URL: "https://api.test",
        RATES: 'json:{"perSecond":14,"marks":["json:"]}',
      });
      await withEnvironment(variables, () => {
        expect(load(code).handler()).to.deep.equal(["players", "https://api.test", 14, ["json:"]]);
      });
    });

    it("can be passed on as objects", async () => {
      const read = (captured: { get(): string }) => captured.get();
      const { code } = await packageFunction("pass", () => () => [table].map(read));
      await withEnvironment({ TABLE: "t" }, () => expect(load(code).handler()).to.deep.equal(["t"]));
    });

    it("leave the code as it is when their values differ or are not known", async () => {
      const build = (name: pulumi.Output<string>) => packageFunction("same", () => () => name.get());
      const unknown = outputOf<string>({ known: false });
      const [dev, prod, preview] = await Promise.all([
        build(pulumi.output("dev")),
        build(pulumi.output("prod")),
        build(unknown),
      ]);
      expect(prod.code).to.equal(dev.code);
      expect(preview.code).to.equal(dev.code);
    });

    it("keep their values for everyone else, also while functions that capture them are serialized", async () => {
      const name = pulumi.output("kept");
      const serialized = [1, 2, 3].map((i) => serialize(`f${i}`, () => () => [i, name.get()]));
      const seen = await Promise.all([valueOf(name), valueOf(pulumi.interpolate`${name}!`), ...serialized]);
      expect(seen.slice(0, 2)).to.deep.equal(["kept", "kept!"]);
      for (const { outputs } of await Promise.all(serialized)) expect(outputs["NAME"]).to.equal(name);
    });

    it("get names of their own, apart from each other and from the function's variables", async () => {
      const one = { name: pulumi.output("1") };
      const two = { inner: { name: pulumi.output("2") } };
      const path = pulumi.output("3");
      const { inner } = two;
      const name = pulumi.output("4");
      const factory = () => () => [one.name.get(), inner.name.get(), path.get(), name.get()];
      const { outputs } = await serialize("names", factory, ["NAME"]);
      expect(outputs).to.have.all.keys("ONE_NAME", "INNER_NAME", "PATH_OUTPUT", "NAME_2");
    });

    it("are refused when they are secret", async () => {
      const password = pulumi.secret("hunter2");
      const { outputs, printed } = await serialize("login", () => () => password.get());
      expect(printed.text).to.not.include("hunter2");
      const { promise } = environmentOf("login", {}, outputs) as unknown as { promise(): Promise<unknown> };
      const error = await promise().then(
        () => undefined,
        (e: Error) => e,
      );
      expect(error?.message).to.equal(
        'captured output PASSWORD for "login": got a secret; expected an output that anyone who may read the ' +
          "function's configuration may know. Put it into Secrets Manager and read it in the handler.",
      );
    });

    it("are refused when they do not fit into the environment", async () => {
      const { promise } = environmentOf(
        "wide",
        { OWN: "x" },
        { LIST: pulumi.output("y".repeat(4_090)) },
      ) as unknown as {
        promise(): Promise<unknown>;
      };
      const error = await promise().then(
        () => undefined,
        (e: Error) => e,
      );
      expect(error?.message).to.equal(
        'environment for "wide": got 4098 bytes (the largest is LIST); expected at most 4096 bytes in all variables. ' +
          "Capture fewer or shorter outputs, or keep the data in a table or a bucket.",
      );
    });
  });

  describe("modules", () => {
    it("are taken from their ES modules and shaken", async () => {
      const factory = () => () => typeof dynamodb.GetItemCommand;
      const { code } = await packageFunction("shaken", factory);
      expect(load(code).handler()).to.equal("function");
      expect(code).to.not.include("RestoreTableToPointInTime");
    });

    it("of one name in two files stay two", async () => {
      const folder = folderOf({
        "node_modules/kit-a/package.json": '{"name":"kit-a","version":"1.0.0","main":"client.js"}',
        "node_modules/kit-a/client.js": 'exports.who = () => "a";',
        "node_modules/kit-b/package.json": '{"name":"kit-b","version":"1.0.0","main":"client.js"}',
        "node_modules/kit-b/client.js": 'exports.who = () => "b";',
        "a.js": 'const client_1 = require("kit-a"); exports.a = () => client_1.who();',
        "b.js": 'const client_1 = require("kit-b"); exports.b = () => client_1.who();',
      });
      try {
        const load_1 = createRequire(path.join(folder, "x.js"));
        const { a } = load_1("./a.js") as { a: () => string };
        const { b } = load_1("./b.js") as { b: () => string };
        const { code } = await packageFunction("twins", () => () => [a(), b()]);
        expect(load(code).handler()).to.deep.equal(["a", "b"]);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    const library = {
      "package.json": JSON.stringify({
        name: "game-kit",
        version: "1.0.0",
        exports: { ".": "./dist/index.js" },
        peerDependencies: { "@pulumi/pulumi": "*" },
      }),
      "dist/keys.js":
        '"use strict";\nconst PREFIX = "PLAYER#";\nexports.declare = require("node:fs");\nexports.pk = (id) => PREFIX + id;',
      "dist/index.js":
        '"use strict";\nconst keys_1 = require("./keys.js");\nexports.handler = (n) => () => async () => keys_1.pk(n);\nexports.size = (n) => n * 2;',
    };
    for (const [how, prefix] of [
      ["installed", "node_modules/game-kit"],
      ["linked", "elsewhere/kit"],
    ] as const) {
      it(`of a component library that is ${how} are printed as text`, async () => {
        const files = Object.entries(library).map(([name, text]) => [`${prefix}/${name}`, text]);
        const folder = folderOf({ "node_modules/.keep": "", ...(Object.fromEntries(files) as Record<string, string>) });
        try {
          if (how === "linked") symlinkSync(path.join(folder, prefix), path.join(folder, "node_modules/game-kit"));
          const game_kit_1 = createRequire(path.join(folder, "x.js"))("game-kit") as {
            handler: (n: number) => Factory;
            size: (n: number) => number;
          };
          const { code } = await packageFunction("kit", game_kit_1.handler(7));
          expect(await load(code).handler()).to.equal("PLAYER#7");
          const own = await packageFunction("own", () => () => game_kit_1.size(2));
          expect(own.code).to.not.include("require(");
          expect(load(own.code).handler()).to.equal(4);
        } finally {
          rmSync(folder, { recursive: true });
        }
      });
    }

    it("of a package whose exports hide the file are bundled from the file", async () => {
      const folder = folderOf({
        "node_modules/plain-kit/package.json": '{"name":"plain-kit","version":"1.0.0","exports":{".":"./index.js"}}',
        "node_modules/plain-kit/index.js":
          'const deep_1 = require("./lib/deep.js"); exports.twice = (n) => deep_1.add(n, n);',
        "node_modules/plain-kit/lib/deep.js": "exports.add = (a, b) => a + b;",
      });
      try {
        const { twice } = createRequire(path.join(folder, "x.js"))("plain-kit") as { twice: (n: number) => number };
        const { code } = await packageFunction("hidden", () => () => twice(4));
        expect(load(code).handler()).to.equal(8);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  });

  describe("grants", () => {
    const queue = pulumi.output("arn:aws:sqs:eu-west-1:1:q");
    const statement = { Sid: "Send", Action: "sqs:SendMessage", Resource: queue };
    const client = withGrants({ send: (body: string) => body.length, peek: () => 0 }, () => [statement]);

    it("come with a client that is captured whole, in part, or by a captured function", async () => {
      const { send } = client;
      const notify = (): number => client.send("x");
      for (const factory of [
        () => () => client,
        () => () => client.send("x"),
        () => () => send("x"),
        () => () => notify(),
      ]) {
        expect((await serialize("granted", factory)).statements).to.deep.equal([statement]);
      }
    });

    it("do not come without it", async () => {
      expect((await serialize("plain", () => () => 1)).statements).to.deep.equal([]);
    });
  });

  describe("text", () => {
    it("is the same to the byte at another path and in another process", async () => {
      const [here, there] = await Promise.all([
        packageFunction("here", portable),
        packagePortableAt("deep/er/program"),
      ]);
      expect(here.code).to.have.length.greaterThan(100_000);
      expect(there).to.equal(here.code);
      expect(there).to.not.match(/checkout-|node_modules|\/tmp\//);
    });

    it("is what the bundler makes of it when it has parsed nothing before", async () => {
      const { printed, files } = await serialize("alone", portable);
      const before = await bundleText({ text: printed.text, files });
      const [one, two] = await Promise.all([
        bundleText({ text: printed.text, files }),
        bundleText({ text: `${printed.text}export const other = 1;`, files }),
      ]);
      expect(one.code).to.equal(before.code);
      expect(two.code).to.not.equal(before.code);
    });
  });

  describe("stack traces", () => {
    it("are mapped to the lines of the source", async () => {
      const fail = (id: string): never => {
        const text = `no player ${id}`;
        throw new Error(text);
      };
      const factory = () => async (id: string) => {
        await Promise.resolve();
        return fail(id);
      };
      const { code, sha } = await packageFunction("traced", factory);
      // The bundle's own name, as Lambda and the local cloud load it.
      const error = await Promise.resolve(load(code).handler("p")).catch((e: Error) => e);
      const stack = (error as Error).stack?.replace(/[^\s(]*\/bundle\d+\.js/g, "/var/task/index.js") ?? "";
      const lines = mapStack(stack, sha).split("\n");
      const place = (text: string): number =>
        createRequire(__filename)("node:fs").readFileSync(__filename, "utf8").split("\n").indexOf(text) + 1;
      expect(lines[1]).to.match(
        new RegExp(
          `^ +at fail \\(tests/closures/packaging\\.test\\.ts:${place("        throw new Error(text);")}:\\d+\\)$`,
        ),
      );
      expect(lines[2]).to.match(
        new RegExp(`^ +at (async )?tests/closures/packaging\\.test\\.ts:${place("        return fail(id);")}:\\d+$`),
      );
    });

    it("stay as they are when the bundle is not known or the text is none", () => {
      expect(mapStack("Error: x\n    at index.js:1:1", "0".repeat(64))).to.equal("Error: x\n    at index.js:1:1");
      expect(mapStack("\u0000", "../../etc")).to.equal("\u0000");
    });
  });
});
