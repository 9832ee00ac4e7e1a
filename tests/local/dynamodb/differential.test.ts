import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import fc from "fast-check";
import { outcomeOf, type Outcome } from "./outcome";
import { createTables } from "./shared/fixture";
import { dynaliteTarget, dynoxideProgram, dynoxideTarget, localTarget, type Target } from "./targets";

type Values = Readonly<Record<string, AttributeValue>>;

const number = fc.oneof(
  fc.integer({ min: -20, max: 20 }).map(String),
  fc.tuple(fc.integer({ min: -999, max: 999 }), fc.integer({ min: -6, max: 6 })).map(([n, e]) => `${n}e${e}`),
);
const text = fc.constantFrom("a", "ab", "abc", "b", "ba", "z", "é");
const bytes = fc.constantFrom([1], [1, 2], [2], [255]).map((list) => new Uint8Array(list));
/** Without truth values: dynalite takes `false` for a missing value, and puts them in an order. */
const scalar: fc.Arbitrary<AttributeValue> = fc.oneof(
  text.map((S) => ({ S })),
  number.map((N) => ({ N })),
  bytes.map((B) => ({ B })),
);
const value: fc.Arbitrary<AttributeValue> = fc.oneof(
  { weight: 5, arbitrary: scalar },
  fc.uniqueArray(text, { minLength: 1, maxLength: 3 }).map((SS) => ({ SS })),
  fc
    .uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 3 })
    .map((list) => ({ NS: list.map(String) })),
  fc.array(scalar, { maxLength: 3 }).map((L) => ({ L })),
  fc.dictionary(fc.constantFrom("k", "l"), scalar, { maxKeys: 2 }).map((M) => ({ M })),
);
const item = fc.record({ v: value, w: value, x: value, y: scalar }, { requiredKeys: [] });

const path = fc.constantFrom("v", "w", "x", "y", "nope", "v[0]", "w[1]", "x.k", "w.l");
const operand = fc.oneof(path, fc.constantFrom(":p", ":q"));

/** Conditions that both other targets know; lists and maps are never compared as a whole, which dynalite cannot. */
const simple = fc.oneof(
  fc.tuple(path, fc.constantFrom("=", "<>", "<", "<=", ">", ">="), fc.constantFrom(":p", ":q")).map((t) => t.join(" ")),
  fc.tuple(fc.constantFrom(":p", ":q"), fc.constantFrom("=", "<", ">="), path).map((t) => t.join(" ")),
  fc
    .tuple(path, path)
    .filter(([a, b]) => a !== b)
    .map(([a, b]) => `${a} < ${b}`),
  path.map((p) => `${p} IN (:p, :q)`),
  path.map((p) => `attribute_exists(${p})`),
  path.map((p) => `attribute_not_exists(${p})`),
  path.map((p) => `begins_with(${p}, :s)`),
  path.map((p) => `contains(${p}, :s)`),
  path.map((p) => `attribute_type(${p}, :t)`),
  fc.tuple(path, fc.constantFrom("=", "<", ">")).map(([p, comparator]) => `size(${p}) ${comparator} :n`),
);
const joined = fc.constantFrom("AND", "OR");
const chain = fc.oneof(
  simple,
  fc.tuple(simple, joined, simple).map((t) => t.join(" ")),
  fc.tuple(simple, joined, simple, joined, simple).map((t) => t.join(" ")),
  simple.map((c) => `NOT ${c}`),
);
const condition = fc.oneof(
  chain,
  fc.tuple(chain, joined, chain).map(([a, word, b]) => `(${a}) ${word} ${b}`),
  fc.tuple(simple, chain).map(([a, b]) => `${a} AND NOT (${b})`),
);

