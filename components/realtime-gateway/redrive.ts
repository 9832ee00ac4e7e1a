import * as streams from "@aws-sdk/client-dynamodb-streams";
import * as lambda from "@aws-sdk/client-lambda";
import type { DynamoDBBatchResponse } from "aws-lambda";
import type { Captured, HandlerFactory } from "../shared/callback";
import { readBatch, type GivenUp } from "../shared/given-up";
import { givenUpRedrive, type Redriven } from "../shared/redrive";
import { EVENT_PREFIX, PRESENCE_SK } from "./keys";

/** What the handler captures. */
export interface GatewayRedriveConfig {
  /** URL of the queue of what was given up. */
  readonly failuresUrl: Captured<string>;
  /** Name of the function that tells friends. */
  readonly notify: Captured<string>;
}

/** Milliseconds that the function which tells friends may take for one batch, and a little more. */
const RESERVE_MS = 35_000;

/**
 * Does again what was given up: hands the records of a batch to the function that tells friends (clients know what is
 * old or repeated by version and id), and starts invocations of game servers again. Entries whose records are gone from
 * the stream (24 h), or that failed again, stay.
 */
export function gatewayRedriveHandler(config: GatewayRedriveConfig): HandlerFactory<unknown, Redriven> {
  return () => {
    const reader = new streams.DynamoDBStreamsClient({ maxAttempts: 3 });
    const functions = new lambda.LambdaClient({ maxAttempts: 3 });
    return givenUpRedrive({
      queueUrl: config.failuresUrl,
      functions,
      reserveMs: RESERVE_MS,
      again: async (given) => ((await tellAgain(given)) ? 1 : undefined),
    });

    async function tellAgain(given: GivenUp): Promise<boolean> {
      const batch = await readBatch(reader, given);
      if (!batch) return false;
      const Records = batch.filter(isTold);
      if (Records.length === 0) return true;
      const answer = await functions.send(
        new lambda.InvokeCommand({
          FunctionName: config.notify.get(),
          Payload: Buffer.from(JSON.stringify({ Records })),
        }),
      );
      if (answer.FunctionError !== undefined) return false;
      const said = JSON.parse(Buffer.from(answer.Payload ?? []).toString()) as DynamoDBBatchResponse;
      return said.batchItemFailures.length === 0;
    }

    /** What the mapping's filters let through. */
    function isTold({ eventName, dynamodb: change }: streams._Record): boolean {
      const sk = change?.NewImage?.["sk"]?.S;
      if (sk === PRESENCE_SK) return change?.NewImage?.["change"]?.S === "status";
      return eventName === "INSERT" && sk?.startsWith(EVENT_PREFIX) === true;
    }
  };
}
