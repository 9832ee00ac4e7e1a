import type { Json } from "../../service";
import { difference, fixedMembers } from "../rules/difference";
import type { Place } from "./aliases";
import type { Declared } from "./declared";
import type { RecordedStack } from "./record";
import { isStateful } from "./record";
import { RESETS, STATEFUL } from "./stateful";

/** Something that an upgrade from a release would lose. */
export interface Loss {
  readonly release: string;
  readonly stack: string;
  readonly place: Place;
  /** What replaces the resource; undefined when it is gone. */
  readonly property?: string;
  /** What is wrong, what was expected, and how to mend it. */
  readonly message: string;
}

/** A loss that a release decides for, and tells in CHANGELOG.md. */
export interface AcceptedLoss {
  /** Last release whose upgrade loses it. */
  readonly release: string;
  readonly place: Place;
  /** @default the whole resource, which is gone */
  readonly property?: string;
  /** Why, and what a studio does before it upgrades. */
  readonly reason: string;
}

/** What an upgrade of a stack from a release to what is declared now would lose. */
export function lossesOf(
  release: string,
  stack: string,
  recorded: RecordedStack,
  declared: readonly Declared[],
): readonly Loss[] {
  const now = declared.filter(isStateful);
  return Object.entries(recorded.resources).flatMap(([place, before]) => {
    const type = typeOf(place);
    const told = `${release}, stack ${stack}: ${type} "${nameOf(place)}"`;
    const same = now.find((one) => one.place === place) ?? now.find(({ aliases }) => aliases.includes(place));
    if (!same) return [{ release, stack, place, message: gone(told, type, place, recorded, now) }];
    return changes(type, before, same.inputs).map(({ property, got, expected, lost }) => ({
      release,
      stack,
      place,
      property,
      message:
        `${told} would lose ${lost}: got ${property} ${got}; expected ${expected}, as that release has it. ` +
        `Give it back, or accept the loss in local/provider/release/accepted.ts.`,
    }));
  });
}

/** Losses that nobody has accepted, and what is accepted and is no loss. */
export function judge(
  losses: readonly Loss[],
  accepted: readonly AcceptedLoss[],
): { readonly unaccepted: readonly Loss[]; readonly unused: readonly AcceptedLoss[] } {
  const covers = (one: AcceptedLoss, loss: Loss): boolean =>
    one.release === loss.release && one.place === loss.place && one.property === loss.property;
  return {
    unaccepted: losses.filter((loss) => !accepted.some((one) => covers(one, loss))),
    unused: accepted.filter((one) => !losses.some((loss) => covers(one, loss))),
  };
}

interface Change {
  readonly property: string;
  readonly got: string;
  readonly expected: string;
  readonly lost: string;
}

function changes(type: string, before: Json, after: Json): readonly Change[] {
  const { changed, replaces } = difference(type, before, after);
  const text = (value: unknown): string =>
    value === undefined ? "that the provider chooses" : (JSON.stringify(value) ?? "nothing");
  const change = (property: string, lost: string): Change => ({
    property,
    got: text(after[property]),
    expected: text(before[property]),
    lost,
  });
  return [
    ...replaces.flatMap((property) => {
      const members = fixedMembers(type, property, before, after);
      if (members.length === 0) return [change(property, STATEFUL[type] ?? "")];
      return members.map((member) => ({
        property: `${property}.${member}`,
        got: text(memberOf(after, property, member)),
        expected: text(memberOf(before, property, member)),
        lost: STATEFUL[type] ?? "",
      }));
    }),
    ...changed.flatMap((property) => {
      const lost = RESETS[type]?.[property];
      return lost === undefined ? [] : [change(property, lost)];
    }),
  ];
}

function memberOf(inputs: Json, property: string, member: string): unknown {
  return (JSON.parse(String(inputs[property])) as Json)[member];
}

function gone(told: string, type: string, place: Place, recorded: RecordedStack, now: readonly Declared[]): string {
  const fresh = now.filter((one) => one.type === type && !(one.place in recorded.resources));
  const names = fresh.map(({ name }) => `"${name}"`).join(", ");
  const perhaps = fresh.length === 0 ? "" : ` (new of this type: ${names})`;
  return (
    `${told} would be deleted, and with it ${STATEFUL[type] ?? ""}: got no resource at ${place} and none with an alias ` +
    `of it; expected one${perhaps}. Alias what took its place, or the component that was renamed: ` +
    `docs/how-to/rename-a-resource.md. Or accept the loss in local/provider/release/accepted.ts.`
  );
}

const typeOf = (place: Place): string => place.slice(0, place.indexOf("::")).replace(/^.*\$/, "");
const nameOf = (place: Place): string => place.slice(place.indexOf("::") + 2);
