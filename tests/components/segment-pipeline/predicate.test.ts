import { expect } from "chai";
import { filterPredicate, type Filter } from "../../../components";

const NOW = 1_790_000_000;

describe("A segment's filter as a predicate", () => {
  it("selects as the run's query does, by attributes of every profile", () => {
    const selects = filterPredicate({ attribute: "lastActiveAt", within: { days: 30 } }, { now: NOW });
    expect(selects({ playerId: "ada", lastActiveAt: NOW - 29 * 86_400 })).to.equal(true);
    expect(selects({ playerId: "ben", lastActiveAt: NOW - 31 * 86_400 })).to.equal(false);
    expect(selects({ playerId: "new" })).to.equal(false);
  });

  it("knows the studio's own attributes", () => {
    const where: Filter = {
      all: [{ attribute: "spentCents", moreThan: 0 }, { not: { attribute: "country", oneOf: ["DE"] } }],
    };
    const selects = filterPredicate(where, { attributes: { spentCents: "number", country: "string" }, now: NOW });
    const players = [{ spentCents: 5 }, { spentCents: 5, country: "DE" }, { spentCents: 0, country: "AT" }];
    expect(players.map(selects)).to.deep.equal([true, false, false]);
  });

  it("refuses what a definition would refuse", () => {
    expect(() => filterPredicate({ attribute: "shoeSize", equals: 44 })).to.throw(
      /^where\.shoeSize for "filterPredicate": got .*; expected a filter over the declared player attributes\. Mend /,
    );
  });
});
