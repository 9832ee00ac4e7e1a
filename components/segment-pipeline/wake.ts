import type { SQSEvent, SQSRecord } from "aws-lambda";
import { membersOf, refusal } from "./refusal";
import { isRunId } from "./run";

/** What wakes a run: a message of ours, or a state change of a query. */
export interface Wake {
  readonly runId?: string;
  /** The status that the run had when the message was written; a run that has moved on sleeps on. */
  readonly phase?: string;
  readonly queryId?: string;
}

/** A part of a run's result. */
export interface Part {
  readonly runId: string;
  readonly part: number;
}

/** @throws SegmentRunError for anything but a batch of a queue, as a call by hand would bring. */
export function recordsOf(event: unknown): readonly SQSRecord[] {
  const records = (membersOf(event) as Partial<SQSEvent> | undefined)?.Records;
  if (!Array.isArray(records)) throw refusal("input", event, "a batch of the queue, with Records");
  return records;
}

/** @throws SegmentRunError for a body that is neither; it will end in the dead-letter queue. */
export function readWake(body: string): Wake {
  const message = membersOf(parsed(body));
  const { runId, phase } = message ?? {};
  if (isRunId(runId) && typeof phase === "string") return { runId, phase };
  const queryId = membersOf(message?.["detail"])?.["queryExecutionId"];
  if (typeof queryId === "string") return { queryId };
  throw refusal("message", body, "a runId and its phase, or a state change of a query");
}

/** @throws SegmentRunError for a body that names no part of a run. */
export function readPart(body: string): Part {
  const { runId, part } = membersOf(parsed(body)) ?? {};
  if (isRunId(runId) && typeof part === "number" && Number.isSafeInteger(part) && part >= 0) return { runId, part };
  throw refusal("message", body, "a runId and a part, a whole number from 0");
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}
