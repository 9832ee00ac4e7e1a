import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { MessageStore } from "../message-store/message-store";
import { checkedName } from "../shared/arguments";
import { LambdaFunction, type HandlerFactory } from "../shared/callback";
import { EncryptionKey } from "../shared/encryption";
import { ArgumentError } from "../shared/errors";
import { queueMapping } from "../shared/event-source";
import { TABLE_KEY_ACTIONS, type Statement } from "../shared/iam";
import { LateList } from "../shared/late";
import { createAlarms, givenUpAlarm, type MonitoringArgs, type Widget } from "../shared/monitoring";
import type { PlayerDirectory } from "../shared/player-directory";
import { DeadLetteredQueue } from "../shared/queue";
import type { Transform } from "../shared/transform";
import { advanceHandler } from "./advance";
import { alarmsOf, widgetsOf, type Watched } from "./alarms";
import { AnalyticsCopy } from "./analytics-copy";
import { checkPipelineArgs, DEFAULTS } from "./arguments";
import { checkDefinition } from "./check-definition";
import type { CheckedDefinition, SegmentDefinition } from "./definition";
import { enqueueHandler } from "./enqueue";
import type { Attributes } from "./filter";
import { QueryEngine } from "./query-engine";
import { createRuns } from "./runs-table";
import { startHandler, type StartRunAnswer, type StartRunEvent } from "./start";
import { scheduleRun, stateChangeRule } from "./triggers";

export interface SegmentPipelineArgs {
  /** Where players are; `gateway.directory`. */
  directory: PlayerDirectory;
  /** Where a segment's messages go. */
  messages: MessageStore;
  /** Customer key of copy, results, runs, queues and logs. @default a key of its own */
  key?: { readonly arn: pulumi.Output<string> };
  /**
   * Whether this stack owns the resource policy of the account's Glue catalog, of which there is one per account and
   * Region. Without an owner the zero-ETL integration cannot start: another owner must then hold `catalogStatements`.
   * @default false
   */
  manageCatalogPolicy?: boolean;
  /** Minutes between two refreshes of the analytics copy, 15 to 8,640. @default 60 */
  refreshMinutes?: number;
  /** Seconds; a run on older data is refused. @default 24 hours */
  maxDataAgeSeconds?: number;
  /** Bytes that one query may scan, at least 10 MB: Athena cancels it there. @default 10 GB */
  maxScannedBytes?: number;
  /** Functions that enqueue at once, 2 to 1,000. @default 5 */
  enqueueConcurrency?: number;
  /** Keep tables and buckets when they are deleted by mistake. @default true */
  protect?: boolean;
  /** Which alarms there are, and whom they notify. @default all alarms, notifying nobody */
  monitoring?: MonitoringArgs;
  /** Changes the arguments of a child. */
  transform?: { runs?: Transform<aws.dynamodb.TableArgs> };
}

/** Seconds that the readers of the two queues may take. */
const TIMEOUT = 60;

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
export class SegmentPipeline<A extends Attributes = Attributes> extends pulumi.ComponentResource {
  /** One item per run: `RUN#<id>`. */
  readonly runs: aws.dynamodb.Table;
  /** The zero-ETL integration and what it writes. */
  readonly copy: AnalyticsCopy;
  /** The workgroup and the bucket of its results. */
  readonly queries: QueryEngine;
  /** Starts a run: `{ segment, runId? }`. For operators, schedules and other programs. */
  readonly startFunction: LambdaFunction;
  private readonly definitions: LateList<CheckedDefinition>;
  private readonly runQueue: DeadLetteredQueue;
  private readonly partQueue: DeadLetteredQueue;
  private readonly key: { readonly arn: pulumi.Output<string> };
  private readonly advance: LambdaFunction;
  private readonly enqueue: LambdaFunction;
  /** Names of the queues of what a rule or schedule could not deliver, by what they are for. */
  private readonly undelivered: Record<string, pulumi.Output<string>> = {};

  constructor(
    private readonly componentName: string,
    private readonly args: SegmentPipelineArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super("games-messaging:segment-pipeline:SegmentPipeline", checkedName(componentName), {}, options);
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
    this.runQueue = new DeadLetteredQueue(
      `${name}-runs`,
      {
        key: this.key,
        visibilityTimeoutSeconds: 6 * TIMEOUT,
        maxReceiveCount: 10,
        senders: [{ service: "events.amazonaws.com", arn: rule.arn }],
      },
      { parent: this },
    );
    const unheard = rule.deliverTo(this.runQueue, this.key).name;
    this.undelivered["query ended"] = unheard;
    this.partQueue = new DeadLetteredQueue(
      `${name}-parts`,
      { key: this.key, visibilityTimeoutSeconds: 6 * TIMEOUT, maxReceiveCount: 5 },
      { parent: this },
    );
    this.startFunction = this.createStart();
    this.advance = this.createAdvance();
    this.enqueue = this.createEnqueue();
    queueMapping(`${name}-advance-mapping`, { queue: this.runQueue, fn: this.advance, batchSize: 5 }, this);
    // One part an invocation: a part is a few seconds of work, and a part that fails must not repeat its neighbours.
    queueMapping(
      `${name}-enqueue-mapping`,
      {
        queue: this.partQueue,
        fn: this.enqueue,
        batchSize: 1,
        maximumConcurrency: args.enqueueConcurrency ?? DEFAULTS.enqueueConcurrency,
      },
      this,
    );
    createAlarms(this, name, alarmsOf(this.watched(), unheard), args.monitoring);
    this.registerOutputs({ runs: this.runs.name, workgroup: this.queries.workgroup.name });
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
    if (definition.schedule !== undefined) {
      const undelivered = scheduleRun(this, `${this.componentName}-${name}-schedule`, {
        segment: name,
        description: definition.description,
        expression: definition.schedule,
        timeZone: definition.scheduleTimeZone ?? "UTC",
        fn: this.startFunction,
        key: this.key,
      });
      const alarm = givenUpAlarm(
        `${name}-schedule-dlq`,
        undelivered.name,
        `A scheduled run of the segment "${name}" was not started: see why, redrive.`,
      );
      createAlarms(this, this.componentName, [alarm], this.args.monitoring);
      this.undelivered[`schedule of ${name}`] = undelivered.name;
    }
  }

