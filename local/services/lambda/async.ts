import { AwsError } from "../../aws-error";
import type { Json } from "../../service";
import { deadLetter, deliver } from "./destination";
import type { LambdaEngine } from "./engine";
import type { Outcome } from "./invocation";
import type { LambdaFunction } from "./function";

/** Bytes of an asynchronous payload. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const asyncPayloadLimit = 1024 * 1024;

interface Pending {
  readonly requestId: string;
  readonly payload: string;
  readonly acceptedAt: number;
  readonly cause: number | undefined;
  attempts: number;
  refusals: number;
  /** Of the last run, if it ever ran. */
  last: Outcome | undefined;
}

/**
 * Asynchronous invocations: two retries after 1 and 2 minutes for errors of the function; throttles and system errors
 * are retried from 1 s to 5 min apart until the event is too old; then the destinations.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export class AsyncInvocations {
  constructor(private readonly engine: LambdaEngine) {}

  /** Takes an event; its run begins at once, its fate is the trace's and the destinations' to tell. */
  accept(fn: LambdaFunction, payload: string, requestId: string, cause?: number): void {
    const { clock } = this.engine.cloud;
    const pending = { requestId, payload, acceptedAt: clock.now(), cause, attempts: 0, refusals: 0, last: undefined };
    this.start(fn, pending);
  }

  private start(fn: LambdaFunction, pending: Pending): void {
    const { cloud } = this.engine;
    const work = this.attempt(fn, pending).catch((error: unknown) => {
      cloud.trace.emit({
        kind: "error",
        service: "lambda",
        name: fn.settings.name,
        error: error instanceof Error ? error.message : String(error),
        data: { requestId: pending.requestId },
      });
    });
    void work;
  }

  private async attempt(fn: LambdaFunction, pending: Pending): Promise<void> {
    if (this.ageIn(pending, 0) > fn.async.maximumEventAgeInSeconds * 1000)
      return this.giveUp(fn, pending, "EventAgeExceeded", pending.last);
    let outcome: Outcome;
    try {
      outcome = await this.engine.run(fn, {
        payload: pending.payload,
        requestId: pending.requestId,
        data: { asynchronous: true, attempt: pending.attempts + 1 },
        ...(pending.cause === undefined ? {} : { cause: pending.cause }),
      });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return this.refused(fn, pending);
    }
    pending.attempts++;
    pending.last = outcome;
    if (outcome.functionError === undefined) return this.succeeded(fn, pending, outcome);
    const { maximumRetryAttempts, maximumEventAgeInSeconds } = fn.async;
    if (pending.attempts > maximumRetryAttempts) return this.giveUp(fn, pending, "RetriesExhausted", outcome);
    // A retry that would come too late is not waited for: AWS gives the event up at once.
    const delay = pending.attempts * 60_000;
    if (this.ageIn(pending, delay) >= maximumEventAgeInSeconds * 1000)
      return this.giveUp(fn, pending, "EventAgeExceeded", outcome);
    this.again(fn, pending, delay);
  }

  /** How old an event will be, in ms. */
  private ageIn(pending: Pending, delayMs: number): number {
    return this.engine.cloud.clock.now() + delayMs - pending.acceptedAt;
  }

  private refused(fn: LambdaFunction, pending: Pending): void | Promise<void> {
    // With a reserved concurrency of zero the event goes to the destination without a retry.
    if (fn.reserved === 0) return this.giveUp(fn, pending, "ZeroReservedConcurrency", undefined);
    this.again(fn, pending, Math.min(300_000, 1_000 * 2 ** pending.refusals++));
  }

  private again(fn: LambdaFunction, pending: Pending, delayMs: number): void {
    this.engine.cloud.clock.setTimer(delayMs, () =>
      this.start(this.engine.functions.get(fn.settings.name) ?? fn, pending),
    );
  }

  private async succeeded(fn: LambdaFunction, pending: Pending, outcome: Outcome): Promise<void> {
    const target = fn.async.onSuccess;
    if (target !== undefined) await this.send(fn, target, this.record(fn, pending, "Success", outcome));
  }

  private async giveUp(
    fn: LambdaFunction,
    pending: Pending,
    condition: string,
    outcome: Outcome | undefined,
  ): Promise<void> {
    const { cloud } = this.engine;
    const target = fn.async.onFailure;
    const { deadLetterArn } = fn.settings;
    cloud.trace.emit({
      kind: "state",
      service: "lambda",
      name: fn.settings.name,
      error: condition,
      data: { dropped: true, requestId: pending.requestId, destination: target ?? deadLetterArn ?? null },
    });
    this.engine.metric(fn, "AsyncEventsDropped", 1);
    if (target !== undefined) await this.send(fn, target, this.record(fn, pending, condition, outcome));
    if (deadLetterArn !== undefined) {
      const answer = outcome === undefined ? {} : (JSON.parse(outcome.payload) as { errorMessage?: string });
      const letter = {
        requestId: pending.requestId,
        payload: pending.payload,
        errorMessage: answer.errorMessage ?? condition,
      };
      await cloud.clock.track(deadLetter(cloud, fn, deadLetterArn, letter));
    }
  }

  private async send(fn: LambdaFunction, target: string, record: Json): Promise<void> {
    const { cloud } = this.engine;
    await cloud.clock.track(deliver(cloud, fn, target, record));
  }

  private record(fn: LambdaFunction, pending: Pending, condition: string, outcome: Outcome | undefined): Json {
    return {
      version: "1.0",
      timestamp: new Date(this.engine.cloud.clock.now()).toISOString(),
      requestContext: {
        requestId: pending.requestId,
        functionArn: `${fn.arn}:$LATEST`,
        condition,
        approximateInvokeCount: pending.attempts,
      },
      requestPayload: JSON.parse(pending.payload) as unknown,
      ...(outcome === undefined
        ? {}
        : {
            responseContext: {
              statusCode: 200,
              executedVersion: "$LATEST",
              ...(outcome.functionError === undefined ? {} : { functionError: outcome.functionError }),
            },
            responsePayload: JSON.parse(outcome.payload) as unknown,
          }),
    };
  }
}
