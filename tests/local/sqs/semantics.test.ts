import { expect } from "chai";
import * as fc from "fast-check";
import { SqsFixture, type Received } from "./fixture";

/** One step of a producer, a consumer or time. */
type Step =
  | { readonly kind: "send"; readonly group: number }
  | { readonly kind: "receive"; readonly limit: number; readonly timeout: number }
  | { readonly kind: "delete"; readonly pick: number }
  | { readonly kind: "extend"; readonly pick: number; readonly timeout: number }
  | { readonly kind: "wait"; readonly seconds: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("send" as const), group: fc.integer({ min: 0, max: 2 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("receive" as const),
      limit: fc.integer({ min: 1, max: 4 }),
      timeout: fc.integer({ min: 0, max: 6 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("delete" as const), pick: fc.nat(3) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("extend" as const),
      pick: fc.nat(3),
      timeout: fc.integer({ min: 0, max: 6 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("wait" as const), seconds: fc.integer({ min: 1, max: 5 }) }) },
);

/** What must be true of the messages of one queue, kept apart from the queue. */
class Ledger {
  readonly sent: { readonly id: string; readonly group: number }[] = [];
  readonly deleted = new Set<string>();
  readonly receives = new Map<string, number>();
  /** When a message may be received again, ms. */
  readonly hiddenUntil = new Map<string, number>();
  readonly held: Received[] = [];

  open(): readonly { readonly id: string; readonly group: number }[] {
    return this.sent.filter(({ id }) => !this.deleted.has(id));
  }
}

const MAX_RECEIVES = 3;

async function run(steps: readonly Step[], fifo: boolean): Promise<void> {
  const sqs = new SqsFixture();
  const suffix = fifo ? ".fifo" : "";
  const dead = await sqs.queue(`dead${suffix}`);
  const url = await sqs.queue(`work${suffix}`, {
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: sqs.arn(`dead${suffix}`), maxReceiveCount: MAX_RECEIVES }),
  });
  const ledger = new Ledger();
  for (const one of steps) await take(one, { sqs, url, fifo, ledger });
  await account(sqs, url, dead, ledger);
  await sqs.cloud.close();
}

interface World {
  readonly sqs: SqsFixture;
  readonly url: string;
  readonly fifo: boolean;
  readonly ledger: Ledger;
}

async function take(one: Step, { sqs, url, fifo, ledger }: World): Promise<void> {
  const now = sqs.clock.now();
  switch (one.kind) {
    case "send": {
      const order = fifo ? { MessageGroupId: `g${one.group}`, MessageDeduplicationId: `d${ledger.sent.length}` } : {};
      ledger.sent.push({ id: await sqs.send(url, "x", order), group: one.group });
      return;
    }
    case "receive": {
      const got = await sqs.receive(url, { MaxNumberOfMessages: one.limit, VisibilityTimeout: one.timeout });
      if (fifo) expectOrder(got, ledger);
      for (const message of got) {
        const id = message.MessageId;
        expect(ledger.deleted.has(id), "a deleted message came again").to.equal(false);
        expect(ledger.hiddenUntil.get(id) ?? 0, "a hidden message was given out").to.be.at.most(now);
        ledger.receives.set(id, (ledger.receives.get(id) ?? 0) + 1);
        expect(ledger.receives.get(id)).to.be.at.most(MAX_RECEIVES);
        expect(message.Attributes).to.include({ ApproximateReceiveCount: String(ledger.receives.get(id)) });
        ledger.hiddenUntil.set(id, now + one.timeout * 1000);
        ledger.held.push(message);
      }
      return;
    }
    case "delete": {
      const message = ledger.held.at(-1 - one.pick);
      if (!message) return;
      const newest = message.Attributes!["ApproximateReceiveCount"] === String(ledger.receives.get(message.MessageId));
      const hidden = ledger.hiddenUntil.get(message.MessageId)! > now;
      try {
        await sqs.delete(url, message);
      } catch (error) {
        expect(fifo && !hidden, `refused: ${String(error)}`).to.equal(true);
        return;
      }
      // A standard queue deletes what has come back too, unless it has gone to the dead-letter queue meanwhile.
      if (newest && hidden) ledger.deleted.add(message.MessageId);
      else if (newest && !fifo && !(await isIn(sqs, "dead", message.MessageId))) ledger.deleted.add(message.MessageId);
      return;
    }
    case "extend": {
      const message = ledger.held.at(-1 - one.pick);
      if (!message) return;
      const input = { QueueUrl: url, ReceiptHandle: message.ReceiptHandle, VisibilityTimeout: one.timeout };
      const done = await sqs.call("ChangeMessageVisibility", input).then(
        () => true,
        () => false,
      );
      if (done) ledger.hiddenUntil.set(message.MessageId, now + one.timeout * 1000);
      return;
    }
    case "wait":
      await sqs.clock.advance(one.seconds * 1000);
  }
}

/** A message is given out only when all before it in its group are gone, or come with it in order. */
function expectOrder(got: readonly Received[], ledger: Ledger): void {
  const batch = got.map(({ MessageId }) => MessageId);
  for (const [index, id] of batch.entries()) {
    const at = ledger.sent.findIndex((one) => one.id === id);
    const { group } = ledger.sent[at]!;
    for (const earlier of ledger.sent.slice(0, at)) {
      if (
        earlier.group !== group ||
        ledger.deleted.has(earlier.id) ||
        (ledger.receives.get(earlier.id) ?? 0) >= MAX_RECEIVES
      )
        continue;
      expect(batch.indexOf(earlier.id), "a successor overtook").to.be.within(0, index - 1);
    }
  }
}

async function isIn(sqs: SqsFixture, name: string, id: string): Promise<boolean> {
  const { queues } = sqs.sqs.snapshot();
  return Promise.resolve(
    queues.some((queue) => queue.name.startsWith(name) && queue.messages.some((message) => message.id === id)),
  );
}

/** In the end every message that was not deleted is in exactly one of the two queues. */
async function account(sqs: SqsFixture, url: string, dead: string, ledger: Ledger): Promise<void> {
  const { queues } = sqs.sqs.snapshot();
  const kept = queues.flatMap(({ messages }) => messages.map(({ id }) => id)).sort();
  expect(kept).to.deep.equal(
    ledger
      .open()
      .map(({ id }) => id)
      .sort(),
  );
  const [visible, inFlight, delayed] = await sqs.counts(url);
  const [parked] = await sqs.counts(dead);
  expect(visible + inFlight + delayed + parked).to.equal(kept.length);
}

describe("SQS semantics", () => {
  it("a standard queue loses nothing and gives nothing out twice within its timeout", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60, size: "max" }), (steps) => run(steps, false)),
      { numRuns: 150 },
    );
  });

  it("a FIFO queue keeps the order of each group as well", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60, size: "max" }), (steps) => run(steps, true)),
      { numRuns: 150 },
    );
  });

  it("two runs from one seed are the same to the byte", async () => {
    const once = async (): Promise<unknown> => {
      const sqs = new SqsFixture();
      const url = await sqs.queue("work");
      for (let index = 0; index < 20; index++) await sqs.send(url, String(index));
      await sqs.receive(url);
      return sqs.sqs.snapshot();
    };
    expect(await once()).to.deep.equal(await once());
  });
});
