import type { Json } from "../../service";
import type { Connection, Socket } from "./connection";
import { requestContext, type RequestOf } from "./events";
import type { Gateway } from "./gateway";
import { requestId } from "./ids";
import { served } from "./model";
import { routeKeyOf } from "./select-route";

/** A connection without a frame in either direction for this long is closed. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const idleMs = 10 * 60_000;
/** No connection lives longer. */
const lifeMs = 2 * 3_600_000;
/** Bytes of a message, in and out. */
export const messageLimit = 128 * 1024;
/** Connections whose end is remembered. */
const remembered = 100_000;

/** From here on posts arrive, frames are routed, and time ends the connection. */
export function begin(gateway: Gateway, connection: Connection, socket: Socket): void {
  connection.socket = socket;
  gateway.connections.set(connection.id, connection);
  const { clock } = gateway.cloud;
  const watch = (): void => {
    if (!gateway.connections.has(connection.id)) return;
    const now = clock.now();
    const left = Math.min(connection.lastActiveAt + idleMs, connection.connectedAt + lifeMs) - now;
    if (left > 0) clock.setTimer(left, watch);
    else close(gateway, connection, 1001, "Going away");
  };
  clock.setTimer(idleMs, watch);
}

/** Closes from the server's side. */
export function close(gateway: Gateway, connection: Connection, code: number, reason: string): void {
  connection.socket?.close(code, reason);
  end(gateway, connection, code, reason);
}

/** The connection is no more, whoever ended it; `$disconnect` follows, as a best effort. */
export function end(gateway: Gateway, connection: Connection, code: number, reason: string): void {
  if (!gateway.connections.delete(connection.id)) return;
  const { api, stage } = connection;
  gateway.gone.set(connection.id, { api, stage });
  if (gateway.gone.size > remembered) gateway.gone.delete(gateway.gone.keys().next().value!);
  const { cloud } = gateway;
  const minutes = Math.ceil((cloud.clock.now() - connection.connectedAt) / 60_000);
  const lost = gateway.losesDisconnect(connection.id);
  const event = cloud.trace.emit({
    kind: lost ? "fault" : "state",
    service: "apigateway",
    name: "$disconnect",
    resource: `${gateway.executionArn(api)}/${stage.name}`,
    ...(lost ? { error: "lost-disconnect" } : {}),
    units: { "apigatewayv2.websocket.connectionMinute": minutes },
    data: { connectionId: connection.id, code },
  });
  const deployment = served(api, stage);
  const route = deployment?.routes.get("$disconnect");
  const integration =
    route?.integrationId === undefined ? undefined : deployment?.integrations.get(route.integrationId);
  if (lost || !integration) return;
  const request: RequestOf = {
    connection,
    routeKey: "$disconnect",
    eventType: "DISCONNECT",
    requestId: requestId(cloud.random),
    extra: { disconnectStatusCode: code, disconnectReason: reason },
  };
  void cloud.trace.because(event, async () => {
    const body = { requestContext: requestContext(cloud, request), isBase64Encoded: false };
    const answer = await gateway.integrate(integration, request, body);
    gateway.logAccess(request, answer.kind === "answered" ? 200 : 500);
  });
}

/** Takes a text frame: finds its route, calls what stands behind it, answers where a route response is declared. */
export async function receive(gateway: Gateway, connection: Connection, body: string): Promise<void> {
  const { cloud } = gateway;
  const { api, stage } = connection;
  connection.lastActiveAt = cloud.clock.now();
  const deployment = served(api, stage);
  const selected = routeKeyOf(api.routeSelectionExpression, body);
  const route =
    (selected === undefined ? undefined : deployment?.routes.get(selected)) ?? deployment?.routes.get("$default");
  // The service's own routes cannot be chosen by a frame.
  const own = route?.routeKey === "$connect" || route?.routeKey === "$disconnect";
  const found = own ? deployment?.routes.get("$default") : route;
  const routeKey = found?.routeKey ?? "$default";
  const id = requestId(cloud.random);
  const request: RequestOf = {
    connection,
    routeKey,
    eventType: "MESSAGE",
    requestId: id,
    extra: { messageId: requestId(cloud.random) },
  };
  const event = gateway.traceFrame(connection, "in", routeKey, Buffer.byteLength(body));
  gateway.metric(api, stage, "MessageCount", 1);
  const complain = (status: number, message: string): void => {
    gateway.logAccess(request, status);
    gateway.metric(api, stage, status < 500 ? "ClientError" : "IntegrationError", 1);
    send(gateway, connection, JSON.stringify({ message, connectionId: connection.id, requestId: id }), routeKey);
  };
  await cloud.trace.because(event, async () => {
    if (!gateway.admits(api, stage, routeKey)) {
      complain(429, "Too Many Requests");
      return;
    }
    const integration =
      found?.integrationId === undefined ? undefined : deployment!.integrations.get(found.integrationId);
    if (!found || !integration) {
      complain(403, "Forbidden");
      return;
    }
    const context = requestContext(cloud, request);
    const answer = await gateway.integrate(integration, request, {
      requestContext: context,
      body,
      isBase64Encoded: false,
    });
    if (answer.kind === "timed-out") {
      complain(504, "Endpoint request timed out");
      return;
    }
    const response = answer.kind === "answered" ? (JSON.parse(answer.payload) as Json | null) : null;
    const status = Number(response?.["statusCode"]);
    if (!response || !Number.isInteger(status)) {
      complain(500, "Internal server error");
      return;
    }
    gateway.logAccess(request, status);
    const answers = found.responseSelectionExpression !== undefined && found.responses.has("$default");
    if (answers && typeof response["body"] === "string") send(gateway, connection, response["body"], routeKey);
  });
}

/** Sends a text frame; nothing happens when the connection is gone. */
export function send(gateway: Gateway, connection: Connection, text: string, name: string): void {
  if (!gateway.connections.has(connection.id)) return;
  connection.lastActiveAt = gateway.cloud.clock.now();
  gateway.traceFrame(connection, "out", name, Buffer.byteLength(text));
  connection.socket?.send(text);
}
