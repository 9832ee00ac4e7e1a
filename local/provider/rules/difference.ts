import type { Json } from "../../service";
import { UNKNOWN, same } from "../values";
import { DEFAULTS, nameIsTaken } from "./naming";
import { CREATE_ONLY, REPLACES } from "./replacement";

/** What changed between two updates of a resource, and what that means for it. */
export interface Difference {
  readonly changed: readonly string[];
  /** Those among them that AWS cannot change on what exists. */
  readonly replaces: readonly string[];
  /** Whether the old one has to go before the new one can come. */
  readonly deleteFirst: boolean;
}

/** @throws Error for a type of which it is not known what replaces it. */
export function difference(type: string, before: Json, after: Json): Difference {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  names.delete(DEFAULTS);
  const changed = [...names].filter((name) => !same(before[name], after[name]));
  const known = REPLACES[type];
  if (!known)
    throw new Error(
      `${type}: it is not known which changes replace it; expected an entry in local/provider/rules/replacement.ts.`,
    );
  const replaces = changed.filter((name) => known.includes(name) || fixedMembers(type, name, before, after).length > 0);
  return { changed, replaces, deleteFirst: replaces.length > 0 && nameIsTaken(type, before, after) };
}

/** Members of a desired state that differ and that AWS cannot change; `*` when either is not known yet. */
export function fixedMembers(type: string, property: string, before: Json, after: Json): readonly string[] {
  if (type !== "aws:cloudcontrol/resource:Resource" || property !== "desiredState") return [];
  const fixed = CREATE_ONLY[String(after["typeName"])] ?? [];
  const [one, other] = [desired(before), desired(after)];
  // Not known yet: the provider says what is worst.
  if (!one || !other) return ["*"];
  return fixed.filter((member) => !same(one[member], other[member]));
}

function desired(inputs: Json): Json | undefined {
  const text = inputs["desiredState"];
  if (typeof text !== "string" || text === UNKNOWN) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
