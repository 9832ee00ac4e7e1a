import { AwsError } from "../../aws-error";
import type { LambdaEngine } from "./engine";
import { compileFilters } from "./filter";
import type { Mapping, MappingSettings, Poller } from "./mapping";
import { QueuePoller } from "./queue-poller";
import { StreamPoller } from "./stream-poller";

/** Event source mappings that exist. */
export class Mappings {
  readonly all = new Map<string, Mapping>();

  constructor(private readonly engine: LambdaEngine) {}

  /** @throws AwsError ResourceNotFoundException */
  find(uuid: string): Mapping {
    const mapping = this.all.get(uuid);
    if (mapping) return mapping;
    throw new AwsError("ResourceNotFoundException", "The resource you requested does not exist.", 404);
  }

  /** @throws AwsError InvalidParameterValueException, ResourceNotFoundException, ResourceConflictException */
  async create(settings: MappingSettings): Promise<Mapping> {
    await this.check(settings);
    for (const other of this.all.values()) {
      const same =
        other.settings.eventSourceArn === settings.eventSourceArn &&
        other.settings.functionName === settings.functionName;
      if (!same) continue;
      throw new AwsError(
        "ResourceConflictException",
        `An event source mapping with ${sourceKind(settings.eventSourceArn)} arn (" ${settings.eventSourceArn} ") and function ` +
          `(" ${settings.functionName} ") already exists. Please update or delete the existing mapping with UUID ${other.uuid}`,
        409,
      );
    }
    const uuid = this.engine.cloud.uuid();
    const mapping: Mapping = {
      uuid,
      settings,
      lastModified: this.engine.cloud.clock.now(),
      lastProcessingResult: "No records processed",
      poller: this.pollerFor(uuid, settings),
    };
    this.all.set(uuid, mapping);
    if (settings.enabled) mapping.poller.start();
    return mapping;
  }

  /** Enables or disables; other changes need a new poller, which starts where the old one would have started. */
  async update(uuid: string, settings: MappingSettings): Promise<Mapping> {
    const before = this.find(uuid);
    await this.check(settings);
    before.poller.stop();
    const onlySwitched = JSON.stringify({ ...before.settings, enabled: settings.enabled }) === JSON.stringify(settings);
    const mapping: Mapping = {
      ...before,
      settings,
      lastModified: this.engine.cloud.clock.now(),
      poller: onlySwitched ? before.poller : this.pollerFor(uuid, settings, before.poller),
    };
    this.all.set(uuid, mapping);
    if (settings.enabled) mapping.poller.start();
    return mapping;
  }

  remove(uuid: string): Mapping {
    const mapping = this.find(uuid);
    mapping.poller.stop();
    this.all.delete(uuid);
    return mapping;
  }

  close(): void {
    for (const mapping of this.all.values()) mapping.poller.stop();
  }

  private pollerFor(uuid: string, settings: MappingSettings, before?: Poller): Poller {
    const report = (result: string): void => {
      const mapping = this.all.get(uuid);
      if (mapping) mapping.lastProcessingResult = result;
    };
    if (sourceKind(settings.eventSourceArn) === "SQS") return new QueuePoller(this.engine, uuid, settings, report);
    const after = before instanceof StreamPoller ? before.checkpoint : undefined;
    return new StreamPoller(this.engine, uuid, settings, report, after);
  }

  private async check(settings: MappingSettings): Promise<void> {
    const fn = this.engine.find(settings.functionName);
    compileFilters(settings.filters);
    if (settings.filters.length > 10) throw invalid("The number of filters exceeds the limit of 10.");
    const queue = sourceKind(settings.eventSourceArn) === "SQS";
    const { maximumConcurrency: maximum } = settings;
    if (maximum !== undefined && (maximum < 2 || maximum > 1_000)) {
      throw invalid("MaximumConcurrency must be between 2 and 1000.");
    }
    if (settings.batchSize < 1 || settings.batchSize > 10_000) throw invalid("Batch size must be between 1 and 10000.");
    if (queue && settings.batchSize > 10 && settings.maximumBatchingWindowInSeconds < 1) {
      throw invalid(
        "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10 for SQS event source mappings.",
      );
    }
    if (settings.parallelizationFactor < 1 || settings.parallelizationFactor > 10) {
      throw invalid("ParallelizationFactor must be between 1 and 10.");
    }
    if (queue) await this.checkVisibility(settings, fn.settings.timeout);
  }

  /** A function that may run longer than its messages stay hidden would see them twice. */
  private async checkVisibility(settings: MappingSettings, timeout: number): Promise<void> {
    const { cloud } = this.engine;
    const input = {
      QueueUrl: cloud.ports.queues.urlOf(settings.eventSourceArn),
      AttributeNames: ["VisibilityTimeout"],
    };
    const answer = await cloud.call<{ Attributes?: Readonly<Record<string, string>> }>(
      "sqs",
      "GetQueueAttributes",
      input,
      cloud.operator,
    );
    const seconds = Number(answer.Attributes?.["VisibilityTimeout"]);
    if (!(seconds < timeout)) return;
    throw invalid(`Queue visibility timeout: ${seconds} seconds is less than Function timeout: ${timeout} seconds`);
  }
}

function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterValueException", message, 400);
}

/** @throws AwsError InvalidParameterValueException for a source that is not played. */
export function sourceKind(arn: string): "DynamoDB" | "SQS" {
  const service = arn.split(":")[2];
  if (service === "dynamodb") return "DynamoDB";
  if (service === "sqs") return "SQS";
  throw invalid(`Unrecognized event source: ${arn}. The local cloud plays DynamoDB streams and SQS queues.`);
}
