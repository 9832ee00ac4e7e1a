import { invalid } from "./errors";
import type { BusEvent } from "./event";

export interface InputTransformer {
  readonly InputPathsMap?: Readonly<Record<string, string>>;
  readonly InputTemplate: string;
}

export interface TargetInput {
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: InputTransformer;
}

export interface RuleFacts {
  readonly arn: string;
  readonly name: string;
  /** ISO 8601. */
  readonly ingestionTime: string;
}

const PLACEHOLDER = /<([A-Za-z0-9_.-]+)>/g;

/**
 * Checks what a target says about its input: one way at most, readable paths, known variables.
 * @throws AwsError ValidationException
 */
export function validateTargetInput(target: TargetInput & { readonly Id?: string }): void {
  const { Id, Input, InputPath, InputTransformer } = target;
  if ([Input, InputPath, InputTransformer].filter((way) => way !== undefined).length > 1) {
    throw invalid(`Only one of Input, InputPath, or InputTransformer must be provided for target ${Id}.`);
  }
  if (Input !== undefined) parseJson(Input, "JSON in Input is not valid.");
  if (InputPath !== undefined) pathOf(InputPath);
  if (!InputTransformer) return;
  const paths = InputTransformer.InputPathsMap ?? {};
  // At most 100 variables and 8,192 characters (API reference of InputTransformer).
  if (Object.keys(paths).length > 100) throw invalid("InputPathsMap can have at most 100 entries.");
  if (InputTransformer.InputTemplate.length > 8_192) throw invalid("InputTemplate can have at most 8192 characters.");
  for (const [name, path] of Object.entries(paths)) {
    if (name.startsWith("AWS")) throw invalid(`Variable ${name} in InputPathsMap must not start with AWS.`);
    pathOf(path);
  }
  for (const [, name] of InputTransformer.InputTemplate.matchAll(PLACEHOLDER)) {
    if (!name!.startsWith("aws.events.") && !Object.hasOwn(paths, name!)) {
      throw invalid(`InputTemplate for target ${Id} contains invalid placeholder ${name}.`);
    }
  }
}

/** The text that the target gets. */
export function inputFor(target: TargetInput, event: BusEvent, rule: RuleFacts): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return JSON.stringify(select(event, target.InputPath) ?? null);
  if (target.InputTransformer) return transform(target.InputTransformer, event, rule);
  return JSON.stringify(event);
}

/**
 * Fills a template. Outside quotes a variable becomes its JSON, inside quotes its text with JSON's escapes;
 * one that the event does not have becomes `null` outside and nothing inside.
 */
function transform({ InputPathsMap = {}, InputTemplate }: InputTransformer, event: BusEvent, rule: RuleFacts): string {
  const valueOf = (name: string): unknown => {
    if (Object.hasOwn(InputPathsMap, name)) return select(event, InputPathsMap[name]!);
    switch (name) {
      case "aws.events.rule-arn":
        return rule.arn;
      case "aws.events.rule-name":
        return rule.name;
      case "aws.events.event.ingestion-time":
        return rule.ingestionTime;
      case "aws.events.event.json":
        return event;
      case "aws.events.event":
        return withoutDetail(event);
      default:
        return undefined;
    }
  };
  let output = "";
  let at = 0;
  let quoted = false;
  for (const match of InputTemplate.matchAll(PLACEHOLDER)) {
    const before = InputTemplate.slice(at, match.index);
    quoted = quotedAfter(before, quoted);
    at = match.index + match[0].length;
    const value = valueOf(match[1]!);
    output += before + (quoted ? insideQuotes(value) : JSON.stringify(value ?? null));
  }
  return output + InputTemplate.slice(at);
}

/** AWS spells this variable's members in an order and a case of their own. */
function withoutDetail({ id, account, time, source, region, resources, version, ...rest }: BusEvent): unknown {
  return { id, account, detailType: rest["detail-type"], time, source, region, resources, version };
}

function insideQuotes(value: unknown): string {
  if (value === undefined) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return JSON.stringify(text).slice(1, -1);
}

function quotedAfter(text: string, quoted: boolean): boolean {
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') quoted = !quoted;
  }
  return quoted;
}

/** Steps of a JSON path: `$.detail.items[0]['a b']`, `$.detail-type`. */
function pathOf(path: string): readonly string[] {
  const steps: string[] = [];
  if (!/^\$(\.[^.[\]]+|\[\d+\]|\['[^']+'\])*$/.test(path)) throw invalid(`JsonPath ${path} is not valid.`);
  for (const [, name, index, quoted] of path.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\['([^']+)'\]/g))
    steps.push((name ?? index ?? quoted)!);
  return steps;
}

function select(event: BusEvent, path: string): unknown {
  let value: unknown = event;
  for (const step of pathOf(path)) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

function parseJson(text: string, message: string): void {
  try {
    JSON.parse(text);
  } catch {
    throw invalid(message);
  }
}
