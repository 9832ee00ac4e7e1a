import { invalid } from "./errors";
import type { ScheduleSettings, Target } from "./schedule";

/** What CreateSchedule and UpdateSchedule take; dates travel as epoch seconds. */
export interface ScheduleInput {
  readonly Name?: string;
  readonly GroupName?: string;
  readonly ScheduleExpression?: string;
  readonly ScheduleExpressionTimezone?: string;
  readonly StartDate?: number;
  readonly EndDate?: number;
  readonly Description?: string;
  readonly State?: "ENABLED" | "DISABLED";
  readonly KmsKeyArn?: string;
  readonly Target?: Target;
  readonly FlexibleTimeWindow?: { readonly Mode?: string; readonly MaximumWindowInMinutes?: number };
  readonly ActionAfterCompletion?: "NONE" | "DELETE";
}

/** Shown with a schedule whose target does not say otherwise (API reference of RetryPolicy). */
const DEFAULT_RETRY_POLICY = { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 };

/** Reads and checks a schedule's settings; what is left out gets its default. @throws AwsError ValidationException */
export function settingsOf(input: ScheduleInput): ScheduleSettings {
  const { Target: target, FlexibleTimeWindow: flexible } = input;
  if (!input.ScheduleExpression) throw invalid("ScheduleExpression is required.");
  if (!target?.Arn) throw invalid("Target with Arn and RoleArn is required.");
  if (flexible?.Mode !== "OFF" && flexible?.Mode !== "FLEXIBLE")
    throw invalid("FlexibleTimeWindow.Mode must be OFF or FLEXIBLE.");
  const window = flexible.Mode === "OFF" ? 0 : flexible.MaximumWindowInMinutes;
  if (flexible.Mode === "FLEXIBLE" && !(window !== undefined && window >= 1 && window <= 1440)) {
    throw invalid("FlexibleTimeWindow.MaximumWindowInMinutes must be between 1 and 1440.");
  }
  checkTarget(target);
  return {
    expression: input.ScheduleExpression,
    timezone: input.ScheduleExpressionTimezone ?? "UTC",
    state: input.State ?? "ENABLED",
    ...(input.Description === undefined ? {} : { description: input.Description }),
    ...(input.StartDate === undefined ? {} : { startDate: Number(input.StartDate) * 1000 }),
    ...(input.EndDate === undefined ? {} : { endDate: Number(input.EndDate) * 1000 }),
    ...(input.KmsKeyArn === undefined ? {} : { kmsKeyArn: input.KmsKeyArn }),
    windowMinutes: window ?? 0,
    deleteAfterCompletion: input.ActionAfterCompletion === "DELETE",
    target: { ...target, RetryPolicy: { ...DEFAULT_RETRY_POLICY, ...target.RetryPolicy } },
  };
}

function checkTarget(target: Target): void {
  const { MaximumRetryAttempts: attempts = 0, MaximumEventAgeInSeconds: age = 60 } = target.RetryPolicy ?? {};
  if (attempts < 0 || attempts > 185) throw invalid("RetryPolicy.MaximumRetryAttempts must be between 0 and 185.");
  if (age < 60 || age > 86_400) throw invalid("RetryPolicy.MaximumEventAgeInSeconds must be between 60 and 86400.");
  const bus = target.Arn.startsWith("arn:aws:events:");
  if (bus && !target.EventBridgeParameters)
    throw invalid("EventBridgeParameters with DetailType and Source are required for an event bus.");
  if (target.Input === undefined || !(bus || /^arn:aws:(lambda|states|scheduler):/.test(target.Arn))) return;
  try {
    JSON.parse(target.Input);
  } catch {
    throw invalid("Target.Input must be well-formed JSON for this target.");
  }
}
