import { ArgumentError } from "../shared/errors";
import type { CheckedDefinition, SegmentDefinition } from "./definition";
import type { Attributes } from "./filter";
import { parseFilter } from "./parse-filter";

/** What a definition falls back on. */
export interface DefinitionDefaults {
  readonly attributes: Attributes;
  readonly maxDataAgeSeconds: number;
  readonly maxScannedBytes: number;
}

/** @throws ArgumentError that names the pipeline, the segment and the place in the filter. */
export function checkDefinition<A extends Attributes>(
  component: string,
  name: string,
  definition: SegmentDefinition<A>,
  defaults: DefinitionDefaults,
): CheckedDefinition {
  const refuse = (argument: string, got: unknown, expected: string, fix: string): never => {
    throw new ArgumentError({ component, argument: `segment "${name}": ${argument}`, got, expected, fix });
  };
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(name)) {
    refuse("name", name, "1 to 40 lower-case letters, digits and hyphens", "Rename the segment.");
  }
  const common = {
    name,
    message: definition.message,
    maxDataAgeSeconds: definition.maxDataAgeSeconds ?? defaults.maxDataAgeSeconds,
    maxScannedBytes: definition.maxScannedBytes ?? defaults.maxScannedBytes,
  };
  if ("sql" in definition) {
    // The text becomes a subquery: a second statement or an unclosed comment would break out of it.
    if (!/^\s*(select|with)\b/i.test(definition.sql) || /;|--|\/\*/.test(definition.sql)) {
      refuse(
        "sql",
        definition.sql,
        "one SELECT without comments and semicolons",
        'Return the column "pk" of profiles from {players}.',
      );
    }
    return { ...common, sql: definition.sql };
  }
  const { parsed, problems } = parseFilter(definition.where, defaults.attributes);
  const problem = problems[0];
  if (problem) {
    throw new ArgumentError({
      component,
      argument: `segment "${name}": ${problem.path}`,
      got: definition.where,
      expected: "a filter over the declared player attributes",
      fix: `Mend ${problems.map(({ path, message }) => `${path}: ${message}`).join("; ")}.`,
    });
  }
  return { ...common, where: parsed };
}
