import { ExpressionError, Reader, type CallOf, type Place, type TextProblems } from "./reader";

export type Operand = Place | Call;

export type Call = CallOf<Operand>;

export type Comparator = "=" | "<>" | "<" | "<=" | ">" | ">=";

export type Condition =
  | { readonly kind: "and" | "or"; readonly left: Condition; readonly right: Condition }
  | { readonly kind: "not"; readonly condition: Condition }
  | { readonly kind: "compare"; readonly comparator: Comparator; readonly left: Operand; readonly right: Operand }
  | { readonly kind: "between"; readonly operand: Operand; readonly low: Operand; readonly high: Operand }
  | { readonly kind: "in"; readonly operand: Operand; readonly options: readonly Operand[] }
  | Call;

type Node = Condition | Operand;

const functions = new Set([
  "attribute_exists",
  "attribute_not_exists",
  "attribute_type",
  "begins_with",
  "contains",
  "size",
]);
const comparators = new Set(["=", "<>", "<", "<=", ">", ">="]);
const order = ["parens", "unknownFunction", "misusedFunction", "reserved"] as const;

/** Parses a condition, filter or key condition; throws the first problem that its text shows. */
export function parseCondition(text: string): Condition {
  const parser = new Parser(text);
  const condition = parser.all();
  const problem = firstProblem(parser.problems, order);
  if (problem) throw new ExpressionError(problem);
  return condition;
}

export function firstProblem(problems: TextProblems, kinds: readonly (keyof TextProblems)[]): string | undefined {
  for (const kind of kinds) if (problems[kind]) return problems[kind];
  return undefined;
}

class Parser extends Reader {
  /** Nodes that stand in parentheses. */
  private readonly enclosed = new WeakSet<Node>();

  all(): Condition {
    const node = this.or();
    const condition = this.asCondition(node);
    this.expectEnd();
    return condition;
  }

  private or(): Node {
    let left = this.and();
    while (this.isWord("OR")) {
      const first = this.asCondition(left);
      this.expectWord("OR");
      this.count();
      left = { kind: "or", left: first, right: this.asCondition(this.and()) };
    }
    return left;
  }

  private and(): Node {
    let left = this.not();
    while (this.isWord("AND")) {
      const first = this.asCondition(left);
      this.expectWord("AND");
      this.count();
      left = { kind: "and", left: first, right: this.asCondition(this.not()) };
    }
    return left;
  }

  private not(): Node {
    if (!this.isWord("NOT")) return this.comparison();
    this.expectWord("NOT");
    this.count();
    return { kind: "not", condition: this.asCondition(this.not()) };
  }

  private comparison(): Node {
    const left = this.primary();
    if (this.next.kind === "symbol" && comparators.has(this.next.text)) {
      const operand = this.asOperand(left);
      const comparator = this.take().text as Comparator;
      this.count();
      return { kind: "compare", comparator, left: operand, right: this.operand() };
    }
    if (this.isWord("BETWEEN")) {
      const operand = this.asOperand(left);
      this.expectWord("BETWEEN");
      this.count();
      const low = this.operand();
      this.expectWord("AND");
      return { kind: "between", operand, low, high: this.operand() };
    }
    if (this.isWord("IN")) {
      const operand = this.asOperand(left);
      this.expectWord("IN");
      this.count();
      this.expect("(");
      const options = [this.operand()];
      while (this.takes(",")) options.push(this.operand());
      this.expect(")");
      return { kind: "in", operand, options };
    }
    return left;
  }

  private operand(): Operand {
    return this.asOperand(this.primary());
  }

  private primary(): Node {
    if (this.takes("(")) {
      const inner = this.or();
      this.expect(")");
      if (this.enclosed.has(inner)) this.problems.parens ??= "The expression has redundant parentheses;";
      this.enclosed.add(inner);
      return inner;
    }
    if (this.isKeyword()) throw this.unexpected();
    return this.plainOperand(functions, () => this.operand());
  }

  private isKeyword(): boolean {
    return ["AND", "OR", "NOT", "BETWEEN", "IN"].some((word) => this.isWord(word));
  }

  private asCondition(node: Node): Condition {
    if (node.kind === "path" || node.kind === "value") throw this.unexpected();
    if (node.kind === "call" && node.name === "size") this.misused(node);
    return node;
  }

  private asOperand(node: Node): Operand {
    if (node.kind === "path" || node.kind === "value") return node;
    if (node.kind !== "call") throw this.unexpected();
    if (node.name !== "size") this.misused(node);
    return node;
  }

  private misused(call: Call): void {
    this.problems.misusedFunction ??= `The function is not allowed to be used this way in an expression; function: ${call.name}`;
  }
}
