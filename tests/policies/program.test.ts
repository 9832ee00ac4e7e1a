import Module from "node:module";
import { join } from "node:path";
import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import { EXCEPTIONS } from "../../policies/exceptions";
import { evaluate, type Outcome } from "../../policies/framework/evaluate";
import { Exceptions, exceptionsFor, type Exception } from "../../policies/framework/exceptions";
import { UNKNOWN } from "../../policies/framework/resource";
import { levelOf, type Environment } from "../../policies/framework/rule";
import { Stack } from "../../policies/framework/stack";
import { RULES } from "../../policies/rules";
import { ROOT } from "../helpers/command";
import { graphOf, type Declared, type GraphOptions } from "./graph";
import { TODAY } from "./kill";

async function outcomeOf(
  graph: readonly Declared[],
  environment: Environment,
  exceptions: readonly Exception[] = EXCEPTIONS,
): Promise<Outcome> {
  const rules = RULES.filter((rule) => levelOf(rule, environment) !== "disabled");
  const list = new Exceptions(exceptionsFor(exceptions, "games-messaging", environment), TODAY);
  return evaluate(rules, new Stack(graph), { environment, exceptions: list });
}

const sentences = ({ violations }: Outcome): string[] => violations.map(({ rule, message }) => `${rule}: ${message}`);

/** Lets modules import a package of this repository as if it were installed; returns what undoes it. */
function asInstalled(name: string, file: string): () => void {
  const loader = Module as unknown as { _resolveFilename: (request: string, ...rest: unknown[]) => string };
  const { _resolveFilename } = loader;
  loader._resolveFilename = (request, ...rest) =>
    request === name ? file : _resolveFilename.call(loader, request, ...rest);
  return () => {
    loader._resolveFilename = _resolveFilename;
  };
}

/** What a studio changes, in settings or in the program, and stays compliant with. */
const VARIANTS: Readonly<Record<string, GraphOptions & { readonly environment?: Environment }>> = {
  "all alarms in dev": { stack: "dev", config: { "games-messaging:alarms": "all" } },
  "no alarms in dev": { stack: "dev", config: { "games-messaging:alarms": "none" } },
  "a protected dev": { stack: "dev", config: { "games-messaging:protect": "true" } },
  "an unprotected local stack": { stack: "local", config: { "games-messaging:protect": "false" } },
  "dev that owns the account's logging": { stack: "dev", config: { "games-messaging:manageAccount": "true" } },
  "prod that owns nothing of the account": {
    stack: "prod",
    environment: "production",
    config: { "games-messaging:manageAccount": "false" },
  },
  "another issuer": { stack: "dev", config: { "games-messaging:issuer": "https://example.eu.auth0.com/" } },
  "another audience": { stack: "dev", config: { "games-messaging:audience": "another-game" } },
  "a sender without a name": { stack: "dev", config: { "games-messaging:sender": "noreply@dev.example.com" } },
  "a sender of another domain": {
    stack: "prod",
    environment: "production",
    config: { "games-messaging:sender": "Studio <mail@studio.example>" },
  },
  "a sender whose domain is verified": {
    stack: "prod",
    environment: "production",
    config: { "games-messaging:senderDomain": "example.com" },
  },
  "recipients of one's own domain": { stack: "dev", config: { "games-messaging:recipients": '["*@studio.example"]' } },
  "one recipient at a public domain": {
    stack: "dev",
    config: { "games-messaging:recipients": '["tester@gmail.com"]' },
  },
  "alarms that notify a topic": {
    stack: "prod",
    environment: "production",
    config: { "games-messaging:alarmTopicArn": "arn:aws:sns:us-east-1:123456789012:pages" },
  },
  "marketing mail with a way out": {
    stack: "prod",
    environment: "production",
    config: { "games-messaging:unsubscribeUrl": "https://example.com/unsubscribe?player={player}" },
  },
  "messages kept for ten years": { stack: "dev", config: { "games-messaging:messageRetentionDays": "3650" } },
  "a fresh analytics copy": { stack: "dev", config: { "games-messaging:refreshMinutes": "15" } },
  "a scheduled segment in dev": { stack: "dev", config: { "games-messaging:segmentSchedule": "rate(7 days)" } },
  "no scheduled segment in prod": {
    stack: "prod",
    environment: "production",
    config: { "games-messaging:segmentSchedule": "" },
  },
  "prod in another Region": {
    stack: "prod",
    environment: "production",
    config: { "aws:region": "eu-central-1" },
  },
  "several recipients": {
    stack: "dev",
    config: { "games-messaging:recipients": '["*@players.test","qa@studio.example","*@simulator.amazonses.com"]' },
  },
};

