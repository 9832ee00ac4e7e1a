import { expect } from "chai";
import PostalMime from "postal-mime";
import { World } from "../message-store/world";
import { drain, enqueue, handlers, prepareAll, putPlayer, QUEUE, sesEvent, told } from "./fixture";

describe("a message on its way to an inbox", () => {
  const world = new World();
  before(() => world.open());
  after(() => world.close());
  beforeEach(() => world.reset());

  it("is enqueued, prepared, sent and followed to its click", async () => {
    await putPlayer(world, "ada", { name: "Ada", email: "ada@players.test", locale: "de-AT" });
    const of = await enqueue(world, { data: { name: "Zoë <b>", level: 7 } });
    const h = handlers();
    expect(await prepareAll(world, h)).to.deep.equal({ batchItemFailures: [] });
    expect(world.published[0]?.attributes).to.deep.equal({ channel: "email", type: "transactional", priority: "1" });
    expect(await drain(world, QUEUE, h.send)).to.deep.equal({ batchItemFailures: [] });
    for (const kind of ["Click", "Send", "Delivery", "Send", "Open"]) {
      await h.events()(world.sqsEvent([sesEvent(kind, of)]), {} as never);
    }

    expect(await told(world, of.player, of.id)).to.deep.equal({
      status: "clicked",
      attempt: 1,
      tries: 1,
      history: ["queued", "sending attempt 1", "sent", "clicked", "delivered", "opened"],
    });
    const mail = world.mails[0] as {
      Destinations: string[];
      Tags: unknown;
      ConfigurationSetName: string;
      RawMessage: { Data: Buffer };
    };
    expect(mail.Destinations).to.deep.equal(["ada@players.test"]);
    expect(mail.ConfigurationSetName).to.equal("set");
    expect(mail.Tags).to.deep.equal([
      { Name: "messageId", Value: of.id },
      { Name: "attempt", Value: "1" },
      { Name: "player", Value: "ada" },
    ]);
    const parsed = await PostalMime.parse(mail.RawMessage.Data);
    expect(parsed.subject).to.equal("Hallo Zoë <b>");
    expect(parsed.from).to.deep.equal({ name: "Das Spiel", address: "hello@game.example" });
    expect(parsed.html?.trim()).to.equal("<p>Hallo Zoë &lt;b&gt;.</p>");
    expect(parsed.text?.trim()).to.equal("Hallo Zoë <b>!");
  });
});
