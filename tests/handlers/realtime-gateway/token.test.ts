import { expect } from "chai";
import { PROTOCOL } from "../../../components/realtime-gateway/limits";
import { tokenOf } from "../../../components/realtime-gateway/token";

describe("the token among the offered subprotocols", () => {
  const cases: readonly (readonly [offered: string | undefined, token: string | undefined])[] = [
    [`${PROTOCOL}, bearer.abc`, "abc"],
    [`bearer.abc,${PROTOCOL}`, "abc"],
    [`chat, ${PROTOCOL} ,bearer.a.b.c`, "a.b.c"],
    ["bearer.abc", undefined],
    [PROTOCOL, undefined],
    [`${PROTOCOL}, bearer.abc, bearer.def`, undefined],
    [`${PROTOCOL}, bearer.abc, bearer.abc`, undefined],
    [`${PROTOCOL}.bearer.abc`, undefined],
    [`${PROTOCOL}, Bearer.abc`, undefined],
    ["", undefined],
    [undefined, undefined],
  ];
  for (const [offered, token] of cases) {
    it(`of ${JSON.stringify(offered ?? "nothing")} is ${token ?? "none"}`, () =>
      expect(tokenOf(offered)).to.equal(token));
  }
});
