import type { Timer } from "../../clock";
import type { Schedule as Due } from "../events/schedule-expression";

/** A target as the API writes it. */
export interface Target {
  readonly Arn: string;
  readonly RoleArn: string;
  readonly Input?: string;
  readonly DeadLetterConfig?: { readonly Arn?: string };
  readonly RetryPolicy?: { readonly MaximumRetryAttempts?: number; readonly MaximumEventAgeInSeconds?: number };
  readonly SqsParameters?: { readonly MessageGroupId?: string };
  readonly EventBridgeParameters?: { readonly DetailType: string; readonly Source: string };
}

export interface ScheduleSettings {
  readonly expression: string;
  /** IANA name. */
  readonly timezone: string;
  readonly state: "ENABLED" | "DISABLED";
  readonly description?: string;
  /** Milliseconds since the epoch. */
  readonly startDate?: number;
  readonly endDate?: number;
  readonly kmsKeyArn?: string;
  /** 0 is a window that is off. */
  readonly windowMinutes: number;
  readonly deleteAfterCompletion: boolean;
  readonly target: Target;
}

export interface Schedule {
  readonly name: string;
  readonly groupName: string;
  readonly arn: string;
  readonly createdAt: number;
  modifiedAt: number;
  settings: ScheduleSettings;
  due: Due;
  timer?: Timer;
}

export interface Group {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  modifiedAt: number;
  tags: Record<string, string>;
  readonly schedules: Map<string, Schedule>;
}
