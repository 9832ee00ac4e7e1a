import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as sqs from "@aws-sdk/client-sqs";
import type { Captured, HandlerFactory } from "../shared/callback";
import { isConditionFailure } from "../shared/condition";
import { startGiven } from "./given-start";
import { membersOf, refusal } from "./refusal";
import { isRunId, newRun, readRun, RUN_LIMITS, runKey, type RunStatus } from "./run";

/** What starts a run. */
export interface StartRunEvent {
  /** Name of a defined segment. */
  readonly segment: string;
  /**
   * Names the run: the same id starts it once. Letters, digits and `_.:+-`.
   * @default an id of the invocation, which Lambda's own retries and a redrive keep
   */
  readonly runId?: string;
}

/** What became of a start. */
export interface StartRunAnswer {
  readonly runId: string;
  /** False when the run existed already. */
  readonly created: boolean;
  readonly status: RunStatus;
}

/** What the handler captures. */
export interface StartSettings {
  readonly runs: Captured<string>;
  readonly queueUrl: Captured<string>;
  readonly segments: readonly string[];
}

/**
 * Starts a run of a segment. Starting it again with the same id does no harm. What Lambda says about a start that it gave
 * up is an input too: it starts that run.
 */
export function startHandler(settings: StartSettings): HandlerFactory<StartRunEvent, StartRunAnswer> {
  const { runs, queueUrl, segments } = settings;
  return () => {
    const database = new dynamodb.DynamoDBClient();
    const queues = new sqs.SQSClient();

    return async (event, { awsRequestId }) => {
      const given = startGiven(event, awsRequestId);
      const input = membersOf(given.input);
      if (!input) throw refusal("input", given.input, "segment and, if it is to be named, runId");
      const unknown = Object.keys(input).filter((name) => name !== "segment" && name !== "runId");
      // A misspelt `runId` would start a run of its own each time, and mail every player again.
      if (unknown.length > 0) throw refusal("input", unknown.slice(0, 3), "segment and runId alone");
      const segment = segments.find((name) => name === input["segment"]);
      if (segment === undefined) throw refusal("segment", input["segment"], `one of ${segments.join(", ")}`);
      const runId = "runId" in input ? input["runId"] : `${segment}-${given.requestId}`;
      if (!isRunId(runId)) throw refusal("runId", runId, `1 to ${RUN_LIMITS.idLength} letters, digits or _.:+-`);
      const created = await create(runId, segment);
      const status = created ? "starting" : await currentStatus(runId, segment);
      // A start that died before this line is completed by the next one: the message is harmless when it comes twice.
      if (status === "starting") {
        await queues.send(
          new sqs.SendMessageCommand({
            QueueUrl: queueUrl.get(),
            MessageBody: JSON.stringify({ runId, phase: "starting" }),
          }),
        );
      }
      return { runId, created, status };
    };

    async function create(runId: string, segment: string): Promise<boolean> {
      try {
        await database.send(
          new dynamodb.PutItemCommand({
            TableName: runs.get(),
            Item: newRun(runId, segment, Math.floor(Date.now() / 1000)),
            ConditionExpression: "attribute_not_exists(pk)",
          }),
        );
        return true;
      } catch (error) {
        if (isConditionFailure(error)) return false;
        throw error;
      }
    }

    async function currentStatus(runId: string, segment: string): Promise<RunStatus> {
      const { Item } = await database.send(
        new dynamodb.GetItemCommand({ TableName: runs.get(), Key: runKey(runId), ConsistentRead: true }),
      );
      const run = readRun(Item ?? {});
      if (run.segment !== segment) throw refusal("runId", runId, `another id: this one is a run of "${run.segment}"`);
      return run.status;
    }
  };
}
