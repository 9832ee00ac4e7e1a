import type { Json } from "../../../service";

/** Lists of a rule that S3 writes under the singular. */
const REPEATED: Readonly<Record<string, string>> = {
  noncurrentVersionTransitions: "NoncurrentVersionTransition",
  transitions: "Transition",
};

/** Names that S3 writes in another way than with a capital. */
const OWN: Readonly<Record<string, string>> = { id: "ID" };

/** Lifecycle rules from the names of the provider's inputs to those of S3's document. */
export function lifecycleRules(rules: readonly Json[]): readonly Json[] {
  return rules.map((rule) => ({ Filter: {}, ...(renamed(rule) as Json) }));
}

function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renamed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, member]) => member !== undefined && member !== null && name !== "__defaults")
      .map(([name, member]) => [REPEATED[name] ?? OWN[name] ?? capital(name), renamed(member)]),
  );
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
