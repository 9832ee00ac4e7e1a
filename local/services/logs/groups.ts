import { AwsError } from "../../aws-error";
import type { Cloud } from "../../cloud";
import type { Principal } from "../../principal";
import type { Json } from "../../service";
import { statementsIn, type PolicyDocument } from "../iam/policy-document";
import { keyArnOf } from "../kms";
import { broken, checkName, checkNameLength, limitExceeded } from "./checks";
import type { LineFilter } from "./filter-pattern";

export interface LogEvent {
  readonly id: string;
  readonly stream: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly ingestionTime: number;
  readonly message: string;
}

export interface LogStream {
  readonly name: string;
  readonly created: number;
  /** Timestamps of the oldest and of the newest event, and when the last one came. */
  first?: number;
  last?: number;
  ingested?: number;
}

export interface MetricFilter {
  readonly name: string;
  readonly pattern: string;
  readonly created: number;
  readonly matches: LineFilter;
  readonly transformations: readonly MetricTransformation[];
}

export interface MetricTransformation {
  readonly metricName: string;
  readonly metricNamespace: string;
  /** A number, or a selector such as `$.ms`. */
  readonly metricValue: string;
  readonly defaultValue?: number;
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly unit?: string;
}

export interface ResourcePolicy {
  readonly document: PolicyDocument;
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly updated: number;
}

export interface LogGroup {
  readonly name: string;
  readonly arn: string;
  readonly created: number;
  retentionInDays?: number;
  kmsKeyArn?: string;
  tags: Record<string, string>;
  readonly streams: Map<string, LogStream>;
  readonly filters: Map<string, MetricFilter>;
  /** In the order of arrival. */
  events: LogEvent[];
  bytes: number;
}

const retentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Resource policies of an account in a Region (CloudWatch Logs quotas). */
const MAX_POLICIES = 10;

/** Log groups and what they need to exist: a name, a retention that AWS knows, a key that admits the service. */
export class GroupStore {
  readonly groups = new Map<string, LogGroup>();
  private readonly policies = new Map<string, ResourcePolicy>();

  constructor(private readonly cloud: Cloud) {}

  get(name: string): LogGroup {
    checkNameLength(name);
    const group = this.groups.get(name);
    if (!group) throw new AwsError("ResourceNotFoundException", "The specified log group does not exist.", 400);
    return group;
  }

  create(
    name: string,
    options: { kmsKeyId?: string; retentionInDays?: number; tags?: Readonly<Record<string, string>> } = {},
  ): LogGroup {
    checkNameLength(name);
    checkName("logGroupName", name, 512, /^[.\-_/#A-Za-z0-9]+$/, "[\\.\\-_/#A-Za-z0-9]+");
    if (this.groups.has(name))
      throw new AwsError("ResourceAlreadyExistsException", "The specified log group already exists", 400);
    const arn = this.cloud.arn("logs", `log-group:${name}`);
    const kmsKeyArn = options.kmsKeyId === undefined ? undefined : this.checkKey(arn, options.kmsKeyId);
    const group: LogGroup = {
      name,
      arn,
      created: this.cloud.clock.now(),
      tags: { ...options.tags },
      streams: new Map(),
      filters: new Map(),
      events: [],
      bytes: 0,
    };
    if (kmsKeyArn !== undefined) group.kmsKeyArn = kmsKeyArn;
    if (options.retentionInDays !== undefined && options.retentionInDays !== 0)
      this.setRetention(group, options.retentionInDays);
    this.groups.set(name, group);
    return group;
  }

  setRetention(group: LogGroup, days: number | undefined): void {
    if (days === undefined) delete group.retentionInDays;
    else if (retentions.includes(days)) group.retentionInDays = days;
    else throw broken("retentionInDays", days, `Member must satisfy enum value set: [${retentions.join(", ")}]`);
  }

  /** The key's policy must let the Logs service use it for this group, or the group is refused. */
  checkKey(groupArn: string, keyId: string): string {
    const refusal = new AwsError(
      "InvalidParameterException",
      `The specified KMS key does not exist or is not allowed to be used with Arn '${groupArn}'`,
      400,
    );
    const keyArn = keyId.startsWith("arn:") ? keyArnOf(this.cloud, keyId) : undefined;
    if (keyArn === undefined) throw refusal;
    const logs: Principal = {
      type: "service",
      service: `logs.${this.cloud.region}.amazonaws.com`,
      sourceArn: groupArn,
    };
    const context = { "kms:EncryptionContext:aws:logs:arn": groupArn, "kms:EncryptionContextKeys": ["aws:logs:arn"] };
    for (const action of [
      "kms:Encrypt",
      "kms:Decrypt",
      "kms:ReEncryptFrom",
      "kms:ReEncryptTo",
      "kms:GenerateDataKey",
      "kms:DescribeKey",
    ]) {
      if (!this.cloud.ports.iam.evaluate(logs, { action, resource: keyArn, context }).allowed) throw refusal;
    }
    return keyArn;
  }

  createStream(group: LogGroup, name: string): LogStream {
    checkNameLength(name);
    checkName("logStreamName", name, 512, /^[^:*]*$/, "[^:*]*");
    if (group.streams.has(name))
      throw new AwsError("ResourceAlreadyExistsException", "The specified log stream already exists", 400);
    const stream: LogStream = { name, created: this.cloud.clock.now() };
    group.streams.set(name, stream);
    return stream;
  }

  /** Adds a metric filter, or changes one, which keeps the time of its making. */
  setFilter(group: LogGroup, filter: Omit<MetricFilter, "created">): void {
    const created = group.filters.get(filter.name)?.created ?? this.cloud.clock.now();
    group.filters.set(filter.name, { ...filter, created });
  }

  /** ARN under which IAM finds all resource policies of the account's log groups as one document. */
  get policyArn(): string {
    return this.cloud.arn("logs", "resource-policies");
  }

  get resourcePolicies(): ReadonlyMap<string, ResourcePolicy> {
    return this.policies;
  }

  /** @param text the policy as it was given, to be shown so. */
  setResourcePolicy(name: string, document: PolicyDocument | undefined, text = JSON.stringify(document)): void {
    if (document && !this.policies.has(name) && this.policies.size >= MAX_POLICIES) throw limitExceeded();
    if (document) this.policies.set(name, { document, text, updated: this.cloud.clock.now() });
    else this.policies.delete(name);
    const merged: Json = {
      Version: "2012-10-17",
      Statement: [...this.policies.values()].flatMap((policy) => statementsIn(policy.document)),
    };
    this.cloud.resourcePolicies.set(this.policyArn, merged);
  }
}
