import type { Json } from "../../service";

/** An event source mapping as declared, with AWS's defaults. https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html */
export interface MappingSettings {
  readonly eventSourceArn: string;
  readonly functionName: string;
  readonly enabled: boolean;
  /** Records of a batch. @default 100 for streams, 10 for queues */
  readonly batchSize: number;
  /** Seconds, 0 to 300. @default 0 */
  readonly maximumBatchingWindowInSeconds: number;
  /** Streams: batches of one shard at a time, 1 to 10. @default 1 */
  readonly parallelizationFactor: number;
  readonly startingPosition: "TRIM_HORIZON" | "LATEST";
  /** Texts of the patterns, OR-ed. */
  readonly filters: readonly string[];
  readonly reportsBatchItemFailures: boolean;
  readonly bisectBatchOnFunctionError: boolean;
  /** -1 is unlimited. @default -1 */
  readonly maximumRetryAttempts: number;
  /** Seconds; -1 is unlimited. @default -1 */
  readonly maximumRecordAgeInSeconds: number;
  readonly onFailure: string | undefined;
  /** Seconds, 0 is none. @default 0 */
  readonly tumblingWindowInSeconds: number;
  /** Queues: invocations at a time, 2 to 1,000. */
  readonly maximumConcurrency: number | undefined;
}

/** A mapping that exists. */
export interface Mapping {
  readonly uuid: string;
  settings: MappingSettings;
  /** ms since the epoch. */
  lastModified: number;
  lastProcessingResult: string;
  readonly poller: Poller;
}

/** Reads an event source and invokes the function. */
export interface Poller {
  /** Goes on from its checkpoint. */
  start(): void;
  /** Stops reading; what runs ends. */
  stop(): void;
}

/** What a poller tells its mapping. */
export type ReportResult = (result: string) => void;

/** Which records of a batch have to be tried again, by position; all of them for a failed function or a malformed answer. */
export function failedPositions(
  answer: { readonly failed: boolean; readonly payload: string },
  identifiers: readonly string[],
  partial: boolean,
): readonly number[] {
  const all = identifiers.map((_, i) => i);
  if (answer.failed) return all;
  if (!partial) return [];
  const body = JSON.parse(answer.payload) as Json | null;
  if (body === null) return [];
  // An empty list says that nothing failed, as an empty object does.
  if (Array.isArray(body) && body.length === 0) return [];
  if (typeof body !== "object" || Array.isArray(body)) return all;
  const failures = body["batchItemFailures"];
  if (failures === undefined || failures === null) return [];
  if (!Array.isArray(failures)) return all;
  const positions = new Map(identifiers.map((identifier, i) => [identifier, i]));
  const failed: number[] = [];
  for (const failure of failures as unknown[]) {
    const identifier = (failure as Json | null)?.["itemIdentifier"];
    const position = typeof identifier === "string" ? positions.get(identifier) : undefined;
    if (position === undefined) return all;
    failed.push(position);
  }
  return failed.sort((a, b) => a - b);
}
