import { expect } from "chai";
import fc from "fast-check";
import { runInNewContext } from "node:vm";
import { compileExpression, ExpressionError } from "../../../local/services/cloudwatch/math";

const run = (
  text: string,
  series: Record<string, (number | undefined)[]>,
  length = 1,
): readonly (number | undefined)[] => compileExpression(text)(series, length);

describe("metric math", () => {
  const cases: readonly [string, Record<string, (number | undefined)[]>, (number | undefined)[]][] = [
    ["m1 / m2", { m1: [4, 1, 5], m2: [2, 0, undefined] }, [2, undefined, undefined]],
    ["100 * (m1 / (m1 + m2))", { m1: [1, 3], m2: [3, 1] }, [25, 75]],
    ["IF(m2 > 0, m1 / m2, 0)", { m1: [4, 4], m2: [2, 0] }, [2, 0]],
    ["IF(m1 >= 3 AND m2 < 2, 1, 0)", { m1: [3, 3], m2: [1, 2] }, [1, 0]],
    ["FILL(m1, 0) + 1", { m1: [undefined, 2] }, [1, 3]],
    ["SUM([m1, m2])", { m1: [1, 2], m2: [10, undefined] }, [11, 2]],
    ["SUM(METRICS())", { m1: [1, 2], m2: [10, 20] }, [11, 22]],
    ["MAX(m1)", { m1: [1, 7, 3] }, [7, 7, 7]],
    ["m1 - AVG(m1)", { m1: [1, 3] }, [-1, 1]],
    ["-m1 ^ 2", { m1: [3] }, [9]],
    ["ABS(m1) != 2 || m1 == -2", { m1: [-2, 2] }, [1, 0]],
    ["1 - 2 - 3", {}, [-4]],
  ];
  for (const [text, series, expected] of cases) {
    it(text, () => expect(run(text, series, expected.length)).to.deep.equal(expected));
  }

  for (const text of [
    "",
    "m1 +",
    "(m1",
    "SEARCH('x', 'Sum')",
    "SEARCH(m1)",
    "m1 m2",
    "IF(m1)",
    "1 @ 2",
    "ANOMALY_DETECTION_BAND(m1, 2)",
    'METRICS("m")',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => expect(() => compileExpression(text)).to.throw(ExpressionError));
  }

  it("agrees with JavaScript on sums, products and parentheses", () => {
    const { tree } = fc.letrec<{ tree: string; leaf: string; node: string }>((tie) => ({
      tree: fc.oneof({ maxDepth: 4 }, tie("leaf"), tie("node")),
      leaf: fc.oneof(fc.integer({ min: 0, max: 99 }).map(String), fc.constantFrom("a", "b")),
      node: fc
        .tuple(tie("tree"), fc.constantFrom("+", "-", "*"), tie("tree"), fc.boolean())
        .map(([x, o, y, p]) => (p ? `(${x} ${o} ${y})` : `${x} ${o} ${y}`)),
    }));
    fc.assert(
      fc.property(tree, fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 }), (text, a, b) => {
        const expected = runInNewContext(text, { a, b }) as number;
        return Object.is(run(text, { a: [a], b: [b] })[0]! + 0, expected + 0);
      }),
    );
  });
});
