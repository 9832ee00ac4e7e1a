import { expect } from "chai";
import { parse } from "yaml";
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

  /** By setting: values, and what a change of dev to them touches: each of these, and nothing else. */
  const settings: Readonly<
    Record<string, readonly { readonly to: Readonly<Record<string, unknown>>; readonly touches: readonly RegExp[] }[]>
  > = {
    environment: [
      {
        to: { environment: "production", recipients: undefined },
        touches: [/emails-send-function/, /messages-prepare/],
      },
    ],
    issuer: [{ to: { issuer: "https://other.example.com/" }, touches: [/Function::gateway-authorize$/] }],
    audience: [{ to: { audience: "another-audience" }, touches: [/Function::gateway-authorize$/] }],
    sender: [
      { to: { sender: "Another name <hello@dev.example.com>" }, touches: [/function:Function::emails-/] },
      // Another address is another identity; the tests below say what becomes of it.
    ],
    senderDomain: [
      {
        to: { senderDomain: "dev.example.com" },
        touches: [/EmailIdentity(MailFromAttributes)?::emails-(domain-identity|mail-from)/, /::emails-send-function/],
      },
    ],
    mailFromDomain: [
      {
        to: { senderDomain: "example.com", mailFromDomain: "bounce.example.com" },
        touches: [/EmailIdentity(MailFromAttributes)?::emails-(domain-identity|mail-from)/, /::emails-send-function/],
      },
    ],
    recipients: [{ to: { recipients: ["*@testers.example.com"] }, touches: [/emails-|messages-prepare/] }],
    unsubscribeUrl: [
      {
        to: { unsubscribeUrl: "https://example.com/unsubscribe?player={player}" },
        touches: [/emails-|messages-prepare/],
      },
    ],
    alarms: [{ to: { alarms: "none" }, touches: [/MetricAlarm/] }],
    alarmTopicArn: [{ to: { alarmTopicArn: "arn:aws:sns:us-east-1:123456789012:pages" }, touches: [/MetricAlarm/] }],
    messageRetentionDays: [{ to: { messageRetentionDays: 60 }, touches: [/::(messages-|gateway-on-|segments-)/] }],
    refreshMinutes: [{ to: { refreshMinutes: 720 }, touches: [/^aws:cloudcontrol/] }],
    segmentSchedule: [
      {
        to: { segmentSchedule: "cron(0 10 ? * MON *)" },
        touches: [/^aws:(scheduler|iam|sqs|cloudwatch)\/.*::segments-|^aws:iam.*segments/],
      },
    ],
    protect: [{ to: { protect: true }, touches: [/^aws:(dynamodb\/table|s3\/bucket|athena\/workgroup):/] }],
    manageAccount: [{ to: { manageAccount: true }, touches: [/^aws:(apigateway\/account|glue\/resourcePolicy|iam)/] }],
  };

  it("every setting that the project declares has its change below", () => {
    const declared = (parse(checkout.read("Pulumi.yaml")) as { config: object }).config;
    expect(Object.keys(settings)).to.have.members(Object.keys(declared));
  });

  for (const [name, cases] of Object.entries(settings))
    for (const { to, touches } of cases)
      it(`a change of ${name} touches what it should, and replaces nothing precious`, async () => {
        const before = checkout.read("Pulumi.dev.yaml");
        checkout.configure("dev", to);
        const steps = await stepsOf(world, checkout, "dev").finally(() => checkout.write("Pulumi.dev.yaml", before));
        expect(steps.size).to.be.greaterThan(0);
        world.note(
          `${name}: ${[...steps]
            .map(([urn, op]) => `${op} ${urn}`)
            .join(", ")
            .slice(0, 2000)}`,
        );
        for (const [urn, op] of steps) {
          expect(
            touches.some((touched) => touched.test(urn)),
            urn,
          ).to.equal(true);
          if (PRECIOUS.test(urn)) expect(op, urn).to.match(/^(update|create)$/);
        }
        for (const touched of touches) expect([...steps.keys()].join("\n")).to.match(touched);
      });

  it("another sender's address is another identity, made before the old one goes; protected, it is refused", async () => {
    const files = ["Pulumi.dev.yaml", "Pulumi.prod.yaml"].map((file) => [file, checkout.read(file)] as const);
    for (const stack of ["dev", "prod"]) checkout.configure(stack, { sender: "My Game <other@example.com>" });
    const steps = await stepsOf(world, checkout, "dev");
    const refused = await world.preview(checkout, "prod", { code: "any" });
    for (const [file, text] of files) checkout.write(file, text);
    const precious = [...steps].filter(([urn]) => PRECIOUS.test(urn));
    expect(precious.map(([urn]) => urn)).to.deep.equal(["aws:sesv2/emailIdentity:EmailIdentity::emails-identity"]);
    expect(refused.code).not.to.equal(0);
    expect(refused.text).to.match(/emails-identity.*protect/s);
  });

  it("what an account has once stays when its stack gives it up", async () => {
    const before = checkout.read("Pulumi.prod.yaml");
    checkout.configure("prod", { manageAccount: false });
    const steps = await stepsOf(world, checkout, "prod").finally(() => checkout.write("Pulumi.prod.yaml", before));
    const kept = world.deployed("prod").filter(({ retainOnDelete }) => retainOnDelete === true);
    const names = kept.map(({ urn }) => urn.replace(/^.*::/, ""));
    expect(steps.size).to.equal(4);
    for (const [urn, op] of steps) {
      expect(`${op} ${urn}`).to.match(/^delete aws:(apigateway\/account|glue\/resourcePolicy|iam)/);
      // Out of the state, and left in the account.
      expect(names).to.include(urn.replace(/^.*::/, ""));
    }
  });

  describe("renaming components with an alias", () => {
    const RENAMED = {
      messages: ['new MessageStore("messages", {', "  retentionDays: settings.messageRetentionDays,\n})", "letters"],
      segments: ['new SegmentPipeline("segments", {', "  refreshMinutes: settings.refreshMinutes,\n})", "groups"],
      emails: [
        'new EmailDispatcher("emails", {',
        '  ...(settings.environment === "production" ? { production: true } : { recipients: [...settings.recipients] }),\n})',
        "mails",
      ],
    } as const;
    it("replaces nothing at all", async () => {
      const before = checkout.read("index.ts");
      for (const [component, [begin, end, to]] of Object.entries(RENAMED)) {
        checkout.replace("index.ts", begin, begin.replace(component, to));
        checkout.replace("index.ts", end, `${end.slice(0, -1)}, { aliases: [{ name: "${component}" }] })`);
      }
      const steps = await stepsOf(world, checkout, "dev").finally(() => checkout.write("index.ts", before));
      const gone = [...steps].filter(([, op]) => /replace|delete|create/.test(op));
      expect(gone).to.deep.equal([]);
    });
  });

  // In a block of their own: mocha runs blocks after what stands beside them.
  describe("at the end", () => {
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
});
