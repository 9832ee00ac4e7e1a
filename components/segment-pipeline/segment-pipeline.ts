import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { givenUpAlarm } from "../shared/alarms";
import { checkedName } from "../shared/arguments";
import type { LambdaFunction } from "../shared/callback";
import { EncryptionKey } from "../shared/encryption";
import { ArgumentError } from "../shared/errors";
import type { Statement } from "../shared/iam";
import { keepNames } from "../shared/kept-names";
import { LateList } from "../shared/late";
import { createAlarms, type Widget } from "../shared/monitoring";
import { failureQueue } from "../shared/queue";
import type { PlayerAttributes } from "../shared/player-directory";
import { alarmsOf, widgetsOf, type Watched } from "./alarms";
import { AnalyticsCopy } from "./analytics-copy";
import { checkPipelineArgs, DEFAULTS, type SegmentPipelineArgs } from "./arguments";
import { checkDefinition } from "./check-definition";
import type { CheckedDefinition, SegmentDefinition } from "./definition";
import { createAdvanceFunction, createEnqueueFunction, createStartFunction, type Parts } from "./functions";
import { QueryEngine } from "./query-engine";
import { createQueues } from "./queues";
import { createRuns } from "./runs-table";
import { scheduleRun, stateChangeRule } from "./triggers";

export type { SegmentPipelineArgs } from "./arguments";

/**
 * Segments: which players a message is for, found in the analytics copy by Athena.
 *
 * @example
 * const segments = new SegmentPipeline("segments", { directory: gateway.directory, messages });
 * segments.define("active-30-days", {
 *   where: { attribute: "lastActiveAt", within: { days: 30 } },
 *   message: { type: "marketing", template: "season-news" },
 *   schedule: "cron(0 9 ? * MON *)",
 * });
 */
export class SegmentPipeline<A extends PlayerAttributes = PlayerAttributes> extends pulumi.ComponentResource {
  /** One item per run: `RUN#<id>`. */
  readonly runs: aws.dynamodb.Table;
  /** The zero-ETL integration and what it writes. */
  readonly copy: AnalyticsCopy;
  /** The workgroup and the bucket of its results. */
  readonly queries: QueryEngine;
  /** Starts a run: `{ segment, runId? }`. For operators, schedules and other programs. */
  readonly startFunction: LambdaFunction;
  /** What Lambda says about starts that it gave up; each is an input of the start function. */
  readonly failures: aws.sqs.Queue;
  private readonly definitions: LateList<CheckedDefinition>;
  private readonly key: { readonly arn: pulumi.Output<string> };
  private readonly watched: Watched;

  constructor(
    private readonly componentName: string,
    private readonly args: SegmentPipelineArgs<A>,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super(
      "games-messaging:segment-pipeline:SegmentPipeline",
      checkedName(componentName),
      {},
      keepNames(componentName, options),
    );
    checkPipelineArgs(componentName, args);
    const name = componentName;
    const protect = args.protect ?? true;
    this.key = args.key ?? new EncryptionKey(`${name}-key`, { retainOnDelete: protect }, { parent: this });
    this.definitions = new LateList("segment", name);
    this.runs = createRuns(this, name, this.key, protect, args.transform?.runs);
    this.copy = new AnalyticsCopy(
      `${name}-copy`,
      {
        key: this.key,
        directory: args.directory,
        refreshMinutes: args.refreshMinutes ?? DEFAULTS.refreshMinutes,
        manageCatalogPolicy: args.manageCatalogPolicy ?? false,
        forceDestroy: !protect,
      },
      { parent: this },
    );
    this.queries = new QueryEngine(
      `${name}-queries`,
      {
        key: this.key,
        maxScannedBytes: args.maxScannedBytes ?? DEFAULTS.maxScannedBytes,
        resultDays: 30,
        forceDestroy: !protect,
      },
      { parent: this },
    );
    const rule = stateChangeRule(this, `${name}-query-ended`, this.queries.workgroup.name);
    const queues = createQueues(this, name, this.key, rule);
    const unheard = rule.deliverTo(queues.runs, this.key).name;
    this.failures = failureQueue(`${name}-failures`, this.key, this);

    const { key, runs, failures, copy, queries, definitions } = this;
    const parts: Parts = { name, parent: this, key, runs, queues, failures, copy, queries, definitions };
    const client = args.messages.client();
    this.startFunction = createStartFunction(parts);
    this.watched = {
      start: this.startFunction,
      advance: createAdvanceFunction(parts),
      enqueue: createEnqueueFunction(parts, client, args.enqueueConcurrency ?? DEFAULTS.enqueueConcurrency),
      runs: queues.runs,
      parts: queues.parts,
      failures: failures.name,
      undelivered: { "query ended": unheard },
      workgroup: queries.workgroup.name,
    };
    createAlarms(this, name, alarmsOf(this.watched, unheard), args.monitoring);
    this.registerOutputs({ runs: runs.name, workgroup: queries.workgroup.name });
  }

  /**
   * Defines a segment.
   * @throws ArgumentError for an unknown attribute, a wrong type, or SQL that is not one SELECT.
   */
  define(name: string, definition: SegmentDefinition<A>): void {
    const defaults = {
      attributes: this.args.directory.attributes,
      maxDataAgeSeconds: this.args.maxDataAgeSeconds ?? DEFAULTS.maxDataAgeSeconds,
      maxScannedBytes: this.args.maxScannedBytes ?? DEFAULTS.maxScannedBytes,
      messageTypes: Object.keys(this.args.messages.types),
    };
    if (this.definitions.soFar.some((known) => known.name === name)) {
      throw new ArgumentError({
        component: this.componentName,
        argument: "segment",
        got: name,
        expected: "a name that is not taken",
        fix: "Rename one of the two.",
      });
    }
    this.definitions.add(checkDefinition(this.componentName, name, definition, defaults));
    if (definition.schedule !== undefined) this.schedule(name, definition, definition.schedule);
  }

  /** What a function needs in order to start runs. */
  startStatements(): Statement[] {
    return [{ Sid: "StartSegmentRuns", Action: "lambda:InvokeFunction", Resource: this.startFunction.arn }];
  }

  /** This component's part of a dashboard. */
  widgets(): Widget[] {
    return widgetsOf(this.watched);
  }

  private schedule(segment: string, definition: SegmentDefinition<A>, expression: string): void {
    const undelivered = scheduleRun(this, `${this.componentName}-${segment}-schedule`, {
      segment,
      description: definition.description,
      expression,
      timeZone: definition.scheduleTimeZone ?? "UTC",
      fn: this.startFunction,
      key: this.key,
    });
    const alarm = givenUpAlarm(
      `${segment}-schedule-dlq`,
      undelivered.name,
      `A scheduled run of the segment "${segment}" was not started: see why, redrive.`,
    );
    createAlarms(this, this.componentName, [alarm], this.args.monitoring);
    this.watched.undelivered[`schedule of ${segment}`] = undelivered.name;
  }
}
