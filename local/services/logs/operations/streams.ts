import { AwsError } from "../../../aws-error";
import type { AnyOperation, Json } from "../../../service";
import type { LogsEngine } from "../engine";
import type { LogGroup, LogStream } from "../groups";

interface StreamInput {
  readonly logGroupName: string;
  readonly logStreamName: string;
}
interface DescribeInput {
  readonly logGroupName: string;
  readonly logStreamNamePrefix?: string;
  readonly orderBy?: "LogStreamName" | "LastEventTime";
  readonly descending?: boolean;
  readonly limit?: number;
  readonly nextToken?: string;
}
interface PutInput extends StreamInput {
  readonly logEvents: readonly { readonly timestamp: number; readonly message: string }[];
}

/** CreateLogStream, DeleteLogStream, DescribeLogStreams, PutLogEvents. */
export function streamOperations(engine: LogsEngine): Readonly<Record<string, AnyOperation>> {
  const { store } = engine;
  return {
    CreateLogStream: {
      authorize: ({ logGroupName, logStreamName }: StreamInput) => [
        engine.access("logs:CreateLogStream", logGroupName, logStreamName),
      ],
      answer: ({ logGroupName, logStreamName }: StreamInput) => {
        store.createStream(store.get(logGroupName), logStreamName);
        return {};
      },
    },
    DeleteLogStream: {
      authorize: ({ logGroupName, logStreamName }: StreamInput) => [
        engine.access("logs:DeleteLogStream", logGroupName, logStreamName),
      ],
      answer: ({ logGroupName, logStreamName }: StreamInput) => {
        const group = store.get(logGroupName);
        group.streams.delete(streamOf(group, logStreamName).name);
        group.events = group.events.filter((event) => event.stream !== logStreamName);
        return {};
      },
    },
    DescribeLogStreams: {
      authorize: ({ logGroupName }: DescribeInput) => [engine.access("logs:DescribeLogStreams", logGroupName)],
      answer: (input: DescribeInput) => {
        const { logGroupName, logStreamNamePrefix = "", orderBy, descending, limit = 50, nextToken } = input;
        const group = store.get(logGroupName);
        const streams = [...group.streams.values()].filter((stream) => stream.name.startsWith(logStreamNamePrefix));
        streams.sort((a, b) =>
          orderBy === "LastEventTime" ? (a.last ?? 0) - (b.last ?? 0) : a.name < b.name ? -1 : 1,
        );
        if (descending === true) streams.reverse();
        const from = Number(nextToken ?? 0);
        const more = from + limit < streams.length ? { nextToken: String(from + limit) } : {};
        return { logStreams: streams.slice(from, from + limit).map((stream) => shape(group, stream)), ...more };
      },
    },
    PutLogEvents: {
      authorize: ({ logGroupName, logStreamName }: PutInput) => [
        engine.access("logs:PutLogEvents", logGroupName, logStreamName),
      ],
      answer: ({ logGroupName, logStreamName, logEvents }: PutInput, context) => {
        const group = store.get(logGroupName);
        const stream = streamOf(group, logStreamName);
        if (logEvents.length === 0 || logEvents.length > 10_000) {
          throw new AwsError(
            "InvalidParameterException",
            "1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member must have length between 1 and 10000",
            400,
          );
        }
        if (logEvents.some((event, i) => i > 0 && event.timestamp < logEvents[i - 1]!.timestamp)) {
          throw new AwsError(
            "InvalidParameterException",
            "Log events in a single PutLogEvents request must be in chronological order.",
            400,
          );
        }
        context.use("cloudwatch.logsInGb", engine.append(group, stream, logEvents) / 1e9);
        return { nextSequenceToken: String(group.events.length) };
      },
    },
  };
}

export function streamOf(group: LogGroup, name: string): LogStream {
  const stream = group.streams.get(name);
  if (!stream) throw new AwsError("ResourceNotFoundException", "The specified log stream does not exist.", 400);
  return stream;
}

function shape(group: LogGroup, stream: LogStream): Json {
  return {
    logStreamName: stream.name,
    creationTime: stream.created,
    arn: `${group.arn}:log-stream:${stream.name}`,
    ...(stream.first === undefined
      ? {}
      : { firstEventTimestamp: stream.first, lastEventTimestamp: stream.last, lastIngestionTime: stream.last }),
    storedBytes: 0,
  };
}
