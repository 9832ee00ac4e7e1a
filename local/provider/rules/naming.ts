import { createHash } from "node:crypto";
import type { Json } from "../../service";
import { UNKNOWN } from "../values";

/** How a resource type is named. */
export interface Naming {
  readonly property: string;
  /** Characters; an overlong generated name fails the check. */
  readonly longest?: number;
  /** Of a generated name: what the service asks for. */
  readonly shape?: (name: string, inputs: Json) => string;
}

const fifo = (member: string) => (name: string, inputs: Json) => (inputs[member] === true ? `${name}.fifo` : name);

/**
 * Types whose name the provider makes when the program gives none: logical name, `-`, seven hex digits. Longest names
 * as in the provider's own table (pulumi-aws, provider/resources.go); types without a longest name are not checked.
 */
const GENERATED: Readonly<Record<string, Naming>> = {
  "aws:apigatewayv2/api:Api": { property: "name" },
  "aws:apigatewayv2/authorizer:Authorizer": { property: "name" },
  "aws:athena/database:Database": { property: "name", shape: (name) => name.replaceAll("-", "_") },
  "aws:athena/namedQuery:NamedQuery": { property: "name" },
  "aws:athena/workgroup:Workgroup": { property: "name" },
  "aws:cloudwatch/eventRule:EventRule": { property: "name", longest: 64 },
  "aws:cloudwatch/logGroup:LogGroup": { property: "name" },
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": { property: "name" },
  "aws:cloudwatch/metricAlarm:MetricAlarm": { property: "name" },
  "aws:dynamodb/table:Table": { property: "name", longest: 255 },
  "aws:glue/catalogDatabase:CatalogDatabase": { property: "name" },
  "aws:glue/catalogTable:CatalogTable": { property: "name" },
  "aws:iam/policy:Policy": { property: "name" },
  "aws:iam/role:Role": { property: "name", longest: 64 },
  "aws:iam/rolePolicy:RolePolicy": { property: "name" },
  "aws:kms/alias:Alias": { property: "name", shape: (name) => `alias/${name}` },
  "aws:lambda/function:Function": { property: "name", longest: 64 },
  "aws:s3/bucket:Bucket": { property: "bucket", longest: 63, shape: (name) => name.toLowerCase() },
  "aws:scheduler/schedule:Schedule": { property: "name" },
  "aws:scheduler/scheduleGroup:ScheduleGroup": { property: "name" },
  "aws:sns/topic:Topic": { property: "name", longest: 80, shape: fifo("fifoTopic") },
  "aws:sqs/queue:Queue": { property: "name", longest: 80, shape: fifo("fifoQueue") },
};

/** The member of checked inputs that lists what the provider filled in, as the real one does. */
export const DEFAULTS = "__defaults";

/** A check that failed: which property, and why. */
export interface Failure {
  readonly property: string;
  readonly reason: string;
}

export interface NameRequest {
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  readonly inputs: Json;
  /** Checked inputs of the last update. */
  readonly before: Json | undefined;
  /** The engine's; the same for the preview and the update that follows only within one command. */
  readonly seed: Buffer;
}

/** Fills in the name: the one it had, else a new one. */
export function named(request: NameRequest): { inputs: Json; failures: readonly Failure[] } {
  const { type, name, inputs, before, seed } = request;
  const naming = GENERATED[type];
  if (!naming || inputs[naming.property] !== undefined || inputs[`${naming.property}Prefix`] !== undefined)
    return { inputs, failures: [] };
  const { property, longest, shape = (text: string) => text } = naming;
  const known = wasGenerated(before, property) ? before?.[property] : undefined;
  const generated = typeof known === "string" && known !== UNKNOWN ? known : shape(`${name}-${digits(seed)}`, inputs);
  const tooLong = longest !== undefined && generated.length > longest;
  return {
    inputs: { ...inputs, [property]: generated, [DEFAULTS]: [property] },
    failures: tooLong
      ? [{ property, reason: `name '${name}' plus 7 random chars is longer than maximum length ${longest}` }]
      : [],
  };
}

/**
 * Whether a replacement has to delete first: with a name that the program gave and did not change, both cannot be there
 * at once (pulumi-terraform-bridge, `nameRequiresDeleteBeforeReplace`).
 */
export function nameIsTaken(type: string, before: Json, after: Json): boolean {
  const property = GENERATED[type]?.property;
  if (property === undefined || after[property] === undefined) return false;
  return !wasGenerated(after, property) && before[property] === after[property];
}

function wasGenerated(inputs: Json | undefined, property: string): boolean {
  const filled = inputs?.[DEFAULTS];
  return Array.isArray(filled) && filled.includes(property);
}

function digits(seed: Buffer): string {
  return createHash("sha256").update(seed).digest("hex").slice(0, 7);
}
