import type { AccessRequest, CallContext, Operation } from "../../../service";
import type { EventBuses } from "../engine";
import { invalid } from "../errors";
import { parseObject } from "../event";

interface Entry {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly Resources?: readonly string[];
  /** Epoch seconds. */
  readonly Time?: number;
  readonly EventBusName?: string;
  readonly TraceHeader?: string;
}

interface Failure {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

/** All entries of a call together (API reference of PutEvents: 1 MB since January 2026). */
const MAX_BYTES = 1_048_576;
const MAX_ENTRIES = 10;
/** Each 64 KB is one event (EventBridge pricing). */
const CHUNK = 65_536;

export const putEvents = (buses: EventBuses): Operation<{ readonly Entries?: readonly Entry[] }> => ({
  authorize: ({ Entries = [] }) => access(buses, Entries),
  answer: ({ Entries = [] }, context) => {
    if (Entries.length < 1 || Entries.length > MAX_ENTRIES) {
      const bound = Entries.length < 1 ? "greater than or equal to 1" : `less than or equal to ${MAX_ENTRIES}`;
      const shown = Entries.map(shownEntry).join(", ");
      throw invalid(
        `1 validation error detected: Value '[${shown}]' at 'entries' failed to satisfy constraint: Member must have length ${bound}`,
      );
    }
    const total = Entries.reduce((sum, entry) => sum + bytesOf(entry), 0);
    if (total > MAX_BYTES) throw invalid(`Total size of the entries in the request is over the limit.`);
    const results = Entries.map((entry) => put(buses, entry, context));
    return { FailedEntryCount: results.filter((result) => "ErrorCode" in result).length, Entries: results };
  },
});

function access(buses: EventBuses, entries: readonly Entry[]): readonly AccessRequest[] {
  const requests = new Map<string, AccessRequest>();
  for (const { EventBusName, Source, DetailType } of entries) {
    const resource = buses.busArn(EventBusName);
    const context = {
      ...(Source === undefined ? {} : { "events:source": Source }),
      ...(DetailType === undefined ? {} : { "events:detail-type": DetailType }),
    };
    requests.set(JSON.stringify([resource, context]), { action: "events:PutEvents", resource, context });
  }
  return [...requests.values()];
}

function put(buses: EventBuses, entry: Entry, context: CallContext): { readonly EventId: string } | Failure {
  const missing = (["Source", "DetailType", "Detail"] as const).find((name) => !entry[name]);
  if (missing)
    return {
      ErrorCode: "InvalidArgument",
      ErrorMessage: `Parameter ${missing} is not valid. Reason: ${missing} is a required argument.`,
    };
  if (entry.Source!.startsWith("aws.")) {
    return { ErrorCode: "NotAuthorizedForSourceException", ErrorMessage: "Not authorized for the source." };
  }
  const detail = parseObject(entry.Detail!);
  if (!detail) return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
  context.use("eventbridge.customEvent", Math.max(1, Math.ceil(bytesOf(entry) / CHUNK)));
  const event = buses.put(entry.EventBusName, {
    source: entry.Source!,
    detailType: entry.DetailType!,
    detail,
    ...(entry.Resources === undefined ? {} : { resources: entry.Resources }),
    ...(entry.Time === undefined ? {} : { time: Number(entry.Time) * 1000 }),
  });
  return { EventId: event.id };
}

/** As AWS counts: 14 bytes for a time, and the texts (EventBridge user guide, "Calculating event entry size"). */
function bytesOf(entry: Entry): number {
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])];
  return (entry.Time === undefined ? 0 : 14) + texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ""), 0);
}

/** An entry as AWS's refusals print it. */
function shownEntry(entry: Entry): string {
  const time = entry.Time === undefined ? null : new Date(Number(entry.Time) * 1000).toISOString();
  const members = {
    time,
    source: entry.Source,
    resources: entry.Resources && `[${entry.Resources.join(", ")}]`,
    detailType: entry.DetailType,
    detail: entry.Detail,
    eventBusName: entry.EventBusName,
    traceHeader: entry.TraceHeader,
    kmsKeyIdentifier: null,
    internalMetadata: null,
  };
  const shown = Object.entries(members).map(([name, value]) => `${name}=${value ?? "null"}`);
  return `PutEventsRequestEntry(${shown.join(", ")})`;
}
