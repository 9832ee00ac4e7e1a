import type { AttributeType, PlayerAttributes } from "../shared/player-directory";

/** A length of time; its members add up. */
export interface Duration {
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
}

/** The start of a calendar day in a time zone, so many days before the day of the run; correct over daylight-saving changes. */
export interface DayStart {
  /** 0 is the day of the run. */
  readonly daysAgo: number;
  /** IANA name. @default UTC */
  readonly timeZone?: string;
}

interface On<Name> {
  readonly attribute: Name;
  /**
   * What the comparison says about a player without the attribute.
   * @default false, whatever the comparison: `not` turns it into true
   */
  readonly whenNull?: boolean;
}

type Comparison<V> =
  | { readonly equals: V }
  | { readonly notEquals: V }
  | { readonly oneOf: readonly V[] }
  | { readonly noneOf: readonly V[] };
type Ordered<V> =
  | { readonly lessThan: V }
  | { readonly atMost: V }
  | { readonly moreThan: V }
  | { readonly atLeast: V }
  | { readonly between: readonly [V, V] };
type Textual = { readonly startsWith: string } | { readonly contains: string };
type Timed =
  /** In the last such time before the run. */
  | { readonly within: Duration }
  /** Longer ago than this. */
  | { readonly before: Duration }
  | { readonly sinceDay: DayStart }
  | { readonly beforeDay: DayStart };

type TestOf<T extends AttributeType> = T extends "string"
  ? Comparison<string> | Ordered<string> | Textual
  : T extends "number"
    ? Comparison<number> | Ordered<number>
    : T extends "boolean"
      ? { readonly equals: boolean } | { readonly notEquals: boolean }
      : Comparison<number> | Ordered<number> | Timed;

/** One test of one attribute. */
export type AttributeTest<A extends PlayerAttributes = PlayerAttributes> = {
  [Name in keyof A & string]: On<Name> & (TestOf<A[Name]> | { readonly exists: boolean });
}[keyof A & string];

/**
 * Which players a segment holds: data, so that it can be stored, compiled to SQL and evaluated alike.
 * Logic is two-valued: a comparison with an absent attribute is false (`whenNull` says otherwise), and `not` negates.
 *
 * @example
 * { all: [{ attribute: "lastActiveAt", within: { days: 30 } }, { not: { attribute: "country", oneOf: ["DE", "AT"] } }] }
 */
export type Filter<A extends PlayerAttributes = PlayerAttributes> =
  | { readonly all: readonly Filter<A>[] }
  | { readonly any: readonly Filter<A>[] }
  | { readonly not: Filter<A> }
  | AttributeTest<A>;

/** The names of tests, and which types of attribute each fits. */
export const TESTS: Readonly<Record<string, readonly AttributeType[]>> = {
  exists: ["string", "number", "boolean", "epochSeconds"],
  equals: ["string", "number", "boolean", "epochSeconds"],
  notEquals: ["string", "number", "boolean", "epochSeconds"],
  oneOf: ["string", "number", "epochSeconds"],
  noneOf: ["string", "number", "epochSeconds"],
  lessThan: ["string", "number", "epochSeconds"],
  atMost: ["string", "number", "epochSeconds"],
  moreThan: ["string", "number", "epochSeconds"],
  atLeast: ["string", "number", "epochSeconds"],
  between: ["string", "number", "epochSeconds"],
  startsWith: ["string"],
  contains: ["string"],
  within: ["epochSeconds"],
  before: ["epochSeconds"],
  sinceDay: ["epochSeconds"],
  beforeDay: ["epochSeconds"],
};

/** Limits of a filter. */
export const FILTER_LIMITS = {
  depth: 16,
  tests: 200,
  setSize: 1_000,
  textBytes: 1_024,
  days: 36_500,
  /**
   * Bytes of the condition or SELECT: a query of Athena has at most 262,144, and the rest of ours needs some.
   * https://docs.aws.amazon.com/athena/latest/ug/service-limits.html
   */
  sqlBytes: 260_000,
} as const;

/** A test in the form that the compiler and the predicate share. */
export interface ParsedTest {
  readonly attribute: string;
  readonly type: AttributeType;
  readonly test: string;
  readonly operand: unknown;
  readonly whenNull: boolean;
}

/** A filter that needs no more checks. */
export type ParsedFilter =
  | { readonly all: readonly ParsedFilter[] }
  | { readonly any: readonly ParsedFilter[] }
  | { readonly not: ParsedFilter }
  | ParsedTest;
