import { expect } from "chai";
import { OperatorStack } from "./operator/operator-stack";
import { tellsNoAddress } from "./operator/tells-no-address";
import { reachesAnyStack } from "./operator/reaches-any-stack";
import { bringsBack } from "./operator/brings-back";
import { knowsPlayers } from "./operator/knows-players";
import { needsRights } from "./operator/needs-rights";
import { erasesExactly } from "./operator/erases-exactly";
import { examines } from "./operator/examines";

/** One stack for all of them: starting it is most of the work. */
describe("Operator commands", function () {
  this.timeout(120_000);
  let own: OperatorStack;

  before(async () => {
    own = await OperatorStack.start();
    for (const player of ["ada", "grace"]) await own.stack.profile(player, {}, { emailSocial: true });
    const { ada, grace } = await own.stack.connectAll("ada", "grace");
    await own.stack.befriend(ada, "ada", grace, "grace");
  });
  after(async () => {
    await own.close();
    expect(process.exitCode).to.equal(undefined);
  });

  describe("on any stack", () => reachesAnyStack(() => own));
  describe("redrive", () => bringsBack(() => own));
  describe("players", () => knowsPlayers(() => own));
  describe("doctor", () => examines(() => own));
  describe("rights", () => needsRights(() => own));
  describe("logs", () => tellsNoAddress(() => own));
  // Last: it silences the streams' functions, and empties the tables.
  describe("erasure", () => erasesExactly(() => own));
});
