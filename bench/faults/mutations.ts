import type { Row } from "../benchmark";
import { runShares } from "./parallel";
import { MUTATIONS } from "./mutation-list";

/** Among so many seeds a broken rule must show itself, in those of its modes. */
const SEEDS = 600;

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
  const { modes, rule, promise } = MUTATIONS.find((one) => one.name === name)!;
  let tried = 0;
  let last = 0;
  let found: string | undefined;
  let other: string | undefined;
  await runShares(
    [{ from: 1, to: SEEDS, modes, until: promise.source }],
    (run) => {
      tried++;
      last = run.seed;
      found ??= run.problems.find((problem) => promise.test(problem));
      other ??= run.problems[0];
    },
    { FAULT_MUTATION: name },
  );
  const where = `seed ${last}, ${tried} of ${modes.join(", ")}`;
  console.log(
    `  ${name}: ${found === undefined ? `not seen (${where}); instead: ${other ?? "nothing"}` : `${where}: ${found}`}`,
  );
  return {
    what: `${name}: ${rule}`,
    measured: found === undefined ? `not seen in ${tried} seeds` : where,
    bar: "seen",
    ok: found !== undefined,
    ...(found === undefined ? {} : { detail: found.slice(0, 100) }),
  };
}
