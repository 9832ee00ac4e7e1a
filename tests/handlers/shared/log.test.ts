import { expect } from "chai";
import { runInNewContext } from "node:vm";
import { withoutAddresses } from "../../../components/shared/log";

describe("What handlers log", () => {
  it("holds no address, wherever it stands", () => {
    const said = "Email address is not verified: ada+x@players.test, <Grace.Hopper@Mail.example>; and (a@b.co).";
    expect(withoutAddresses(said)).to.equal("Email address is not verified: <address>, <<address>>; and (<address>).");
    expect(
      withoutAddresses({ kind: "refused", detail: "to ada@players.test", tries: 2, more: ["a@b.co"] }),
    ).to.deep.equal({
      kind: "refused",
      detail: "to <address>",
      tries: 2,
      more: ["<address>"],
    });
    expect([withoutAddresses(undefined), withoutAddresses(null), withoutAddresses(7)]).to.deep.equal([
      undefined,
      null,
      7,
    ]);
  });

  it("holds an error's name, words and stack, and nothing that it carries along", () => {
    const error = Object.assign(new TypeError("no mail for ada@players.test"), {
      Item: { email: { S: "ada@players.test" } },
    });
    const logged = withoutAddresses(error) as Error;
    expect(logged).to.be.instanceOf(Error).and.to.include({ name: "TypeError", message: "no mail for <address>" });
    expect(logged.stack).to.match(/^TypeError: no mail for <address>\n +at /);
    expect(Object.keys(logged).filter((member) => member !== "name")).to.deep.equal([]);
    const foreign: unknown = runInNewContext(`new RangeError("ada@players.test")`);
    expect((withoutAddresses(foreign) as Error).message).to.equal("<address>");
  });
});
