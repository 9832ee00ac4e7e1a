import { expect } from "chai";
import { refusedConnection } from "../../../local/cli/refused-connection";

describe("A player of this machine who cannot connect", () => {
  it("is told when the settings name another issuer", () => {
    const refused = Object.assign(new Error("The connection was refused with 401."), { status: 401 });
    expect(refusedConnection("ws://here/live", refused).message)
      .to.match(/^ws:\/\/here\/live refuses the tokens that this machine makes \(401\)/)
      .and.to.include("Set issuer to ${endpoint}/_local/issuer");
  });

  it("is told what else is in the way", () => {
    expect(refusedConnection("ws://here/live", new Error("connect ECONNREFUSED")).message).to.equal(
      "Cannot connect to ws://here/live: connect ECONNREFUSED",
    );
  });
});
