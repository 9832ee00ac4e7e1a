import { DocumentError, statementsOf, type Statement } from "./document";
import { hasWildcard, matches } from "./arn";
import { admitsEverybody, hiddenPrincipals, unboundServices, wildServices } from "./principals";
import { Undecided, type Resource } from "./resource";
import type { Context } from "./rule";

/**
 * Looks at each statement of a document in turn. What is no document is refused; a statement that is not known yet
 * leaves the check undecided after all others have been looked at.
 */
export function eachStatement(
  resource: Resource,
  context: Context,
  path: string,
  look: (statement: Statement) => void,
): void {
  const value = resource.at(path);
  if (value === undefined || value === null || value === "") return;
  let waiting: Undecided | undefined;
  try {
    for (const read of statementsOf(value, path)) {
      try {
        look(read());
      } catch (error) {
        if (!(error instanceof Undecided)) throw error;
        waiting ??= error;
      }
    }
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    context.refuse(
      path,
      error.got,
      "a policy document: JSON text, or an object with Statement",
      "Write it with pulumi.jsonStringify.",
    );
  }
  if (waiting) throw waiting;
}

/** Whether a document denies every request without TLS, for some actions and resources at least. */
export function deniesPlainTransport(
  statement: Statement,
  actions: readonly string[],
  resources: readonly string[],
): boolean {
  return (
    statement.effect === "Deny" &&
    statement.principals.some(({ kind }) => kind === "*") &&
    statement.conditions.length === 1 &&
    statement.conditions.some(
      ({ operator, key, values }) =>
        /^Bool(IfExists)?$/.test(operator) && key.toLowerCase() === "aws:securetransport" && values.includes("false"),
    ) &&
    actions.every((action) =>
      statement.actions.some((one) => one === "*" || matches(one.toLowerCase(), action.toLowerCase())),
    ) &&
    resources.every((resource) => statement.resources.some((one) => matches(one, resource)))
  );
}

/** Refuses a statement of a resource policy that admits more than it names. */
export function refuseOpen(statement: Statement, { refuse }: Context, source: string): void {
  const { path, effect, actions, notActions, notResources, principals, notPrincipals } = statement;
  if (admitsEverybody(statement))
    refuse(`${path}.Principal`, "*", "named principals, or a condition that binds them to this account");
  for (const service of wildServices(statement)) refuse(`${path}.Principal`, service, "named services");
  for (const hidden of hiddenPrincipals(statement))
    refuse(`${path}.Principal`, hidden, "accounts, roles or services by their name");
  for (const service of unboundServices(statement)) refuse(`${path}.Condition`, service, source);
  if (effect !== "Allow") return;
  if (principals.length === 0 && notPrincipals.length === 0) refuse(`${path}.Principal`, undefined, "named principals");
  if (actions.some(hasWildcard)) refuse(`${path}.Action`, actions, "actions written out");
  if (notActions.length > 0 || notResources.length > 0) refuse(path, "NotAction or NotResource", "Action and Resource");
}
