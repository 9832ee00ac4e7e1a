import type { Row } from "../benchmark";
import { runShares } from "./parallel";
import { MUTATIONS } from "./mutation-list";

/** Seeds that a broken rule gets to show itself in. */
const SEEDS = 150;

/** The campaign can see: each rule of the two models, broken on purpose in a build of its own, must make it fail. */
export async function runMutations(
  names: readonly string[] = MUTATIONS.map(({ name }) => name),
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const queue = [...names];
  const next = async (): Promise<void> => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) rows.push(await tryMutation(name));
  };
  await Promise.all([next(), next()]);
  return rows;
}

async function tryMutation(name: string): Promise<Row> {
  const { seeds, rule, promise } = MUTATIONS.find((one) => one.name === name)!;
  let tried = 0;
  let found: string | undefined;
  let other: string | undefined;
  await runShares(
    [{ from: 1, to: SEEDS, step: 1, endings: seeds, until: promise.source }],
    (run) => {
      tried++;
      found ??= run.problems.find((problem) => promise.test(problem));
      other ??= run.problems[0];
    },
    { FAULT_MUTATION: name },
  );
  console.log(`  ${name}: ${found ?? `not seen in ${tried} seeds${other === undefined ? "" : `; instead: ${other}`}`}`);
  return {
    what: `${name}: ${rule}`,
    measured: found === undefined ? "not seen" : `seed ${tried} of those`,
    bar: "seen",
    ok: found !== undefined,
    ...(found === undefined ? {} : { detail: found.slice(0, 100) }),
  };
}
