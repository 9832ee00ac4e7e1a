import type * as pulumi from "@pulumi/pulumi";
import { DeadLetteredQueue } from "../shared/queue";

/** Seconds that the functions which read the queues may take. */
export const TIMEOUT_SECONDS = 60;

/** The queues through which a run goes on. */
export interface Queues {
  /** What wakes runs. */
  readonly runs: DeadLetteredQueue;
  /** Parts of results that are to be read. */
  readonly parts: DeadLetteredQueue;
}

/** @param rule the one of Athena's events, which wake runs too. */
export function createQueues(
  parent: pulumi.Resource,
  name: string,
  key: { readonly arn: pulumi.Output<string> },
  rule: { readonly arn: pulumi.Output<string> },
): Queues {
  const common = { key, visibilityTimeoutSeconds: 6 * TIMEOUT_SECONDS };
  const senders = [{ service: "events.amazonaws.com" as const, arn: rule.arn }];
  return {
    runs: new DeadLetteredQueue(`${name}-runs`, { ...common, maxReceiveCount: 10, senders }, { parent }),
    parts: new DeadLetteredQueue(`${name}-parts`, { ...common, maxReceiveCount: 5 }, { parent }),
  };
}
