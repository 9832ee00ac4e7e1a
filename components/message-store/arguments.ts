import {
  aBoolean,
  anything,
  directoryArgs,
  monitoringArgs,
  objectOf,
  oneOf,
  recordOf,
  required,
  transformsOf,
  withArn,
} from "../shared/arguments";
import { ArgumentError, requireInteger } from "../shared/errors";
import { DEFAULT_TYPES, type MessageType } from "./message";

const checkShape = objectOf({
  key: withArn,
  directory: directoryArgs,
  types: recordOf(
    required({ consent: oneOf("none", "opt-out", "opt-in"), priority: anything }, ["consent", "priority"]),
  ),
  retentionDays: anything,
  dueShards: anything,
  monitoring: monitoringArgs,
  protect: aBoolean,
  transform: transformsOf("table", "topic"),
});

/** @throws ArgumentError for what no store can be made of; numbers are held against their ranges where they are used. */
export function checkStoreArgs(name: string, args: unknown): void {
  checkShape(name, "", args);
}

/**
 * The built-in types and the studio's own.
 * @throws ArgumentError when a name or a priority is none.
 */
export function checkedTypes(component: string, own: Readonly<Record<string, MessageType>> = {}) {
  for (const type of Object.keys(own)) {
    if (!/^[a-z][a-z0-9-]{0,31}$/.test(type)) {
      throw new ArgumentError({
        component,
        argument: "types",
        got: type,
        expected: "names of up to 32 of a-z 0-9 -",
        fix: "Rename the type.",
      });
    }
    requireInteger(component, `types.${type}.priority`, own[type]?.priority ?? -1, 0, 9);
  }
  return { ...DEFAULT_TYPES, ...own };
}
