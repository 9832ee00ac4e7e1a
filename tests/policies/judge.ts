import { evaluate, type Outcome } from "../../policies/framework/evaluate";
import { Exceptions } from "../../policies/framework/exceptions";
import type { ResourceData } from "../../policies/framework/resource";
import { settingsOf } from "../../policies/framework/rule";
import { Stack } from "../../policies/framework/stack";
import { RULES } from "../../policies/rules";
import type { Edit, Resources, RuleCase } from "./cases/fixtures";
import { TODAY } from "./kill";

/** What rules say of resources that are written down as they are; every rule when none is named, settings for one. */
export async function judged(
  resources: Resources,
  names?: readonly string[],
  { environment = "production", settings = {} }: Pick<RuleCase, "environment" | "settings"> = {},
): Promise<Outcome> {
  const rules = names === undefined ? RULES : RULES.filter(({ name }) => names.includes(name));
  return evaluate(rules, new Stack(dataOf(resources)), {
    environment,
    exceptions: new Exceptions([], TODAY),
    settings: (rule) => settingsOf(rule, rules.length === 1 ? settings : {}),
  });
}

function dataOf(resources: Resources): ResourceData[] {
  return Object.entries(resources).map(([key, props]) => {
    const [short = "", name = ""] = key.split(" ");
    // A type of another provider is written whole.
    const type = /^[\w-]+:.*:/.test(short) ? short : `aws:${short}`;
    return { urn: `urn:pulumi:s::p::${type}::${name}`, type, name, props, isMade: true };
  });
}

function unshared(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unshared);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, unshared(member)]));
}

/** Resources after an edit. */
export function edited(resources: Resources, edit: Edit): Resources {
  // Each on its own: resources may share parts.
  const result: Record<string, unknown> = Object.fromEntries(
    Object.entries(resources).map(([key, props]) => [key, unshared(props)]),
  );
  for (const [place, value] of Object.entries(edit)) {
    const [key = "", path] = place.split(" > ");
    if (path === undefined) {
      if (value === undefined) delete result[key];
      else result[key] = value;
      continue;
    }
    const steps = path.split(".");
    const last = steps.pop() ?? "";
    let holder = result[key] as Record<string, unknown>;
    for (const step of steps) holder = (holder[step] ??= {}) as Record<string, unknown>;
    if (value === undefined) delete holder[last];
    else holder[last] = value;
  }
  return result as Resources;
}
