import { member, type AttributeValue, type Item } from "../values";
import { ExpressionError, type Path } from "./reader";

/** Names and values of a request's placeholders, and which of them its expressions use. */
export class Bindings {
  private readonly usedNames = new Set<string>();
  private readonly usedValues = new Set<string>();

  constructor(
    readonly names: Readonly<Record<string, string>>,
    readonly values: Readonly<Record<string, AttributeValue>>,
  ) {}

  /** The path with its names in place of placeholders. */
  resolve(path: Path): readonly (string | number)[] {
    if (!path.placeholders) return path.parts;
    return path.parts.map((part) => (typeof part === "string" && part.startsWith("#") ? this.name(part) : part));
  }

  value(placeholder: string): AttributeValue {
    const value = Object.hasOwn(this.values, placeholder) ? this.values[placeholder] : undefined;
    if (!value) {
      throw new ExpressionError(
        `An expression attribute value used in expression is not defined; attribute value: ${placeholder}`,
      );
    }
    this.usedValues.add(placeholder);
    return value;
  }

  /** What the caller gave and no expression used. */
  unused(): { readonly names: readonly string[]; readonly values: readonly string[] } {
    return {
      names: Object.keys(this.names).filter((name) => !this.usedNames.has(name)),
      values: Object.keys(this.values).filter((name) => !this.usedValues.has(name)),
    };
  }

  private name(placeholder: string): string {
    const name = Object.hasOwn(this.names, placeholder) ? this.names[placeholder] : undefined;
    if (name === undefined) {
      throw new ExpressionError(
        `An expression attribute name used in the document path is not defined; attribute name: ${placeholder}`,
      );
    }
    this.usedNames.add(placeholder);
    return name;
  }
}

/** The value at a path; undefined if there is none. */
export function valueAt(parts: readonly (string | number)[], item: Item): AttributeValue | undefined {
  let value = member(item, parts[0] as string);
  for (let i = 1; i < parts.length && value; i++) {
    const part = parts[i]!;
    value = typeof part === "number" ? value.L?.[part] : value.M && member(value.M, part);
  }
  return value;
}

/** A path as error messages show it: `[a, [0], b]`. */
export function pathText(parts: readonly (string | number)[]): string {
  return `[${parts.map((part) => (typeof part === "number" ? `[${part}]` : part)).join(", ")}]`;
}

/** Refuses paths of which one contains another, or which need different shapes of one value. */
export function checkDistinctPaths(paths: readonly (readonly (string | number)[])[]): void {
  let conflict: ExpressionError | undefined;
  for (let j = 1; j < paths.length; j++) {
    for (let i = 0; i < j; i++) {
      const relation = relationOf(paths[i]!, paths[j]!);
      if (!relation) continue;
      const error = new ExpressionError(
        `Two document paths ${relation} with each other; must remove or rewrite one of these paths; ` +
          `path one: ${pathText(paths[i]!)}, path two: ${pathText(paths[j]!)}`,
      );
      if (relation === "overlap") throw error;
      conflict ??= error;
    }
  }
  if (conflict) throw conflict;
}

function relationOf(
  a: readonly (string | number)[],
  b: readonly (string | number)[],
): "overlap" | "conflict" | undefined {
  for (let i = 0; i < a.length && i < b.length; i++) {
    if (typeof a[i] !== typeof b[i]) return "conflict";
    if (a[i] !== b[i]) return undefined;
  }
  return "overlap";
}
