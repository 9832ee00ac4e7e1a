/**
 * An address, or a pattern of addresses, as this system writes it: the domain, whose case means nothing, in lower case, what
 * stands before the @ as its owner wrote it. The role's conditions on addresses compare letters with regard to their case
 * (https://docs.aws.amazon.com/ses/latest/dg/sending-authorization-policy-examples.html), and AWS does not say whether
 * it folds a domain before: what is asked for and what is allowed must look alike.
 */
export function canonicalAddress(address: string): string {
  const at = address.lastIndexOf("@") + 1;
  return address.slice(0, at) + address.slice(at).toLowerCase();
}

/** Whether an address matches one of the patterns, in which `*` stands for anything; exactly as the role's condition does. */
export function isAllowed(address: string, patterns: readonly string[] | undefined): boolean {
  if (patterns === undefined) return true;
  const wanted = canonicalAddress(address);
  return patterns.some((pattern) => like(wanted, canonicalAddress(pattern)));
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
