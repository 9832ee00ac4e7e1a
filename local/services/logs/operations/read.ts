import type { AnyOperation, Json } from "../../../service";
import { invalid, limited } from "../checks";
import type { LogsEngine } from "../engine";
import { compileFilterPattern, jsonOf } from "../filter-pattern";
import type { LogEvent } from "../groups";
import { groupNameOf, streamOf } from "./streams";

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
      authorize: (input: GetInput) => [engine.access("logs:GetLogEvents", groupNameOf(input), input.logStreamName)],
      answer: (input: GetInput) => {
        const group = groupNameOf(input);
        streamOf(engine.store.get(group), input.logStreamName);
        const events = within(group, input).filter((event) => event.stream === input.logStreamName);
        const limit = limited("limit", input.limit, 10_000);
        const token = /^([fb])\/(\d+)$/.exec(input.nextToken ?? "");
        if (input.nextToken !== undefined && !token) throw invalid("The specified nextToken is invalid.");
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
      authorize: (input: FilterInput) => [engine.access("logs:FilterLogEvents", groupNameOf(input))],
      answer: (input: FilterInput) => {
        const matches = compileFilterPattern(input.filterPattern ?? "");
        const { logStreamNames, logStreamNamePrefix = "", nextToken = "0" } = input;
        const limit = limited("limit", input.limit, 10_000);
        if (logStreamNames && logStreamNamePrefix !== "") {
          throw invalid("You cannot specify logStreamNames and logStreamNamePrefix in the same request.");
        }
        if (!/^\d+$/.test(nextToken)) throw invalid("The specified nextToken is invalid.");
        const found = within(groupNameOf(input), input).filter(
          ({ stream, message }) =>
            (logStreamNames === undefined || logStreamNames.includes(stream)) &&
            stream.startsWith(logStreamNamePrefix) &&
            matches(message, jsonOf(message)),
        );
        const from = Number(nextToken);
        const more = from + limit < found.length ? { nextToken: String(from + limit) } : {};
        return { events: found.slice(from, from + limit).map(shape), searchedLogStreams: [], ...more };
      },
    },
  };
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
