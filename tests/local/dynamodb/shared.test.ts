import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { comparable, outcomeOf, type Outcome } from "./outcome";
import type { Case, CaseMaker } from "./shared/case";
import { conditionCases } from "./shared/conditions";
import { disagreementOf, disagreements, inTheirWords } from "./shared/disagreements";
import { createTables } from "./shared/fixture";
import { batchCases } from "./shared/batches";
import { itemCases } from "./shared/items";
import { readCases } from "./shared/reads";
import { transactionCases } from "./shared/transactions";
import { updateCases } from "./shared/updates";
import { dynaliteTarget, dynoxideProgram, dynoxideTarget, localTarget, type Target } from "./targets";

const families: Readonly<Record<string, readonly CaseMaker[]>> = {
  conditions: conditionCases,
  updates: updateCases,
  items: itemCases,
  reads: readCases,
  batches: batchCases,
  transactions: transactionCases,
};

async function run(target: Target, { given = [], when }: Case): Promise<Outcome> {
  for (const { table, item } of given) await target.client.send(new PutItemCommand({ TableName: table, Item: item }));
  return outcomeOf(target, when.operation, when.input);
}

/** Runs all cases, some at a time, because each waits for its target most of the time. Their keys keep them apart. */
async function runAll(target: Target, cases: readonly Case[]): Promise<ReadonlyMap<Case, Outcome>> {
  const outcomes = new Map<Case, Outcome>();
  const waiting = [...cases];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) outcomes.set(next, await run(target, next));
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  return outcomes;
}

function suite(name: Target["name"], open: () => Promise<Target>): void {
  const cases = Object.entries(families).flatMap(([family, makers]) =>
    makers.map((make, i) => ({ family, test: make(`${family}-${i}`) })),
  );
  const own = cases.filter(({ test }) => !test.lackedBy?.includes(name));
  let target: Target;
  let outcomes: ReadonlyMap<Case, Outcome>;
  before(async () => {
    target = await open();
    await createTables(target);
    outcomes = await runAll(
      target,
      own.map(({ test }) => test),
    );
  });
  after(() => target.close());

  for (const family of Object.keys(families)) {
    describe(family, () => {
      for (const { test } of own.filter((each) => each.family === family)) {
        it(test.name, () => {
          const expected = comparable(test.then) as Outcome;
          const outcome = inTheirWords(name, outcomes.get(test)!, expected);
          const known = disagreementOf(name, test.name);
          if (known) expect(JSON.stringify(outcome)).to.match(known.theirs);
          else expect(outcome).to.deep.equal(expected);
        });
      }
    });
  }
}

describe("DynamoDB, the suite that every target passes", () => {
  it("lists no disagreement without a case", () => {
    const names = Object.values(families).flatMap((makers) => makers.map((make) => make("key").name));
    const idle = disagreements.filter(({ cases }) => !names.some((name) => cases.test(name)));
    expect(idle).to.deep.equal([]);
  });

  describe("the local cloud", () => suite("local", localTarget));
  describe("dynalite", () => suite("dynalite", dynaliteTarget));

  const program = dynoxideProgram();
  if (program) describe("dynoxide", () => suite("dynoxide", () => dynoxideTarget(program)));
  else
    describe("dynoxide", () => {
      it("has no program for this platform: @dynoxide/linux-x64 is not installed", () => {
        expect(program).to.equal(undefined);
      });
    });
});
