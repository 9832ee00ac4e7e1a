import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { LambdaFunction, type AnyLambdaFunctionArgs } from "../shared/callback";
import type { Statement } from "../shared/iam";
import type { DeadLetteredQueue } from "../shared/queue";
import type { Settings } from "./arguments";
import { tableStatements, type TableAccess } from "./statements";
import type { Tables } from "./tables";

/** What the gateway's functions work on. */
export interface Parts {
  readonly name: string;
  readonly parent: pulumi.Resource;
  readonly key: { readonly arn: pulumi.Output<string> };
  readonly settings: Settings;
  readonly tables: Tables;
  readonly checks: DeadLetteredQueue;
  readonly failures: aws.sqs.Queue;
  readonly topic: aws.sns.Topic;
  readonly executionArn: pulumi.Output<string>;
  readonly endpoint: pulumi.Output<string>;
  /** Names of the events that somebody reacts to, with commas between; known when the program has been declared. */
  readonly subscribed: pulumi.Output<string>;
}

/** What tells one function of the gateway from the others. */
export type FunctionDetails = [
  description: string,
  handler: AnyLambdaFunctionArgs["handler"],
  statements?: AnyLambdaFunctionArgs["statements"],
  extra?: Partial<Pick<AnyLambdaFunctionArgs, "memorySize" | "timeout" | "onFailure">>,
];

/** A function of the gateway. */
export function createFunction(
  { name, parent, key, settings }: Parts,
  suffix: string,
  ...[description, handler, statements = [], extra = {}]: FunctionDetails
): LambdaFunction {
  return new LambdaFunction(
    `${name}-${suffix}`,
    { handler, description, key, statements, logRetentionDays: settings.logRetentionDays, ...extra },
    { parent },
  );
}

/** What a function of the gateway needs in order to do this with its tables. */
export function tableRights(parts: Parts, access: TableAccess): Statement[] {
  const arns = { players: parts.tables.players.arn, presence: parts.tables.presence.arn };
  return tableStatements(arns, parts.key.arn, access);
}

/** What dropping a connection does with the Presence table. */
export const DROP = ["UpdateItem", "Query", "BatchGetItem", "BatchWriteItem"];
