import { PROFILE_ATTRIBUTES, type PlayerAttributes } from "../shared/player-directory";
import type { Filter, ParsedFilter } from "./filter";
import { requireFilter } from "./parse-filter";
import { resolveTest, type ResolvedTest } from "./resolve-test";

/** A player's attributes; what is absent is null or undefined. */
export type PlayerRecord = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** What a filter is read with outside of a pipeline. */
export interface PredicateOptions {
  /** The gateway's `playerAttributes`. @default those alone that every profile has */
  readonly attributes?: PlayerAttributes;
  /** Epoch seconds, the run's reference time. @default now */
  readonly now?: number;
}

/**
 * Which players a segment's filter selects, as a plain function: for a studio's own tests, without a query.
 * @throws ArgumentError for a filter that `segments.define` would refuse.
 *
 * @example
 * const selects = filterPredicate({ attribute: "lastActiveAt", within: { days: 30 } }, { now: 1_790_000_000 });
 * expect(selects({ playerId: "ada", lastActiveAt: 1_789_000_000 })).to.equal(true);
 */
export function filterPredicate(
  where: Filter,
  { attributes, now = Math.floor(Date.now() / 1000) }: PredicateOptions = {},
): (player: PlayerRecord) => boolean {
  return predicateOf(requireFilter("filterPredicate", "", where, { ...PROFILE_ATTRIBUTES, ...attributes }), now);
}

/**
 * The filter as a plain predicate: selects the same players as the compiled SQL.
 * @param now epoch seconds, the run's reference time.
 */
export function predicateOf(filter: ParsedFilter, now: number): (player: PlayerRecord) => boolean {
  if ("all" in filter) {
    const parts = filter.all.map((part) => predicateOf(part, now));
    return (player) => parts.every((part) => part(player));
  }
  if ("any" in filter) {
    const parts = filter.any.map((part) => predicateOf(part, now));
    return (player) => parts.some((part) => part(player));
  }
  if ("not" in filter) {
    const negated = predicateOf(filter.not, now);
    return (player) => !negated(player);
  }
  const test = resolveTest(filter, now);
  return (player) => evaluateTest(test, player[test.attribute] ?? null);
}

function evaluateTest(
  { attribute, test, operand, whenNull }: ResolvedTest,
  value: string | number | boolean | null,
): boolean {
  if (test === "exists") return (value !== null) === operand;
  if (value === null) return whenNull;
  switch (test) {
    case "equals":
      return value === operand;
    case "notEquals":
      return value !== operand;
    case "oneOf":
      return (operand as readonly unknown[]).includes(value);
    case "noneOf":
      return !(operand as readonly unknown[]).includes(value);
    case "startsWith":
      return (value as string).startsWith(operand as string);
    case "contains":
      return (value as string).includes(operand as string);
    case "between": {
      const [low, high] = operand as readonly [string | number, string | number];
      return compare(value, low) >= 0 && compare(value, high) <= 0;
    }
    case "lessThan":
      return compare(value, operand as string | number) < 0;
    case "atMost":
      return compare(value, operand as string | number) <= 0;
    case "moreThan":
      return compare(value, operand as string | number) > 0;
    case "atLeast":
      return compare(value, operand as string | number) >= 0;
    default:
      throw new Error(`test of "${attribute}": got ${test}; expected a comparison. Resolve relative times first.`);
  }
}

/** SQL orders text by code points, JavaScript by UTF-16 units: bytes of UTF-8 order as code points do. */
function compare(a: string | number | boolean, b: string | number): number {
  if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}
