import type { Environment } from "../../../policies/framework/rule";
import type { Mutant } from "../mutants";

/** Mutants that weaken nothing which rules are for, and why. */
export interface WithoutSecurity {
  /** Ends of type tokens; every type when left out. */
  readonly types?: readonly string[];
  readonly path: RegExp;
  /** Every operator when left out. */
  readonly operators?: readonly string[];
  readonly when?: (mutant: Mutant) => boolean;
  /** @default both */
  readonly environment?: Environment;
  readonly reason: string;
}

export const denies = ({ statement }: Mutant): boolean => statement?.["Effect"] === "Deny";
export const allows = ({ statement }: Mutant): boolean => statement?.["Effect"] === "Allow";

/** Resources that hold a policy document. */
export const DOCUMENTS = ["RolePolicy", "Role", "Key", "QueuePolicy", "TopicPolicy", "BucketPolicy", "ResourcePolicy"];
/** Those whose statements grant, of which one less is a right less; a role that nobody may assume is refused. */
export const GRANTING = ["RolePolicy", "Key", "QueuePolicy", "TopicPolicy", "ResourcePolicy"];

export function isAllow(statement: unknown): boolean {
  return typeof statement === "object" && statement !== null && (statement as { Effect?: unknown }).Effect === "Allow";
}

/** Whether a key's statement is that of the account itself, without which nobody could change the key again. */
export function isOfRoot(statement: unknown): boolean {
  return JSON.stringify(statement ?? "").includes(":root");
}

/** Whether a queue, or the alarm of one, is for what failed. */
export function collectsFailures(name: string): boolean {
  return /(dlq|dead-letters|failures|undelivered)$/.test(name);
}

/** Whether a mapping reads a table's stream, whose records know no visibility time-out. */
export function isStreamReader(name: string): boolean {
  return /(notices|prepare-mapping)$/.test(name);
}

/** Whether a route is the one on which connections are authorized. */
export function isConnect(name: string): boolean {
  return name.includes("connect-route") && !name.includes("disconnect");
}
