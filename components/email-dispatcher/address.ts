/** Whether an address matches one of the patterns, in which `*` stands for anything; letters' case is no difference. */
export function isAllowed(address: string, patterns: readonly string[] | undefined): boolean {
  if (patterns === undefined) return true;
  const wanted = address.toLowerCase();
  return patterns.some((pattern) => like(wanted, pattern.toLowerCase()));
}

function like(value: string, pattern: string): boolean {
  const parts = pattern.split("*");
  const first = parts[0] ?? "";
  const last = parts[parts.length - 1] ?? "";
  if (parts.length === 1) return value === pattern;
  if (!value.startsWith(first) || !value.endsWith(last) || value.length < first.length + last.length) return false;
  let from = first.length;
  const end = value.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const found = value.indexOf(part, from);
    if (found < 0 || found + part.length > end) return false;
    from = found + part.length;
  }
  return true;
}
