import type { Statement } from "../iam";

/**
 * One list out of the statements of several owners: equal ones once, and statement ids unique, as IAM demands.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
 */
export function mergeStatements<S extends Pick<Statement, "Sid">>(statements: readonly S[]): S[] {
  const merged = new Map<string, S>();
  const ids = new Set<string>();
  for (const statement of statements) {
    const { Sid, ...rights } = statement;
    const key = JSON.stringify(rights);
    if (merged.has(key)) continue;
    let id = Sid;
    for (let i = 2; id !== undefined && ids.has(id); i++) id = `${Sid}${i}`;
    if (id !== undefined) ids.add(id);
    merged.set(key, id === undefined ? statement : { ...statement, Sid: id });
  }
  return [...merged.values()];
}
