/** Milliseconds between two looks at a fact that nobody announces. */
const LOOK_EVERY_MS = 10;

/** Waits for a fact; resolves to it. @throws Error that names what did not come to hold in time. */
export async function until<T>(
  fact: () => T | undefined | false | Promise<T | undefined | false>,
  what: string,
  timeoutMs = 15_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await fact();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > deadline) throw new Error(`Still waiting for ${what} after ${timeoutMs} ms.`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
