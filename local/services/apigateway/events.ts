import type { Cloud } from "../../cloud";
import type { Json } from "../../service";
import type { Connection, Handshake } from "./connection";

/** What a request to an integration or authorizer is about. */
export interface RequestOf {
  readonly connection: Connection;
  readonly routeKey: string;
  readonly eventType: "CONNECT" | "MESSAGE" | "DISCONNECT";
  readonly requestId: string;
  readonly extra?: Json;
}

/** The `requestContext` of all events. https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html */
export function requestContext(cloud: Cloud, request: RequestOf): Json {
  const { connection } = request;
  const now = cloud.clock.now();
  return {
    routeKey: request.routeKey,
    ...(connection.authorizer === undefined ? {} : { authorizer: connection.authorizer }),
    ...request.extra,
    eventType: request.eventType,
    extendedRequestId: request.requestId,
    requestTime: commonLogTime(now),
    messageDirection: "IN",
    stage: connection.stage.name,
    connectedAt: connection.connectedAt,
    requestTimeEpoch: now,
    identity: {
      ...(connection.userAgent === undefined ? {} : { userAgent: connection.userAgent }),
      sourceIp: connection.sourceIp,
    },
    requestId: request.requestId,
    domainName: `${connection.api.id}.execute-api.${cloud.region}.amazonaws.com`,
    connectionId: connection.id,
    apiId: connection.api.id,
  };
}

/** Headers and query of the handshake, as `$connect` and its authorizer see them. */
export function handshakeMembers(handshake: Handshake): Json {
  const headers: Record<string, string> = {};
  const multiValueHeaders: Record<string, string[]> = {};
  for (const [name, value] of handshake.headers) {
    if (/^(connection|upgrade)$/i.test(name)) continue;
    headers[name] = value;
    (multiValueHeaders[name] ??= []).push(value);
  }
  const query: Record<string, string> = {};
  const multiValueQuery: Record<string, string[]> = {};
  for (const [name, value] of handshake.query) {
    query[name] = value;
    (multiValueQuery[name] ??= []).push(value);
  }
  const some = Object.keys(query).length > 0;
  return {
    headers,
    multiValueHeaders,
    ...(some ? { queryStringParameters: query, multiValueQueryStringParameters: multiValueQuery } : {}),
  };
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** e.g. `18/Feb/2026:14:30:05 +0000`. */
export function commonLogTime(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `${iso.slice(8, 10)}/${months[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}
