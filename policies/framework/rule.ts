import type { IamKnowledge } from "./iam-knowledge";
import type { Data, Properties, Resource } from "./resource";
import type { Stack } from "./stack";

/** What a violation does. */
export type Level = "mandatory" | "advisory" | "remediate" | "disabled";

/** Where rules may differ: a stack is `production` only when its setting `environment` says so. */
export type Environment = "production" | "other";

/** A setting of a rule. */
export interface ConfigProperty {
  readonly type: "integer" | "number" | "boolean" | "array" | "string";
  readonly description: string;
  readonly default: number | boolean | string | readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What a check is given besides the resource. */
export interface Context {
  readonly environment: Environment;
  readonly iam: IamKnowledge;
  readonly number: (setting: string) => number;
  readonly texts: (setting: string) => readonly string[];
  readonly flag: (setting: string) => boolean;
  /**
   * Reports a violation.
   * @param property dotted path of the property
   * @param got the value received
   * @param allowed what is allowed, as it reads after "expected"
   * @param fix how to mend it, when the rule's own advice does not fit
   */
  readonly refuse: (property: string, got: Data, allowed: string, fix?: string) => void;
}

export interface StackContext extends Context {
  readonly stack: Stack;
}

/** Looks at one thing; a value that it reads and that is not known yet leaves it undecided, and no other check. */
export type Check = (resource: Resource, context: Context) => void;
export type StackCheck = (resource: Resource, context: StackContext) => void;

/** One rule of the pack. */
export interface Rule {
  readonly name: string;
  /** What must hold, in one sentence. */
  readonly what: string;
  /** What goes wrong otherwise. */
  readonly why: string;
  /** How to mend a violation. */
  readonly fix: string;
  /** The rules of others that it answers to; empty when no outside suite has it. */
  readonly outside: readonly string[];
  /** Outside rules that ask for the contrary, and why this one stands. */
  readonly contradicts?: string;
  /** Arguments that comply. */
  readonly example: string;
  /** @default mandatory everywhere */
  readonly level?: Level | Readonly<Record<Environment, Level>>;
  readonly config?: Readonly<Record<string, ConfigProperty>>;
  /** Types it looks at; all when left out. */
  readonly types?: readonly string[];
  /** Decided for a resource alone, before it is made. */
  readonly checks?: readonly Check[];
  /** Decided when the whole stack is known. */
  readonly stackChecks?: readonly StackCheck[];
  /** Properties to change where that is safe; used when the rule's enforcement is `remediate`. */
  readonly remediate?: (resource: Resource) => Properties | undefined;
}

/** The level of a rule in an environment. */
export function levelOf(rule: Rule, environment: Environment): Level {
  const { level = "mandatory" } = rule;
  return typeof level === "string" ? level : level[environment];
}

/** A rule's settings with their defaults. @throws Error that names a setting which is not as declared */
export function settingsOf(
  rule: Rule,
  given: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const settings: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(rule.config ?? {})) settings[name] = property.default;
  for (const [name, value] of Object.entries(given)) {
    if (name === "enforcementLevel") continue;
    const property = rule.config?.[name];
    const names = Object.keys(rule.config ?? {}).join(", ");
    if (!property) throw wrong(rule, name, value, names === "" ? "no setting at all" : `one of the settings ${names}`);
    if (!fits(property, value)) throw wrong(rule, name, value, expected(property));
    settings[name] = value;
  }
  return settings;
}

function fits({ type, minimum, maximum }: ConfigProperty, value: unknown): boolean {
  if (type === "array") return Array.isArray(value) && value.every((item) => typeof item === "string");
  if (type !== "integer" && type !== "number") return typeof value === type;
  if (typeof value !== "number" || (type === "integer" && !Number.isInteger(value))) return false;
  return (minimum === undefined || value >= minimum) && (maximum === undefined || value <= maximum);
}

function expected({ type, minimum, maximum }: ConfigProperty): string {
  if (type === "array") return "a list of texts";
  const bounds = [
    minimum === undefined ? "" : `at least ${minimum}`,
    maximum === undefined ? "" : `at most ${maximum}`,
  ];
  return [`a value of type ${type}`, ...bounds.filter((text) => text !== "")].join(", ");
}

function wrong(rule: Rule, name: string, got: unknown, allowed: string): Error {
  return new Error(
    `Setting ${name} of the rule "${rule.name}": got ${JSON.stringify(got)}; expected ${allowed}. Mend it in the policy pack's configuration.`,
  );
}
