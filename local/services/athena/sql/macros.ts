/**
 * Functions of Trino that DuckDB has not, or has with another meaning, as DuckDB macros. The translation calls them by
 * their Trino name behind `trino_`. Semantics: https://trino.io/docs/current/functions.html
 */
const bodies: Readonly<Record<string, string>> = {
  // Only ISO 8601 with a T; any other text must fail as in Trino, which the cast of a text that is no time does.
  "trino_from_iso8601_timestamp(s)": `CAST(CASE WHEN regexp_full_match(s, '\\d{4}(-\\d{2}(-\\d{2}(T\\d{2}(:\\d{2}(:\\d{2}([.,]\\d+)?)?)?(Z|[+-]\\d{2}(:?\\d{2})?)?)?)?)?')
      THEN CASE length(s) WHEN 4 THEN s || '-01-01' WHEN 7 THEN s || '-01' WHEN 13 THEN s || ':00' ELSE regexp_replace(s, 'T(\\d{2}:\\d{2})(Z|[+-]|$)', 'T\\1:00\\2') END
      ELSE 'Invalid format: "' || s || '"' END AS TIMESTAMPTZ)`,
  "trino_from_iso8601_date(s)": `CAST(CASE WHEN regexp_full_match(s, '\\d{4}-\\d{2}-\\d{2}') THEN s ELSE 'Invalid format: "' || s || '"' END AS DATE)`,
  "trino_from_unixtime(s)": "to_timestamp(round(CAST(s AS DOUBLE), 3))",
  "trino_from_unixtime_nanos(n)": "to_timestamp(CAST(n AS DOUBLE) / 1e9)",
  "trino_to_unixtime(t)": "epoch(CAST(t AS TIMESTAMPTZ))",
  "trino_to_iso8601(t)": `CASE typeof(t) WHEN 'DATE' THEN strftime(CAST(t AS TIMESTAMP), '%Y-%m-%d')
      WHEN 'TIMESTAMP WITH TIME ZONE' THEN strftime(CAST(t AS TIMESTAMP), '%Y-%m-%dT%H:%M:%S.%gZ')
      ELSE strftime(CAST(t AS TIMESTAMP), '%Y-%m-%dT%H:%M:%S.%g') END`,
  // Whole units that have passed; DuckDB's date_diff counts boundaries instead.
  "trino_date_diff(unit, a, b)": "CAST(date_sub(lower(unit), CAST(a AS TIMESTAMP), CAST(b AS TIMESTAMP)) AS BIGINT)",
  "trino_millisecond(t)": "millisecond(CAST(t AS TIMESTAMP)) % 1000",
  "trino_year_of_week(t)": "isoyear(t)",
  "trino_last_day_of_month(t)": "last_day(CAST(t AS TIMESTAMP))",
  // Java's Double.toString, which Athena's results show: digits up to 10^7, then 1.7E12; not a number as NaN.
  "trino_double(x)": `CASE WHEN x IS NULL THEN NULL WHEN isnan(x) THEN 'NaN' WHEN isinf(x) THEN CASE WHEN x > 0 THEN 'Infinity' ELSE '-Infinity' END
      WHEN x = 0 THEN CASE WHEN signbit(x) THEN '-0.0' ELSE '0.0' END
      WHEN abs(x) >= 1e-3 AND abs(x) < 1e7 THEN CAST(x AS VARCHAR)
      ELSE trino_scientific(CAST(x AS VARCHAR)) END`,
  "trino_varchar(x)": `CASE typeof(x) WHEN 'DOUBLE' THEN trino_double(TRY_CAST(x AS DOUBLE)) WHEN 'FLOAT' THEN trino_double(TRY_CAST(x AS DOUBLE))
      WHEN 'TIMESTAMP' THEN strftime(TRY_CAST(x AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%g')
      WHEN 'TIMESTAMP WITH TIME ZONE' THEN strftime(TRY_CAST(x AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%g') || ' UTC'
      ELSE CAST(x AS VARCHAR) END`,
  // From DuckDB's shortest digits (1700000000000.0, 1e+20, 1.5e-05) to one digit, a point, the rest, E, the exponent.
  "trino_scientific(t)": `CASE WHEN starts_with(t, '-') THEN '-' ELSE '' END || trino_scientific_of(ltrim(t, '-'))`,
  "trino_scientific_of(t)": `trino_scientific_parts(split_part(t, 'e', 1), CASE WHEN contains(t, 'e') THEN CAST(split_part(t, 'e', 2) AS INTEGER) ELSE 0 END)`,
  // m: digits with an optional point; e: exponent.
  "trino_scientific_parts(m, e)": `trino_scientific_digits(ltrim(replace(m, '.', ''), '0'),
      e + CASE WHEN split_part(m, '.', 1) = '0' THEN -(length(split_part(m, '.', 2)) - length(ltrim(split_part(m, '.', 2), '0')) + 1) ELSE length(split_part(m, '.', 1)) - 1 END)`,
  "trino_scientific_digits(d, e)": `substr(d, 1, 1) || '.' || CASE WHEN rtrim(substr(d, 2), '0') = '' THEN '0' ELSE rtrim(substr(d, 2), '0') END || 'E' || CAST(e AS VARCHAR)`,
  // Invalid JSON gives NULL, as do objects and arrays.
  "trino_json_extract_scalar(j, p)": `CASE WHEN json_valid(CAST(j AS VARCHAR)) AND json_type(CAST(j AS VARCHAR), p) NOT IN ('OBJECT', 'ARRAY', 'NULL') THEN json_extract_string(CAST(j AS VARCHAR), p) END`,
  "trino_json_extract(j, p)": "CASE WHEN json_valid(CAST(j AS VARCHAR)) THEN json_extract(CAST(j AS VARCHAR), p) END",
  "trino_json_array_length(j)":
    "CASE WHEN json_valid(CAST(j AS VARCHAR)) AND json_type(CAST(j AS VARCHAR)) = 'ARRAY' THEN json_array_length(CAST(j AS VARCHAR)) END",
  "trino_codepoint(s)": "unicode(s)",
  "trino_array_join3(a, d, n)": "array_to_string(list_transform(a, lambda x: coalesce(CAST(x AS VARCHAR), n)), d)",
  "trino_array_remove(a, x)": "list_filter(a, lambda y: y IS DISTINCT FROM x)",
  "trino_array_except(a, b)": "list_distinct(list_filter(a, lambda y: NOT list_contains(b, y)))",
  "trino_bitwise_and(a, b)": "a & b",
  "trino_bitwise_or(a, b)": "a | b",
  "trino_infinity()": "CAST('infinity' AS DOUBLE)",
  "trino_nan()": "CAST('nan' AS DOUBLE)",
  "trino_sha256(b)": "unhex(sha256(b))",
  "trino_md5(b)": "unhex(md5(b))",
  "trino_date_add_millisecond(n, t)": "t + to_milliseconds(CAST(n AS BIGINT))",
  "trino_date_add_second(n, t)": "t + to_seconds(CAST(n AS BIGINT))",
  "trino_date_add_minute(n, t)": "t + to_minutes(CAST(n AS BIGINT))",
  "trino_date_add_hour(n, t)": "t + to_hours(CAST(n AS BIGINT))",
  "trino_date_add_day(n, t)": "t + to_days(CAST(n AS INTEGER))",
  "trino_date_add_week(n, t)": "t + to_weeks(CAST(n AS INTEGER))",
  "trino_date_add_month(n, t)": "t + to_months(CAST(n AS INTEGER))",
  "trino_date_add_quarter(n, t)": "t + to_months(CAST(n AS INTEGER) * 3)",
  "trino_date_add_year(n, t)": "t + to_years(CAST(n AS INTEGER))",
};

/** In an order in which each macro's own macros come first. */
export const macros: readonly string[] = [
  "trino_scientific_digits",
  "trino_scientific_parts",
  "trino_scientific_of",
  "trino_scientific",
  "trino_double",
  ...Object.keys(bodies)
    .map((head) => head.split("(")[0]!)
    .filter((name) => !/^trino_(scientific|double$)/.test(name)),
].map((name) => {
  const [head, body] = Object.entries(bodies).find(([candidate]) => candidate.startsWith(`${name}(`))!;
  return `CREATE OR REPLACE MACRO ${head} AS ${body}`;
});
