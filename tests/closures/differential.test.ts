import { expect } from "chai";
import { better, corpus } from "./helpers/corpus";
import { answers } from "./helpers/forms";

describe("Packaging", () => {
  describe("answers as written", () => {
    for (const { name, factory, args = [] } of corpus) {
      it(`for ${name}`, async () => {
        const { original, undissolved, packaged } = await answers(factory, args);
        expect(packaged).to.deep.equal(original);
        expect(packaged).to.deep.equal(undissolved);
      });
    }
  });

  describe("answers as written where Pulumi's own text does not", () => {
    for (const { name, factory, args = [], expected } of better) {
      it(`for ${name}`, async () => {
        const { packaged, undissolved } = await answers(factory, args);
        expect(packaged).to.deep.equal({ value: expected });
        expect(undissolved).to.not.deep.equal(packaged);
      });
    }
  });
});
