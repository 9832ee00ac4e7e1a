import { expect } from "chai";
import { followCommand } from "../../../local/cli/follow";
import { redriveCommand } from "../../../local/cli/redrive";
import { segmentCommand } from "../../../local/cli/segment";
import { sendCommand } from "../../../local/cli/send";
import { OperatorStack } from "./operator/operator-stack";

describe("Operator commands", function () {
  this.timeout(120_000);
  let own: OperatorStack;

  before(async () => {
    own = await OperatorStack.start();
    await own.stack.profile("ada");
    await own.stack.profile("grace", {}, { emailSocial: true });
  });
  after(() => own.close());

  it("send and follow a message on a stack known by its outputs alone", async () => {
    const sent = await own.afar(sendCommand, own.operator, "ada", "welcome");
    expect({ code: sent.code, errors: sent.errors }, sent.output).to.deep.equal({ code: 0, errors: "" });
    const lines = sent.output.split("\n");
    const id = /^Enqueued: message (\S+) for ada$/.exec(lines[0] ?? "")?.[1] ?? "";
    expect(lines.at(-1)).to.equal("delivered");
    const followed = await own.afar(followCommand, own.operator, "ada", id);
    expect([followed.code, followed.output.split("\n").at(-1)]).to.deep.equal([0, "delivered"]);
    expect(await own.here(followCommand, "ada", id)).to.deep.equal(followed);
  });

  it("runs a segment there", async () => {
    const { code, output } = await own.afar(segmentCommand, own.operator, "active-30-days", "--run", "afar");
    expect(output.split("\n")[0]).to.equal("Started run afar");
    // Nobody has refreshed the copy there: the run says so, and that it is not done.
    expect([code, output.split("\n").at(-1)?.split(":")[0]]).to.satisfy(
      ([exit, status]: [number, string]) => (exit === 0) === (status === "done"),
    );
  });

  it("redrive", async () => {
    console.log(await own.here(redriveCommand));
  });
});
