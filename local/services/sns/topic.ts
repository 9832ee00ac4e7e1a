import type { Filter } from "./filter-policy";
import type { Published } from "./message";

export type Protocol = "sqs" | "lambda" | "http" | "https" | "email" | "email-json" | "sms" | "application";

export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: Protocol;
  readonly endpoint: string;
  /** FilterPolicy, FilterPolicyScope, RawMessageDelivery, RedrivePolicy, DeliveryPolicy … */
  attributes: Record<string, string>;
  /** Until ConfirmSubscription is called with the token. */
  pending: boolean;
  readonly token: string;
  /** ARN of who subscribed; absent for a service of AWS. */
  readonly principal?: string;
  filter?: Filter;
}

export interface Topic {
  readonly arn: string;
  readonly name: string;
  attributes: Record<string, string>;
  tags: Record<string, string>;
  readonly subscriptions: Map<string, Subscription>;
  sequence: number;
  /** Deduplication ids of a FIFO topic: kept for 5 minutes. */
  readonly sent: Map<string, { readonly at: number; readonly published: Published }>;
}

export const isFifo = (topic: Topic): boolean => topic.name.endsWith(".fifo");
