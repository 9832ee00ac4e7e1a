/** One page of a list, at most 100 items. */
export function paginate<T>(
  items: readonly T[],
  { NextToken, Limit = 100 }: { readonly NextToken?: string; readonly Limit?: number },
): { readonly items: readonly T[]; readonly next: { readonly NextToken?: string } } {
  const start = Number(NextToken ?? 0);
  const end = start + Math.min(Math.max(1, Limit), 100);
  return { items: items.slice(start, end), next: end < items.length ? { NextToken: String(end) } : {} };
}
