import { AwsError } from "../../../aws-error";
import type { AnyOperation, Json } from "../../../service";
import { broken, checkUpload, invalid, limited, sortOut } from "../checks";
import type { LogsEngine } from "../engine";
import type { LogGroup, LogStream } from "../groups";

interface StreamInput {
  readonly logGroupName: string;
  readonly logStreamName: string;
}
interface DescribeInput {
  readonly logGroupName?: string;
  readonly logGroupIdentifier?: string;
  readonly logStreamNamePrefix?: string;
  readonly orderBy?: string;
  readonly descending?: boolean;
  readonly limit?: number;
  readonly nextToken?: string;
}
interface PutInput extends StreamInput {
  readonly logEvents: readonly { readonly timestamp: number; readonly message: string }[];
}

const ORDERS: readonly string[] = ["LogStreamName", "LastEventTime"];

/** A group may be named by its ARN, too. */
export function groupNameOf(input: { readonly logGroupName?: string; readonly logGroupIdentifier?: string }): string {
  const { logGroupName, logGroupIdentifier = "" } = input;
  return logGroupName ?? logGroupIdentifier.replace(/^arn:.*:log-group:/, "").replace(/:\*$/, "");
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
      authorize: (input: DescribeInput) => [engine.access("logs:DescribeLogStreams", groupNameOf(input))],
      answer: (input: DescribeInput) => {
        const { logStreamNamePrefix = "", orderBy, descending, nextToken } = input;
        const limit = limited("limit", input.limit, 50);
        if (orderBy !== undefined && !ORDERS.includes(orderBy)) {
          throw broken("orderBy", orderBy, `Member must satisfy enum value set: [${ORDERS.join(", ")}]`);
        }
        if (orderBy === "LastEventTime" && logStreamNamePrefix !== "") {
          throw invalid("Cannot order by LastEventTime with a logStreamNamePrefix.");
        }
        if (input.logGroupName !== undefined && input.logGroupIdentifier !== undefined)
          throw new AwsError(
            "ValidationException",
            "LogGroup name and LogGroup ARN are mutually exclusive parameters.",
          );
        const group = store.get(groupNameOf(input));
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
        checkUpload(logEvents);
        const { taken, rejected } = sortOut(logEvents, context.cloud.clock.now(), group.retentionInDays);
        context.use("cloudwatch.logsInGb", engine.append(group, stream, taken) / 1e9);
        return {
          nextSequenceToken: sequenceToken(stream),
          ...(rejected ? { rejectedLogEventsInfo: rejected } : {}),
        };
      },
    },
  };
}

export function streamOf(group: LogGroup, name: string): LogStream {
  const stream = group.streams.get(name);
  if (!stream) throw new AwsError("ResourceNotFoundException", "The specified log stream does not exist.", 400);
  return stream;
}

/** No upload needs it any more; AWS goes on showing one. */
function sequenceToken({ ingested = 0 }: LogStream): string {
  return `49${String(ingested).padStart(54, "0")}`;
}

function shape(group: LogGroup, stream: LogStream): Json {
  return {
    logStreamName: stream.name,
    creationTime: stream.created,
    arn: `${group.arn}:log-stream:${stream.name}`,
    ...(stream.first === undefined
      ? {}
      : {
          firstEventTimestamp: stream.first,
          lastEventTimestamp: stream.last,
          lastIngestionTime: stream.ingested,
          uploadSequenceToken: sequenceToken(stream),
        }),
    storedBytes: 0,
  };
}
