import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
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
import type { MonitoringArgs } from "../shared/monitoring";
import type { PlayerDirectory } from "../shared/player-directory";
import type { Transform } from "../shared/transform";
import { DEFAULT_TYPES, type MessageType } from "./message";

/** Arguments of a `MessageStore`. */
export interface MessageStoreArgs {
  /** Customer key of table, topics, queues and logs. @default a key of its own */
  key?: { readonly arn: pulumi.Output<string> };
  /** Where players, their addresses and preferences are found. @default messages carry their own address (`to`) */
  directory?: PlayerDirectory;
  /** Types of messages beside `transactional`, `social` and `marketing`. @default none */
  types?: Readonly<Record<string, MessageType>>;
  /** Days that a message is kept after its creation, its time or its validity, whichever is last; 1 to 3,650. @default 400 */
  retentionDays?: number;
  /**
   * Shards of the index of messages dated ahead, 1 to 8. Each takes 1,000 such messages a second, and costs the sweeper
   * a request a minute. It may be changed at any time.
   * @default 1
   */
  dueShards?: number;
  /** Which alarms there are, and whom they notify. @default all alarms, notifying nobody */
  monitoring?: MonitoringArgs;
  /** Deletion protection of the table, which stays when the stack is destroyed. @default true */
  protect?: boolean;
  /** Changes the arguments of a child. */
  transform?: { table?: Transform<aws.dynamodb.TableArgs>; topic?: Transform<aws.sns.TopicArgs> };
}

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
