import { AwsError } from "../../aws-error";
import type { LambdaEngine } from "./engine";
import { checkMapping, checkStream, sourceKind } from "./mapping-checks";
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
    await checkMapping(this.engine, settings);
    checkStream(this.engine, settings.eventSourceArn);
    for (const other of this.all.values()) {
      const same =
        other.settings.eventSourceArn === settings.eventSourceArn &&
        other.settings.functionName === settings.functionName;
      if (!same) continue;
      throw new AwsError("ResourceConflictException", alreadyMapped(settings, other.uuid), 409);
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
    await checkMapping(this.engine, settings);
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
    this.engine.tags.delete(this.arnOf(uuid));
    this.all.delete(uuid);
    return mapping;
  }

  arnOf(uuid: string): string {
    return this.engine.cloud.arn("lambda", `event-source-mapping:${uuid}`);
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
}

/** AWS has other words for queues than for streams. */
function alreadyMapped({ eventSourceArn, functionName }: MappingSettings, uuid: string): string {
  const remedy = `Please update or delete the existing mapping with UUID ${uuid}`;
  return sourceKind(eventSourceArn) === "SQS"
    ? `An event source mapping with SQS arn (" ${eventSourceArn} ") and function (" ${functionName} ") already exists. ${remedy}`
    : `The event source arn (" ${eventSourceArn} ") and function (" ${functionName} ") provided mapping already exists. ${remedy}`;
}
