type Fields = Readonly<Record<string, unknown>>;

/**
 * SNS joins the names on the way to a value by dots, so that a policy's `{"a.b": …}` and `{"a": {"b": …}}` both mean a body's
 * `{"a.b": 1}` and `{"a": {"b": 1}}`. This writes a body with one name a level; what meets at one name stands side by side.
 */
export function nestedBody(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(nestedBody);
  if (!isFields(value)) return value;
  const nested: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const [first, inner] = split(name, nestedBody(member));
    define(nested, first, Object.hasOwn(nested, first) ? merged(nested[first], inner) : inner);
  }
  return nested;
}

/** The same for a policy: all of the answered policies must match, more than one where a name is both a value's and a parent's. */
export function nestedPolicies(policy: Fields): readonly Fields[] {
  const policies: Record<string, unknown>[] = [];
  for (const [name, member] of Object.entries(policy)) {
    if (name === "$or" && Array.isArray(member)) {
      place(policies, "$or", member.map(nestedAlternative));
      continue;
    }
    for (const part of isFields(member) ? nestedPolicies(member) : [member]) place(policies, ...split(name, part));
  }
  return policies;
}

function nestedAlternative(alternative: unknown): unknown {
  const parts = isFields(alternative) ? nestedPolicies(alternative) : [];
  return parts.length === 1 ? parts[0] : alternative;
}

function place(policies: Record<string, unknown>[], name: string, member: unknown): void {
  for (const policy of policies) {
    const there = Object.hasOwn(policy, name) ? policy[name] : undefined;
    if (there === undefined) {
      define(policy, name, member);
      return;
    }
    if (isFields(there) && isFields(member)) {
      const both = joined(there, member);
      if (both) {
        define(policy, name, both);
        return;
      }
    }
  }
  const added = {};
  define(added, name, member);
  policies.push(added);
}

/** Two objects as one; undefined if they say different things of one name. */
function joined(a: Fields, b: Fields): Fields | undefined {
  const both: Record<string, unknown> = { ...a };
  for (const [name, member] of Object.entries(b)) {
    const there = Object.hasOwn(both, name) ? both[name] : undefined;
    const inner =
      there === undefined ? member : isFields(there) && isFields(member) ? joined(there, member) : undefined;
    if (inner === undefined) return undefined;
    define(both, name, inner);
  }
  return both;
}

function merged(a: unknown, b: unknown): unknown {
  if (!isFields(a) || !isFields(b)) return [a, b].flat();
  const both: Record<string, unknown> = { ...a };
  for (const [name, member] of Object.entries(b))
    define(both, name, Object.hasOwn(both, name) ? merged(both[name], member) : member);
  return both;
}

/** `a.b.c` with a value: `a` with the object that leads to the value. */
function split(name: string, value: unknown): [string, unknown] {
  const [first = name, ...rest] = name.split(".");
  return [first, rest.reduceRight<unknown>((inner, one) => ({ [one]: inner }), value)];
}

/** Also a member `__proto__` is but a name. */
function define(target: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
