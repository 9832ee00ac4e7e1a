/** Runs `work` with what it logs caught; returns its result and the lines. */
export async function quietly<T>(work: () => Promise<T>): Promise<readonly [T, string[]]> {
  const { console } = globalThis;
  const kept = { ...console };
  const lines: string[] = [];
  console.log =
    console.warn =
    console.error =
      (...parts: unknown[]): void => void lines.push(parts.map(String).join(" "));
  try {
    return [await work(), lines] as const;
  } finally {
    Object.assign(console, kept);
  }
}
