import { expect } from "chai";
import * as fc from "fast-check";
import { ulid } from "../../components/shared/ulid";

const TIMES = { min: 0, max: 2 ** 48 - 1 };

describe("A ULID", () => {
  it("is 26 characters of Crockford's alphabet", () => {
    fc.assert(fc.property(fc.integer(TIMES), (at) => /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(ulid(at))));
  });

  it("sorts by its time, as text", () => {
    fc.assert(
      fc.property(fc.integer(TIMES), fc.integer(TIMES), (one, other) => {
        fc.pre(one !== other);
        return ulid(one) < ulid(other) === one < other;
      }),
    );
  });

  it("differs from others of its time", () => {
    expect(new Set(Array.from({ length: 1_000 }, () => ulid(1_790_000_000_000))).size).to.equal(1_000);
  });
});
