import { expect } from "chai";
import type { Checkout } from "./helpers/checkout";
import { Game } from "./helpers/game";
import { left } from "./helpers/left";
import { World } from "./helpers/world";

/** Types whose loss loses data, or the good name of a sender. */
const PRECIOUS = /^aws:(dynamodb\/table:|kms\/key:|s3\/bucket:|sesv2\/emailIdentity:)/;

/** Steps of a preview by URN, without those that change nothing. */
async function stepsOf(world: World, checkout: Checkout, stack: string): Promise<Map<string, string>> {
  const { text } = await world.run(checkout, ["preview", "--json", "--stack", stack]);
  const { steps } = JSON.parse(text.slice(text.indexOf("{\n"))) as { steps: { op: string; urn: string }[] };
  return new Map(
    steps
      .filter(({ op, urn }) => op !== "same" && op !== "read" && !urn.includes("pulumi:pulumi:Stack"))
      .map(({ op, urn }) => [urn.replace(/^.*?::.*?::/, "").replace(/^.*\$/, ""), op]),
  );
}

const named = (steps: ReadonlyMap<string, string>): Record<string, string> =>
  Object.fromEntries([...steps].map(([urn, op]) => [urn, op]));

describe("Stacks dev and prod in one account under the real engine", () => {
  let world: World;
  let checkout: Checkout;

  before(async () => {
    world = await World.start();
    checkout = world.checkout();
    // What an account has once belongs to prod.
    checkout.configure("dev", { manageAccount: false });
    await world.init(checkout, "prod");
    await world.init(checkout, "dev");
  });
  after(() => world.close());

  it("prod previews and comes up from empty", async () => {
    const preview = await world.preview(checkout, "prod");
    expect(Object.keys(preview.changes)).to.deep.equal(["create"]);
    const { changes, seconds } = await world.up(checkout, "prod");
    expect(changes).to.deep.equal(preview.changes);
    world.note(`up of prod, ${changes["create"] ?? 0} resources: ${seconds.toFixed(0)} s`);
  });

  it("dev comes up beside it", async () => {
    const { changes } = await world.up(checkout, "dev");
    expect(Object.keys(changes)).to.deep.equal(["create"]);
    const both = [...world.deployed("dev"), ...world.deployed("prod")];
    expect(both.length).to.equal(world.host.account.resources.length);
    const singletons = both.filter(({ type }) => /apigateway\/account|glue\/resourcePolicy/.test(type));
    expect(singletons.map(({ urn }) => urn.split("::")[0])).to.deep.equal(["urn:pulumi:prod", "urn:pulumi:prod"]);
  });

  it("each serves its own players", async () => {
    for (const stack of ["dev", "prod"]) {
      const game = new Game(world, stack);
      const ada = await game.connect("ada");
      expect(await ada.request("friends.list")).to.deep.equal({ friends: [] });
      await game.close();
    }
  });

  it("they differ as their names promise", () => {
    const of = (stack: string) => ({
      alarms: world.deployed(stack).filter(({ type }) => type.includes("metricAlarm")).length,
      dashboards: world.deployed(stack).filter(({ type }) => type.includes("dashboard")).length,
      schedules: world.deployed(stack).filter(({ type }) => type.startsWith("aws:scheduler/")).length,
      identity: world.deployed(stack).find(({ type }) => type.includes("emailIdentity"))?.id,
      protectedTables: world
        .deployed(stack)
        .filter(({ type, inputs }) => type.includes("table:Table") && inputs?.["deletionProtectionEnabled"] === true)
        .length,
    });
    expect(of("dev").alarms).to.be.at.most(10);
    expect(of("dev")).to.include({
      dashboards: 0,
      schedules: 0,
      protectedTables: 0,
      identity: "hello@dev.example.com",
    });
    expect(of("prod").alarms).to.be.greaterThan(50);
    expect(of("prod")).to.include({ dashboards: 1, protectedTables: 4, identity: "hello@example.com" });
    expect(of("prod").schedules).to.be.greaterThan(0);
  });

  const settings: readonly (readonly [string, unknown, RegExp])[] = [
    ["issuer", "https://other.example.com/", /authorize|operations/],
    ["audience", "another-audience", /authorize/],
    ["recipients", ["*@testers.example.com"], /emails-|messages-prepare/],
    ["alarms", "none", /MetricAlarm|logMetricFilter|LogMetricFilter/],
    ["alarmTopicArn", "arn:aws:sns:us-east-1:123456789012:pages", /MetricAlarm/],
    ["unsubscribeUrl", "https://example.com/unsubscribe?player={player}", /emails-|messages-prepare/],
    ["messageRetentionDays", 60, /::(messages-|gateway-on-|segments-)/],
    ["refreshMinutes", 720, /^aws:cloudcontrol/],
    [
      "segmentSchedule",
      "cron(0 10 ? * MON *)",
      /^aws:(scheduler|iam|sqs|cloudwatch)\/.*::segments-|^aws:iam.*segments/,
    ],
    ["protect", true, /^aws:(dynamodb\/table|s3\/bucket|athena\/workgroup):/],
  ];
  for (const [name, value, touched] of settings) {
    it(`a change of ${name} touches what it should, and replaces nothing precious`, async () => {
      const before = checkout.read("Pulumi.dev.yaml");
      checkout.configure("dev", { [name]: value });
      const steps = await stepsOf(world, checkout, "dev");
      checkout.write("Pulumi.dev.yaml", before);
      expect(steps.size).to.be.greaterThan(0);
      world.note(
        `${name}: ${[...steps]
          .map(([urn, op]) => `${op} ${urn}`)
          .join(", ")
          .slice(0, 600)}`,
      );
      for (const [urn, op] of steps) {
        expect(urn).to.match(touched);
        if (PRECIOUS.test(urn)) expect(`${op} ${urn}`).to.equal(`update ${urn}`);
      }
    });
  }

  it("a renamed component with an alias keeps all that holds data", async () => {
    const before = checkout.read("index.ts");
    checkout.replace("index.ts", 'new MessageStore("messages", {', 'new MessageStore("letters", {');
    checkout.replace(
      "index.ts",
      "  retentionDays: settings.messageRetentionDays,\n});",
      '  retentionDays: settings.messageRetentionDays,\n}, { aliases: [{ name: "messages" }] });',
    );
    const steps = await stepsOf(world, checkout, "dev");
    checkout.write("index.ts", before);
    const lost = [...steps].filter(([, op]) => /replace|delete/.test(op)).map(([urn]) => urn.split("::")[0]);
    world.note(
      `renamed: ${JSON.stringify(Object.fromEntries([...new Set(lost)].map((t) => [t, lost.filter((o) => o === t).length])))}`,
    );
    expect([...steps].filter(([urn, op]) => PRECIOUS.test(urn) && op !== "update")).to.deep.equal([]);
    expect(named(new Map([...steps].filter(([urn]) => urn.startsWith("aws:sqs/queue:"))))).to.deep.equal({});
  });

  it("destroying dev takes nothing of prod", async () => {
    await world.run(checkout, ["destroy", "--yes", "--skip-preview", "--suppress-progress", "--stack", "dev"]);
    expect(world.host.account.resources.map(({ urn }) => urn.split("::")[0])).to.deep.equal(
      world.deployed("prod").map(() => "urn:pulumi:prod"),
    );
    const game = new Game(world, "prod");
    await game.connect("grace");
    await game.close();
  });

  it("destroying prod is refused by its protections, and the way on is clear", async () => {
    const had = world.host.account.resources.length;
    const refused = await world.run(
      checkout,
      // Not with --skip-preview: the engine would find what is protected only on its way, and take all else.
      ["destroy", "--yes", "--suppress-progress", "--stack", "prod"],
      { code: "any" },
    );
    expect(refused.code).not.to.equal(0);
    expect(refused.text).to.match(/cannot be deleted\s+because it is protected/);
    expect(world.host.account.resources.length).to.equal(had);

    checkout.configure("prod", { protect: false });
    await world.up(checkout, "prod");
    await world.run(checkout, ["destroy", "--yes", "--skip-preview", "--suppress-progress", "--stack", "prod"]);
    expect(await left(world.host)).to.deep.equal([]);
  });
});
