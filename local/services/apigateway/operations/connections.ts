import { AwsError } from "../../../aws-error";
import type { AccessRequest, AnyOperation, Json, RestRoute } from "../../../service";
import type { Connection } from "../connection";
import type { Gateway } from "../gateway";
import { close, messageLimit, send } from "../live";

interface Input extends Json {
  readonly ConnectionId: string;
}

interface PostInput extends Input {
  /** The bytes, or their base64. */
  readonly Data: Buffer | string;
}

/** Bytes that may wait for a slow client before posts to it are refused. AWS documents the error, not the figure. */
const bufferLimit = 8 * 1024 * 1024;

/** PostToConnection, GetConnection, DeleteConnection. https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html */
export function connectionOperations(gateway: Gateway): Readonly<Record<string, AnyOperation>> {
  const right = (method: string, { ConnectionId: id }: Input): readonly AccessRequest[] => {
    const known = gateway.connections.get(id) ?? gateway.gone.get(id);
    const [api] = gateway.apis.values();
    const [stage] = api?.stages.values() ?? [];
    const at = known
      ? `${gateway.executionArn(known.api)}/${known.stage.name}`
      : `${api ? gateway.executionArn(api) : gateway.cloud.arn("execute-api", "unknown")}/${stage?.name ?? "unknown"}`;
    return [{ action: "execute-api:ManageConnections", resource: `${at}/${method}/@connections/${id}` }];
  };
  const live = ({ ConnectionId: id }: Input): Connection => {
    const connection = gateway.connections.get(id);
    if (connection?.socket) return connection;
    throw new AwsError("GoneException", "Gone", 410);
  };
  return {
    PostToConnection: {
      authorize: (input: PostInput) => right("POST", input),
      answer: (input: PostInput) => {
        const data = typeof input.Data === "string" ? Buffer.from(input.Data, "base64") : input.Data;
        if (data.length > messageLimit) throw new AwsError("PayloadTooLargeException", "Message too long", 413);
        const connection = live(input);
        if (connection.socket!.bufferedAmount > bufferLimit) {
          throw new AwsError("LimitExceededException", "The client's buffer is full", 429);
        }
        send(gateway, connection, data.toString(), "@connections");
        return {};
      },
    },
    GetConnection: {
      authorize: (input: Input) => right("GET", input),
      answer: (input: Input) => {
        const connection = live(input);
        return {
          connectedAt: new Date(connection.connectedAt).toISOString(),
          identity: { sourceIp: connection.sourceIp, userAgent: connection.userAgent ?? "" },
          lastActiveAt: new Date(connection.lastActiveAt).toISOString(),
        };
      },
    },
    DeleteConnection: {
      authorize: (input: Input) => right("DELETE", input),
      answer: (input: Input) => {
        close(gateway, live(input), 1000, "Connection Closed Normally");
        return {};
      },
    },
  };
}

const nothing =
  (status: number): NonNullable<RestRoute["encode"]> =>
  () => ({ status, headers: {}, body: "" });

/** Ids are unique in the account, so that a path with a stage and one without lead to the same connection. */
export const connectionRoutes: readonly RestRoute[] = ["", "/{Stage}", "/{Api}/{Stage}"].flatMap((prefix) => {
  const path = `${prefix}/@connections/{ConnectionId}`;
  return [
    {
      method: "POST",
      path,
      operation: "PostToConnection",
      decode: (request, labels) => ({ ConnectionId: labels["ConnectionId"], Data: request.body }),
      encode: nothing(200),
    },
    { method: "GET", path, operation: "GetConnection" },
    { method: "DELETE", path, operation: "DeleteConnection", encode: nothing(204) },
  ] satisfies RestRoute[];
});
