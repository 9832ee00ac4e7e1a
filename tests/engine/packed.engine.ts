import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { ROOT } from "../helpers/command";
import { SourceFolder } from "../helpers/source-folder";
import { Checkout } from "./helpers/checkout";
import { World, type Run } from "./helpers/world";

/** A program of somebody else: a few lines, and what they say of themselves in settings. */
class SmallProgram extends Checkout {
  constructor() {
    super();
    for (const source of ["components", "config.ts", "index.ts", "policies", "templates"])
      rmSync(join(this.path, source), { recursive: true });
    this.write("Pulumi.yaml", "name: small\nruntime: nodejs\nmain: index.js\n");
    this.write("package.json", JSON.stringify({ name: "small", version: "1.0.0" }));
    for (const stack of ["dev", "prod"]) this.write(`Pulumi.${stack}.yaml`, "config:\n  aws:region: us-east-1\n");
  }

  declare(...lines: readonly string[]): void {
    this.write("index.js", ['const aws = require("@pulumi/aws");', ...lines].join("\n"));
  }
}

/** The pack as npm hands it out: what its `files` name, and beside it only what its package.json asks for. */
class InstalledPack extends SourceFolder {
  readonly pack: string;

  constructor() {
    super("games-messaging-installed-");
    const { status, stderr } = spawnSync("npm", ["pack", "--silent", "--pack-destination", this.path], {
      cwd: join(ROOT, "policies"),
      encoding: "utf8",
    });
    expect(status, stderr).to.equal(0);
    const archive = readdirSync(this.path).find((name) => name.endsWith(".tgz")) ?? "";
    const modules = join(this.path, "node_modules");
    this.pack = join(modules, "games-messaging-policies");
    mkdirSync(this.pack, { recursive: true });
    spawnSync("tar", ["-xzf", join(this.path, archive), "--strip-components=1", "-C", this.pack]);
    const { dependencies } = JSON.parse(readFileSync(join(this.pack, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    // `@pulumi/pulumi` is what the policy SDK itself asks for.
    for (const name of [...Object.keys(dependencies), "@pulumi/pulumi"]) {
      mkdirSync(dirname(join(modules, name)), { recursive: true });
      symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
    }
  }
}

const TABLE = `new aws.dynamodb.Table("players", {
  hashKey: "id", attributes: [{ name: "id", type: "S" }], billingMode: "PAY_PER_REQUEST",
  pointInTimeRecovery: { enabled: true },
});`;

describe("The policy pack as others install it", () => {
  let world: World;
  let program: SmallProgram;
  let installed: InstalledPack;

  before(async () => {
    world = await World.start();
    program = new SmallProgram();
    installed = new InstalledPack();
    for (const stack of ["dev", "prod"]) await world.init(program, stack);
    program.configure("prod", { "small:environment": "production" });
    program.configure("dev", { "small:environment": "dev" });
    program.declare(TABLE);
  });
  after(async () => {
    program.remove();
    installed.remove();
    await world.close();
  });

  const preview = (stack: string, config?: object): Promise<Run> => {
    const words = ["--policy-pack", installed.pack];
    if (config) {
      program.write("config.json", JSON.stringify(config));
      words.push("--policy-pack-config", "config.json");
    }
    return world.preview(program, stack, { words, code: "any" });
  };
  /** Rules that a run told of, with their levels. */
  const told = ({ text }: Run): ReadonlySet<string> =>
    new Set(
      [...text.matchAll(/\[(mandatory|advisory)\].*?(?:messaging v[\d.]+\s+)?([a-z0-9-]+)\s+\(/g)].map(
        (m) => `${m[1] ?? ""} ${m[2] ?? ""}`,
      ),
    );

  it("refuses a small program for what it lacks, and says how to mend it", async () => {
    const run = await preview("prod");
    expect(run.code, run.text).not.to.equal(0);
    expect([...told(run)], run.text).to.include.members(["mandatory ddb-cmk", "mandatory ddb-deletion-protection"]);
    expect(run.text).to.include('deletionProtectionEnabled of Table "players": got nothing; expected true.');
  });

  it("leaves outside production what is asked of production only, unless the configuration asks for it", async () => {
    expect([...told(await preview("dev"))]).not.to.include("mandatory ddb-deletion-protection");
    const asked = await preview("dev", {
      "ddb-deletion-protection": "mandatory",
      "ddb-cmk": "advisory",
      "ddb-ttl-on-ephemeral": "disabled",
    });
    expect([...told(asked)], asked.text).to.include.members(["mandatory ddb-deletion-protection", "advisory ddb-cmk"]);
    expect(asked.text).not.to.include("ddb-ttl-on-ephemeral");
  });

  it("takes a rule's settings from the configuration", async () => {
    const run = await preview("prod", { "ddb-ttl-on-ephemeral": { permanent: ["players"] }, "ddb-pitr": { days: 35 } });
    expect([...told(run)]).not.to.include("mandatory ddb-ttl-on-ephemeral");
  });

  for (const [label, config, sentence] of [
    ["a value out of range", { "ddb-pitr": { days: 99 } }, /ddb-pitr[\s\S]*days[\s\S]*35/],
    ["a setting that a rule does not have", { "ddb-pitr": { dais: 9 } }, /ddb-pitr[\s\S]*dais/],
    ["a level that there is not", { "ddb-pitr": "sometimes" }, /sometimes|enforcement level/],
  ] as const)
    it(`refuses a configuration with ${label}, in words`, async () => {
      const run = await preview("prod", config);
      expect(run.code, run.text).not.to.equal(0);
      expect(run.text).to.match(sentence);
      expect(run.text).not.to.match(/\n\s+at .*\.js:\d+/);
    });

  it("finds what hides in other forms, and tells what it has not judged", async () => {
    program.declare(
      'const pulumi = require("@pulumi/pulumi");',
      'new pulumi.ComponentResource("studio:index:Thing", "thing");',
      'const own = new aws.iam.Policy("own", { policy: { Version: "2012-10-17", Statement: [] } });',
      'const everybody = { Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" };',
      'const role = new aws.iam.Role("r", {',
      "  assumeRolePolicy: { Statement: everybody },",
      '  managedPolicyArns: [own.arn, "arn:aws:iam::aws:policy/AdministratorAccess"],',
      "});",
      'new aws.iam.RolePolicy("p", { role: role.id, policy: { Statement: { Effect: "Allow", Action: "DYNAMODB:*", Resource: "*" } } });',
      'new aws.s3.BucketV2("b", { acl: "public-read" });',
      'new aws.cloudcontrol.Resource("c", { typeName: "AWS::IAM::Role", desiredState: "{}" });',
      'new aws.athena.Database("d", { name: "scores", bucket: "scores" });',
    );
    const run = await preview("prod");
    program.declare(TABLE);
    const refused = ["iam-trust-narrow", "lambda-no-default-callback-role", "iam-no-wildcards", "s3-block-public"];
    expect([...told(run)], run.text).to.include.members(
      [...refused, "no-way-around"].map((name) => `mandatory ${name}`),
    );
    expect([...told(run)], run.text).to.include("advisory resources-judged");
    expect(run.text).to.match(/got "aws:athena\/database:Database"; expected a type that a rule reads/);
    expect(run.text).not.to.include('got "studio:index:Thing"');
  });

  it("is what a pack of one's own is made from, with exceptions of one's own", async () => {
    mkdirSync(join(installed.path, "own"));
    installed.write("own/PulumiPolicy.yaml", "runtime: nodejs\nmain: index.js\n");
    installed.write("own/package.json", JSON.stringify({ name: "own", version: "1.0.0" }));
    installed.write(
      "own/index.js",
      `const { PolicyPack } = require("@pulumi/policy");
const { policies, listenToEngine } = require("games-messaging-policies/library");
listenToEngine();
new PolicyPack("own", { policies: policies({ exceptions: [
  { rule: "ddb-cmk", resource: "aws:dynamodb/table:Table players", reason: "Nothing of anybody lies in it.", expires: "2999-12-31" },
  { rule: "ddb-deletion-protection", resource: "aws:dynamodb/table:Table players", reason: "For now.", expires: "2020-01-01" },
  { rule: "ddb-pitr", resource: "aws:dynamodb/table:Table players", reason: "For now.", expires: "2999-12-31" },
] }) });`,
    );
    const run = await world.preview(program, "prod", {
      words: ["--policy-pack", join(installed.path, "own")],
      code: "any",
    });
    expect([...told(run)], run.text)
      .to.include("mandatory ddb-deletion-protection")
      .and.not.to.include("mandatory ddb-cmk");
    // An exception that has expired, and one that nothing needs, are violations themselves.
    expect([...told(run)]).to.include("mandatory exceptions-current");
    expect(run.text).to.match(/"ddb-deletion-protection" for .*: expired on 2020-01-01/);
    expect(run.text).to.match(/"ddb-pitr" for .*: nothing violates the rule there any more/);
  });
});
