import * as sns from "@aws-sdk/client-sns";
import { expect } from "chai";
import { enqueueHandler } from "../../../components/message-store/enqueue-function";
import { newItem, reasonValue } from "../../../components/message-store/item";
import {
  MAX_ADDRESS_LENGTH,
  MAX_BATCH,
  MAX_DATA_BYTES,
  MAX_DATA_DEPTH,
  MAX_DEDUPLICATION_KEY_BYTES,
  MAX_EPOCH_SECONDS,
  MAX_PUBLISH_BYTES,
  MAX_RUN_BYTES,
} from "../../../components/message-store/limits";
import type { Message } from "../../../components/message-store/message";
import { publishAll, type Publication } from "../../../components/message-store/publish";
import { messageProblem } from "../../../components/message-store/validate";
import { quietly } from "../shared/quietly";
import { fixed } from "../shared/sdk";
import { context, TABLE, World } from "./world";

const NOW = 1_800_000_000;
const plain = { player: "ada", type: "social", template: "hi" };

/** Data that is exactly so many bytes as JSON. */
const dataOf = (bytes: number): object => ({ x: "y".repeat(bytes - '{"x":""}'.length) });

/** Data of so many levels; the innermost holds a number. */
function levels(depth: number): object {
  let data: object = { a: 1 };
  for (let i = 2; i < depth; i++) data = { a: data };
  return data;
}

describe("limits of the message store", () => {
  const ends: readonly (readonly [what: string, at: Partial<Message>, beyond: Partial<Message>, field: string])[] = [
    ["bytes of data", { data: dataOf(MAX_DATA_BYTES) as never }, { data: dataOf(MAX_DATA_BYTES + 1) as never }, "data"],
    [
      "levels of data",
      { data: levels(MAX_DATA_DEPTH) as never },
      { data: levels(MAX_DATA_DEPTH + 1) as never },
      `data${".a".repeat(MAX_DATA_DEPTH)}`,
    ],
    [
      "bytes, not characters, of a deduplication key",
      { deduplicationKey: "ü".repeat(MAX_DEDUPLICATION_KEY_BYTES / 2) },
      { deduplicationKey: "ü".repeat(MAX_DEDUPLICATION_KEY_BYTES / 2) + "x" },
      "deduplicationKey",
    ],
    ["bytes of a run", { run: "r".repeat(MAX_RUN_BYTES) }, { run: "r".repeat(MAX_RUN_BYTES + 1) }, "run"],
    ["bytes of an address", { to: "a".repeat(MAX_ADDRESS_LENGTH) }, { to: "a".repeat(MAX_ADDRESS_LENGTH + 1) }, "to"],
    ["bytes of a player id", { player: "ü".repeat(40) }, { player: "ü".repeat(40) + "x" }, "player"],
    ["characters of a template", { template: "t".repeat(64) }, { template: "t".repeat(65) }, "template"],
    ["characters of a channel", { channel: "c".repeat(32) }, { channel: "c".repeat(33) }, "channel"],
    ["the time in epoch seconds", { notBefore: MAX_EPOCH_SECONDS }, { notBefore: MAX_EPOCH_SECONDS + 1 }, "notBefore"],
    ["a validity after now", { validUntil: NOW + 1 }, { validUntil: NOW }, "validUntil"],
    [
      "a time before the validity",
      { notBefore: NOW + 9, validUntil: NOW + 10 },
      { notBefore: NOW + 10, validUntil: NOW + 10 },
      "notBefore",
    ],
  ];
  for (const [what, at, beyond, field] of ends) {
    it(`hold for ${what}: at the limit it is taken, one beyond refused`, () => {
      expect(messageProblem({ ...plain, ...at }, ["social"], NOW)).to.equal(undefined);
      expect(messageProblem({ ...plain, ...beyond }, ["social"], NOW)?.field).to.equal(field);
    });
  }

  it("hold for the length of a reason's detail, which is cut", () => {
    const detail = (length: number): number =>
      (reasonValue({ code: "refused", detail: "x".repeat(length) }).M["detail"]?.S ?? "").length;
    expect([detail(1_000), detail(1_001)]).to.deep.equal([1_000, 1_000]);
  });

  it("hold for what is ahead: a message due now is queued at once", () => {
    const status = (notBefore: number) => newItem({ ...plain, notBefore }, NOW, 400).item["status"]?.S;
    expect([status(NOW), status(NOW + 1)]).to.deep.equal(["queued", "held"]);
  });

  it("let an item live its days from the last of its creation, its time and its validity", () => {
    const lives = (message: Partial<Message>, days: number): number =>
      Number(newItem({ ...plain, ...message }, NOW, days).item["expiresAt"]?.N) - NOW;
    expect(lives({}, 1)).to.equal(86_400);
    expect(lives({ notBefore: NOW + 50 }, 1)).to.equal(86_450);
    expect(lives({ notBefore: NOW + 50, validUntil: NOW + 70 }, 2)).to.equal(172_870);
    expect(lives({ notBefore: NOW - 50 }, 400)).to.equal(400 * 86_400);
  });

  describe("of calls", () => {
    const world = new World();
    before(() => world.open());
    after(() => world.close());
    beforeEach(() => world.reset());

    it("hold for the messages of one call of the enqueue function", async () => {
      const handler = enqueueHandler({ table: fixed(TABLE), types: ["social"], retentionDays: 400 })();
      // Wrong messages are answered one by one, and cost no write.
      const many = (count: number) => ({ messages: Array(count).fill({ ...plain, player: "" }) as Message[] });
      const [answer] = await quietly(async () => handler(many(1_000), context));
      expect(answer.refused).to.equal(1_000);
      const error = await Promise.resolve(handler(many(1_001), context)).catch((thrown: unknown) => thrown as Error);
      expect(error).to.include({
        message: "messages of the request: got 1001; expected at most 1000 messages: call again with the rest.",
      });
      expect(world.calls).to.deep.equal([]);
    });

    /** How many entries each batch had, and what was refused. */
    async function published(...sizes: readonly number[]): Promise<{ batches: number[]; refused: object }> {
      const publications = sizes.map((bytes, i): Publication => ({
        id: `p${i}`,
        topicArn: "t",
        body: "x".repeat(bytes),
        attributes: {},
      }));
      const refused = await publishAll(new sns.SNSClient({}), publications);
      const batches = world.calls.map(({ input }) => (input["PublishBatchRequestEntries"] as unknown[]).length);
      return { batches, refused };
    }
    /** Bytes of a body that alone fills a batch: 512 are kept for the attributes. */
    const WHOLE = MAX_PUBLISH_BYTES - 512;

    it("hold for the entries of a batch", async () => {
      const sizes = Array<number>(MAX_BATCH + 1).fill(1);
      expect(await published(...sizes)).to.deep.equal({ batches: [MAX_BATCH, 1], refused: {} });
    });

    it("hold for the bytes of a batch", async () => {
      const half = MAX_PUBLISH_BYTES / 2 - 512;
      expect(await published(half, half)).to.deep.equal({ batches: [2], refused: {} });
      world.calls.length = 0;
      expect(await published(half, half + 1)).to.deep.equal({ batches: [1, 1], refused: {} });
    });

    it("hold for the bytes of one message, which is refused for good", async () => {
      expect(await published(WHOLE)).to.deep.equal({ batches: [1], refused: {} });
      world.calls.length = 0;
      expect(await published(WHOLE + 1)).to.deep.equal({
        batches: [],
        refused: { p0: { forGood: true, detail: "262145 bytes; a topic takes 262144" } },
      });
    });
  });
});
