/** Patterns of Joda-Time, which `format_datetime` and `parse_datetime` take, as patterns of DuckDB's strftime. */
const joda: Readonly<Record<string, string>> = {
  yyyy: "%Y",
  y: "%Y",
  xxxx: "%G",
  yy: "%y",
  MM: "%m",
  M: "%-m",
  MMM: "%b",
  MMMM: "%B",
  dd: "%d",
  d: "%-d",
  DDD: "%j",
  HH: "%H",
  H: "%-H",
  hh: "%I",
  h: "%-I",
  mm: "%M",
  m: "%-M",
  ss: "%S",
  s: "%-S",
  SSS: "%g",
  a: "%p",
  EEE: "%a",
  E: "%a",
  EEEE: "%A",
  e: "%u",
  ww: "%V",
};

/** Specifiers of MySQL, which `date_format` and `date_parse` take, where strftime has another letter. */
const mysql: Readonly<Record<string, string>> = {
  c: "%-m",
  e: "%-d",
  f: "%f",
  h: "%I",
  i: "%M",
  k: "%-H",
  l: "%-I",
  M: "%B",
  r: "%I:%M:%S %p",
  s: "%S",
  T: "%H:%M:%S",
  v: "%V",
  W: "%A",
  x: "%G",
};

/** @returns undefined when a letter has no counterpart. */
export function fromJoda(pattern: string): string | undefined {
  let out = "";
  for (const [piece, quoted, letters] of pattern.matchAll(/'((?:[^']|'')*)'|([a-zA-Z])\2*|[^a-zA-Z']+/g)) {
    if (quoted !== undefined) out += (quoted === "" ? "'" : quoted.replaceAll("''", "'")).replaceAll("%", "%%");
    else if (letters === undefined) out += piece.replaceAll("%", "%%");
    else if (joda[piece] === undefined) return undefined;
    else out += joda[piece];
  }
  return out;
}

export function fromMysql(pattern: string): string {
  return pattern.replace(/%(.)/gs, (all, letter: string) => mysql[letter] ?? all);
}
