import { AwsError } from "../../aws-error";
import type { Cloud } from "../../cloud";
import type { Ports } from "../../ports";
import { describePrincipal, type Principal } from "../../principal";
import type { Json } from "../../service";
import type { Catalog } from "../glue/catalog";
import { type Execution, isOver, type QueryState } from "./executions";
import { internalFailure, QueryFailure } from "./failures";
import { measureQuery } from "./metrics";
import { runQuery } from "./run";
import type { Statement } from "./sql/translate";
import type { ResultConfiguration, WorkGroups } from "./workgroups";

/** What a query is started with, settled between the request and the workgroup. */
export interface Start {
  readonly query: string;
  readonly statement: Statement;
  readonly parameters: readonly string[];
  readonly workGroup: string;
  readonly database: string;
  readonly catalogName: string | undefined;
  readonly resultConfiguration: ResultConfiguration;
  readonly principal: Principal;
}

/** Time that a query waits before it runs, in milliseconds: short, so that a run of a segment is quick to watch. */
const QUEUED_MS = 100;
/** Least amount that a query is billed for (Athena pricing). */
const LEAST_BILLED_BYTES = 10 * 1024 * 1024;

/** The queries of the account: their states on the clock, their events, their results. */
export class Queries {
  readonly executions = new Map<string, Execution>();
  /** How often a state-change event arrives: AWS promises nothing, so tests may lose (0) or double (2) it. */
  eventCopies: (detail: Json) => number = () => 1;
  /** Milliseconds that a query waits before it runs: a busy account can be played with more. */
  queuedMs: (execution: Execution) => number = () => QUEUED_MS;

  constructor(
    readonly cloud: Cloud,
    readonly catalog: Catalog,
    readonly workGroups: WorkGroups,
  ) {}

  get(id: string): Execution {
    const execution = this.executions.get(id);
    if (!execution)
      throw new AwsError("InvalidRequestException", `QueryExecution ${id} was not found`, 400, {
        AthenaErrorCode: "INVALID_INPUT",
      });
    return execution;
  }

  active(): number {
    return [...this.executions.values()].filter((execution) => !isOver(execution)).length;
  }

  start(start: Start): Execution {
    const id = this.cloud.uuid();
    const location = start.resultConfiguration.OutputLocation!;
    const execution: Execution = {
      ...start,
      id,
      output: `${location.endsWith("/") ? location : `${location}/`}${id}.${start.statement.utility ? "txt" : "csv"}`,
      cause: this.causeOf(start.principal),
      submittedAt: this.cloud.clock.now(),
      state: "QUEUED",
      sequence: 0,
      reason: undefined,
      failure: undefined,
      startedAt: undefined,
      completedAt: undefined,
      bytesScanned: 0,
      columns: [],
      interrupt: undefined,
    };
    this.executions.set(id, execution);
    this.announce(execution, undefined);
    this.cloud.clock.setTimer(this.queuedMs(execution), () => this.run(execution));
    return execution;
  }

  /** Stopping what is over has no effect, as on AWS. */
  stop(execution: Execution): void {
    if (isOver(execution)) return;
    execution.interrupt?.();
    this.move(execution, "CANCELLED", "Query cancelled by user");
  }

  private causeOf(principal: Principal): number | undefined {
    return principal.type === "role" && principal.environmentId
      ? this.cloud.ports.functions.causeOf(principal.environmentId)
      : undefined;
  }

  private run(execution: Execution): Promise<void> {
    if (isOver(execution)) return Promise.resolve();
    execution.startedAt = this.cloud.clock.now();
    this.move(execution, "RUNNING");
    return this.cloud.realWork(this.outcome(execution));
  }

  private async outcome(execution: Execution): Promise<void> {
    const cutoff = this.workGroups.get(execution.workGroup).Configuration.BytesScannedCutoffPerQuery;
    try {
      const ended = await runQuery(this.cloud, this.catalog, execution, cutoff);
      if (isOver(execution)) return;
      if (ended === "over-cutoff")
        this.move(execution, "CANCELLED", "Query cancelled! : Bytes scanned limit was exceeded");
      else this.move(execution, "SUCCEEDED");
    } catch (error) {
      if (isOver(execution)) return;
      const message = error instanceof Error ? error.message : String(error);
      execution.failure = error instanceof QueryFailure ? error : internalFailure(message);
      this.move(execution, "FAILED", execution.failure.message);
    }
  }

  private move(execution: Execution, state: QueryState, reason?: string): void {
    const before = execution.state;
    execution.state = state;
    execution.reason = reason;
    if (isOver(execution)) execution.completedAt = this.cloud.clock.now();
    this.announce(execution, before);
    if (isOver(execution) && this.workGroups.publishesMetrics(execution.workGroup)) measureQuery(this.cloud, execution);
  }

  private announce(execution: Execution, before: QueryState | undefined): void {
    const { state, failure } = execution;
    execution.sequence++;
    const billed = state === "SUCCEEDED" || (state === "CANCELLED" && execution.bytesScanned > 0);
    const event = this.cloud.trace.emit({
      kind: "state",
      service: "athena",
      name: state,
      principal: describePrincipal(execution.principal),
      resource: this.workGroups.arn(execution.workGroup),
      ...(execution.cause === undefined ? {} : { cause: execution.cause }),
      ...(failure ? { error: failure.message } : {}),
      ...(billed && execution.statement.type === "DML"
        ? { units: { "athena.tb": Math.max(execution.bytesScanned, LEAST_BILLED_BYTES) / 1024 ** 4 } }
        : {}),
      data: {
        queryExecutionId: execution.id,
        bytesScanned: execution.bytesScanned,
        ...(execution.reason ? { reason: execution.reason } : {}),
      },
    });
    const detail = {
      versionId: "0",
      currentState: state,
      ...(before ? { previousState: before } : {}),
      statementType: execution.statement.type,
      queryExecutionId: execution.id,
      workgroupName: execution.workGroup,
      sequenceNumber: String(execution.sequence),
      ...(failure
        ? {
            athenaError: {
              errorCategory: failure.category,
              errorType: failure.type,
              errorMessage: failure.message,
              retryable: failure.retryable,
            },
          }
        : {}),
    };
    this.cloud.trace.because(event, () => {
      for (let copies = this.eventCopies(detail); copies > 0; copies--) {
        (this.cloud.ports as Partial<Ports>).events?.emit({
          source: "aws.athena",
          detailType: "Athena Query State Change",
          resources: [],
          detail,
        });
      }
    });
  }
}
