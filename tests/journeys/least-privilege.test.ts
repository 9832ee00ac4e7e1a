import { expect } from "chai";
import { VirtualClock } from "../../local/clock";
import { refreshIntegrations } from "../../local/services/glue";
import { iamEngine, type StatementUsage } from "../../local/services/iam";
import { sesEngine } from "../../local/services/ses";
import { TestStack } from "../helpers/local-stack";
import { Messages, nameOf } from "../helpers/messages";

describe("Roles of the program", function () {
  this.timeout(120_000);
  let stack: TestStack;
  let messages: Messages;

  before(async () => {
    stack = await TestStack.start({ clock: new VirtualClock(Date.UTC(2026, 5, 15, 12)) });
    messages = new Messages(stack);
    await everything();
  });
  after(() => stack.close());

  /** Physical names of the program's roles by their logical ones. */
  const roles = (): Map<string, string> =>
    new Map(
      stack.stack.evaluation.resources
        .filter(({ type }) => type === "aws:iam/role:Role")
        .map(({ name, state }) => [name, String(state["name"])]),
    );
  const arnOf = (name: string): string =>
    String(stack.stack.evaluation.resources.find((r) => r.name === name && "arn" in r.state)?.state["arn"]);
  /** Lets one call of a role fail, or all of them. */
  const fail = (role: string, on: string, times = Infinity): void => {
    let left = times;
    stack.cloud.faults = ({ service, operation, principal }) => {
      const mine = principal.type === "role" && nameOf(principal.arn) === role && on === `${service}:${operation}`;
      return mine && left-- > 0 ? "throttle" : undefined;
    };
  };
  const heal = (): void => void (stack.cloud.faults = () => undefined);
  const event = (fn: string, payload: unknown): Promise<unknown> =>
    stack.cloud.call(
      "lambda",
      "Invoke",
      {
        FunctionName: fn,
        InvocationType: "Event",
        Payload: Buffer.from(JSON.stringify(payload)).toString("base64"),
      },
      stack.cloud.operator,
    );

  /** Every function once, its failures included. */
  async function everything(): Promise<void> {
    await players();
    await mail();
    await failures();
    await segments();
  }

  async function players(): Promise<void> {
    await stack.profile("ada", { level: 3 });
    await stack.profile("grace", { locale: "de" });
    const ada = await stack.connect("ada");
    const grace = await stack.connect("grace");
    const eve = await stack.connect("eve");
    await stack.befriend(ada, "ada", grace, "grace");
    await stack.befriend(ada, "ada", eve, "eve");
    await ada.request("friends.mute", { player: "eve" });
    const graceToo = await stack.connect("grace");
    const silent = await stack.connect("silent", { hello: false });
    await ada.request("ping");
    await ada.request("no-such-route").catch(() => undefined);
    await ada.request("profile.get");
    await ada.request("preferences.put", { emailSocial: true });
    await silent.close();
    // A connection whose end nobody was told of is found by the next post to it, or by its check when its life is over.
    stack.gateway.losesDisconnect = () => true;
    await Promise.all([graceToo.close(), eve.close()]);
    stack.gateway.losesDisconnect = () => false;
    await ada.request("event", { event: "achievement", data: { name: "First Blood" } });
    await stack.clock.advance(5_000);
    await grace.close();
    await stack.clock.advance(60_000);
    await ada.request("friends.remove", { player: "grace" });
    const eveAgain = await stack.connect("eve");
    await stack.clock.advance(300_000);
    await Promise.all([ada.request("ping"), eveAgain.request("ping")]);
    stack.gateway.losesDisconnect = () => true;
    await Promise.all([ada.close(), eveAgain.close()]);
    stack.gateway.losesDisconnect = () => false;
    await stack.clock.advance(9_000_000);
  }

  async function mail(): Promise<void> {
    await stack.invoke("eventFunction", { player: "ada", event: "achievement", data: { name: "Gold" } });
    const held = await messages.send("ada", {
      template: "welcome",
      notBefore: Math.floor(stack.clock.now() / 1_000) + 90,
    });
    await messages.until("ada", held, ["delivered"]);
    const elsewhere = await messages.send("ada", { template: "welcome", channel: "carrier-pigeon" });
    await messages.until("ada", elsewhere, ["failed", "skipped"]);
    const unknown = await messages.send("ada", { template: "no-such-template" });
    await messages.until("ada", unknown, ["failed"]);
    // An unclear answer waits in the reconcile queue.
    stack.cloud.faults = ({ operation }) => (operation === "SendRawEmail" ? "lost-request" : undefined);
    const unclear = await messages.send("ada", { template: "welcome" });
    await stack.clock.advance(5_000);
    heal();
    await messages.until("ada", unclear, ["delivered"], 7_200);
    // Refused three times.
    sesEngine(stack.cloud).account.settings.productionAccess = false;
    const refused = await messages.send("ada", { template: "welcome" });
    await messages.until("ada", refused, ["failed"], 7_200);
    sesEngine(stack.cloud).account.settings.productionAccess = true;
    await stack.invoke("redriveFunction", { deadLetters: true });
    await messages.until("ada", refused, ["delivered"], 7_200);
  }

  async function failures(): Promise<void> {
    const { cloud, clock } = stack;
    // The queue itself gives a mail up.
    fail("emails-send-function-role", "dynamodb:BatchGetItem");
    const given = await messages.send("ada", { template: "welcome" });
    await messages.until("ada", given, ["failed"], 8_000);
    heal();
    // The stream's mapping gives batches up.
    fail("messages-prepare-role", "sns:PublishBatch");
    const parked = await messages.send("ada", { template: "welcome" });
    await clock.advance(1_200_000);
    heal();
    fail("gateway-notify-role", "dynamodb:Query");
    await stack.invoke("eventFunction", { player: "ada", event: "achievement", data: { name: "Lost" } });
    await clock.advance(1_200_000);
    heal();
    // Asynchronous invocations that fail for good.
    for (const output of ["enqueueFunction", "profileFunction", "eventFunction"]) {
      await event(stack.stack.output(output), output === "enqueueFunction" ? { messages: Array(1_001).fill({}) } : {});
    }
    fail("messages-sweep-role", "dynamodb:Query");
    await clock.advance(400_000);
    heal();
    await event(arnOf("messages-redrive"), {});
    await event(arnOf("gateway-redrive"), {});
    await messages.until("ada", parked, ["delivered"], 600);
    expect(cloud.trace.last).to.be.greaterThan(0);
  }

  async function segments(): Promise<void> {
    await refreshIntegrations(stack.cloud);
    await stack.invoke("segmentFunction", { segment: "active-30-days", runId: "one" });
    await stack.invoke("segmentFunction", { segment: "active-30-days", runId: "one" });
    await stack.clock.advance(120_000);
  }

  /** What is left idle on purpose, by role or for all (`*`): `Sid: actions`, with the reason. */
  const exceptions: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    "*": {
      "Traces: xray:PutTelemetryRecords": "Lambda's own agent reports its health with it; the local cloud has no agent",
    },
    "gateway-account-logs-role": {
      "0: logs:CreateLogGroup logs:DescribeLogGroups logs:DescribeLogStreams logs:GetLogEvents logs:FilterLogEvents":
        "AWS's managed policy, which API Gateway demands whole of the account's role",
    },
    "segments-advance-role": {
      "RunQueries: athena:StopQueryExecution": "only a query of 40 minutes is stopped: segments.test.ts",
      "FindResults: s3:ListBucket": "Athena documents it for the bucket of results; the local one never lists it",
      "ReadCatalog: glue:GetPartitions": "Athena documents it for every table; an Iceberg table has none to ask for",
    },
    "segments-enqueue-role": {
      "HandOut: sqs:SendMessage": "only a result of several parts is handed out: the crowd of segments.test.ts",
    },
  };

  const idle = (usage: StatementUsage): string[] =>
    usage.unusedActions.length === 0 ? [] : [`${usage.document.Sid ?? usage.index}: ${usage.unusedActions.join(" ")}`];

  it("hold no right that nothing uses, but for exceptions with a reason", () => {
    const iam = iamEngine(stack.cloud);
    const found: Record<string, string[]> = {};
    const expected: Record<string, string[]> = {};
    for (const [name, physical] of roles()) {
      const all = Object.keys(exceptions["*"]!);
      found[name] = iam
        .usageOf(physical)
        .flatMap(idle)
        .filter((line) => !all.includes(line));
      expected[name] = Object.keys(exceptions[name] ?? {});
    }
    expect(found).to.deep.equal(expected);
  });

  it("are never refused anything on the way", () => {
    const denied = stack.cloud.trace.since(0).filter(({ kind }) => kind === "denied");
    expect(denied.map(({ principal, data }) => [principal, data])).to.deep.equal([]);
  });

  describe("without one statement fail where it is named:", () => {
    const write = (): Promise<unknown> => messages.ask({ player: "ada", type: "transactional", template: "welcome" });
    const profile = (): Promise<unknown> => stack.invoke("profileFunction", { player: "ada", profile: { level: 4 } });
    const start = (): Promise<unknown> => stack.invoke("segmentFunction", { segment: "active-30-days" });
    const refresh = (): Promise<unknown> => refreshIntegrations(stack.cloud);
    const emit = (): Promise<unknown> =>
      stack.invoke("eventFunction", { player: "ada", event: "achievement", data: { name: "Silver" } });
    const samples: readonly (readonly [
      role: string,
      statement: string,
      action: string,
      resource: string,
      journey: () => Promise<unknown>,
    ])[] = [
      ["messages-enqueue-role", "WriteMessages", "dynamodb:PutItem", "messages-table", write],
      ["messages-enqueue-role", "MessagesKey", "kms:Decrypt", "", write],
      ["messages-enqueue-role", "Logs", "logs:PutLogEvents", "", write],
      ["messages-enqueue-role", "Traces", "xray:PutTraceSegments", "*", write],
      ["messages-prepare-role", "ReadPlayers", "dynamodb:BatchGetItem", "gateway-players", write],
      ["messages-prepare-role", "ReadMessages", "dynamodb:BatchGetItem", "messages-table", write],
      ["messages-prepare-role", "Publish", "sns:Publish", "messages-transactional-topic", write],
      ["messages-prepare-role", "ReadStream", "dynamodb:DescribeStream", "", write],
      ["messages-sweep-role", "ReadDue", "dynamodb:Query", "due", () => stack.clock.advance(61_000)],
      ["emails-send-function-role", "ReadQueue", "sqs:GetQueueAttributes", "emails-send-queue", write],
      ["emails-send-function-role", "SendMail", "ses:SendRawEmail", "hello@games-messaging.test", write],
      [
        "emails-send-function-role",
        "SendQuota",
        "ses:GetSendQuota",
        "*",
        () => stack.clock.advance(301_000).then(write),
      ],
      ["emails-send-function-role", "UpdateMessages", "dynamodb:UpdateItem", "messages-table", write],
      ["emails-event-function-role", "ReadQueue", "sqs:GetQueueAttributes", "emails-events-queue", write],
      ["emails-event-function-role", "UpdateMessages", "dynamodb:UpdateItem", "messages-table", write],
      ["gateway-serve-profile-role", "PlayersTable", "dynamodb:GetItem", "gateway-players", profile],
      ["gateway-serve-event-role", "PresenceTable", "dynamodb:PutItem", "gateway-presence", emit],
      ["gateway-notify-role", "PublishEvents", "sns:Publish", "gateway-player-events", emit],
      ["gateway-on-achievement-react-role", "WriteMessages", "dynamodb:PutItem", "messages-table", emit],
      ["segments-start-role", "Runs", "dynamodb:PutItem", "segments-runs", start],
      ["segments-start-role", "Wake", "sqs:SendMessage", "segments-runs-queue", start],
      ["segments-advance-role", "RunQueries", "athena:StartQueryExecution", "segments-queries-workgroup", start],
      ["segments-advance-role", "WriteResults", "s3:PutObject", "", start],
      ["segments-advance-role", "ReadCatalog", "glue:GetDatabase", "", start],
      ["segments-advance-role", "ReadCopy", "s3:GetObject", "", start],
      ["segments-enqueue-role", "ReadResults", "s3:GetObject", "", start],
      ["segments-copy-target", "WriteCopy", "s3:GetObject", "", refresh],
      ["segments-copy-target", "WriteCatalog", "glue:GetDatabase", "", refresh],
    ];
    for (const [role, sid, action, resource, journey] of samples) {
      it(`${role} ${sid}: ${action}`, async () => {
        const iam = iamEngine(stack.cloud);
        const physical = roles().get(role)!;
        const index = iam.statementsOf(physical).findIndex(({ document }) => document.Sid === sid);
        expect(index, `a statement ${sid} of ${role}`).to.be.at.least(0);
        const before = stack.cloud.trace.last;
        const denials = (): readonly (readonly [unknown, string])[] =>
          stack.cloud.trace
            .since(before)
            .filter(({ kind, principal }) => kind === "denied" && nameOf(principal) === role)
            .map(({ data }) => [data?.["action"], nameOf(String(data?.["deniedResource"]))] as const);
        const named = (): boolean =>
          denials().some(([what, where]) => what === action && (resource === "" || where === resource));
        const restore = iam.withoutStatement(physical, index);
        try {
          await journey().catch(() => undefined);
          // What an earlier journey left undone may come first.
          expect(await stack.clock.advanceUntil(named, 180_000), JSON.stringify(denials())).to.equal(true);
        } finally {
          restore();
        }
      });
    }
  });
});
