import { readFileSync } from "node:fs";

/** CPU seconds of a process. */
export interface CpuSeconds {
  readonly own: number;
  /** Of those that it started and that have ended, and of theirs. */
  readonly children: number;
}

/** As Linux counts it, in hundredths of a second; not a number elsewhere. */
export function cpuSecondsOf(pid: number | undefined): CpuSeconds {
  try {
    const fields =
      readFileSync(`/proc/${pid ?? 0}/stat`, "utf8")
        .split(") ")[1]
        ?.split(" ") ?? [];
    // utime, stime, cutime, cstime: proc(5), counted from the field after the name.
    const [user = NaN, system = NaN, childUser = NaN, childSystem = NaN] = fields.slice(11, 15).map(Number);
    return { own: (user + system) / 100, children: (childUser + childSystem) / 100 };
  } catch {
    return { own: NaN, children: NaN };
  }
}
