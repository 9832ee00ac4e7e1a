import { sesEngine } from "../../local/services/ses";
import type { Check } from "../check";
import { CheckFailure, type Stage } from "../stage";
import { becomes, failsFor, send } from "./messages";
import { friends, profile } from "./people";

const refused: Check = {
  name: "a mail that SES refuses lies with its reason, and an operator sends it again",
  run: async (stage) => {
    const { settings } = sesEngine(stage.cloud).account;
    await profile(stage, "ada");
    settings.productionAccess = false;
    const id = await send(stage);
    await becomes(stage, id, "failed", 7_200_000);
    await stage.collects("emails-dead-letters");
    settings.productionAccess = true;
    await stage.schedules(true);
    await stage.invoke("emails-redrive-function", { deadLetters: true });
    await becomes(stage, id, "delivered");
    await stage.requireEmpty("emails-dead-letters");
  },
};

const sendGivenUp: Check = {
  name: "a mail that the queue gives up fails and says so",
  run: async (stage) => {
    await profile(stage, "ada");
    const mend = stage.fail("emails-send-function", "dynamodb:BatchGetItem");
    const id = await send(stage);
    await failsFor(stage, id, "receive-limit", 8_000_000);
    mend();
    await stage.collects("emails-dead-letters");
    await stage.clock.advance(1_000);
    await stage.requireEmpty("emails-send-dlq");
  },
};

const reconcileGivenUp: Check = {
  name: "an unclear mail that the queue gives up is looked at again",
  run: async (stage) => {
    await profile(stage, "ada");
    const mendSend = stage.fail("emails-send-function", "ses:SendRawEmail", "lost-request");
    const mendLook = stage.fail("emails-reconcile-function", "dynamodb:BatchGetItem");
    const id = await send(stage);
    await becomes(stage, id, "sending");
    mendSend();
    const letters = await stage.queueArn("emails-reconcile-dlq");
    const { queues } = stage.cloud.ports;
    let lay = false;
    const stop = queues.onVisible(letters, () => (lay = true));
    await stage.until(() => lay, "the queue to give it up", 8_000_000);
    stop();
    mendLook();
    await becomes(stage, id, "delivered", 8_000_000);
    await stage.requireEmpty("emails-reconcile-dlq");
  },
};

const prepareGivenUp: Check = {
  name: "a batch of messages that the stream gives up is parked, and an operator redrives it",
  run: async (stage) => {
    await profile(stage, "ada");
    await stage.schedules(true);
    const mend = stage.fail("messages-prepare", "sns:PublishBatch");
    const id = await send(stage);
    await stage.collects("messages-failures", 4_000_000);
    mend();
    await redriven(stage, "messages-redrive");
    await becomes(stage, id, "delivered");
    await stage.requireEmpty("messages-failures");
  },
};

const notifyGivenUp: Check = {
  name: "a batch of notices that the stream gives up is parked, and an operator redrives it",
  run: async (stage) => {
    await profile(stage, "ada");
    await profile(stage, "grace");
    await friends(stage, "ada", "grace");
    const heard: unknown[] = [];
    const ada = await stage.connect("ada", (notice) => heard.push(notice["kind"]));
    const grace = await stage.connect("grace");
    for (const client of [ada, grace]) {
      await stage.ask(client, "hello");
      stage.keepAlive(client);
    }
    await stage.clock.advance(60_000);
    const mend = stage.fail("gateway-notify", "dynamodb:Query");
    await stage.invoke("gateway-serve-event", { player: "grace", event: "achievement", data: { name: "Late" } });
    await stage.collects("gateway-failures", 4_000_000);
    mend();
    await redriven(stage, "gateway-redrive");
    await stage.until(() => heard.includes("event"), "ada to hear the event late");
    await stage.requireEmpty("gateway-failures");
  },
};

/** An operator drives back what was given up. @throws CheckFailure when nothing could be. */
async function redriven(stage: Stage, fn: string, least = 1): Promise<void> {
  const answer = await stage.invoke<{ redriven: number; kept: number }>(fn, {}, 400_000);
  if (answer.redriven < least) throw new CheckFailure(`${fn} drove back ${answer.redriven}, not ${least}`);
}

interface Asynchronous {
  readonly fn: string;
  readonly payload: unknown;
  /** What fails on the way, if the payload itself does not. */
  readonly call: string;
  readonly queue: string;
  readonly redrive: string;
  readonly table: string;
}

/** An invocation without a caller who waits fails for good, lies in the failure queue, and is driven back. */
const asynchronous = ({ fn, payload, call, queue, redrive, table }: Asynchronous): Check => ({
  name: `an invocation of ${fn} that Lambda gives up is parked, and an operator starts it again`,
  run: async (stage) => {
    const mend = stage.fail(fn, call);
    await stage.event(fn, payload);
    await stage.collects(queue, 1_000_000);
    const before = await itemsOf(stage, table);
    mend();
    await redriven(stage, redrive);
    await stage.until(async () => (await itemsOf(stage, table)) !== before, `${fn} to have done its work`);
    await stage.requireEmpty(queue);
  },
});

async function itemsOf(stage: Stage, table: string): Promise<string> {
  const { Items } = await stage.operator<{ Items: object[] }>("dynamodb", "Scan", { TableName: stage.output(table) });
  return JSON.stringify(Items);
}

const asynchronousFailures: readonly Check[] = [
  asynchronous({
    fn: "messages-enqueue",
    payload: { player: "ada", type: "transactional", template: "welcome", data: {} },
    call: "dynamodb:PutItem",
    queue: "messages-failures",
    redrive: "messages-redrive",
    table: "messagesTable",
  }),
  asynchronous({
    fn: "gateway-serve-profile",
    payload: { player: "ada", profile: { level: 4 } },
    call: "dynamodb:UpdateItem",
    queue: "gateway-failures",
    redrive: "gateway-redrive",
    table: "playersTable",
  }),
  asynchronous({
    fn: "gateway-serve-event",
    payload: { player: "ada", event: "achievement", data: { name: "Gold" } },
    call: "dynamodb:PutItem",
    queue: "gateway-failures",
    redrive: "gateway-redrive",
    table: "presenceTable",
  }),
];

const sweepGivenUp: Check = {
  name: "a sweep that Lambda gives up is parked, and an operator starts it again",
  run: async (stage) => {
    await stage.schedules(true);
    const mend = stage.fail("messages-sweep", "dynamodb:Query");
    await stage.collects("messages-failures", 1_000_000);
    mend();
    const runs = (): number =>
      stage.cloud.trace
        .since(0)
        .filter(({ kind, name, error }) => kind === "state" && name.endsWith("messages-sweep") && error === undefined)
        .length;
    await stage.schedules(false);
    await stage.clock.advance(400_000);
    const before = runs();
    await redriven(stage, "messages-redrive");
    await stage.until(() => runs() > before, "the sweep to run again");
    await stage.requireEmpty("messages-failures");
  },
};

export const givenUpChecks: readonly Check[] = [
  refused,
  sendGivenUp,
  reconcileGivenUp,
  prepareGivenUp,
  notifyGivenUp,
  ...asynchronousFailures,
  sweepGivenUp,
];
