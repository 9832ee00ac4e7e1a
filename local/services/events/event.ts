import type { Cloud } from "../../cloud";
import type { Json } from "../../service";

/** An event as rules match it and targets get it. */
export interface BusEvent {
  readonly version: "0";
  readonly id: string;
  readonly "detail-type": string;
  readonly source: string;
  readonly account: string;
  /** To the second: `2026-01-01T00:00:00Z`. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Json;
}

export interface NewEvent {
  readonly source: string;
  readonly detailType: string;
  readonly detail: Json;
  readonly resources?: readonly string[];
  /** Milliseconds since the epoch. @default now */
  readonly time?: number;
}

export function makeEvent(cloud: Cloud, event: NewEvent): BusEvent {
  return {
    version: "0",
    id: cloud.uuid(),
    "detail-type": event.detailType,
    source: event.source,
    account: cloud.accountId,
    time: `${new Date(event.time ?? cloud.clock.now()).toISOString().slice(0, 19)}Z`,
    region: cloud.region,
    resources: event.resources ?? [],
    detail: event.detail,
  };
}

/** A JSON object from text; undefined where the text is none. */
export function parseObject(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}
