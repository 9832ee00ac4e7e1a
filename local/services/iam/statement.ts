import type { Json } from "../../service";
import { compileCondition, type Condition } from "./conditions";
import { compilePattern, type KeyValues, type Pattern } from "./pattern";
import { listOf, statementsIn, type PolicyDocument, type StatementDocument } from "./policy-document";

/** How far a statement admits a principal. */
export type Admission =
  | "no"
  /** names the account only: what the account's own policies allow is allowed (it delegates) */
  | "account"
  /** names the principal itself, or everyone */
  | "direct";

/** Who asks, as the Principal element sees it. */
export interface Who {
  /** ARNs that stand for the caller: role and session. */
  readonly arns: readonly string[];
  readonly account?: string;
  readonly service?: string;
}

/** A statement, compiled once. */
export interface CompiledStatement {
  readonly document: StatementDocument;
  readonly allow: boolean;
  /** Whether the answer may differ between two calls with the same action and resource. */
  readonly conditional: boolean;
  /** Action and Resource match. */
  covers(action: string, resource: string, keys: KeyValues): boolean;
  /** The Condition element holds. */
  holds(keys: KeyValues): boolean;
  admits(who: Who): Admission;
}

const always: Condition = () => true;

/** Compiles all statements of a document. */
export function compileStatements(document: Json | PolicyDocument): readonly CompiledStatement[] {
  return statementsIn(document).map(compileStatement);
}

function compileStatement(document: StatementDocument): CompiledStatement {
  const actions = listOf(document.Action ?? document.NotAction).map((action) => compilePattern(action, "text", true));
  const resources = listOf(document.Resource ?? document.NotResource).map((resource) =>
    compilePattern(resource, "resource"),
  );
  const wantAction = document.Action !== undefined;
  const wantResource = document.NotResource === undefined;
  const holds = document.Condition ? compileCondition(document.Condition) : always;
  const any = (patterns: readonly Pattern[], text: string, keys: KeyValues): boolean =>
    patterns.some((pattern) => pattern.matches(text, keys));
  return {
    document,
    allow: document.Effect === "Allow",
    conditional: document.Condition !== undefined || resources.some((pattern) => pattern.variable),
    covers: (action, resource, keys) =>
      any(actions, action, keys) === wantAction &&
      (resources.length === 0 || any(resources, resource, keys) === wantResource),
    holds,
    admits: (who) => {
      if (document.NotPrincipal !== undefined) return admission(document.NotPrincipal, who) === "no" ? "direct" : "no";
      return admission(document.Principal, who);
    },
  };
}

function admission(principal: unknown, who: Who): Admission {
  if (principal === "*") return "direct";
  if (typeof principal !== "object" || principal === null) return "no";
  let best: Admission = "no";
  for (const [type, names] of Object.entries(principal)) {
    for (const name of listOf(names as string | string[])) {
      if (type === "AWS") {
        if (name === "*" || who.arns.includes(name)) return "direct";
        if (who.account !== undefined && (name === who.account || name === `arn:aws:iam::${who.account}:root`))
          best = "account";
      } else if (type === "Service" && who.service !== undefined && name === who.service) return "direct";
    }
  }
  return best;
}
