import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "../../service";
import type { Place } from "./aliases";
import { declaredBy, settingsOf, type Declared } from "./declared";
import { STATEFUL } from "./stateful";

/** What a release declared that must outlive every upgrade: `releases/<version>.json`. */
export interface Release {
  readonly version: string;
  /** By stack. */
  readonly stacks: Readonly<Record<string, RecordedStack>>;
}

export interface RecordedStack {
  /** The settings that it was declared with, by full name. */
  readonly settings: Readonly<Record<string, string>>;
  /** Inputs as the program gave them, by place. */
  readonly resources: Readonly<Record<Place, Json>>;
}

/** The stacks that are recorded: the two that the project has files of. */
export const STACKS = ["dev", "prod"] as const;

/** Inputs that may be long and never say which resource it is. */
const LEFT_OUT = ["policy", "tags"];

/** Whether a resource must outlive an upgrade. */
export const isStateful = ({ type }: Pick<Declared, "type">): boolean => type in STATEFUL;

/** What the program in `folder` declares now. */
export async function recordOf(folder: string, version: string): Promise<Release> {
  const stacks: Record<string, RecordedStack> = {};
  for (const stack of STACKS) {
    const settings = settingsOf(folder, stack);
    const declared = await declaredBy({ folder, stack });
    stacks[stack] = { settings, resources: resourcesOf(declared) };
  }
  return { version, stacks };
}

function resourcesOf(declared: readonly Declared[]): Record<Place, Json> {
  const resources = declared
    .filter(isStateful)
    .sort((one, other) => (one.place < other.place ? -1 : 1))
    .map(({ place, inputs }) => [
      place,
      Object.fromEntries(
        Object.entries(inputs)
          .filter(([name]) => !LEFT_OUT.includes(name))
          .sort(([one], [other]) => (one < other ? -1 : 1)),
      ),
    ]);
  return Object.fromEntries(resources) as Record<Place, Json>;
}

export const RELEASES = "releases";

/** All releases on record, oldest first. */
export function releasesIn(folder: string): readonly Release[] {
  return readdirSync(join(folder, RELEASES))
    .filter((name) => name.endsWith(".json"))
    .map((name) => JSON.parse(readFileSync(join(folder, RELEASES, name), "utf8")) as Release)
    .sort(({ version: one }, { version: other }) => one.localeCompare(other, "en", { numeric: true }));
}
