/**
 * What services offer each other inside the cloud beside their API operations. The owner sets its port when it is made;
 * whoever needs it asks `cloud.ports` when it acts, never in a constructor.
 */
import type { AccessRequest, Json } from "./service";
import type { Principal } from "./principal";

export interface Ports {
  iam: IamPort;
  streams: StreamsPort;
  queues: QueuesPort;
  functions: FunctionsPort;
  logs: LogsPort;
  metrics: MetricsPort;
  events: EventsPort;
  objects: ObjectsPort;
  tables: TablesPort;
}

/** Owned by `iam`. */
export interface IamPort {
  /** Decides one request; a denial says why, in AWS's words. */
  evaluate(principal: Principal, request: AccessRequest): Decision;
  /** Issues temporary credentials for a role (no check of the trust policy: the caller did it). */
  issue(roleArn: string, sessionName: string, environmentId?: string): Credentials;
  /** Ends credentials, e.g. of an environment that died. */
  revoke(accessKeyId: string): void;
  /** The secret key and the principal behind an access key id; undefined if unknown. */
  lookUp(
    accessKeyId: string,
  ): { readonly secretAccessKey: string; readonly sessionToken?: string; readonly principal: Principal } | undefined;
  /** Whether the role's trust policy lets this principal assume it. */
  trusts(roleArn: string, principal: Principal): boolean;
}

export interface Decision {
  readonly allowed: boolean;
  /** e.g. `because no identity-based policy allows the dynamodb:PutItem action`. */
  readonly reason: string;
  /** The statements that allowed it, or the one that denied it; none when nothing spoke of it, and for the operator. */
  readonly statements?: readonly StatementId[];
}

/** Where a statement stands. */
export interface StatementId {
  /** `role`: a policy of a role; `trust`: its trust policy; `resource`: a policy that a resource carries. */
  readonly kind: "role" | "trust" | "resource";
  /** ARN of the role, or of the resource. */
  readonly owner: string;
  /** Of a role's policies: the inline one's name, or the attached one's ARN. */
  readonly policy?: string;
  /** Position within the policy. */
  readonly position: number;
  readonly sid?: string;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** A DynamoDB stream, one shard, in order. Owned by `dynamodb`. */
export interface StreamsPort {
  /** Records after `sequenceNumber` (all kept ones without it), at most `limit`, those older than 24 h gone. */
  read(streamArn: string, after: string | undefined, limit: number): readonly StreamRecord[];
  /** Sequence number of the newest record, for a reader that starts at LATEST. */
  latest(streamArn: string): string | undefined;
  /** Calls back after each append; returns how to stop. */
  onAppend(streamArn: string, listener: () => void): () => void;
}

/** A stream record in the shape that Lambda hands to functions. */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: "INSERT" | "MODIFY" | "REMOVE";
  readonly eventVersion: string;
  readonly eventSource: "aws:dynamodb";
  readonly awsRegion: string;
  readonly eventSourceARN: string;
  readonly userIdentity?: { readonly type: "Service"; readonly principalId: "dynamodb.amazonaws.com" };
  readonly dynamodb: {
    /** Seconds since the epoch. */
    readonly ApproximateCreationDateTime: number;
    readonly Keys: Json;
    readonly NewImage?: Json;
    readonly OldImage?: Json;
    /** Up to 21 digits, rising. */
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: string;
  };
}

/** Owned by `sqs`. Messages themselves are received through the API, with the caller's rights. */
export interface QueuesPort {
  /** Calls back whenever a message of the queue becomes visible; returns how to stop. */
  onVisible(queueArn: string, listener: () => void): () => void;
  /** Messages that could be received now. */
  visible(queueArn: string): number;
  urlOf(queueArn: string): string;
}

/** Owned by `lambda`. */
export interface FunctionsPort {
  /** Kills a function environment, as a crash does: its invocation ends with an error. */
  crash(environmentId: string): void;
  /** The trace event of the invocation that the environment is running. */
  causeOf(environmentId: string): number | undefined;
  /** A call of the environment goes on only when time does; returns what ends that. */
  waits(environmentId: string): () => void;
}

/** Owned by `logs`. */
export interface LogsPort {
  /** Writes lines as `principal`; silently drops them, with a `denied` trace event, if the principal may not. */
  write(principal: Principal, group: string, stream: string, lines: readonly string[]): void;
}

/** Owned by `cloudwatch`. */
export interface MetricsPort {
  /** Adds one datum of a service's own metric (no right needed), e.g. `AWS/SQS` `NumberOfMessagesSent`. */
  put(
    namespace: string,
    name: string,
    dimensions: Readonly<Record<string, string>>,
    value: number,
    unit?: string,
  ): void;
  /** Registers a gauge (queue depth, age of the oldest message) that alarms and GetMetricData read when they need it. */
  gauge(namespace: string, name: string, dimensions: Readonly<Record<string, string>>, read: () => number): void;
}

/** Owned by `events`. */
export interface EventsPort {
  /** An event that an AWS service puts on the default bus. */
  emit(event: {
    readonly source: string;
    readonly detailType: string;
    readonly resources?: readonly string[];
    readonly detail: Json;
  }): void;
}

/** Owned by `s3`: objects are plain files. */
export interface ObjectsPort {
  /** Folder on disk that holds the bucket's objects, keys as relative paths. */
  folder(bucket: string): string;
  /** Writes an object without an API call, for services that act inside S3 (Athena's results, zero-ETL's files). */
  put(bucket: string, key: string, body: Buffer | string): Promise<void>;
  /** Registers a file already written below `folder(bucket)` as an object. */
  adopt(bucket: string, key: string): Promise<void>;
  get(bucket: string, key: string): Promise<Buffer>;
  list(bucket: string, prefix: string): Promise<readonly { readonly key: string; readonly size: number }[]>;
  remove(bucket: string, key: string): Promise<void>;
}

/** Owned by `dynamodb`. */
export interface TablesPort {
  /** All items of a table (attribute-value JSON), in key order, as an export at this moment sees them. */
  items(tableArn: string): Iterable<Json>;
  /** The table's description in the API's shape. */
  describe(tableArn: string): Json;
}