const target = fc.constantFrom("v", "w", "x", "fresh", "x.k", "v[0]");
const set = fc.oneof(
  fc.tuple(target, operand).map(([t, o]) => `SET ${t} = ${o}`),
  fc.tuple(target, path, fc.constantFrom("+", "-")).map(([t, p, sign]) => `SET ${t} = ${p} ${sign} :n`),
  fc.tuple(target, path).map(([t, p]) => `SET ${t} = if_not_exists(${p}, :p)`),
  fc.tuple(target, path).map(([t, p]) => `SET ${t} = list_append(${p}, :l)`),
);
const update = fc.oneof(
  set,
  fc.constantFrom("v", "w", "x", "fresh").map((t) => `REMOVE ${t}`),
  fc.constantFrom("v", "w", "fresh").map((t) => `ADD ${t} :n`),
  fc.constantFrom("v", "w", "fresh").map((t) => `ADD ${t} :set`),
  fc.constantFrom("v", "w", "fresh").map((t) => `DELETE ${t} :set`),
  fc.tuple(fc.constantFrom("v", "fresh"), operand).map(([t, o]) => `SET ${t} = ${o} REMOVE w`),
);

function valuesIn(expression: string, p: AttributeValue, q: AttributeValue): Values {
  const all: Values = {
    ":p": p,
    ":q": q,
    ":s": { S: "a" },
    ":t": { S: "S" },
    ":n": { N: "2" },
    ":l": { L: [{ N: "1" }] },
    ":set": { SS: ["a", "c"] },
  };
  return Object.fromEntries(Object.entries(all).filter(([name]) => new RegExp(`${name}\\b`).test(expression)));
}

describe("DynamoDB, random expressions", function () {
  const program = dynoxideProgram();
  let local: Target;
  let others: Target[] = [];
  let keys = 0;
  before(async () => {
    local = await localTarget();
    others = [await dynaliteTarget(), ...(program ? [await dynoxideTarget(program)] : [])];
    await Promise.all([local, ...others].map((each) => createTables(each)));
  });
  after(() => Promise.all([local, ...others].map((each) => each.close())));

  /** Holds the answers of all targets against ours: the outcome, and for refusals the error's code. */
  async function compare(input: { item: Values; operation: string; request: (key: string) => object }): Promise<void> {
    const key = `k${keys++}`;
    const run = async (each: Target): Promise<Outcome> => {
      await outcomeOf(each, "PutItem", { TableName: "Plain", Item: { a: { S: key }, ...input.item } });
      return outcomeOf(each, input.operation, input.request(key));
    };
    const [ours, ...theirs] = await Promise.all([local, ...others].map(run));
    theirs.forEach((outcome, i) => {
      const plain = (each: Outcome): unknown => ("ok" in each ? each : each.error);
      expect(plain(outcome), `${others[i]!.name}: ${JSON.stringify({ outcome, ours })}`).to.deep.equal(plain(ours!));
    });
  }

  it("decide conditions alike", async () => {
    await fc.assert(
      fc.asyncProperty(item, condition, scalar, scalar, (stored, expression, p, q) =>
        compare({
          item: stored,
          operation: "PutItem",
          request: (key) => ({
            TableName: "Plain",
            Item: { a: { S: key } },
            ConditionExpression: expression,
            ...withValues(valuesIn(expression, p, q)),
          }),
        }),
      ),
      { numRuns: 100, seed: 20261121 },
    );
  });

  it("update alike", async () => {
    await fc.assert(
      fc.asyncProperty(item, update, value, value, (stored, expression, p, q) =>
        compare({
          item: stored,
          operation: "UpdateItem",
          request: (key) => ({
            TableName: "Plain",
            Key: { a: { S: key } },
            UpdateExpression: expression,
            ReturnValues: "ALL_NEW",
            ...withValues(valuesIn(expression, p, q)),
          }),
        }),
      ),
      { numRuns: 100, seed: 20261121 },
    );
  });
});

function withValues(values: Values): object {
  return Object.keys(values).length > 0 ? { ExpressionAttributeValues: values } : {};
}
