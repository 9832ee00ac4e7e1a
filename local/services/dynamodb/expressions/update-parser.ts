import { firstProblem } from "./condition-parser";
import { ExpressionError, Reader, type CallOf, type Path, type Place } from "./reader";

export type UpdateOperand =
  | Place
  | UpdateCall
  | {
      readonly kind: "sum";
      readonly operator: "+" | "-";
      readonly left: UpdateOperand;
      readonly right: UpdateOperand;
    };

type UpdateCall = CallOf<UpdateOperand>;

export type Action =
  | { readonly kind: "SET"; readonly path: Path; readonly operand: UpdateOperand }
  | { readonly kind: "REMOVE"; readonly path: Path }
  | { readonly kind: "ADD" | "DELETE"; readonly path: Path; readonly value: string };

const functions = new Set(["if_not_exists", "list_append"]);
const sections = ["SET", "REMOVE", "ADD", "DELETE"] as const;

/** Parses an update expression; throws the first problem that its text shows. */
export function parseUpdate(text: string): readonly Action[] {
  const parser = new Parser(text);
  const actions = parser.all();
  const problem = firstProblem(parser.problems, ["reserved", "unknownFunction", "section"]);
  if (problem) throw new ExpressionError(problem);
  return actions;
}

class Parser extends Reader {
  all(): readonly Action[] {
    const actions: Action[] = [];
    const seen = new Set<string>();
    do {
      const section = sections.find((word) => this.isWord(word));
      if (!section) throw this.unexpected();
      this.take();
      if (seen.has(section)) {
        this.problems.section ??= `The "${section}" section can only be used once in an update expression;`;
      }
      seen.add(section);
      do {
        this.count();
        actions.push(this.action(section));
      } while (this.takes(","));
    } while (this.next.kind !== "end");
    return actions;
  }

  private action(section: Action["kind"]): Action {
    const path = this.path();
    switch (section) {
      case "REMOVE":
        return { kind: "REMOVE", path };
      case "ADD":
      case "DELETE":
        if (this.next.kind !== "valueRef") throw this.unexpected();
        return { kind: section, path, value: this.take().text };
      case "SET":
        this.expect("=");
        return { kind: "SET", path, operand: this.setValue() };
    }
  }

  private setValue(): UpdateOperand {
    const left = this.operand();
    const symbol = this.next;
    if (symbol.kind !== "symbol" || (symbol.text !== "+" && symbol.text !== "-")) return left;
    if (left.kind === "sum") throw this.unexpected();
    this.take();
    this.count();
    const right = this.operand();
    if (right.kind === "sum") throw this.unexpected();
    return { kind: "sum", operator: symbol.text, left, right };
  }

  private operand(): UpdateOperand {
    if (this.takes("(")) {
      const inner = this.setValue();
      this.expect(")");
      return inner;
    }
    return this.plainOperand(functions, () => this.operand());
  }
}
