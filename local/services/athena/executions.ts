import type { Principal } from "../../principal";
import type { QueryFailure } from "./failures";
import type { Statement } from "./sql/translate";
import type { ResultConfiguration } from "./workgroups";

export type QueryState = "QUEUED" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELLED";

/** A column of a finished query. */
export interface ResultColumn {
  readonly name: string;
  readonly type: string;
  readonly precision: number;
  readonly scale: number;
  readonly caseSensitive: boolean;
}

/** One run of a query. */
export interface Execution {
  readonly id: string;
  readonly query: string;
  readonly statement: Statement;
  readonly parameters: readonly string[];
  readonly workGroup: string;
  readonly database: string;
  readonly catalogName: string | undefined;
  readonly resultConfiguration: ResultConfiguration;
  /** The result file, `s3://bucket/prefix/<id>.csv`, or `.txt` of a statement about the catalog. */
  readonly output: string;
  /** Whose rights the query uses. */
  readonly principal: Principal;
  /** Trace event of the invocation that started it, if a function did. */
  readonly cause: number | undefined;
  readonly submittedAt: number;
  state: QueryState;
  /** Number of the last state-change event. */
  sequence: number;
  reason: string | undefined;
  failure: QueryFailure | undefined;
  startedAt: number | undefined;
  completedAt: number | undefined;
  bytesScanned: number;
  columns: readonly ResultColumn[];
  /** Ends a run in progress. */
  interrupt: (() => void) | undefined;
}

export function isOver(execution: Execution): boolean {
  return execution.state === "SUCCEEDED" || execution.state === "FAILED" || execution.state === "CANCELLED";
}

/** Figures of an execution in the shape of GetQueryExecution: bytes and milliseconds. */
export function statisticsOf({ bytesScanned, completedAt, startedAt, submittedAt }: Execution) {
  const end = completedAt ?? startedAt ?? submittedAt;
  const begin = startedAt ?? end;
  return {
    EngineExecutionTimeInMillis: end - begin,
    DataScannedInBytes: bytesScanned,
    TotalExecutionTimeInMillis: end - submittedAt,
    QueryQueueTimeInMillis: begin - submittedAt,
    ServicePreProcessingTimeInMillis: 0,
    ServiceProcessingTimeInMillis: 0,
  };
}

/** An execution in the shape of GetQueryExecution. */
export function describe(execution: Execution): Record<string, unknown> {
  const { failure, completedAt, submittedAt } = execution;
  return {
    QueryExecutionId: execution.id,
    Query: execution.query,
    StatementType: execution.statement.type,
    SubstatementType: execution.statement.verb,
    ResultConfiguration: { ...execution.resultConfiguration, OutputLocation: execution.output },
    ResultReuseConfiguration: { ResultReuseByAgeConfiguration: { Enabled: false } },
    QueryExecutionContext: {
      Database: execution.database,
      ...(execution.catalogName ? { Catalog: execution.catalogName } : {}),
    },
    ...(execution.parameters.length > 0 ? { ExecutionParameters: execution.parameters } : {}),
    Status: {
      State: execution.state,
      ...(execution.reason === undefined ? {} : { StateChangeReason: execution.reason }),
      SubmissionDateTime: new Date(submittedAt),
      ...(completedAt === undefined ? {} : { CompletionDateTime: new Date(completedAt) }),
      ...(failure
        ? {
            AthenaError: {
              ErrorCategory: failure.category,
              ErrorType: failure.type,
              Retryable: failure.retryable,
              ErrorMessage: failure.message,
            },
          }
        : {}),
    },
    Statistics: { ...statisticsOf(execution), ResultReuseInformation: { ReusedPreviousResult: false } },
    WorkGroup: execution.workGroup,
    EngineVersion: {
      SelectedEngineVersion: "Athena engine version 3",
      EffectiveEngineVersion: "Athena engine version 3",
    },
  };
}
