import { expect } from "chai";
import type { Checkout } from "./helpers/checkout";
import { World } from "./helpers/world";

describe("Settings and states that cannot be used", () => {
  let world: World;
  let checkout: Checkout;
  const previewOf = async (): Promise<string> => {
    const { code, text } = await world.preview(checkout, "dev", { code: "any" });
    expect(code).not.to.equal(0);
    expect(world.host.account.resources).to.deep.equal([]);
    return text;
  };

  before(async () => {
    world = await World.start();
    checkout = world.checkout();
    await world.init(checkout, "dev");
  });
  beforeEach(() => {
    checkout.write("Pulumi.dev.yaml", clean);
  });
  let clean: string;
  before(() => {
    clean = checkout.read("Pulumi.dev.yaml");
  });
  after(() => world.close());

  it("are all told at once, each with its fix", async () => {
    checkout.configure("dev", {
      issuer: "http://issuer.example.com/",
      audience: undefined,
      sender: "nobody",
      recipients: [],
      alarms: "some",
      alarmTopicArn: "pages",
      unsubscribeUrl: "https://example.com/unsubscribe",
      messageRetentionDays: 0,
      segmentSchedule: "every friday",
      isuer: "https://typo.example.com/",
      "aws:region": undefined,
    });
    const text = await previewOf();
    for (const line of [
      'isuer: got "https://typo.example.com/"; expected one of environment, issuer,',
      "Run: pulumi config rm isuer",
      'issuer: got "http://issuer.example.com/"; expected an https address',
      "audience: got nothing; expected some text. Run: pulumi config set audience <value>",
      'sender: got "nobody"; expected an address',
      "recipients: got []; expected at least one pattern",
      'alarms: got "some"; expected one of all, essential, none',
      'alarmTopicArn: got "pages"; expected the ARN of an SNS topic',
      'unsubscribeUrl: got "https://example.com/unsubscribe"; expected an https address with {player} or {message}',
      'messageRetentionDays: got "0"; expected a whole number from 1 to 3650',
      'segmentSchedule: got "every friday"; expected rate(...), cron(...) or at(...)',
      "aws:region: got nothing; expected the Region to deploy to",
    ])
      expect(text).to.include(line);
    // A person reads the list, not where in the program it was made.
    expect(text).not.to.match(/at readSettings|node_modules/);
  });

  it("of a production that only some may hear from contradict each other", async () => {
    checkout.configure("dev", { environment: "production" });
    expect(await previewOf()).to.match(/recipients: got \[.*\]; expected none, since production mails everybody/);
  });

  it("of another type are refused by their declaration", async () => {
    checkout.configure("dev", { protect: "maybe" });
    expect(await previewOf()).to.match(/protect.*must be of type 'boolean'/s);
  });

  it("in a file that is not YAML are refused with the line, and the state stays", async () => {
    const before = world.stateText("dev");
    checkout.write("Pulumi.dev.yaml", "config:\n  aws:region: us-east-1\n bad: [\n");
    expect(await previewOf()).to.match(/invalid YAML file: yaml: line 2/);
    expect(world.stateText("dev")).to.equal(before);
  });

  it("of another program's stack are refused, and ours stays", async () => {
    const before = world.stateText("dev");
    const foreign = {
      version: 3,
      deployment: {
        manifest: { time: "2026-01-01T00:00:00Z", magic: "", version: "" },
        resources: [
          {
            urn: "urn:pulumi:live::another::pulumi:pulumi:Stack::another-live",
            custom: false,
            type: "pulumi:pulumi:Stack",
          },
        ],
      },
    };
    checkout.write("foreign.json", JSON.stringify(foreign));
    const { code, text } = await world.run(checkout, ["stack", "import", "--stack", "dev", "--file", "foreign.json"], {
      code: "any",
    });
    expect(code, text).not.to.equal(0);
    expect(text).to.match(/live/);
    expect(world.stateText("dev")).to.equal(before);
  });
});
