import { cachedCli } from "../tests/engine/helpers/cli";
import { World } from "../tests/engine/helpers/world";
import type { Benchmark, Row } from "./benchmark";
import { cpuSecondsOf } from "./shared/cpu";
import { atMost, median } from "./shared/rows";

/** Seconds that the policy pack may add to a preview of the whole program. */
const BAR = 15;

/** Previews prod from empty with Pulumi's own engine, with the policy pack and without it, in turns. */
const benchmark: Benchmark = {
  name: "preview",
  summary: "seconds that the policy pack adds to `pulumi preview` of the whole program",
  async run({ smoke }) {
    const cli = cachedCli();
    if (cli.path === undefined) return [withoutCli(cli.why)];
    const world = await World.start();
    try {
      const checkout = world.checkout();
      await world.init(checkout, "prod");
      // Packages the functions, which neither of the two is measured by.
      if (!smoke) await world.preview(checkout, "prod");
      const preview = async (...words: string[]): Promise<Preview> => {
        const before = cpuSecondsOf(process.pid).children;
        const { seconds } = await world.preview(checkout, "prod", { words });
        return { seconds, cpu: cpuSecondsOf(process.pid).children - before };
      };
      const plain: Preview[] = [];
      const judged: Preview[] = [];
      for (let i = 0; i < (smoke ? 1 : 3); i++) {
        plain.push(await preview());
        judged.push(await preview("--policy-pack", "policies"));
      }
      const of = (previews: readonly Preview[], what: keyof Preview): number => median(previews.map((p) => p[what]));
      const told = (previews: readonly Preview[]): string =>
        `${of(previews, "seconds").toFixed(1)} s (CPU ${of(previews, "cpu").toFixed(1)} s)`;
      const detail = `medians of ${plain.length}: ${told(judged)} with the pack, ${told(plain)} without`;
      return [atMost("the pack adds", of(judged, "seconds") - of(plain, "seconds"), BAR, detail, " s")];
    } finally {
      await world.close();
    }
  },
};

interface Preview {
  readonly seconds: number;
  /** CPU seconds of the CLI, and of what it started and waited for. */
  readonly cpu: number;
}

/** A machine without the CLI cannot tell; the engine tests fail on it. */
function withoutCli(why: string): Row {
  return { what: "the pack adds", measured: "not measured", bar: `<= ${BAR} s`, ok: false, detail: why };
}

export default benchmark;
