import type { Benchmark, Row } from "../benchmark";
import { atMost, shown } from "../shared/rows";
import { countingStack, scratchFolder } from "../shared/stack";
import { pairs, type Pair } from "./archives";
import { hotLoop } from "./hot-loop";
import { install, journey } from "./journey";
import { loadTimes } from "./load";

/** Measures function archives against the same handlers bundled by hand. */
const benchmark: Benchmark = {
  name: "packaging",
  summary: "archives against hand-made bundles: size, load, hot loop",
  async run({ smoke }) {
    const stack = await countingStack();
    const folder = scratchFolder();
    const all = await pairs(stack, folder, smoke ? ["gateway-event", "gateway-connect"] : undefined);
    const rows: Row[] = all.map(sizeRow);
    rows.push(
      atMost("largest size / hand-made", Math.max(...all.map((pair) => pair.archiveBytes / pair.handBytes)), 1.1),
    );
    for (const pair of all.filter(({ name }) => (smoke ? ["gateway-event"] : LOADED).includes(name))) {
      const { archive, hand } = loadTimes(pair, folder, smoke ? 2 : 15);
      const detail = `medians ${archive.toFixed(1)} and ${hand.toFixed(1)} ms`;
      rows.push(atMost(`load of ${pair.name} / hand-made`, archive / hand, 1.1, detail));
    }
    const loop = await hotLoop(folder, smoke ? 100_000 : 20_000_000, smoke ? 3 : 9);
    rows.push(atMost("hot loop, serialized / as written", loop, 1.2));
    if (!smoke) rows.push(await sameJourney(() => journey(stack, "archives"), stack, all));
    return rows;
  },
};

/** Functions whose load is measured: those that the most players wait for, and the largest. */
const LOADED = ["gateway-authorize", "gateway-hello", "gateway-notify", "messages-prepare", "emails-send-function"];

function sizeRow({ name, archiveBytes, handBytes }: Pair): Row {
  const limit = name.startsWith("gateway-") ? 150 : 230;
  const ratio = archiveBytes / handBytes;
  return {
    what: `size of ${name}`,
    measured: `${(archiveBytes / 1024).toFixed(1)} KB`,
    bar: `<= ${limit} KB, <= 1.1x`,
    ok: archiveBytes <= limit * 1024 && ratio <= 1.1,
    detail: `${ratio.toFixed(3)}x of ${(handBytes / 1024).toFixed(1)} KB by hand`,
  };
}

/** Both forms of the functions play the same journey; whichever fails throws. */
async function sameJourney(
  archives: () => Promise<void>,
  stack: Awaited<ReturnType<typeof countingStack>>,
  all: readonly Pair[],
): Promise<Row> {
  await archives();
  install(stack, all, "hand");
  await journey(stack, "by-hand");
  install(stack, all, "archive");
  return shown(
    "journey with archives, and with hand-made bundles",
    "passed",
    "friends, event, reaction, message, mail",
  );
}

export default benchmark;
