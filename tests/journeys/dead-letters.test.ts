import { join } from "node:path";
import { expect } from "chai";
import { VirtualClock } from "../../local/clock";
import { sesEngine } from "../../local/services/ses";
import { TestStack } from "../helpers/local-stack";
import { Messages } from "../helpers/messages";

describe("What a queue gave up", function () {
  this.timeout(60_000);
  let stack: TestStack;
  let messages: Messages;

  before(async () => {
    stack = await TestStack.startProgram(join(__dirname, "dead-letters-program"), {
      clock: new VirtualClock(Date.UTC(2026, 5, 15, 12)),
    });
    await stack.schedules(false);
    messages = new Messages(stack);
    Object.assign(sesEngine(stack.cloud).behaviour, { repeatChance: 0, disorderChance: 0 });
  });
  afterEach(() => heal());
  after(() => stack.close());

  const call = <R>(operation: string, input: object): Promise<R> =>
    stack.cloud.call<R>("sqs", operation, input as Record<string, unknown>, stack.cloud.operator);
  const queue = (name: string): Record<string, unknown> => {
    const found = stack.stack.evaluation.resources.find((one) => one.name === name && one.type.endsWith(":Queue"));
    if (!found) throw new Error(`The program has no queue ${name}.`);
    return found.state;
  };
  const lying = async (name: string): Promise<number> => {
    const input = { QueueUrl: queue(name)["url"], AttributeNames: ["ApproximateNumberOfMessages"] };
    const { Attributes } = await call<{ Attributes: Record<string, string> }>("GetQueueAttributes", input);
    return Number(Attributes["ApproximateNumberOfMessages"]);
  };
  /** Lets a function's writes fail from now on. */
  const fail = (role: string): void => {
    stack.cloud.faults = ({ operation, principal }) =>
      /^(Put|Update)Item$/.test(operation) && "arn" in principal && principal.arn.includes(`${role}-role`)
        ? "throttle"
        : undefined;
  };
  const heal = (): void => void (stack.cloud.faults = () => undefined);
  const until = async (fact: () => Promise<boolean>, what: string): Promise<void> => {
    if (!(await stack.clock.advanceUntil(fact, 3_600_000))) throw new Error(`${what} did not come about in an hour`);
  };
  /** As an operator does it: everything in the dead-letter queue goes back to the queue that gave it up. */
  const moveBack = async (name: string): Promise<void> => {
    await call("StartMessageMoveTask", { SourceArn: queue(name)["arn"] });
    await until(async () => (await lying(name)) === 0, `the end of ${name}`);
  };
  const subjectsTo = (address: string): string[] =>
    sesEngine(stack.cloud)
      .inbox()
      .filter(({ to }) => to.includes(address))
      .map(({ subject }) => subject);

  it("of messages that no channel takes is moved back, and they fail with their reason", async () => {
    fail("messages-unknown-channel-function");
    const id = await messages.send("ada", { template: "invite", channel: "pigeon" });
    await until(async () => (await lying("messages-unknown-channel-dlq")) === 1, "a dead letter");
    expect((await messages.item("ada", id))["status"]?.S).to.equal("queued");
    heal();
    await moveBack("messages-unknown-channel-dlq");
    const item = await messages.until("ada", id, ["failed"]);
    expect(item["reason"]?.M?.["code"]?.S).to.equal("channel-unknown");
  });

  it("of SES's events is moved back, and they are written, the address suppressed", async () => {
    const address = "grace@players.test";
    const id = await messages.send("grace", { template: "invite", to: address });
    await messages.until("grace", id, ["delivered"]);
    fail("emails-event-function");
    await sesEngine(stack.cloud).simulate(messages.mails(id)[0]!.id, "bounce");
    await until(async () => (await lying("emails-events-dlq")) === 1, "a dead letter");
    expect((await messages.item("grace", id))["status"]?.S).to.equal("delivered");
    heal();
    await moveBack("emails-events-dlq");
    await messages.until("grace", id, ["bounced"]);
    const next = await messages.send("grace", { template: "invite", to: address });
    expect((await messages.until("grace", next, ["skipped"]))["reason"]?.M?.["code"]?.S).to.equal("suppressed");
  });

  it("of a studio's reaction to a status is moved back, and the reaction runs", async () => {
    fail("messages-on-bounced-function");
    const id = await messages.send("alan", { template: "invite", to: "alan@players.test" });
    await messages.until("alan", id, ["delivered"]);
    await sesEngine(stack.cloud).simulate(messages.mails(id)[0]!.id, "bounce");
    await until(async () => (await lying("messages-on-bounced-dlq")) === 1, "a dead letter");
    expect(subjectsTo("alan-other@players.test")).to.deep.equal([]);
    heal();
    await moveBack("messages-on-bounced-dlq");
    await until(async () => subjectsTo("alan-other@players.test").length > 0, "the mail of the reaction");
    expect(subjectsTo("alan-other@players.test")).to.deep.equal(["Sorry"]);
  });
});
