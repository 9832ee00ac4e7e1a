import type { AccessRequest, Json, Operation } from "../../../service";
import type { Queries } from "../engine";
import { describe } from "../executions";

interface IdInput {
  readonly QueryExecutionId: string;
}

export function getQueryExecution(queries: Queries): Operation<IdInput> {
  return {
    authorize: (input) => [onGroupOf(queries, "GetQueryExecution", input.QueryExecutionId)],
    answer: (input) => ({ QueryExecution: describe(queries.get(input.QueryExecutionId)) }),
  };
}

/** At most 50 ids; unknown ones are listed apart. */
export function batchGetQueryExecution(queries: Queries): Operation<{ readonly QueryExecutionIds: readonly string[] }> {
  return {
    authorize: (input) => {
      const known = input.QueryExecutionIds.filter((id) => queries.executions.has(id));
      return known.map((id) => onGroupOf(queries, "BatchGetQueryExecution", id));
    },
    answer(input) {
      const QueryExecutions: Json[] = [];
      const UnprocessedQueryExecutionIds: Json[] = [];
      for (const id of input.QueryExecutionIds) {
        const execution = queries.executions.get(id);
        if (execution) QueryExecutions.push(describe(execution));
        else
          UnprocessedQueryExecutionIds.push({
            QueryExecutionId: id,
            ErrorCode: "INVALID_INPUT",
            ErrorMessage: `QueryExecution ${id} was not found`,
          });
      }
      return { QueryExecutions, UnprocessedQueryExecutionIds };
    },
  };
}

interface ListInput {
  readonly WorkGroup?: string;
  /** 0 to 50. @default 50 */
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

/** Newest first. */
export function listQueryExecutions(queries: Queries): Operation<ListInput> {
  return {
    authorize: (input) => [
      { action: "athena:ListQueryExecutions", resource: queries.workGroups.arn(input.WorkGroup ?? "primary") },
    ],
    answer(input) {
      const group = queries.workGroups.get(input.WorkGroup).Name;
      const ids = [...queries.executions.values()].filter(({ workGroup }) => workGroup === group).map(({ id }) => id);
      const newest = ids.reverse();
      const from = input.NextToken === undefined ? 0 : newest.indexOf(input.NextToken) + 1;
      const page = newest.slice(from, from + (input.MaxResults ?? 50));
      return { QueryExecutionIds: page, ...(from + page.length < newest.length ? { NextToken: page.at(-1) } : {}) };
    },
  };
}

export function stopQueryExecution(queries: Queries): Operation<IdInput> {
  return {
    authorize: (input) => [onGroupOf(queries, "StopQueryExecution", input.QueryExecutionId)],
    answer(input) {
      queries.stop(queries.get(input.QueryExecutionId));
      return {};
    },
  };
}

/** Rights to a query are rights to its workgroup. */
export function onGroupOf(queries: Queries, action: string, id: string): AccessRequest {
  return { action: `athena:${action}`, resource: queries.workGroups.arn(queries.get(id).workGroup) };
}
