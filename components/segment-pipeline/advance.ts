import * as athena from "@aws-sdk/client-athena";
import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as sqs from "@aws-sdk/client-sqs";
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { N, S, type Item } from "../shared/attributes";
import { eachRecord } from "../shared/batch";
import type { Captured, HandlerFactory } from "../shared/callback";
import type { CheckedDefinition } from "./definition";
import { judgePreflight, judgeQuery, type QueryOutcome } from "./judge";
import { columnsOfCopy, preflightQuery, requestToken, segmentQuery } from "./queries";
import { queryKey, RUN_LIMITS, type Run } from "./run";
import { runQueries } from "./run-queries";
import { runQueues } from "./run-queues";
import { runStore } from "./run-store";
import { readWake, recordsOf } from "./wake";

/** What the handler captures. */
export interface AdvanceSettings {
  readonly runs: Captured<string>;
  readonly runQueueUrl: Captured<string>;
  readonly partQueueUrl: Captured<string>;
  readonly workgroup: Captured<string>;
  readonly database: Captured<string>;
  readonly table: Captured<string>;
  readonly definitions: readonly CheckedDefinition[];
}

/**
 * Takes runs one step further: size and age check, query, hand-over to the readers of the result. Woken by the start,
 * by Athena's state-change event (best effort, repeatable) and by a poll that backs it up; every step is idempotent.
 */
export function advanceHandler(settings: AdvanceSettings): HandlerFactory<SQSEvent, SQSBatchResponse> {
  return () => {
    const database = new dynamodb.DynamoDBClient();
    const store = runStore(database, settings.runs);
    const queries = runQueries(new athena.AthenaClient({ maxAttempts: 5 }), settings);
    const wakes = runQueues(new sqs.SQSClient(), settings);

    return async (event) => eachRecord("run not advanced", recordsOf(event), handle);

    async function handle({ body }: SQSRecord): Promise<void> {
      const wake = readWake(body);
      const runId = wake.runId ?? (wake.queryId === undefined ? undefined : await store.runOf(wake.queryId));
      if (runId === undefined) return; // a query of somebody else, or an event that came before its run knew: the poll follows
      const run = await store.get(runId);
      if (!run) return;
      if (run.status === "enqueueing") {
        // Whoever moved the run here may have died before the hand-over; the first part that is done ends the doubt.
        if (run.parts === undefined) await wakes.handOver(run.runId);
        return;
      }
      if (wake.phase !== undefined && wake.phase !== run.status) return; // the run has moved on
      if (run.status === "starting") await begin(run, "checking");
      else if (run.status === "checking" || run.status === "querying") await look(run, wake.phase !== undefined);
    }

    function definitionOf(run: Run): CheckedDefinition | undefined {
      return settings.definitions.find((definition) => definition.name === run.segment);
    }

    async function begin(run: Run, next: "checking" | "querying", columns?: ReadonlySet<string>): Promise<void> {
      const definition = definitionOf(run);
      if (!definition) return store.end(run, { status: "failed", reason: "unknown-segment", detail: run.segment });
      const copy = { database: settings.database.get(), table: settings.table.get() };
      const text = next === "checking" ? preflightQuery(copy) : segmentQuery(copy, definition, run.startedAt, columns);
      const queryId = await queries.start(text, requestToken(run.runId, next));
      // The poll is armed before the run moves on: if this function dies in between, either it or the message that brought
      // us here comes again.
      await wakes.poll(run.runId, next);
      await store.link(queryKey(queryId), { runId: S(run.runId) });
      await store.move(run, next, { queryId: S(queryId) });
    }

    async function look(run: Run, isPoll: boolean): Promise<void> {
      const execution = await queries.execution(run.queryId);
      const { State: state, SubmissionDateTime: submittedAt } = execution.Status ?? {};
      if (state === "QUEUED" || state === "RUNNING") {
        // From the query's own beginning: its run may have waited for long before, in a queue or among dead letters.
        const since = submittedAt?.getTime() ?? run.startedAt * 1000;
        if (Date.now() - since > RUN_LIMITS.querySeconds * 1000) return giveUp(run);
        if (isPoll) await wakes.poll(run.runId, run.status);
        return;
      }
      const outcome = judgeQuery(execution, run.status === "checking");
      if (outcome.ending) return store.end(run, outcome.ending, outcome.scannedBytes);
      if (run.status === "checking") return judge(run);
      await store.move(run, "enqueueing", resultAttributes(outcome));
      await wakes.handOver(run.runId);
    }

    async function judge(run: Run): Promise<void> {
      const { values, columns } = await queries.firstRow(run.queryId);
      const preflight = judgePreflight(values[0], values[1], run.startedAt, definitionOf(run));
      if (preflight.ending) return store.end(run, preflight.ending, undefined, preflight.dataAsOf);
      await store.note(run, preflight.dataAsOf);
      // The same for every look at this preflight, and with it the query's text, as its request token demands.
      await begin(run, "querying", columnsOfCopy(columns));
    }

    async function giveUp(run: Run): Promise<void> {
      const detail = `not ended after ${RUN_LIMITS.querySeconds} s`;
      // First the end: the stop's own event says "cancelled", which would pass for the cut-off's.
      await store.end(run, { status: "failed", reason: "query-timeout", detail });
      await queries.stop(run.queryId);
    }
  };
}

function resultAttributes({ result, scannedBytes }: QueryOutcome): Item {
  return {
    result: S(result ?? ""),
    ...(scannedBytes === undefined ? {} : { scannedBytes: N(scannedBytes) }),
  };
}
