import type { Timer } from "../../../clock";
import type { Item } from "./columns";

export type IntegrationStatus = "CREATING" | "ACTIVE" | "SYNCING" | "NEEDS_ATTENTION" | "FAILED" | "DELETING";

/** What `AWS::Glue::IntegrationResourceProperty` declares for a database. */
export interface ResourceProperty {
  readonly resourceArn: string;
  /** At most 128 characters. */
  readonly roleArn: string;
  /** Key for the data in the target. */
  readonly kmsArn: string | undefined;
}

/** What is declared of an integration. */
export interface IntegrationInput {
  readonly name: string;
  readonly sourceArn: string;
  readonly targetArn: string;
  readonly description: string | undefined;
  readonly kmsKeyId: string | undefined;
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
  /** Minutes, 15 to 8640. @default 15 */
  readonly refreshMinutes: number;
}

/** A zero-ETL integration. */
export interface Integration extends IntegrationInput {
  readonly arn: string;
  /** Name of the table in the target: the source's, in lower case, unless table properties say otherwise. */
  readonly tableName: string;
  readonly createdAt: number;
  status: IntegrationStatus;
  errors: readonly { readonly ErrorCode: string; readonly ErrorMessage: string }[];
  /** Since when it has needed attention. */
  troubledSince: number | undefined;
  /** The items of the last refresh: the very objects, so that a refresh of an unchanged table costs nothing. */
  items: readonly Item[] | undefined;
  timer: Timer | undefined;
  /** The refresh in progress. */
  running: Promise<void> | undefined;
}

/** An integration in the shape of DescribeIntegrations. */
export function describeIntegration(integration: Integration): Record<string, unknown> {
  return {
    IntegrationArn: integration.arn,
    IntegrationName: integration.name,
    SourceArn: integration.sourceArn,
    TargetArn: integration.targetArn,
    ...(integration.description === undefined ? {} : { Description: integration.description }),
    ...(integration.kmsKeyId === undefined ? {} : { KmsKeyId: integration.kmsKeyId }),
    Status: integration.status,
    CreateTime: new Date(integration.createdAt),
    IntegrationConfig: { RefreshInterval: String(integration.refreshMinutes) },
    Errors: integration.errors,
    Tags: integration.tags,
  };
}
