import type { Clock } from "../../../clock";
import type { StreamsPort } from "../../../ports";
import { AwsError } from "../../../aws-error";
import { noTable } from "../errors";
import { limits } from "../limits";
import { capture, reinstate, type Snapshot } from "./snapshot";
import { Stream, type StreamViewType } from "./stream";
import type { Table } from "./table";
import { TimeToLive, type Schedule } from "./time-to-live";

export interface DatabaseOptions {
  readonly clock: Clock;
  readonly region: string;
  /** Called after items of a table were deleted because they had expired. */
  readonly onExpired?: (tableArn: string, items: number) => void;
}

/** What a ClientRequestToken has already done. */
export interface Remembered {
  readonly payload: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** All tables and streams: the engine. It knows neither HTTP nor Pulumi nor IAM. */
export class Database implements StreamsPort {
  readonly tables = new Map<string, Table>();
  readonly streams = new Map<string, Stream>();
  readonly tokens = new Map<string, Remembered>();
  readonly clock: Clock;
  readonly region: string;
  private readonly onExpired: (tableArn: string, items: number) => void;
  private readonly listeners = new Map<string, Set<() => void>>();
  private readonly changed = new Set<Stream>();

  constructor(options: DatabaseOptions) {
    this.clock = options.clock;
    this.region = options.region;
    this.onExpired = options.onExpired ?? (() => undefined);
  }

  /** A table for operations on items; `nameOrArn` as TableName allows. */
  active(nameOrArn: string): Table {
    const table = this.find(nameOrArn);
    if (!table || table.status === "CREATING" || table.status === "DELETING") throw noTable();
    return table;
  }

  find(nameOrArn: string): Table | undefined {
    return this.tables.get(tableNameOf(nameOrArn));
  }

  /** Tells readers of streams; called once after each operation that wrote, when all its records are there. */
  wrote(table: Table): void {
    if (table.stream && this.listeners.has(table.stream.arn)) this.changed.add(table.stream);
  }

  /** Calls the listeners of all streams that have new records. */
  announce(): void {
    for (const stream of this.changed) {
      this.changed.delete(stream);
      for (const listener of [...(this.listeners.get(stream.arn) ?? [])]) listener();
    }
  }

  enableStream(table: Table, viewType: StreamViewType): Stream {
    let time = this.clock.now();
    const arnAt = (ms: number): string => `${table.definition.arn}/stream/${labelOf(ms)}`;
    while (this.streams.has(arnAt(time))) time++;
    const stream = new Stream(arnAt(time), labelOf(time), viewType, time, this.region, table.keys, table.name);
    this.streams.set(stream.arn, stream);
    table.stream = stream;
    return stream;
  }

  disableStream(table: Table): void {
    if (table.stream) table.stream.disabledAt = this.clock.now();
    table.stream = undefined;
  }

  /** @param schedule what waits already, when the table comes back from a snapshot. */
  setTimeToLive(table: Table, attribute: string | undefined, schedule?: Schedule): void {
    table.timeToLive?.stop();
    table.timeToLive = undefined;
    const { timeToLive: _, ...definition } = table.definition;
    table.definition = attribute === undefined ? definition : { ...definition, timeToLive: attribute };
    if (attribute === undefined) return;
    const timeToLive = new TimeToLive(attribute, this.clock, (keys) => this.expire(table, keys), schedule);
    table.timeToLive = timeToLive;
    if (schedule) return;
    for (const [key, row] of table.rows.entries()) timeToLive.follow(key, undefined, row.item);
  }

  /** Takes the table and its expiry away; its stream stays readable for a day. */
  drop(table: Table): void {
    table.timeToLive?.stop();
    this.disableStream(table);
    this.tables.delete(table.name);
  }

  /** Streams that still can be read, oldest first. */
  readableStreams(): readonly Stream[] {
    const horizon = this.clock.now() - limits.streamRetentionMs;
    for (const stream of this.streams.values()) {
      if (stream.disabledAt !== undefined && stream.disabledAt < horizon) this.streams.delete(stream.arn);
    }
    return [...this.streams.values()];
  }

  stream(arn: string): Stream {
    const stream = this.streams.get(arn);
    if (!stream) {
      throw new AwsError("ResourceNotFoundException", `Requested resource not found: Stream: ${arn} not found`);
    }
    return stream;
  }

  read(streamArn: string, after: string | undefined, limit: number): ReturnType<StreamsPort["read"]> {
    return this.stream(streamArn).read(after, limit, this.clock.now());
  }

  latest(streamArn: string): string | undefined {
    return this.stream(streamArn).latest();
  }

  onAppend(streamArn: string, listener: () => void): () => void {
    const listeners = this.listeners.get(streamArn) ?? new Set();
    this.listeners.set(streamArn, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.listeners.delete(streamArn);
    };
  }

  /** The whole state, at the cost of a few objects per table: rows are shared until one side changes. */
  snapshot(): Snapshot {
    return capture(this);
  }

  /** Goes back to a snapshot, any number of times. Tables that were about to become active are so at once. */
  restore(snapshot: Snapshot): void {
    reinstate(this, snapshot);
  }

  close(): void {
    for (const table of this.tables.values()) table.timeToLive?.stop();
    this.listeners.clear();
  }

  private expire(table: Table, keys: readonly string[]): void {
    let items = 0;
    for (const key of keys) {
      const row = table.rows.get(key);
      if (!row || !table.timeToLive?.isDue(row.item)) continue;
      table.write(key, row, undefined, this.clock.now(), true);
      items++;
    }
    if (items === 0) return;
    this.wrote(table);
    this.announce();
    this.onExpired(table.definition.arn, items);
  }
}

/** `T` from `T` or `arn:aws:dynamodb:us-east-1:123456789012:table/T`. */
export function tableNameOf(nameOrArn: string): string {
  return nameOrArn.startsWith("arn:") ? (nameOrArn.split("/")[1] ?? nameOrArn) : nameOrArn;
}

function labelOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, -1);
}
