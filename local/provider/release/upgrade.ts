import { declaredBy, settingsOf, type Declared } from "./declared";
import type { Release } from "./record";

export interface PresentProgram {
  readonly folder: string;
  /** Declares the resources. @default loads the project's main file */
  readonly load?: () => unknown;
}

/** What the program declares now for a stack that a release is on record of, with the settings that it had then. */
export function declaredSince(
  { stacks }: Release,
  stack: string,
  program: PresentProgram,
): Promise<readonly Declared[]> {
  const { resources = {}, settings = {} } = stacks[stack] ?? {};
  const known = new Set(Object.keys(resources));
  return declaredBy({ ...program, stack, config: settingsSince(settings, settingsOf(program.folder, stack)), known });
}

/** The settings of then; those that came since as they are now, without those that are no more, which the program tells. */
function settingsSince(
  then: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(now).map(([name, value]) => [name, then[name] ?? value]));
}
