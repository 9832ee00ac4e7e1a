import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { MessageClient } from "../message-store/enqueue";
import { LambdaFunction, type HandlerFactory } from "../shared/callback";
import { queueMapping } from "../shared/event-source";
import { TABLE_KEY_ACTIONS, type Statement } from "../shared/iam";
import type { LateList } from "../shared/late";
import { setWayBack } from "../shared/operated";
import type { DeadLetteredQueue } from "../shared/queue";
import { advanceHandler } from "./advance";
import type { AnalyticsCopy } from "./analytics-copy";
import type { CheckedDefinition } from "./definition";
import { enqueueHandler } from "./enqueue";
import type { QueryEngine } from "./query-engine";
import { TIMEOUT_SECONDS, type Queues } from "./queues";
import { startHandler, type StartRunAnswer, type StartRunEvent } from "./start";

/** What the pipeline's functions work on. */
export interface Parts {
  readonly name: string;
  readonly parent: pulumi.Resource;
  readonly key: { readonly arn: pulumi.Output<string> };
  readonly runs: aws.dynamodb.Table;
  readonly queues: Queues;
  /** Starts that Lambda gave up. */
  readonly failures: aws.sqs.Queue;
  readonly copy: AnalyticsCopy;
  readonly queries: QueryEngine;
  readonly definitions: LateList<CheckedDefinition>;
}

/** The function that starts runs. */
export function createStartFunction(parts: Parts): LambdaFunction {
  const { name, parent, key, runs, queues, failures, definitions } = parts;
  const settings = { runs: runs.name, queueUrl: queues.runs.url };
  const handler = definitions.all.then((all): HandlerFactory<StartRunEvent, StartRunAnswer> =>
    startHandler({ ...settings, segments: all.map((definition) => definition.name) }),
  );
  const fn = new LambdaFunction(
    `${name}-start`,
    {
      description: "Starts a run of a segment, once per run id.",
      key,
      handler,
      statements: [
        { Sid: "Runs", Action: ["dynamodb:PutItem", "dynamodb:GetItem"], Resource: runs.arn },
        { Sid: "Wake", Action: "sqs:SendMessage", Resource: queues.runs.arn },
        { Sid: "Key", Action: TABLE_KEY_ACTIONS.write, Resource: key.arn },
      ],
      // Whether a schedule, a program or an operator started it: nobody of them waits.
      onFailure: failures.arn,
    },
    { parent },
  );
  // The function knows what Lambda says about its own invocations.
  setWayBack(failures, { kind: "invoke", functionArn: fn.arn });
  return fn;
}

/** The function that takes runs further. */
export function createAdvanceFunction(parts: Parts): LambdaFunction {
  const { name, parent, key, runs, queues, copy, queries, definitions: declared } = parts;
  const settings = {
    runs: runs.name,
    runQueueUrl: queues.runs.url,
    partQueueUrl: queues.parts.url,
    workgroup: queries.workgroup.name,
    database: copy.database.name,
    table: copy.table,
  };
  const { accountId } = aws.getCallerIdentityOutput({}, { parent });
  const { region } = aws.getRegionOutput({}, { parent });
  const fn = new LambdaFunction(
    `${name}-advance`,
    {
      description: "Takes a segment run one step further: checks, query, hand-over of its result.",
      key,
      timeout: TIMEOUT_SECONDS,
      handler: declared.all.then((definitions) => advanceHandler({ ...settings, definitions })),
      statements: [
        { Sid: "Runs", Action: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], Resource: runs.arn },
        ...queries.runStatements(),
        ...copy.readStatements(region, accountId),
        { Sid: "Wake", Action: "sqs:SendMessage", Resource: [queues.runs.arn, queues.parts.arn] },
        // Runs table, results and queues; reading them is in it.
        { Sid: "Key", Action: TABLE_KEY_ACTIONS.write, Resource: key.arn },
        ...consume(queues.runs),
      ],
    },
    { parent },
  );
  queueMapping(`${name}-advance-mapping`, { queue: queues.runs, fn, batchSize: 5 }, parent);
  return fn;
}

/** The function that reads results and enqueues messages. */
export function createEnqueueFunction(
  parts: Parts,
  { enqueueMany }: MessageClient,
  maximumConcurrency: number,
): LambdaFunction {
  const { name, parent, key, runs, queues, queries, definitions: declared } = parts;
  const settings = { runs: runs.name, partQueueUrl: queues.parts.url };
  const fn = new LambdaFunction(
    `${name}-enqueue`,
    {
      description: "Reads one part of a segment's result and enqueues one message per player.",
      key,
      timeout: TIMEOUT_SECONDS,
      memorySize: 512,
      handler: declared.all.then((definitions) => enqueueHandler({ ...settings, definitions, enqueueMany })),
      statements: [
        { Sid: "Runs", Action: ["dynamodb:GetItem", "dynamodb:UpdateItem"], Resource: runs.arn },
        { Sid: "Key", Action: TABLE_KEY_ACTIONS.write, Resource: key.arn },
        ...queries.resultStatements(),
        { Sid: "HandOut", Action: "sqs:SendMessage", Resource: queues.parts.arn },
        ...consume(queues.parts),
      ],
    },
    { parent },
  );
  // One part an invocation: a part is a few seconds of work, and a part that fails must not repeat its neighbours.
  const mapping = { queue: queues.parts, fn, batchSize: 1, maximumConcurrency };
  queueMapping(`${name}-enqueue-mapping`, mapping, parent);
  return fn;
}

/** Without the key's statement where another of the same function covers it. */
function consume(queue: DeadLetteredQueue): Statement[] {
  return queue.consumeStatements().filter((statement) => statement.Sid !== "ReadQueueKey");
}