describe("The program and the pack", function () {
  this.timeout(120_000);
  const graphs = new Map<string, readonly Declared[]>();

  for (const [stack, environment] of [
    ["dev", "other"],
    ["prod", "production"],
    ["local", "other"],
  ] as const) {
    it(`agree on ${stack}`, async () => {
      const graph = await graphOf({ stack });
      graphs.set(stack, graph);
      const outcome = await outcomeOf(graph, environment);
      expect(sentences(outcome)).to.deep.equal([]);
      expect(outcome.waiting).to.deep.equal([]);
    });
  }

  it("judge stacks that differ as their names promise", () => {
    const of = (stack: string) => {
      const graph = graphs.get(stack) ?? [];
      const kind = (type: string) => graph.filter((one) => one.type.endsWith(`:${type}`)).map(({ inputs }) => inputs);
      const texts = (type: string) => JSON.stringify(kind(type)).replaceAll("\\", "");
      return {
        mayMail: /"ses:Recipients":(\[.*?\])/.exec(texts("RolePolicy"))?.[1] ?? "everybody",
        from: kind("EmailIdentity").map((identity) => identity["emailIdentity"]),
        copiedEveryMinutes: /"RefreshInterval":"(\d+)"/.exec(texts("Resource"))?.[1],
        tablesKept: kind("Table").map((table) => table["deletionProtectionEnabled"] === true),
        bucketsKept: kind("Bucket").map((bucket) => bucket["forceDestroy"] !== true),
        alarms: kind("MetricAlarm").length > 10 ? "all" : "essential",
        schedules: kind("Schedule").length,
      };
    };
    expect(of("dev")).to.deep.equal({
      mayMail: '["*@simulator.amazonses.com"]',
      from: ["hello@dev.example.com"],
      copiedEveryMinutes: "1440",
      tablesKept: [false, false, false, false],
      bucketsKept: [false, false],
      alarms: "essential",
      schedules: 0,
    });
    expect(of("prod")).to.deep.equal({
      mayMail: "everybody",
      from: ["hello@example.com"],
      copiedEveryMinutes: "60",
      tablesKept: [true, true, true, true],
      bucketsKept: [true, true],
      alarms: "all",
      schedules: 1,
    });
  });

  for (const [label, { environment = "other", ...options }] of Object.entries(VARIANTS)) {
    it(`agree on ${label}`, async () => {
      expect(sentences(await outcomeOf(await graphOf(options), environment))).to.deep.equal([]);
    });
  }

  it("agree on the example of another game, whose own account-wide needs are few", async () => {
    const restore = asInstalled("games-messaging", join(ROOT, "components/index.ts"));
    const graph = await graphOf({ stack: "local", folder: join(ROOT, "examples/guild-clash") }).finally(restore);
    const own: Exception[] = EXCEPTIONS.map(({ project: _, ...exception }) => exception);
    expect(sentences(await outcomeOf(graph, "other", own))).to.deep.equal([]);
  });

  it("leave at a first preview what is not known for up, where it is decided", async () => {
    const preview = await outcomeOf(await graphOf({ stack: "prod", preview: true }), "production");
    expect(sentences(preview)).to.deep.equal([]);
    expect([...new Set(preview.waiting.map(({ rule }) => rule))]).to.include.members([
      "sqs-private-tls",
      "iam-no-wildcards",
      "ses-guarded-recipients",
    ]);
    // The same program, a queue's policy opened to everybody: silent at preview, refused at up.
    const open = JSON.stringify({
      Statement: [{ Effect: "Allow", Principal: "*", Action: "sqs:SendMessage", Resource: "*" }],
    });
    const weaken = (one: Declared, policy: unknown): Declared =>
      one.type === "aws:sqs/queuePolicy:QueuePolicy"
        ? { ...one, inputs: { ...one.inputs, policy }, props: { ...one.props, policy } }
        : one;
    const before = await graphOf({ stack: "prod", preview: true });
    const atPreview = await outcomeOf(
      before.map((one) => weaken(one, UNKNOWN)),
      "production",
    );
    expect(sentences(atPreview)).to.deep.equal([]);
    expect(atPreview.waiting.map(({ rule }) => rule)).to.include("sqs-private-tls");
    const atUp = await outcomeOf(
      (graphs.get("prod") ?? []).map((one) => weaken(one, open)),
      "production",
    );
    expect(new Set(atUp.violations.map(({ rule }) => rule))).to.include("sqs-private-tls");
    expect(atUp.waiting).to.deep.equal([]);
  });

  after(() => pulumi.runtime.disconnect());
});
