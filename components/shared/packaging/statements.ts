import type { Statement } from "../iam";

type Mergeable = Pick<Statement, "Sid" | "Action">;

/**
 * One list out of the statements of several owners: equal ones once, rights to use one key in one statement (so that
 * none is idle beside another), and statement ids unique, as IAM demands.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
 */
export function mergeStatements<S extends Mergeable>(statements: readonly S[]): S[] {
  const merged = new Map<string, S>();
  for (const statement of statements) {
    const key = keyOf(statement);
    const known = merged.get(key);
    if (!known) merged.set(key, statement);
    else if (isKeyUse(statement)) merged.set(key, { ...statement, Action: union(known.Action, statement.Action) });
  }
  const ids = new Set<string>();
  return [...merged.values()].map((statement) => {
    const { Sid } = statement;
    let id = Sid;
    for (let i = 2; id !== undefined && ids.has(id); i++) id = `${Sid}${i}`;
    if (id === undefined) return statement;
    ids.add(id);
    return { ...statement, Sid: id };
  });
}

/** What makes two statements one: everything but their ids, and of uses of keys their actions. */
function keyOf(statement: Mergeable): string {
  const rights: Record<string, unknown> = { Effect: "Allow", ...statement };
  delete rights["Sid"];
  if (isKeyUse(statement)) rights["Action"] = "kms";
  return JSON.stringify(Object.entries(rights).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isKeyUse({ Action }: Mergeable): boolean {
  return [Action].flat().every((action) => action.startsWith("kms:"));
}

function union(one: Statement["Action"], other: Statement["Action"]): string[] {
  return [...new Set([one, other].flat())];
}
