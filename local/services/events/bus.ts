import type { Timer } from "../../clock";
import type { Matcher } from "./pattern";
import type { Schedule } from "./schedule-expression";
import type { TargetInput } from "./target-input";

/** A target as the API writes it. */
export interface Target extends TargetInput {
  readonly Id: string;
  readonly Arn: string;
  readonly RoleArn?: string;
  readonly SqsParameters?: { readonly MessageGroupId?: string };
  readonly DeadLetterConfig?: { readonly Arn?: string };
  readonly RetryPolicy?: { readonly MaximumRetryAttempts?: number; readonly MaximumEventAgeInSeconds?: number };
}

export interface RuleSettings {
  readonly eventPattern?: string;
  readonly scheduleExpression?: string;
  readonly state: "ENABLED" | "DISABLED" | "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";
  readonly description?: string;
  readonly roleArn?: string;
}

export interface Rule {
  readonly name: string;
  readonly busName: string;
  readonly arn: string;
  settings: RuleSettings;
  readonly targets: Map<string, Target>;
  tags: Record<string, string>;
  /** Where a rate counts from. */
  readonly createdAt: number;
  matches?: Matcher;
  schedule?: Schedule;
  timer?: Timer;
}

export interface Bus {
  readonly name: string;
  readonly arn: string;
  description?: string;
  kmsKeyIdentifier?: string;
  deadLetterArn?: string;
  /** Statements of the bus policy by their id. */
  readonly statements: Map<string, Record<string, unknown>>;
  tags: Record<string, string>;
  readonly rules: Map<string, Rule>;
  readonly createdAt: number;
  modifiedAt: number;
}

export const isEnabled = (rule: Rule): boolean => rule.settings.state !== "DISABLED";
