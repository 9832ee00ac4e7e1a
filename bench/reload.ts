import { CLI, Command } from "../tests/helpers/command";
import { ProgramFolder } from "../tests/helpers/program-folder";
import type { Reload } from "../local/cli/watch";
import type { StackFile } from "../local/stack-file";
import type { Benchmark } from "./benchmark";
import { atMost, median } from "./shared/rows";

/** Changes the text of a handler again and again under a running `npm run local`. */
const benchmark: Benchmark = {
  name: "reload",
  summary: "seconds from a saved change of a handler until it is live",
  async run({ smoke }) {
    const folder = new ProgramFolder();
    const command = Command.start([...CLI, "local", "--port", "0", "--json"], folder.path);
    try {
      const stack = await command.line((line) => JSON.parse(line) as StackFile, "the stack", 90_000);
      const seconds: number[] = [];
      const cpu: number[] = [];
      for (let i = 0, text = "a secret"; i < (smoke ? 1 : 7); i++) {
        const next = `secret number ${i}`;
        const began = performance.now();
        folder.replace("index.ts", `"${text}"`, `"${next}"`);
        let seen = 0;
        const reload = await command.line((line) => {
          const event = JSON.parse(line) as { kind: string } & Reload;
          return event.kind === "reload" && seen++ === i ? event : undefined;
        }, "the reload");
        if (reload.error !== undefined) throw new Error(`The reload failed: ${reload.error}`);
        seconds.push((performance.now() - began) / 1_000);
        cpu.push(reload.cpuMilliseconds / 1_000);
        text = next;
      }
      await command.stop("SIGINT", stack.pid);
      const detail = `median of ${seconds.length}, slowest ${Math.max(...seconds).toFixed(2)} s; CPU ${median(cpu).toFixed(2)} s`;
      return [atMost("a changed handler is live", median(seconds), 2, detail, " s")];
    } finally {
      command.kill();
      folder.remove();
    }
  },
};

export default benchmark;
