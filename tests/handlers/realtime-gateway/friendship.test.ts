import { expect } from "chai";
import { decide, type Change, type FriendAction, type Side } from "../../../components/realtime-gateway/friendship";

/** What an action comes to, in a word or by its change. */
function after(action: FriendAction, mine?: Partial<Side>, theirs?: Partial<Side>): Change | string {
  const side = (given: Partial<Side> | undefined): Side | undefined =>
    given && { state: "accepted", muted: false, version: 1, ...given };
  const decision = decide(action, side(mine), side(theirs));
  return decision.kind === "change" ? decision.change : decision.kind === "refused" ? decision.code : decision.kind;
}

const ASKED = { state: "pending" } as const;
const ASKS = { state: "requested" } as const;
const BLOCKS = { state: "blocked" } as const;
const FRIEND = { state: "accepted" } as const;

describe("what a friendship becomes", () => {
  it("is accepted only while the other still asks", () => {
    expect(after("accept", ASKED, ASKS)).to.deep.include({ news: "both", tellThem: "lift", tellMe: "lift" });
    for (const theirs of [undefined, ASKED, BLOCKS, FRIEND]) {
      expect(after("accept", ASKED, theirs), theirs?.state).to.equal("no-request");
    }
    expect(after("accept", FRIEND, FRIEND)).to.equal("unchanged");
  });

  it("is silent for hours after friends part, and stays as it was where there was only a request", () => {
    expect(after("remove", FRIEND, FRIEND)).to.deep.include({ tellThem: "hours", tellMe: "hours", theirs: undefined });
    expect(after("remove", ASKS, ASKED)).to.deep.include({ tellThem: "keep", tellMe: "keep", theirs: undefined });
    expect(after("remove", FRIEND, BLOCKS)).to.have.nested.property("theirs.state", "blocked");
    expect(after("remove", BLOCKS, undefined)).to.equal("not-friends");
  });

  it("is silent for good while one blocks, and for hours once none does any more", () => {
    expect(after("block", FRIEND, FRIEND)).to.deep.include({ tellThem: "good", tellMe: "good", theirs: undefined });
    expect(after("block", undefined, BLOCKS)).to.have.nested.property("theirs.state", "blocked");
    expect(after("unblock", BLOCKS, undefined)).to.deep.include({ tellThem: "hours", tellMe: "hours" });
    expect(after("unblock", BLOCKS, BLOCKS)).to.deep.include({ tellThem: "keep", tellMe: "keep" });
    expect(after("unblock", FRIEND, FRIEND)).to.equal("not-blocked");
  });

  it("tells nobody who is blocked: his request looks like any other", () => {
    expect(after("request", undefined, BLOCKS)).to.deep.include({
      mine: { state: "requested", muted: false },
      news: "none",
    });
    expect(after("request", undefined, BLOCKS)).to.have.nested.property("theirs.state", "blocked");
    expect(after("request", BLOCKS, undefined)).to.equal("blocked");
    expect(after("request", ASKS, BLOCKS)).to.equal("unchanged");
  });

  it("is asked for again when the block that swallowed the request is gone", () => {
    expect(after("request", ASKS, undefined)).to.deep.include({
      mine: { state: "requested", muted: false },
      theirs: { state: "pending", muted: false },
    });
    expect(after("request", ASKS, ASKED)).to.equal("unchanged");
  });

  it("is silent to who mutes, and to him alone", () => {
    expect(after("mute", FRIEND, FRIEND)).to.deep.include({ tellMe: "good", tellThem: "keep", news: "none" });
    expect(after("unmute", { muted: true }, FRIEND)).to.deep.include({ tellMe: "lift", tellThem: "keep", news: "me" });
    expect(after("mute", { muted: true }, FRIEND)).to.equal("unchanged");
    expect(after("mute", ASKS, ASKED)).to.equal("not-friends");
  });
});
