import { AwsError } from "../../aws-error";
import type { Cloud } from "../../cloud";
import { assume, invokeTarget, isoSeconds, payloadOf, type Execution } from "./invocation";
import type { Schedule } from "./schedule";

/** Errors that may pass; all others go to the dead-letter queue at once. */
const TRANSIENT = new Set([
  "ThrottlingException",
  "RequestThrottled",
  "Throttling",
  "TooManyRequestsException",
  "ServiceException",
  "InternalFailure",
]);

/** Scheduler tries for 24 h and 185 times if the target does not say otherwise (API reference of RetryPolicy). */
const DEFAULT_RETRIES = 185;
const DEFAULT_AGE_S = 86_400;

/** Runs due schedules: as the target's role, with retries of growing pauses up to 8 minutes, then the dead-letter queue. */
export class Delivery {
  constructor(
    private readonly cloud: Cloud,
    private readonly groupArn: (name: string) => string,
  ) {}

  async run(schedule: Schedule, scheduledAt: number): Promise<void> {
    const { name, groupName, arn, settings } = schedule;
    // The schedule as it was when it came due: a later change does not touch retries.
    const execution = {
      schedule: { name, groupName, arn, settings },
      id: this.cloud.uuid(),
      scheduledAt,
      startedAt: this.cloud.clock.now(),
      retries: 0,
    };
    await this.attempt(execution);
  }

  private async attempt(execution: Execution): Promise<void> {
    const { cloud } = this;
    const { target } = execution.schedule.settings;
    this.count(execution, "InvocationAttemptCount");
    try {
      await invokeTarget(
        cloud,
        execution,
        assume(cloud, target, this.groupArn(execution.schedule.groupName), execution.id),
      );
    } catch (error) {
      this.count(execution, "TargetErrorCount");
      const maxRetries = target.RetryPolicy?.MaximumRetryAttempts ?? DEFAULT_RETRIES;
      const maxAge = (target.RetryPolicy?.MaximumEventAgeInSeconds ?? DEFAULT_AGE_S) * 1000;
      const delay = Math.min(480, 2 ** execution.retries) * 1000;
      const transient = isTransient(error);
      if (transient && execution.retries < maxRetries && cloud.clock.now() + delay - execution.startedAt <= maxAge) {
        cloud.clock.setTimer(delay, () => this.attempt({ ...execution, retries: execution.retries + 1 }));
        return;
      }
      this.count(execution, "InvocationDroppedCount");
      const exhausted = !transient
        ? undefined
        : execution.retries >= maxRetries
          ? "MaximumRetryAttempts"
          : "MaximumEventAgeInSeconds";
      await this.giveUp(execution, error, exhausted);
    }
  }

  /** The dead-letter queue is written to with the role's rights too. */
  private async giveUp(execution: Execution, error: unknown, exhausted: string | undefined): Promise<void> {
    const { cloud } = this;
    const { schedule, id, scheduledAt, retries } = execution;
    const { target } = schedule.settings;
    const code = error instanceof AwsError ? error.code : "InternalFailure";
    const message = error instanceof Error ? error.message : String(error);
    const report = (name: string, data: Record<string, unknown>): void => {
      cloud.trace.emit({
        kind: "error",
        service: "scheduler",
        name,
        principal: target.RoleArn,
        resource: schedule.arn,
        error: code,
        data,
      });
    };
    report("InvocationFailed", { target: target.Arn, message, retries });
    const queueArn = target.DeadLetterConfig?.Arn;
    if (queueArn === undefined) return;
    const text = (value: string): object => ({ DataType: "String", StringValue: value });
    const attributes = {
      ERROR_CODE: text(code),
      ERROR_MESSAGE: text(message),
      EXECUTION_ID: text(id),
      SCHEDULE_ARN: text(schedule.arn),
      SCHEDULED_TIME: text(isoSeconds(scheduledAt)),
      TARGET_ARN: text(target.Arn),
      RETRY_ATTEMPTS: { DataType: "Number", StringValue: String(retries) },
      ...(exhausted === undefined ? {} : { EXHAUSTED_RETRY_CONDITION: text(exhausted) }),
    };
    try {
      const role = assume(cloud, target, this.groupArn(schedule.groupName), id);
      const input = {
        QueueUrl: cloud.ports.queues.urlOf(queueArn),
        MessageBody: payloadOf(cloud, execution),
        MessageAttributes: attributes,
      };
      await cloud.call("sqs", "SendMessage", input, role);
      this.count(execution, "InvocationsSentToDeadLetterCount");
    } catch (dead) {
      this.count(execution, "InvocationsFailedToBeSentToDeadLetterCount");
      report("DeadLetterFailed", { queueArn, message: dead instanceof Error ? dead.message : String(dead) });
    }
  }

  private count({ schedule }: Execution, metric: string): void {
    const { metrics } = this.cloud.ports as Partial<Cloud["ports"]>;
    metrics?.put("AWS/Scheduler", metric, { ScheduleGroup: schedule.groupName }, 1, "Count");
  }
}

function isTransient(error: unknown): boolean {
  if (error instanceof AwsError) return TRANSIENT.has(error.code) || error.status >= 500;
  return true;
}
