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
      mailFromDomain: "mail.example.com",
      recipients: [],
      alarms: "some",
      alarmTopicArn: "pages",
      unsubscribeUrl: "https://example.com/unsubscribe",
      messageRetentionDays: 0,
      refreshMinutes: "soon",
      protect: "maybe",
      manageAccount: 1,
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
      'mailFromDomain: got "mail.example.com"; expected none without a senderDomain. Run: pulumi config rm mailFromDomain',
      "recipients: got []; expected at least one pattern",
      'alarms: got "some"; expected one of all, essential, none',
      'alarmTopicArn: got "pages"; expected the ARN of an SNS topic',
      'unsubscribeUrl: got "https://example.com/unsubscribe"; expected an https address with {player} or {message}',
      'messageRetentionDays: got "0"; expected a whole number from 1 to 3650',
      'refreshMinutes: got "soon"; expected a whole number from 15 to 8640. Run: pulumi config set refreshMinutes <value>',
      'protect: got "maybe"; expected one of true, false. Run: pulumi config set protect <value>',
      'manageAccount: got "1"; expected one of true, false',
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

  for (const recipients of ["ada@players.test", [7]])
    it(`are told with all others when a list is none: ${JSON.stringify(recipients)}`, async () => {
      checkout.configure("dev", { recipients, protect: "maybe" });
      const text = await previewOf();
      expect(text).to.include(
        `recipients: got ${JSON.stringify(recipients)}; expected a list of address patterns, e.g. ["*@players.test"]. ` +
          `Run: pulumi config set recipients '["*@players.test"]'`,
      );
      expect(text).to.include('protect: got "maybe"');
    });

  it("are a list on the command line, too, as that sentence says", async () => {
    await world.run(checkout, ["config", "set", "recipients", '["*@players.test"]', "--stack", "dev"]);
    checkout.configure("dev", { protect: "maybe" });
    expect(await previewOf())
      .to.include('protect: got "maybe"')
      .and.not.to.include("recipients: got");
  });

  // A list where text belongs: the engine looks at that before it starts the program, and ends there.
  it("that are a list, and should be a text, are refused by their declaration", async () => {
    const before = world.stateText("dev");
    checkout.configure("dev", { sender: ["hello@example.com"] });
    expect(sentence(await previewOf())).to.match(
      /^error: validating stack config: .*'dev'.*'sender' must be of type 'string'/,
    );
    expect(world.stateText("dev")).to.equal(before);
  });

  it("in a file that is not YAML are refused with the line, and the state stays", async () => {
    const before = world.stateText("dev");
    checkout.write("Pulumi.dev.yaml", "config:\n  aws:region: us-east-1\n bad: [\n");
    expect(await previewOf()).to.match(/invalid YAML file: yaml: line 2/);
    expect(world.stateText("dev")).to.equal(before);
  });

  it("in a project file that is not YAML are refused with the line, and the state stays", async () => {
    const [before, project] = [world.stateText("dev"), checkout.read("Pulumi.yaml")];
    checkout.write("Pulumi.yaml", `${project}\n bad: [\n`);
    const text = await previewOf().finally(() => checkout.write("Pulumi.yaml", project));
    expect(sentence(text)).to.match(/Pulumi\.yaml': invalid YAML file: yaml: line \d+/);
    expect(world.stateText("dev")).to.equal(before);
  });

  for (const [what, file, told] of [
    ["another stack", foreign("live", "games-messaging"), /from a different stack \(live != dev\)/],
    ["a half-written file", '{"version": 3, "deployment": {', /^error: unexpected EOF/m],
    ["no state at all", '{"games": []}', /^error: the stack 'dev' is too old/m],
  ] as const)
    it(`of ${what} cannot be imported, and ours stays`, async () => {
      const before = world.stateText("dev");
      checkout.write("foreign.json", file);
      const words = ["stack", "import", "--stack", "dev", "--file", "foreign.json"];
      const { code, text } = await world.run(checkout, words, { code: "any" });
      expect(code, text).not.to.equal(0);
      expect(text).to.match(told);
      expect(world.stateText("dev")).to.equal(before);
    });

  it("of another program with a stack of this name are taken by Pulumi; the preview says what would go, and is the way back", async () => {
    // Pulumi looks at the stack's name alone. Nothing of ours can refuse it: a program never sees its own state.
    const before = world.stateText("dev");
    checkout.write("foreign.json", foreign("dev", "another", "aws:sqs/queue:Queue::theirs"));
    await world.run(checkout, ["stack", "import", "--stack", "dev", "--file", "foreign.json"]);
    const index = checkout.read("index.ts");
    checkout.write("index.ts", "export {};\n");
    const { text } = await world.preview(checkout, "dev");
    checkout.write("index.ts", index);
    world.writeState("dev", before);
    expect(text).to.match(/- .*aws:sqs:Queue\s+theirs delete/);
    expect(world.host.account.resources).to.deep.equal([]);
  });

  it("that is cut short on disk is not taken for an empty stack, and is left as it is", async () => {
    const before = world.stateText("dev");
    const half = before.slice(0, before.length / 2);
    world.writeState("dev", half);
    expect(sentence(await previewOf())).to.match(/^error: failed to load checkpoint: .*unexpected end of JSON input/);
    expect(world.stateText("dev")).to.equal(half);
    world.writeState("dev", before);
  });

  describe("programs", () => {
    const previewWith = async (more: string): Promise<string> => {
      const index = checkout.read("index.ts");
      checkout.write(
        "index.ts",
        `import * as aws from "@pulumi/aws";\nimport * as pulumi from "@pulumi/pulumi";\n${more}\n`,
      );
      return previewOf().finally(() => checkout.write("index.ts", index));
    };

    it("whose resources need each other are refused, with both names and the input that waits", async () => {
      const before = world.stateText("dev");
      const text = await previewWith(`
        let other: aws.sqs.Queue;
        const later = <T>(value: () => pulumi.Output<T>): pulumi.Output<T> =>
          pulumi.output(new Promise<void>((resolve) => setImmediate(resolve)).then(value));
        const one = new aws.sqs.Queue("one", { policy: later(() => other.arn) });
        other = new aws.sqs.Queue("other", { policy: one.arn });`);
      for (const name of ["one", "other"])
        expect(text).to.include(
          `"${name}" [aws:sqs/queue:Queue] was waiting for the value of its input property "policy"`,
        );
      expect(text).to.include("there is a cyclic dependency between resources");
      expect(world.stateText("dev")).to.equal(before);
    });

    it("whose component gives a child an output that the child itself resolves are refused, with both names", async () => {
      const text = await previewWith(`
        const [arn, resolve] = pulumi.deferredOutput<string>();
        const one = new aws.sqs.Queue("one", { policy: arn });
        resolve(new aws.sqs.Queue("other", { policy: one.arn }).arn);`);
      expect(text).to.match(/resource "one" .* is a deferred output that is resolved.*"other"/s);
      expect(text).to.include("the deployment would deadlock");
    });
  });
});

/** What the engine calls an error, its first line. */
const sentence = (text: string): string => /^error: .*/m.exec(text)?.[0] ?? text;

/** A state of a stack of a project, with these resources by type and name. */
function foreign(stack: string, project: string, ...resources: string[]): string {
  const urn = (place: string): string => `urn:pulumi:${stack}::${project}::${place}`;
  const root = urn(`pulumi:pulumi:Stack::${project}-${stack}`);
  return JSON.stringify({
    version: 3,
    deployment: {
      manifest: { time: "2026-01-01T00:00:00Z", magic: "", version: "" },
      resources: [
        { urn: root, custom: false, type: "pulumi:pulumi:Stack" },
        ...resources.map((place) => ({
          urn: urn(place),
          custom: true,
          id: place,
          type: place.replace(/::.*/, ""),
          parent: root,
        })),
      ],
    },
  });
}
