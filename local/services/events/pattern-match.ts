import type { LeafTest } from "./pattern-operators";

/** One of the values that a field may have: there or not, or with a test of what is there. */
export type FieldTest = { readonly exists: boolean } | { readonly value: LeafTest };

/** One way to match: every field by its path with dots, in the order of the paths. */
export type Alternative = readonly (readonly [path: string, tests: readonly FieldTest[]])[];

/** In which element of which array a value stands, innermost first. */
interface Place {
  readonly array: number;
  readonly index: number;
  readonly outer: Place | undefined;
}

interface Leaf {
  readonly value: unknown;
  readonly place: Place | undefined;
}

type Elements = ReadonlyMap<number, number>;

/**
 * A path reads the same whether its dots are in the keys or between them. Values out of one array match together
 * only if they stand in the same element of it.
 */
export function matcherOf(alternatives: readonly Alternative[]): (event: unknown) => boolean {
  const wanted = new Set<string>();
  const ways = new Set<string>();
  for (const [path] of alternatives.flat()) {
    wanted.add(path);
    for (let at = path.indexOf("."); at >= 0; at = path.indexOf(".", at + 1)) ways.add(path.slice(0, at));
  }
  return (event) => {
    const leaves = new Map<string, Leaf[]>();
    let arrays = 0;
    const visit = (value: unknown, path: string, place: Place | undefined): void => {
      if (Array.isArray(value)) {
        const array = arrays++;
        (value as unknown[]).forEach((element, index) =>
          visit(element, path, isObject(element) ? { array, index, outer: place } : place),
        );
      } else if (isObject(value)) {
        for (const [key, member] of Object.entries(value)) {
          const below = path ? `${path}.${key}` : key;
          if (wanted.has(below) || ways.has(below)) visit(member, below, place);
        }
      } else if (value !== undefined && wanted.has(path)) {
        const known = leaves.get(path);
        if (known) known.push({ value, place });
        else leaves.set(path, [{ value, place }]);
      }
    };
    visit(event, "", undefined);
    return alternatives.some((alternative) => matches(alternative, 0, leaves, new Map()));
  };
}

function matches(
  alternative: Alternative,
  from: number,
  leaves: ReadonlyMap<string, readonly Leaf[]>,
  elements: Elements,
): boolean {
  const field = alternative[from];
  if (!field) return true;
  const [path, tests] = field;
  const there = (leaves.get(path) ?? []).filter(({ place }) => agrees(place, elements));
  if (there.length === 0)
    return tests.some((test) => "exists" in test && !test.exists) && matches(alternative, from + 1, leaves, elements);
  const tried = new Set<Place | undefined>();
  return there.some(({ value, place }) => {
    if (tried.has(place) || !tests.some((test) => ("exists" in test ? test.exists : test.value(value)))) return false;
    tried.add(place);
    return matches(alternative, from + 1, leaves, place ? joined(place, elements) : elements);
  });
}

function agrees(place: Place | undefined, elements: Elements): boolean {
  for (let at = place; at; at = at.outer) {
    const index = elements.get(at.array);
    if (index !== undefined && index !== at.index) return false;
  }
  return true;
}

function joined(place: Place, elements: Elements): Elements {
  const all = new Map(elements);
  for (let at: Place | undefined = place; at; at = at.outer) all.set(at.array, at.index);
  return all;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
