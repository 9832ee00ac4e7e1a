import prices from "./prices.json";

const rates = prices.rates as Readonly<Record<string, { readonly usd: number | null } | undefined>>;

/** What units cost in USD at the list prices of `prices.json`; rates without a price count as nothing. */
export function costOf(units: Readonly<Record<string, number>> | undefined): number {
  let cost = 0;
  for (const [rate, amount] of Object.entries(units ?? {})) cost += (rates[rate]?.usd ?? 0) * amount;
  return cost;
}
