import { expect } from "chai";
import { TestStack } from "../helpers/local-stack";

describe("Friends who are online", () => {
  let stack: TestStack;

  before(async function () {
    this.timeout(120_000);
    stack = await TestStack.start();
  });
  after(() => stack.close());

  it("hear each other on every connection, once, and nobody else does", async () => {
    const ada = await stack.connect("ada");
    const grace = await stack.connect("grace");
    const graceToo = await stack.connect("grace");
    const stranger = await stack.connect("eve");
    await stack.befriend(ada, "ada", grace, "grace");

    await ada.request("event", { event: "achievement", data: { name: "First Blood" } });

    for (const device of [grace, graceToo]) {
      const heard = await device.notice("event", "ada");
      expect(heard).to.include({ event: "achievement", friend: "ada" });
      expect(heard["data"]).to.deep.equal({ name: "First Blood" });
    }
    // What comes after it in the same order shows that nothing else came before.
    await ada.request("event", { event: "leave-game" });
    await grace.until(() => grace.notices.find((n) => n["event"] === "leave-game"), "the later notice");
    expect(grace.notices.filter((n) => n["event"] === "achievement")).to.have.length(1);
    expect(stranger.notices).to.deep.equal([]);
    expect(ada.notices.filter((n) => n.kind === "event")).to.deep.equal([]);
  });
});
