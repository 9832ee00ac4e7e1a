import type { AnyOperation, Json } from "../../../service";
import type { LogsEngine } from "../engine";
import { compileFilterPattern, jsonOf } from "../filter-pattern";
import type { LogEvent } from "../groups";
import { streamOf } from "./streams";

interface Range {
  readonly logGroupName?: string;
  readonly logGroupIdentifier?: string;
  /** Milliseconds since the epoch. */
  readonly startTime?: number;
  readonly endTime?: number;
  readonly limit?: number;
  readonly nextToken?: string;
}
interface GetInput extends Range {
  readonly logStreamName: string;
  readonly startFromHead?: boolean;
}
interface FilterInput extends Range {
  readonly logStreamNames?: readonly string[];
  readonly logStreamNamePrefix?: string;
  readonly filterPattern?: string;
}

/** GetLogEvents and FilterLogEvents. Tokens are positions; a forward token at the end stays the same, as on AWS. */
export function readOperations(engine: LogsEngine): Readonly<Record<string, AnyOperation>> {
  const within = (group: string, { startTime = 0, endTime = Infinity }: Range): readonly LogEvent[] =>
    engine.events(engine.store.get(group)).filter((event) => event.timestamp >= startTime && event.timestamp < endTime);
  return {
    GetLogEvents: {
      authorize: (input: GetInput) => [engine.access("logs:GetLogEvents", nameOf(input), input.logStreamName)],
      answer: (input: GetInput) => {
        const group = nameOf(input);
        streamOf(engine.store.get(group), input.logStreamName);
        const events = within(group, input).filter((event) => event.stream === input.logStreamName);
        const limit = input.limit ?? 10_000;
        const token = /^([fb])\/(\d+)$/.exec(input.nextToken ?? "");
        const end = token?.[1] === "b" ? Number(token[2]) : undefined;
        const tail = Math.max(0, events.length - limit);
        const start =
          end !== undefined
            ? Math.max(0, end - limit)
            : token
              ? Number(token[2])
              : input.startFromHead === true
                ? 0
                : tail;
        const page = events.slice(start, end ?? start + limit);
        return {
          events: page.map(({ timestamp, message, ingestionTime }) => ({ timestamp, message, ingestionTime })),
          nextForwardToken: `f/${start + page.length}`,
          nextBackwardToken: `b/${start}`,
        };
      },
    },
    FilterLogEvents: {
      authorize: (input: FilterInput) => [engine.access("logs:FilterLogEvents", nameOf(input))],
      answer: (input: FilterInput) => {
        const matches = compileFilterPattern(input.filterPattern ?? "");
        const { logStreamNames, logStreamNamePrefix = "", limit = 10_000 } = input;
        const found = within(nameOf(input), input).filter(
          ({ stream, message }) =>
            (logStreamNames === undefined || logStreamNames.includes(stream)) &&
            stream.startsWith(logStreamNamePrefix) &&
            matches(message, jsonOf(message)),
        );
        const from = Number(input.nextToken ?? 0);
        const more = from + limit < found.length ? { nextToken: String(from + limit) } : {};
        return { events: found.slice(from, from + limit).map(shape), searchedLogStreams: [], ...more };
      },
    },
  };
}

function nameOf({ logGroupName, logGroupIdentifier = "" }: Range): string {
  return logGroupName ?? logGroupIdentifier.replace(/^arn:.*:log-group:/, "").replace(/:\*$/, "");
}

function shape(event: LogEvent): Json {
  return {
    logStreamName: event.stream,
    timestamp: event.timestamp,
    message: event.message,
    ingestionTime: event.ingestionTime,
    eventId: event.id,
  };
}
