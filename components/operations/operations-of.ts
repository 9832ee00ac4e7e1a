import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EmailDispatcher } from "../email-dispatcher/email-dispatcher";
import type { MessageStore } from "../message-store/message-store";
import type { RealtimeGateway } from "../realtime-gateway/realtime-gateway";
import type { SegmentPipeline } from "../segment-pipeline/segment-pipeline";
import { alarmTopicsOf, deadLettersOf, timersOf, type DeadLetters } from "../shared/operated";
import type { Operations } from "./operations";

/** A pipeline, whatever attributes its segments ask for. */
export type OperatedPipeline = pulumi.Resource & Pick<SegmentPipeline, "runs" | "startFunction" | "queries" | "copy">;

/** The components of a program that operators look after. */
export interface OperatedComponents {
  /** @default none */
  gateway?: RealtimeGateway;
  /** @default none */
  messages?: MessageStore;
  /** @default none */
  emails?: EmailDispatcher;
  /** @default none */
  segments?: OperatedPipeline;
}

/**
 * What operator commands (`send`, `redrive`, `players`, `doctor` …) need to know of a stack. Export it as `operations`.
 *
 * @example
 * export const operations = operationsOf({ gateway, messages, emails, segments });
 */
export function operationsOf(components: OperatedComponents): pulumi.Output<Operations> {
  const { gateway, messages, emails, segments } = components;
  const all = [gateway, messages, emails, segments].filter((component) => component !== undefined);
  const { accountId } = aws.getCallerIdentityOutput();
  const { region } = aws.getRegionOutput();
  const keys = [gateway?.directory.keyArn, messages?.key.arn].filter((arn) => arn !== undefined);
  return pulumi
    .output({
      region,
      accountId,
      // Routes and reactions are added after the constructors have returned: asked once the program has been declared.
      noted: declared().then(() => ({
        deadLetters: all.flatMap(deadLettersOf).map(deadLetterQueue),
        timers: all.flatMap(timersOf),
        alarmTopics: all.flatMap(alarmTopicsOf),
      })),
      keys,
      parts: {
        ...(gateway ? { gateway: ofGateway(gateway) } : {}),
        ...(messages ? { messages: ofMessages(messages) } : {}),
        ...(emails ? { emails: ofEmails(emails) } : {}),
        ...(segments ? { segments: ofSegments(segments, gateway?.players.arn) } : {}),
      },
    })
    .apply(({ noted, parts, ...rest }): Operations => ({
      version: 1,
      ...rest,
      deadLetters: noted.deadLetters,
      timers: noted.timers,
      alarmTopics: [...new Set(noted.alarmTopics)],
      keys: [...new Set(rest.keys)],
      ...parts,
    }));
}

/** The program's top level runs in one turn of the event loop. */
function declared(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function deadLetterQueue({ name, queue, back }: DeadLetters) {
  return { name, url: queue.url, back: back ?? { kind: "none" as const } };
}

function ofGateway(gateway: RealtimeGateway) {
  return {
    players: gateway.players.name,
    presence: gateway.presence.name,
    endpoint: gateway.endpoint,
    issuer: gateway.issuer,
    redriveFunction: gateway.redriveFunction.arn,
  };
}

function ofMessages(messages: MessageStore) {
  return {
    table: messages.table.name,
    enqueueFunction: messages.enqueueFunction.arn,
    redriveFunction: messages.redriveFunction.arn,
  };
}

function ofEmails(emails: EmailDispatcher) {
  return {
    identity: (emails.domainIdentity ?? emails.identity).emailIdentity,
    configurationSet: emails.configurationSet.configurationSetName,
    production: emails.production,
    redriveFunction: emails.redriveFunction.arn,
  };
}

function ofSegments(segments: OperatedPipeline, playersArn: pulumi.Output<string> | undefined) {
  return {
    runs: segments.runs.name,
    startFunction: segments.startFunction.arn,
    workgroup: segments.queries.workgroup.name,
    resultsBucket: segments.queries.results.name,
    copyBucket: segments.copy.bucket.name,
    database: segments.copy.database.name,
    databaseArn: segments.copy.database.arn,
    table: segments.copy.table,
    sourceArn: playersArn ?? "",
  };
}
