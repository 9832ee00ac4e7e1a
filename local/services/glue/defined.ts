/** The members that have a value: `undefined` and `null` go. */
export function defined<T extends object>(members: { readonly [K in keyof T]: T[K] | undefined | null }): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null)) as T;
}
