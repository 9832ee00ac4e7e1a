import { callOf, expression, isNode, type Node, stringOf } from "./ast";

/**
 * Trino's timestamp with time zone carries its zone along: hours and days are taken in it, while comparisons see the
 * instant. DuckDB's `AT TIME ZONE` yields a local timestamp without a zone, which is right for the former only. So an
 * expression that carries a zone is written in one of two forms, by what uses it.
 */
export interface Zoned {
  /** The instant, for comparisons, arithmetic and results. */
  readonly instant: Node;
  /** The clock on the wall in the zone, for parts of the date, formats and casts. */
  readonly local: Node;
}

/** Functions that take parts of a date or print it, with the place of the date among their arguments. */
const localCalls: Readonly<Record<string, number>> = {
  date: 0,
  date_format: 0,
  day_of_month: 0,
  dow: 0,
  doy: 0,
  format_datetime: 0,
  millisecond: 0,
  week: 0,
  week_of_year: 0,
  last_day_of_month: 0,
};
const localKinds = [
  "year",
  "quarter",
  "month",
  "day",
  "hour",
  "minute",
  "second",
  "day_of_week",
  "day_of_year",
  "extract",
];

/** The two forms of an expression that carries a zone of its own; undefined for any other. `rewrite` writes the parts. */
export function zonedForms(node: Node, rewrite: (node: Node) => Node): Zoned | undefined {
  const at = node["at_time_zone"] as { this: Node; zone: Node } | undefined;
  if (at) return forms(instantOf(at.this, rewrite), rewrite(at.zone));
  const call = callOf(node);
  if (call?.name === "at_timezone" && call.args.length === 2)
    return forms(instantOf(call.args[0]!, rewrite), rewrite(call.args[1]!));
  if (call?.name === "from_unixtime" && call.args.length === 2 && stringOf(call.args[1]) !== undefined) {
    return forms(expression(`trino_from_unixtime("$s")`, { s: rewrite(call.args[0]!) }), call.args[1]!);
  }
  if (call?.name === "date_trunc" && call.args[1]) return truncated(call.args[0]!, call.args[1], rewrite);
  for (const kind of ["add", "sub"]) {
    const sum = node[kind] as { left: Node; right: Node } | undefined;
    const left = sum && zonedForms(sum.left, rewrite);
    // Intervals of days and less move the instant by so much time, whatever the clocks of the zone do.
    if (sum && left) return withZone({ [kind]: { ...sum, left: left.instant, right: rewrite(sum.right) } }, left);
  }
  const paren = node["paren"] as { this: Node } | undefined;
  return paren ? zonedForms(paren.this, rewrite) : undefined;
}

/** The date argument of a function that reads the clock on the wall, in its local form. */
export function localArgument(node: Node, rewrite: (node: Node) => Node): Node | undefined {
  const call = callOf(node);
  const place = call ? localCalls[call.name] : undefined;
  if (call && place !== undefined) {
    const forms = call.args[place] && zonedForms(call.args[place], rewrite);
    if (!forms) return undefined;
    const args = call.args.map((arg, i) => (i === place ? forms.local : rewrite(arg)));
    const kind = node["function"] ? "function" : "aggregate_function";
    return { [kind]: { ...(node[kind] as Node), args } };
  }
  for (const kind of [...localKinds, "cast", "try_cast"]) {
    const inner = node[kind];
    if (!isNode(inner) || !isNode(inner["this"])) continue;
    const target = inner["to"] as { data_type?: string; timezone?: boolean } | undefined;
    if (target?.timezone) return undefined;
    const forms = zonedForms(inner["this"], rewrite);
    return forms && { [kind]: { ...inner, this: forms.local } };
  }
  return undefined;
}

const zones = new WeakMap<Zoned, Node>();

function forms(instant: Node, zone: Node): Zoned {
  const zoned = { instant, local: expression(`"$i" AT TIME ZONE "$z"`, { i: instant, z: zone }) };
  zones.set(zoned, zone);
  return zoned;
}

function withZone(instant: Node, like: Zoned): Zoned {
  return forms(instant, zones.get(like)!);
}

/** The start of a local day is found on the clock on the wall, then turned back into an instant. */
function truncated(unit: Node, date: Node, rewrite: (node: Node) => Node): Zoned | undefined {
  const inner = zonedForms(date, rewrite);
  if (!inner) return undefined;
  const zone = zones.get(inner)!;
  const local = expression(`date_trunc("$u", "$d")`, { u: unit, d: inner.local });
  const zoned = { local, instant: expression(`"$l" AT TIME ZONE "$z"`, { l: local, z: zone }) };
  zones.set(zoned, zone);
  return zoned;
}

/** A plain timestamp counts as UTC, Athena's session zone. */
function instantOf(node: Node, rewrite: (node: Node) => Node): Node {
  const inner = zonedForms(node, rewrite);
  return inner ? inner.instant : expression(`CAST("$x" AS TIMESTAMP WITH TIME ZONE)`, { x: rewrite(node) });
}
