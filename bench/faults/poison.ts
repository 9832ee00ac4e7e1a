import { readFileSync } from "node:fs";
import { join } from "node:path";
import { newItem } from "../../components/message-store/item";
import type { Campaign } from "./campaign";
import { DeadLetters } from "./dead-letters";
import { MessageJudge } from "./judge-messages";
import { shortName } from "./names";
import { World } from "./world";

/** What a record that makes the function throw came to. */
export interface Poisoned {
  /** Invocations that failed until the record was alone in its batch. */
  readonly untilAlone: number;
  /** All invocations that failed, retries of the lone record included. */
  readonly failed: number;
  /** Neighbours that reached their end while the record was parked. */
  readonly passed: number;
  /** Why the record was parked, as its entry in the failure queue says. */
  readonly reason: string;
  /** Where the record's message ended after the function was mended and the entry driven back. */
  readonly redriven: string;
}

const BATCH = 100;
const PILL = "poison-pill";

/** A function that throws at one record, whatever else is in the batch. */
const WRAPPER = `const inner = require("./inner.js");
exports.handler = async (event, context) => {
  if (JSON.stringify(event.Records).includes("${PILL}")) throw new Error("a record that nobody foresaw");
  return inner.handler(event, context);
};
`;

/** One batch of a hundred records, one of which makes the prepare function throw. */
export async function poison(campaign: Campaign): Promise<Poisoned> {
  const world = await World.make(campaign.image, campaign.issuer, { seed: 1, rate: 0 });
  try {
    const { lambda, cloud, clock } = world;
    const messages = new MessageJudge(world);
    const fn = [...lambda.engine.functions.values()].find(
      ({ settings }) => shortName(settings.name) === "messages-prepare",
    )!;
    const original = readFileSync(join(fn.code.root, "index.js"));
    lambda.updateCode(
      fn.settings.name,
      new Map([
        ["index.js", Buffer.from(WRAPPER)],
        ["inner.js", original],
      ]),
    );
    const sizes: number[] = [];
    cloud.trace.on((event) => {
      const ended = event.kind === "state" && event.name === fn.settings.name && event.data?.["ended"] === true;
      if (ended && event.error !== undefined) sizes.push(Number(event.data?.["batchSize"]));
    });
    const pill = await write(world);
    await clock.advance(1_800_000);
    const passed = messages.messages().filter(({ id, status }) => id !== pill && status === "failed").length;
    const letters = new DeadLetters(world);
    const reason = await reasonOf(world, letters);
    lambda.updateCode(fn.settings.name, new Map([["index.js", original]]));
    await letters.redrive();
    await clock.advance(300_000);
    const end = messages.messages().find(({ id }) => id === pill)!;
    messages.close();
    return {
      untilAlone: sizes.findIndex((size) => size === 1) + 1,
      failed: sizes.length,
      passed,
      reason,
      redriven: end.reason ?? end.status,
    };
  } finally {
    await world.close();
  }
}

/** Writes the batch within one moment; resolves to the id of the record that is poison. */
async function write(world: World): Promise<string> {
  const table = world.image.outputs["messagesTable"]!;
  const now = Math.floor(world.clock.now() / 1000);
  const items = Array.from({ length: BATCH }, (_, i) =>
    // One player: one partition key, and so one lane of the mapping. A channel that nobody takes ends soonest.
    newItem(
      {
        player: "ada",
        type: "transactional",
        template: "welcome",
        channel: "pigeon",
        deduplicationKey: `poison-${i}`,
        data: i === 62 ? { pill: PILL } : {},
      },
      now,
      400,
    ),
  );
  for (let i = 0; i < BATCH; i += 25) {
    const requests = items.slice(i, i + 25).map(({ item }) => ({ PutRequest: { Item: item } }));
    await world.operator("dynamodb", "BatchWriteItem", { RequestItems: { [table]: requests } });
  }
  return items[62]!.id;
}

async function reasonOf(world: World, letters: DeadLetters): Promise<string> {
  const [queue] = (await letters.waiting()).filter(({ name }) => name.startsWith("messages-failures"));
  if (!queue) return "not parked";
  const { Messages = [] } = await world.operator<{ Messages?: { Body: string }[] }>("sqs", "ReceiveMessage", {
    QueueUrl: queue.url,
    MaxNumberOfMessages: 10,
    VisibilityTimeout: 0,
  });
  if (Messages.length !== 1) return `${Messages.length} entries`;
  return (JSON.parse(Messages[0]!.Body) as { requestContext: { condition: string } }).requestContext.condition;
}
