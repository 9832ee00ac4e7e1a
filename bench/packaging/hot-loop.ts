import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageFunction } from "../../components/shared/packaging";
import { median } from "../shared/rows";

const weights = Array.from({ length: 1_024 }, (_, i) => (i * 2_654_435_761) % 97);
const settings = { factor: 3, limits: { modulus: 1_000_003 }, names: ["ada", "grace", "eve"] };
const offset = 7;

function mix(sum: number, weight: number): number {
  return (sum * settings.factor + weight + offset) % settings.limits.modulus;
}

const hot = () => (rounds: number) => {
  let sum = 0;
  for (let i = 0; i < rounds; i++) {
    sum = mix(sum, weights[i & 1_023]!) + settings.names[i % 3]!.length;
  }
  return Promise.resolve(sum);
};

/** Time of a loop over captured values, serialized / as written: the median of alternating runs. */
export async function hotLoop(folder: string, rounds: number, runs: number): Promise<number> {
  const { code } = await packageFunction("hot", hot);
  const file = join(folder, "hot.js");
  writeFileSync(file, code);
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the module was made just now
  const { handler } = require(file) as { handler: (rounds: number, context?: object) => Promise<number> };
  const written = hot();
  if ((await handler(1_000, {})) !== (await written(1_000))) throw new Error("The serialized loop answers otherwise.");
  const times: { serialized: number[]; written: number[] } = { serialized: [], written: [] };
  const time = async (run: (rounds: number, context?: object) => Promise<number>): Promise<number> => {
    const started = performance.now();
    await run(rounds, {});
    return performance.now() - started;
  };
  for (const run of [handler, written]) await time(run);
  for (let i = 0; i < runs; i++) {
    times.serialized.push(await time(handler));
    times.written.push(await time(written));
  }
  return median(times.serialized) / median(times.written);
}
