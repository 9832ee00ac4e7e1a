import { validation } from "../errors";
import type { IndexStore } from "../engine/index-store";
import type { Table } from "../engine/table";
import type { Paths } from "./get";
import { startKeyNames } from "./page";

export interface SelectionInput {
  readonly Select?: string;
  readonly ProjectionExpression?: string;
  readonly AttributesToGet?: readonly string[];
  readonly IndexName?: string;
}

/** Refuses a Select that does not go with the other parameters. */
export function checkSelect(input: SelectionInput): void {
  const given =
    input.ProjectionExpression != null ? "ProjectionExpression" : input.AttributesToGet ? "AttributesToGet" : undefined;
  const select = input.Select;
  if (given && select && select !== "SPECIFIC_ATTRIBUTES") {
    const what = select === "COUNT" ? "only the Count" : select;
    throw validation(`Cannot specify the ${given} when choosing to get ${what}`);
  }
  if (select === "SPECIFIC_ATTRIBUTES" && !given) {
    throw validation(
      "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES",
    );
  }
  if (select === "ALL_PROJECTED_ATTRIBUTES" && input.IndexName == null) {
    throw validation("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
  }
}

/**
 * Whether items have to be fetched from the table because the index does not hold what is asked for. Global indexes
 * cannot fetch.
 */
export function mustFetch(
  input: SelectionInput,
  table: Table,
  index: IndexStore | undefined,
  paths: Paths | undefined,
  filterHeads: ReadonlySet<string>,
): boolean {
  if (!index || index.definition.projection.type === "ALL") return false;
  const { name, kind, projection } = index.definition;
  const held = new Set([...startKeyNames(table, index), ...projection.attributes]);
  if (input.Select === "ALL_ATTRIBUTES") {
    if (kind === "local") return true;
    throw validation(
      `One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index ${name} because its projection type is not ALL`,
    );
  }
  const missing = [...new Set((paths ?? []).map(([head]) => head as string))].filter((head) => !held.has(head));
  if (missing.length > 0 && kind === "global") {
    throw validation(
      `One or more parameter values were invalid: Global secondary index ${name} does not project [${missing.join(", ")}]`,
    );
  }
  const unfiltered = [...filterHeads].filter((head) => !held.has(head));
  if (unfiltered.length > 0 && (kind === "global" || missing.length === 0)) {
    throw validation(
      `One or more parameter values were invalid: Secondary index ${name} does not project one or more filter attributes: [${unfiltered.join(", ")}]`,
    );
  }
  return missing.length > 0;
}
