import type { Json } from "../../service";
import { hasIdentity, judge } from "./authorize";
import { headerOf, type Connection, type Handshake } from "./connection";
import { handshakeMembers, requestContext, type RequestOf } from "./events";
import { integrationTimeoutMs, type Gateway } from "./gateway";
import { served, type Authorizer, type Deployment } from "./model";
import { connectionId, requestId } from "./ids";

/** How a handshake ended: with an HTTP status, or with a connection and the subprotocol that `$connect` chose. */
export type Handshaken =
  | { readonly kind: "refused"; readonly status: number; readonly message: string }
  | { readonly kind: "accepted"; readonly connection: Connection; readonly subprotocol: string | undefined };

/**
 * Plays the handshake: stage, throttling, authorizer, `$connect`.
 * The connection is not open yet: posts to it answer 410 until its socket is set.
 */
export async function connect(gateway: Gateway, handshake: Handshake): Promise<Handshaken> {
  const { cloud } = gateway;
  const { api, stageName } = handshake;
  const refuse = (status: number, message: string): Handshaken => ({ kind: "refused", status, message });
  const stage = api.stages.get(stageName);
  const deployment = stage && served(api, stage);
  if (!stage || !deployment) return refuse(403, "Forbidden");
  if (!gateway.admitsConnection()) return refuse(429, "Too Many Requests");
  const now = cloud.clock.now();
  const connection: Connection = {
    id: connectionId(cloud.random),
    api,
    stage,
    connectedAt: now,
    sourceIp: handshake.sourceIp,
    userAgent: headerOf(handshake, "user-agent"),
    authorizer: undefined,
    socket: undefined,
    lastActiveAt: now,
  };
  const request: RequestOf = {
    connection,
    routeKey: "$connect",
    eventType: "CONNECT",
    requestId: requestId(cloud.random),
  };
  const event = gateway.traceFrame(connection, "in", "$connect", 0);
  return cloud.trace.because(event, async () => {
    const result = await open(gateway, handshake, deployment, request);
    const status = result.kind === "accepted" ? 200 : result.status;
    gateway.logAccess(request, status);
    gateway.metric(api, stage, "ConnectCount", 1);
    if (result.kind === "refused") {
      (event.data as Json)["status"] = status;
      gateway.metric(api, stage, status < 500 ? "ClientError" : "ExecutionError", 1);
    }
    return result;
  });
}

async function open(
  gateway: Gateway,
  handshake: Handshake,
  deployment: Deployment,
  request: RequestOf,
): Promise<Handshaken> {
  const { connection } = request;
  const refuse = (status: number, message: string): Handshaken => ({ kind: "refused", status, message });
  if (!gateway.admits(connection.api, connection.stage, "$connect")) return refuse(429, "Too Many Requests");
  const route = deployment.routes.get("$connect");
  if (!route) return { kind: "accepted", connection, subprotocol: undefined };
  const authorizer = route.authorizerId === undefined ? undefined : deployment.authorizers.get(route.authorizerId);
  if (route.authorizationType === "CUSTOM" && authorizer) {
    const refused = await authorize(gateway, handshake, authorizer, request);
    if (refused) return refused;
  }
  const integration = route.integrationId === undefined ? undefined : deployment.integrations.get(route.integrationId);
  if (!integration) return { kind: "accepted", connection, subprotocol: undefined };
  const event = {
    ...handshakeMembers(handshake),
    requestContext: requestContext(gateway.cloud, request),
    isBase64Encoded: false,
  };
  const answer = await gateway.integrate(integration, request, event);
  if (answer.kind === "timed-out") return refuse(504, "Endpoint request timed out");
  const response = answer.kind === "answered" ? (JSON.parse(answer.payload) as Json | null) : null;
  const status = Number(response?.["statusCode"]);
  // A failed function or an answer without a status is a bad gateway to API Gateway.
  if (!response || !Number.isInteger(status)) return refuse(502, "Internal server error");
  if (status < 200 || status > 299) return refuse(status, messageOf(status));
  return { kind: "accepted", connection, subprotocol: subprotocolOf(response) };
}

async function authorize(
  gateway: Gateway,
  handshake: Handshake,
  authorizer: Authorizer,
  request: RequestOf,
): Promise<Handshaken | undefined> {
  const { connection } = request;
  const base = gateway.executionArn(connection.api);
  const methodArn = `${base}/${connection.stage.name}/$connect`;
  if (!hasIdentity(authorizer, handshake)) return { kind: "refused", status: 401, message: "Unauthorized" };
  const event = {
    type: "REQUEST",
    methodArn,
    ...handshakeMembers(handshake),
    stageVariables: {},
    requestContext: requestContext(gateway.cloud, request),
  };
  const sourceArn = `${base}/authorizers/${authorizer.id}`;
  const answer = await gateway.call(authorizer.functionArn, event, sourceArn, integrationTimeoutMs);
  if (answer.kind !== "answered") {
    const thrown = answer.kind === "failed" ? (JSON.parse(answer.payload) as Json)["errorMessage"] : undefined;
    // The one message that an authorizer may throw to say 401 rather than 500.
    if (thrown === "Unauthorized") return { kind: "refused", status: 401, message: "Unauthorized" };
    return { kind: "refused", status: 500, message: "Internal server error" };
  }
  const verdict = judge(answer.payload, methodArn);
  if (verdict.kind === "deny") {
    return { kind: "refused", status: 403, message: "User is not authorized to access this resource" };
  }
  if (verdict.kind === "malformed") {
    gateway.cloud.trace.emit({
      kind: "error",
      service: "apigateway",
      name: "authorizer",
      error: "AuthorizerConfigurationException",
      resource: authorizer.functionArn,
      data: { why: verdict.why },
    });
    return { kind: "refused", status: 500, message: "Internal server error" };
  }
  connection.authorizer = verdict.context;
  return undefined;
}

function subprotocolOf(response: Json): string | undefined {
  const headers = (response["headers"] ?? {}) as Readonly<Record<string, unknown>>;
  const [, value] = Object.entries(headers).find(([name]) => name.toLowerCase() === "sec-websocket-protocol") ?? [];
  return typeof value === "string" ? value : undefined;
}

function messageOf(status: number): string {
  if (status === 401) return "Unauthorized";
  if (status === 403) return "Forbidden";
  return status < 500 ? "Bad Request" : "Internal server error";
}
