import { expect } from "chai";
import { enqueue, prepareAll, putPlayer, told } from "../email-dispatcher/fixture";
import { World } from "./world";

describe("prepare, where SNS does not take what it publishes,", () => {
  const world = new World();
  before(() => world.open());
  after(() => world.close());
  beforeEach(async () => {
    await world.reset();
    await putPlayer(world, "ada", { name: "Ada", email: "ada@players.test" });
    await putPlayer(world, "bob", { name: "Bob", email: "bob@players.test" });
  });

  for (const [what, Code, SenderFault, status, failures] of [
    ["fails a message that its topic will never take", "InvalidParameter", true, "failed", 0],
    ["reports a message that the topic failed at", "InvalidParameter", false, "queued", 1],
    ["reports a message when the topic's key is throttled", "KMSThrottling", true, "queued", 1],
    ["reports a message when the topic is throttled", "Throttled", true, "queued", 1],
    ["reports a message when the topic's key is disabled", "KMSDisabled", true, "queued", 1],
  ] as const) {
    it(what, async () => {
      const of = await enqueue(world);
      world.gate = (call, effect) =>
        call.operation === "PublishBatch"
          ? Promise.resolve({ Failed: [{ Id: "0", Code, Message: "Not this one", SenderFault }] })
          : effect();
      expect((await prepareAll(world)).batchItemFailures).to.have.length(failures);
      const fateOf = await told(world, of.player, of.id);
      expect(fateOf.status).to.equal(status);
      if (status === "failed") {
        expect(fateOf.reason).to.deep.equal({ code: "publish-refused", detail: "InvalidParameter: Not this one" });
      }
    });
  }

  describe("a batch that SNS refuses whole", () => {
    const refusing = (message: string): void => {
      world.gate = (call, effect) => {
        const entries = call.input["PublishBatchRequestEntries"] as { Message: string }[] | undefined;
        return entries?.some((entry) => entry.Message.includes('"player":"bob"'))
          ? Promise.reject(Object.assign(new Error(message), { name: "InvalidParameterException" }))
          : effect();
      };
    };

    it("for one of its messages is published one by one, and fails that message alone", async () => {
      await enqueue(world, { player: "ada" });
      const of = await enqueue(world, { player: "bob" });
      refusing("Invalid parameter: this one");
      expect((await prepareAll(world)).batchItemFailures).to.deep.equal([]);
      expect(world.published.map(({ body }) => (JSON.parse(body) as { player: string }).player)).to.deep.equal(["ada"]);
      expect(await told(world, "bob", of.id)).to.deep.include({
        status: "failed",
        reason: { code: "publish-refused", detail: "InvalidParameterException: Invalid parameter: this one" },
      });
    });

    it("for its topic is reported, and fails no message", async () => {
      const of = await enqueue(world, { player: "bob" });
      refusing("Invalid parameter: TopicArn");
      expect((await prepareAll(world)).batchItemFailures).to.have.length(1);
      expect((await told(world, "bob", of.id)).status).to.equal("queued");
    });
  });
});
