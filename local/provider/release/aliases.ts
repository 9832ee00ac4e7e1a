import type { Alias } from "@pulumi/pulumi/proto/alias_pb";

/**
 * A resource's URN without stack and project: `<type of each parent>$<type>::<name>`, as the engine knows it by. The
 * stack itself is no parent.
 */
export type Place = string;

export function placeOf(type: string, name: string, parent: Place | undefined): Place {
  return `${parent === undefined ? "" : `${typesOf(parent)}$`}${type}::${name}`;
}

const typesOf = (place: Place): string => place.slice(0, place.indexOf("::"));
const nameOf = (place: Place): string => place.slice(place.indexOf("::") + 2);
const ownTypeOf = (place: Place): string => typesOf(place).slice(typesOf(place).lastIndexOf("$") + 1);

/** The place in a full URN, `urn:pulumi:<stack>::<project>::<place>`. */
export const placeInUrn = (urn: string): Place => urn.split("::").slice(2).join("::");

/** A resource that is being declared. */
export interface Declaring {
  readonly type: string;
  readonly name: string;
  /** Where its parent is, and where that may have been before; undefined below the stack. */
  readonly parent: { readonly place: Place; readonly name: string; readonly aliases: readonly Place[] } | undefined;
  readonly aliases: readonly Alias[];
  /** The place of a parent that an alias names by its URN as the program sees it. */
  readonly resolve: (urn: string) => Place;
}

/**
 * Every place that a resource may have had, as the engine reckons: its own aliases, and for each alias of its parent the
 * place below that, with the parent's old name where its own begins with the parent's.
 * https://www.pulumi.com/docs/iac/concepts/options/aliases/
 */
export function aliasesOf({ type, name, parent, aliases, resolve }: Declaring): readonly Place[] {
  const own = aliases.map((alias) => {
    if (!alias.hasSpec()) return placeInUrn(alias.getUrn());
    const spec = alias.getSpec();
    const above = spec?.getNoparent() ? undefined : spec?.getParenturn() ? resolve(spec.getParenturn()) : parent?.place;
    return placeOf(spec?.getType() || type, spec?.getName() || name, above);
  });
  const inherited = (parent?.aliases ?? []).flatMap((old) =>
    [placeOf(type, name, undefined), ...own].map((place) => {
      const mine = nameOf(place);
      const begins = parent !== undefined && mine.startsWith(parent.name);
      return placeOf(ownTypeOf(place), begins ? nameOf(old) + mine.slice(parent.name.length) : mine, old);
    }),
  );
  return [...new Set([...own, ...inherited])];
}