  /** What a function needs in order to start runs. */
  startStatements(): Statement[] {
    return [{ Sid: "StartSegmentRuns", Action: "lambda:InvokeFunction", Resource: this.startFunction.arn }];
  }

  /** This component's part of a dashboard. */
  widgets(): Widget[] {
    return widgetsOf(this.watched());
  }

  private watched(): Watched {
    const { startFunction: start, advance, enqueue, runQueue: runs, partQueue: parts, undelivered } = this;
    return { start, advance, enqueue, runs, parts, undelivered, workgroup: this.queries.workgroup.name };
  }

  private createStart(): LambdaFunction {
    const settings = { runs: this.runs.name, queueUrl: this.runQueue.url };
    const handler = this.definitions.all.then((all): HandlerFactory<StartRunEvent, StartRunAnswer> =>
      startHandler({ ...settings, segments: all.map((definition) => definition.name) }),
    );
    return new LambdaFunction(
      `${this.componentName}-start`,
      {
        description: "Starts a run of a segment, once per run id.",
        key: this.key,
        handler,
        statements: [
          { Sid: "Runs", Action: ["dynamodb:PutItem", "dynamodb:GetItem"], Resource: this.runs.arn },
          { Sid: "Wake", Action: "sqs:SendMessage", Resource: this.runQueue.arn },
          { Sid: "Key", Action: TABLE_KEY_ACTIONS.write, Resource: this.key.arn },
        ],
      },
      { parent: this },
    );
  }

  private createAdvance(): LambdaFunction {
    const settings = {
      runs: this.runs.name,
      runQueueUrl: this.runQueue.url,
      partQueueUrl: this.partQueue.url,
      workgroup: this.queries.workgroup.name,
      database: this.copy.database.name,
      table: this.copy.table,
    };
    const { accountId } = aws.getCallerIdentityOutput({}, { parent: this });
    const { region } = aws.getRegionOutput({}, { parent: this });
    return new LambdaFunction(
      `${this.componentName}-advance`,
      {
        description: "Takes a segment run one step further: checks, query, hand-over of its result.",
        key: this.key,
        timeout: TIMEOUT,
        handler: this.definitions.all.then((definitions) => advanceHandler({ ...settings, definitions })),
        statements: [
          {
            Sid: "Runs",
            Action: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
            Resource: this.runs.arn,
          },
          ...this.queries.runStatements(),
          ...this.copy.readStatements(region, accountId),
          { Sid: "Wake", Action: "sqs:SendMessage", Resource: [this.runQueue.arn, this.partQueue.arn] },
          // Runs table, results and queues; reading them is in it.
          { Sid: "Key", Action: TABLE_KEY_ACTIONS.write, Resource: this.key.arn },
          ...consume(this.runQueue),
        ],
      },
      { parent: this },
    );
  }

  private createEnqueue(): LambdaFunction {
    const settings = { runs: this.runs.name, partQueueUrl: this.partQueue.url };
    const { enqueueMany } = this.args.messages.client();
    return new LambdaFunction(
      `${this.componentName}-enqueue`,
      {
        description: "Reads one part of a segment's result and enqueues one message per player.",
        key: this.key,
        timeout: TIMEOUT,
        memorySize: 512,
        handler: this.definitions.all.then((definitions) => enqueueHandler({ ...settings, definitions, enqueueMany })),
        statements: [
          { Sid: "Runs", Action: ["dynamodb:GetItem", "dynamodb:UpdateItem"], Resource: this.runs.arn },
          { Sid: "Key", Action: TABLE_KEY_ACTIONS.write, Resource: this.key.arn },
          ...this.queries.resultStatements(),
          { Sid: "HandOut", Action: "sqs:SendMessage", Resource: this.partQueue.arn },
          ...consume(this.partQueue),
        ],
      },
      { parent: this },
    );
  }
}

/** Without the key's statement where another of the same function covers it. */
function consume(queue: DeadLetteredQueue): Statement[] {
  return queue.consumeStatements().filter((statement) => statement.Sid !== "ReadQueueKey");
}
