let last: Promise<unknown> = Promise.resolve();

/**
 * Runs one task after the other. The serializer talks to the engine's inspector, one function at a time: serializations
 * side by side gain nothing and delay the first bundle to the end.
 */
export function serially<T>(task: () => Promise<T>): Promise<T> {
  const result = last.then(task);
  last = result.catch(() => undefined);
  return result;
}
