import { parse } from "acorn";
import { analyze, type Reference } from "eslint-scope";
import type * as estree from "estree";

/** A place in a function expression where one of its free names stands. */
export interface FreeName {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** `{ table }`: a replacement has to write `table: …`. */
  readonly shorthand: boolean;
  /** The name is assigned to, not only read. */
  readonly written: boolean;
  /** Only asked for its type: `typeof name` is allowed where there is none. */
  readonly tested: boolean;
  /** The member read from it by a plain name, `name.member`, when the expression does nothing else with the name. */
  readonly member?: Member;
}

/** A member read by a plain name. */
export interface Member {
  readonly name: string;
  readonly end: number;
  readonly called: boolean;
  /** Where the call ends, when it is called without arguments. */
  readonly emptyCallEnd?: number;
}

type Positioned<T> = T & { start: number; end: number; parent?: Positioned<estree.Node> };

const known = new Map<string, readonly FreeName[]>();

/**
 * The free names of a function expression in the order of their places, by scope analysis: what is shadowed,
 * a property, a label or declared inside is none.
 * @throws SyntaxError when the text is no expression.
 */
export function freeNames(code: string): readonly FreeName[] {
  let found = known.get(code);
  if (!found) known.set(code, (found = analyse(code)));
  return found;
}

function analyse(code: string): FreeName[] {
  // Parenthesised, a function expression stays an expression; the offset is taken off again.
  const program = parse(`(${code}\n)`, {
    ecmaVersion: "latest",
    sourceType: "script",
    ranges: true,
  }) as unknown as estree.Program;
  linkParents(program as Positioned<estree.Node>);
  const scopes = analyze(program, { ecmaVersion: 2024, sourceType: "script" });
  const [global] = scopes.scopes;
  if (!global) throw new Error("the scope analysis found no scope");
  return global.through.map(toFreeName).sort((a, b) => a.start - b.start);
}

function toFreeName(reference: Reference): FreeName {
  const id = reference.identifier as Positioned<estree.Identifier>;
  const parent = id.parent;
  return {
    name: id.name,
    start: id.start - 1,
    end: id.end - 1,
    shorthand: parent?.type === "Property" && parent.shorthand && parent.value === id,
    written: reference.isWrite(),
    tested: parent?.type === "UnaryExpression" && parent.operator === "typeof",
    ...memberOf(id, parent),
  };
}

function memberOf(
  id: Positioned<estree.Identifier>,
  parent: Positioned<estree.Node> | undefined,
): Pick<FreeName, "member"> {
  if (parent?.type !== "MemberExpression" || parent.object !== id || parent.computed) return {};
  if (parent.property.type !== "Identifier" || parent.optional) return {};
  const above = parent.parent;
  const changed =
    (above?.type === "AssignmentExpression" && above.left === parent) ||
    above?.type === "UpdateExpression" ||
    (above?.type === "UnaryExpression" && above.operator === "delete") ||
    ((above?.type === "ForInStatement" || above?.type === "ForOfStatement") && above.left === parent) ||
    isPatternTarget(parent, above);
  if (changed) return {};
  const called =
    (above?.type === "CallExpression" && above.callee === parent) ||
    (above?.type === "TaggedTemplateExpression" && above.tag === parent);
  const emptyCall = above?.type === "CallExpression" && called && above.arguments.length === 0 && !above.optional;
  return {
    member: {
      name: parent.property.name,
      end: parent.end - 1,
      called,
      ...(emptyCall ? { emptyCallEnd: above.end - 1 } : {}),
    },
  };
}

/** `[x.y] = …` and `({ a: x.y } = …)` assign to the member. */
function isPatternTarget(node: Positioned<estree.Node>, above: Positioned<estree.Node> | undefined): boolean {
  if (!above) return false;
  if (above.type === "ArrayPattern" || above.type === "RestElement") return true;
  if (above.type === "AssignmentPattern") return above.left === node;
  return above.type === "Property" && above.value === node && above.parent?.type === "ObjectPattern";
}

function linkParents(node: Positioned<estree.Node>): void {
  for (const [key, value] of Object.entries(node)) {
    if (key === "parent") continue;
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof child === "object" && child !== null && typeof (child as { type?: unknown }).type === "string") {
        const childNode = child as Positioned<estree.Node>;
        childNode.parent = node;
        linkParents(childNode);
      }
    }
  }
}

/** Writes `text` with some ranges replaced; the ranges must not overlap. */
export function replaceRanges(text: string, edits: readonly { start: number; end: number; by: string }[]): string {
  let written = "";
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    if (edit.start < at) throw new Error(`two replacements overlap at ${edit.start} of ${text.slice(0, 60)}`);
    written += text.slice(at, edit.start) + edit.by;
    at = edit.end;
  }
  return written + text.slice(at);
}
