import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { MessageStore } from "../message-store/message-store";
import {
  aBoolean,
  anything,
  directoryArgs,
  monitoringArgs,
  required,
  transformsOf,
  withArn,
  type Check,
} from "../shared/arguments";
import { ArgumentError, requireInteger } from "../shared/errors";
import type { MonitoringArgs } from "../shared/monitoring";
import type { PlayerAttributes, PlayerDirectory } from "../shared/player-directory";
import type { Transform } from "../shared/transform";
import { MIB, SECONDS_PER_HOUR } from "../shared/units";

/** Arguments of a `SegmentPipeline`. */
export interface SegmentPipelineArgs<A extends PlayerAttributes = PlayerAttributes> {
  /** Where players are; `gateway.directory`. Segments can ask for its attributes. */
  directory: PlayerDirectory<A>;
  /** Where a segment's messages go. */
  messages: MessageStore;
  /** Customer key of copy, results, runs, queues and logs. @default a key of its own */
  key?: { readonly arn: pulumi.Output<string> };
  /**
   * Whether this stack owns the resource policy of the account's Glue catalog, of which there is one per account and
   * Region. Without an owner the zero-ETL integration cannot start: another owner must then hold `catalogStatements`.
   * @default false
   */
  manageCatalogPolicy?: boolean;
  /** Minutes between two refreshes of the analytics copy, 15 to 8,640. @default 60 */
  refreshMinutes?: number;
  /** Seconds; a run on older data is refused. @default 24 hours */
  maxDataAgeSeconds?: number;
  /** Bytes that one query may scan, at least 10 MB: Athena cancels it there. @default 10 GB */
  maxScannedBytes?: number;
  /** Functions that enqueue at once, 2 to 1,000. @default 5 */
  enqueueConcurrency?: number;
  /** Keep tables and buckets when they are deleted by mistake. @default true */
  protect?: boolean;
  /** Which alarms there are, and whom they notify. @default all alarms, notifying nobody */
  monitoring?: MonitoringArgs;
  /** Changes the arguments of a child. */
  transform?: { runs?: Transform<aws.dynamodb.TableArgs> };
}

/** Numbers of a pipeline that has none of its own, in the units of their arguments. */
export const DEFAULTS = {
  refreshMinutes: 60,
  maxDataAgeSeconds: 24 * SECONDS_PER_HOUR,
  maxScannedBytes: 10_240 * MIB,
  enqueueConcurrency: 5,
} as const;

const aStore: Check = (component, argument, value) => {
  const store = value as { client?: unknown; types?: unknown } | null | undefined;
  if (typeof store?.client === "function" && typeof store.types === "object") return;
  throw new ArgumentError({
    component,
    argument,
    got: value,
    expected: "the program's MessageStore",
    fix: "Give the component, not its table.",
  });
};

const checkShape = required(
  {
    directory: directoryArgs,
    messages: aStore,
    key: withArn,
    manageCatalogPolicy: aBoolean,
    refreshMinutes: anything,
    maxDataAgeSeconds: anything,
    maxScannedBytes: anything,
    enqueueConcurrency: anything,
    protect: aBoolean,
    monitoring: monitoringArgs,
    transform: transformsOf("runs"),
  },
  ["directory", "messages"],
);

/** The least cut-off that Athena takes. https://docs.aws.amazon.com/athena/latest/APIReference/API_WorkGroupConfiguration.html */
const LEAST_CUT_OFF = 10_485_760;
/** Minutes; the least is zero-ETL's own. https://docs.aws.amazon.com/glue/latest/dg/zero-etl-limitations.html */
const REFRESH = { least: 15, most: 8_640 };

/** @throws ArgumentError for what no pipeline can be made of. */
export function checkPipelineArgs(name: string, args: unknown): void {
  checkShape(name, "", args);
  const numbers = { ...DEFAULTS, ...definedOf(args as Partial<Record<keyof typeof DEFAULTS, number>>) };
  requireInteger(name, "refreshMinutes", numbers.refreshMinutes, REFRESH.least, REFRESH.most);
  requireInteger(name, "maxScannedBytes", numbers.maxScannedBytes, LEAST_CUT_OFF, Number.MAX_SAFE_INTEGER);
  requireInteger(name, "maxDataAgeSeconds", numbers.maxDataAgeSeconds, 60, 31_536_000);
  requireInteger(name, "enqueueConcurrency", numbers.enqueueConcurrency, 2, 1_000);
  const { attributes } = (args as { directory: { attributes: object } }).directory;
  const clash = caseClash(Object.keys(attributes));
  if (clash !== undefined) {
    throw new ArgumentError({
      component: name,
      argument: "directory.attributes",
      got: clash,
      expected: "names that differ by more than case",
      fix: "Glue folds names to lower case: rename one.",
    });
  }
}

function definedOf<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}

function caseClash(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name.toLowerCase()).size);
}
