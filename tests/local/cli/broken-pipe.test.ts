import { EventEmitter } from "node:events";
import { expect } from "chai";
import { endOnBrokenPipe } from "../../../local/cli/broken-pipe";

describe("A command whose output nobody reads", () => {
  it("ends quietly, and throws what else goes wrong", () => {
    const output = new EventEmitter();
    let ended = 0;
    endOnBrokenPipe([output], () => ended++);
    output.emit("error", Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    expect(ended).to.equal(1);
    expect(() => output.emit("error", new Error("disk full"))).to.throw("disk full");
    expect(ended).to.equal(1);
  });
});
