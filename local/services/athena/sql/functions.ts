import { callOf, expression, isNode, type Node, stringOf } from "./ast";
import { fromJoda, fromMysql } from "./formats";

/** Calls that go to a macro of the same name and arguments, see `macros.ts`. */
const toMacro = new Set([
  "from_iso8601_timestamp",
  "from_iso8601_date",
  "from_unixtime",
  "from_unixtime_nanos",
  "to_unixtime",
  "to_iso8601",
  "date_diff",
  "millisecond",
  "last_day_of_month",
  "year_of_week",
  "json_array_length",
  "codepoint",
]);

/** Calls that DuckDB has under another name. */
const renamed: Readonly<Record<string, string>> = {
  array_remove: "trino_array_remove",
  arrays_overlap: "list_has_any",
  array_except: "trino_array_except",
  bitwise_and: "trino_bitwise_and",
  bitwise_or: "trino_bitwise_or",
  bitwise_xor: "xor",
  dow: "isodow",
  doy: "dayofyear",
  is_finite: "isfinite",
  is_infinite: "isinf",
  is_nan: "isnan",
  infinity: "trino_infinity",
  json_parse: "json",
  levenshtein_distance: "levenshtein",
  nan: "trino_nan",
  sequence: "generate_series",
  transform: "list_transform",
  week_of_year: "week",
  day_of_month: "day",
  yow: "isoyear",
};

const textTypes = new Set(["var_char", "char", "text", "string"]);

/** Writes one call or typed node so that its meaning in DuckDB is Trino's; undefined when it may stay as it is. */
export function rewriteFunction(node: Node): Node | undefined {
  const call = callOf(node);
  return call ? rewriteCall(call.name, call.args) : rewriteTyped(node);
}

function rewriteCall(name: string, args: readonly Node[]): Node | undefined {
  const [a, b, c] = args;
  if (toMacro.has(name)) return invoke(`trino_${name}`, args);
  if (renamed[name]) return invoke(renamed[name], args);
  switch (name) {
    case "concat":
      return args.length > 1
        ? args.slice(1).reduce((left, right) => expression(`"$l" || "$r"`, { l: left, r: right }), a!)
        : undefined;
    case "date_add":
      return dateAdd(a, b, c);
    case "date_trunc":
      return c === undefined && b && isDate(b)
        ? expression(`CAST(date_trunc("$u", "$d") AS DATE)`, { u: a!, d: b })
        : undefined;
    case "date_format":
      return formatted("strftime", a, b, fromMysql);
    case "date_parse":
      return formatted("strptime", a, b, fromMysql);
    case "format_datetime":
      return formatted("strftime", a, b, fromJoda);
    case "parse_datetime": {
      const parsed = formatted("strptime", a, b, fromJoda);
      return parsed && expression(`CAST("$p" AS TIMESTAMP WITH TIME ZONE)`, { p: parsed });
    }
    case "with_timezone":
      return expression(`"$t" AT TIME ZONE "$z"`, { t: a!, z: b! });
    case "any_match":
      return expression(`cardinality(filter("$a", "$f")) > 0`, { a: a!, f: b! });
    case "none_match":
      return expression(`cardinality(filter("$a", "$f")) = 0`, { a: a!, f: b! });
    case "all_match":
      return expression(`cardinality(filter("$a", "$f")) = cardinality("$a")`, { a: a!, f: b! });
    case "array_join":
      return invoke(c ? "trino_array_join3" : "array_to_string", args);
    case "approx_percentile":
      return invoke("approx_quantile", args);
    case "max_by":
      return invoke("arg_max", args);
    case "min_by":
      return invoke("arg_min", args);
    case "sha256":
      return invoke("trino_sha256", args);
    case "md5":
      return invoke("trino_md5", args);
    default:
      return undefined;
  }
}

function rewriteTyped(node: Node): Node | undefined {
  const extract = node["json_extract_scalar"] ?? node["json_extract"];
  if (isNode(extract) && !extract["arrow_syntax"]) {
    const scalar = node["json_extract_scalar"] !== undefined;
    const path = stringOf(extract["path"] as Node);
    const written = path === undefined ? (extract["path"] as Node) : literalNode(jsonPath(path));
    return invoke(scalar ? "trino_json_extract_scalar" : "trino_json_extract", [extract["this"] as Node, written]);
  }
  const cast = node["cast"] as { this: Node; to: { data_type?: string; length?: number | null } } | undefined;
  // What prints a double or a timestamp as text must print it as Trino does.
  if (cast && textTypes.has(cast.to.data_type ?? "") && !cast.to.length && !stringOf(cast.this))
    return invoke("trino_varchar", [cast.this]);
  const at = node["element_at"] as { this: Node; expression: Node } | undefined;
  // A subscript reads lists and maps alike, and yields NULL for what is not there.
  if (at) return expression(`"$a"["$i"]`, { a: at.this, i: at.expression });
  const field = (node["extract"] as { field?: string; this: Node } | undefined)?.field;
  if (field === "DayOfWeek") return invoke("isodow", [(node["extract"] as { this: Node }).this]);
  for (const kind of ["add", "sub"]) {
    const sum = node[kind] as { left: Node; right: Node } | undefined;
    // A date moved by an interval stays a date; in DuckDB it becomes a timestamp.
    if (sum && isDate(sum.left) && sum.right["interval"]) return expression(`CAST("$s" AS DATE)`, { s: { ...node } });
  }
  return undefined;
}

/** Whether an expression is a date for certain, by its form. */
function isDate(node: Node): boolean {
  const literal = node["literal"] as { literal_type?: string } | undefined;
  const cast = (node["cast"] ?? node["try_cast"]) as { to?: { data_type?: string } } | undefined;
  return literal?.literal_type === "date" || cast?.to?.data_type === "date" || callOf(node)?.name === "date";
}

function dateAdd(unit: Node | undefined, amount: Node | undefined, date: Node | undefined): Node | undefined {
  const name = stringOf(unit)?.toLowerCase();
  if (
    name === undefined ||
    !amount ||
    !date ||
    !/^(millisecond|second|minute|hour|day|week|month|quarter|year)$/.test(name)
  )
    return undefined;
  const moved = invoke(`trino_date_add_${name}`, [amount, date]);
  return isDate(date) ? expression(`CAST("$m" AS DATE)`, { m: moved }) : moved;
}

function formatted(
  to: string,
  date: Node | undefined,
  pattern: Node | undefined,
  translate: (pattern: string) => string | undefined,
): Node | undefined {
  const text = stringOf(pattern);
  const translated = text === undefined ? undefined : translate(text);
  return translated === undefined || !date ? undefined : invoke(to, [date, literalNode(translated)]);
}

/** `$["a.b"]` is `$."a.b"` in DuckDB. */
function jsonPath(path: string): string {
  return path.replace(/\["([^"]*)"\]/g, '."$1"').replace(/\['([^']*)'\]/g, '."$1"');
}

/** A call that the generator leaves as it is: it knows no function of this name, or the same one. */
export function invoke(name: string, args: readonly Node[]): Node {
  const template = expression("trino_call()");
  return { function: { ...(template["function"] as Node), name, args } };
}

function literalNode(text: string): Node {
  return { literal: { literal_type: "string", value: text } };
}
