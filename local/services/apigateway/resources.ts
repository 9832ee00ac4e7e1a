import { AwsError } from "../../aws-error";
import type { Created, Json, ResourceContext, ResourceType } from "../../service";
import { roleSession } from "../lambda/rights";
import { integrationTimeoutMs, type Gateway } from "./gateway";
import { apiId, partId } from "./ids";
import { snapshot, type Api, type Limits, type Stage } from "./model";

/** Starts the port of an API and resolves to its address. */
export type Listen = (api: () => Api | undefined) => Promise<string>;

/** The Pulumi types of API Gateway that the local cloud plays. */
export function resourceTypes(gateway: Gateway, listen: Listen): Readonly<Record<string, ResourceType>> {
  return {
    "aws:apigatewayv2/api:Api": apiType(gateway, listen),
    "aws:apigatewayv2/route:Route": routeType(gateway),
    "aws:apigatewayv2/routeResponse:RouteResponse": routeResponseType(gateway),
    "aws:apigatewayv2/integration:Integration": integrationType(gateway),
    "aws:apigatewayv2/integrationResponse:IntegrationResponse": integrationResponseType(gateway),
    "aws:apigatewayv2/authorizer:Authorizer": authorizerType(gateway),
    "aws:apigatewayv2/deployment:Deployment": deploymentType(gateway),
    "aws:apigatewayv2/stage:Stage": stageType(gateway),
    "aws:apigateway/account:Account": accountType(gateway),
  };
}

/** A type whose update makes the same thing again under its id. */
function plain(
  put: (inputs: Json, id: string | undefined, context: ResourceContext) => Created | Promise<Created>,
  remove: (id: string, state: Json) => void,
): ResourceType {
  return {
    create: (inputs, context) => put(inputs, undefined, context),
    update: (id, inputs, context) => put(inputs, id, context),
    delete: (id, state) => remove(id, state),
  };
}

const text = (inputs: Json, key: string): string | undefined => inputs[key] as string | undefined;

function find(gateway: Gateway, inputs: Json): Api {
  const api = gateway.apis.get(text(inputs, "apiId") ?? "");
  if (api) return api;
  throw new AwsError(
    "NotFoundException",
    `Invalid API identifier specified ${gateway.cloud.accountId}:${text(inputs, "apiId")}`,
    404,
  );
}

function apiType(gateway: Gateway, listen: Listen): ResourceType {
  const { cloud } = gateway;
  const put = async (inputs: Json, known: string | undefined, context: ResourceContext): Promise<Created> => {
    if (inputs["protocolType"] !== "WEBSOCKET") {
      throw new Error(
        `protocolType of "${context.name}": got ${String(inputs["protocolType"])}; expected WEBSOCKET, the one that the local cloud plays.`,
      );
    }
    const name = text(inputs, "name") ?? context.physicalName();
    const routeSelectionExpression = text(inputs, "routeSelectionExpression") ?? "$request.body.action";
    let api = known === undefined ? undefined : gateway.apis.get(known);
    if (api) Object.assign(api, { name, routeSelectionExpression });
    else {
      const id = apiId(cloud.random);
      const endpoint = await listen(() => gateway.apis.get(id));
      const empty = { routes: new Map(), integrations: new Map(), authorizers: new Map() };
      const createdAt = cloud.clock.now();
      api = {
        id,
        createdAt,
        name,
        routeSelectionExpression,
        ...empty,
        deployments: new Map(),
        stages: new Map(),
        endpoint,
      };
      gateway.apis.set(id, api);
    }
    const state = {
      ...inputs,
      name,
      routeSelectionExpression,
      apiEndpoint: api.endpoint,
      arn: `arn:aws:apigateway:${cloud.region}::/apis/${api.id}`,
      executionArn: gateway.executionArn(api),
      apiKeySelectionExpression: text(inputs, "apiKeySelectionExpression") ?? "$request.header.x-api-key",
      ipAddressType: text(inputs, "ipAddressType") ?? "ipv4",
      tagsAll: inputs["tags"] ?? {},
    };
    return { id: api.id, state };
  };
  return plain(put, (id) => void gateway.apis.delete(id));
}

function routeType(gateway: Gateway): ResourceType {
  const put = (inputs: Json, known: string | undefined): Created => {
    const api = find(gateway, inputs);
    const id = known ?? partId(gateway.cloud.random);
    const target = text(inputs, "target");
    api.routes.set(id, {
      id,
      routeKey: text(inputs, "routeKey")!,
      integrationId: target?.replace(/^integrations\//, ""),
      authorizationType: text(inputs, "authorizationType") ?? "NONE",
      authorizerId: text(inputs, "authorizerId"),
      responseSelectionExpression: text(inputs, "routeResponseSelectionExpression"),
      responses: api.routes.get(id)?.responses ?? new Set(),
    });
    return { id, state: { ...inputs, authorizationType: text(inputs, "authorizationType") ?? "NONE" } };
  };
  return plain(put, (id, state) => void gateway.apis.get(text(state, "apiId") ?? "")?.routes.delete(id));
}

function routeResponseType(gateway: Gateway): ResourceType {
  const put = (inputs: Json, known: string | undefined): Created => {
    const route = find(gateway, inputs).routes.get(text(inputs, "routeId") ?? "");
    if (!route) throw new AwsError("NotFoundException", "Invalid Route identifier specified", 404);
    route.responses.add(text(inputs, "routeResponseKey")!);
    return { id: known ?? partId(gateway.cloud.random), state: { ...inputs } };
  };
  return plain(put, (_, state) => {
    const route = gateway.apis.get(text(state, "apiId") ?? "")?.routes.get(text(state, "routeId") ?? "");
    route?.responses.delete(text(state, "routeResponseKey") ?? "");
  });
}

/** The function in an invocation URI. */
function functionIn(uri: string | undefined, what: string): string {
  const arn = /functions\/(arn:[^/]+)\/invocations$/.exec(uri ?? "")?.[1];
  if (arn !== undefined) return arn;
  throw new AwsError(
    "BadRequestException",
    `Invalid ${what} specified: ${String(uri)}. It must be the invokeArn of a function.`,
    400,
  );
}

function integrationType(gateway: Gateway): ResourceType {
  const put = (inputs: Json, known: string | undefined): Created => {
    const api = find(gateway, inputs);
    const id = known ?? partId(gateway.cloud.random);
    if (inputs["integrationType"] !== "AWS_PROXY") {
      throw new Error(
        `integrationType: got ${String(inputs["integrationType"])}; expected AWS_PROXY, the one that the local cloud plays.`,
      );
    }
    const timeoutMs = (inputs["timeoutMilliseconds"] as number | undefined) ?? integrationTimeoutMs;
    api.integrations.set(id, {
      id,
      functionArn: functionIn(text(inputs, "integrationUri"), "integration URI"),
      timeoutMs,
    });
    return {
      id,
      state: {
        ...inputs,
        timeoutMilliseconds: timeoutMs,
        integrationResponseSelectionExpression: "${integration.response.statuscode}",
      },
    };
  };
  return plain(put, (id, state) => void gateway.apis.get(text(state, "apiId") ?? "")?.integrations.delete(id));
}

/** With AWS_PROXY the function's own answer goes out: the resource is kept and changes nothing. */
function integrationResponseType(gateway: Gateway): ResourceType {
  const put = (inputs: Json, known: string | undefined): Created => {
    find(gateway, inputs);
    return { id: known ?? partId(gateway.cloud.random), state: { ...inputs } };
  };
  return plain(put, () => undefined);
}

function authorizerType(gateway: Gateway): ResourceType {
  const put = (inputs: Json, known: string | undefined): Created => {
    const api = find(gateway, inputs);
    if (inputs["authorizerResultTtlInSeconds"] !== undefined) {
      throw new AwsError(
        "BadRequestException",
        "AuthorizerResultTtlInSeconds cannot be set for WEBSOCKET protocol Apis",
        400,
      );
    }
    const id = known ?? partId(gateway.cloud.random);
    api.authorizers.set(id, {
      id,
      functionArn: functionIn(text(inputs, "authorizerUri"), "authorizer URI"),
      identitySources: (inputs["identitySources"] as string[] | undefined) ?? [],
    });
    return { id, state: { ...inputs } };
  };
  return plain(put, (id, state) => void gateway.apis.get(text(state, "apiId") ?? "")?.authorizers.delete(id));
}

function deploymentType(gateway: Gateway): ResourceType {
  const put = (inputs: Json, known: string | undefined): Created => {
    const api = find(gateway, inputs);
    if (api.routes.size === 0) {
      throw new AwsError("BadRequestException", "At least one route is required before deploying the Api", 400);
    }
    const id = known ?? partId(gateway.cloud.random);
    api.deployments.set(id, snapshot(id, api, gateway.cloud.clock.now()));
    return { id, state: { ...inputs, autoDeployed: false } };
  };
  return plain(put, (id, state) => void gateway.apis.get(text(state, "apiId") ?? "")?.deployments.delete(id));
}

function stageType(gateway: Gateway): ResourceType {
  const { cloud } = gateway;
  const put = (inputs: Json, _: string | undefined, context: ResourceContext): Created => {
    const api = find(gateway, inputs);
    const name = text(inputs, "name") ?? context.physicalName();
    const stage = stageOf(gateway, api, name, inputs);
    // Connections hold the stage they came through: its settings change under them, as on AWS.
    const before = api.stages.get(name);
    if (before) Object.assign(before, stage, { createdAt: before.createdAt });
    else api.stages.set(name, stage);
    const state = {
      ...inputs,
      name,
      arn: `arn:aws:apigateway:${cloud.region}::/apis/${api.id}/stages/${name}`,
      executionArn: `${gateway.executionArn(api)}/${name}`,
      invokeUrl: `${api.endpoint}/${name}`,
      autoDeploy: stage.autoDeploy,
      tagsAll: inputs["tags"] ?? {},
    };
    return { id: name, state };
  };
  return plain(put, (id, state) => void gateway.apis.get(text(state, "apiId") ?? "")?.stages.delete(id));
}

function stageOf(gateway: Gateway, api: Api, name: string, inputs: Json): Stage {
  const log = inputs["accessLogSettings"] as { destinationArn?: string; format?: string } | undefined;
  if (log && gateway.loggingRole === undefined) {
    throw new AwsError(
      "BadRequestException",
      "CloudWatch Logs role ARN must be set in account settings to enable logging",
      400,
    );
  }
  if (log && !/\$context\.(extendedR|r)equestId/.test(log.format ?? "")) {
    throw new AwsError(
      "BadRequestException",
      "Access log format must include either $context.requestId or $context.extendedRequestId",
      400,
    );
  }
  const routes = (inputs["routeSettings"] ?? []) as readonly Json[];
  const keys = new Set([...api.routes.values()].map((route) => route.routeKey));
  for (const { routeKey } of routes as readonly { routeKey: string }[]) {
    if (!keys.has(routeKey)) {
      throw new AwsError(
        "BadRequestException",
        `Unable to find Route by key ${routeKey} within the provided RouteSettings`,
        400,
      );
    }
  }
  const all = inputs["defaultRouteSettings"] as Json | undefined;
  const now = gateway.cloud.clock.now();
  return {
    name,
    createdAt: now,
    updatedAt: now,
    deploymentId: text(inputs, "deploymentId"),
    autoDeploy: inputs["autoDeploy"] === true,
    defaultLimits: all && limitsOf(all),
    routeLimits: new Map(routes.map((route) => [text(route, "routeKey")!, limitsOf(route)])),
    accessLog: log && {
      group: (log.destinationArn ?? "").split(":log-group:")[1]?.replace(/:\*$/, "") ?? "",
      format: log.format ?? "",
    },
  };
}

/** Settings without limits send zeros, and zero lets nothing pass: the trap of the provider, played as it is. */
function limitsOf(settings: Json): Limits {
  return {
    rate: (settings["throttlingRateLimit"] as number | undefined) ?? 0,
    burst: (settings["throttlingBurstLimit"] as number | undefined) ?? 0,
  };
}

function accountType(gateway: Gateway): ResourceType {
  const put = (inputs: Json): Created => {
    const role = text(inputs, "cloudwatchRoleArn") || undefined;
    if (role !== undefined) requireLoggingRights(gateway, role);
    gateway.loggingRole = role;
    const state = {
      ...inputs,
      apiKeyVersion: "4",
      features: ["UsagePlans"],
      throttleSettings: [{ burstLimit: 5000, rateLimit: 10_000 }],
    };
    return { id: "api-gateway-account", state };
  };
  return plain(put, () => (gateway.loggingRole = undefined));
}

/** Rights of the policy that AWS documents for the account's logging role. */
const loggingActions = [
  "CreateLogGroup",
  "CreateLogStream",
  "DescribeLogGroups",
  "DescribeLogStreams",
  "PutLogEvents",
  "GetLogEvents",
  "FilterLogEvents",
];

/**
 * API Gateway looks at the role when it is set; which of the documented rights it looks at, AWS does not say: all here.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
function requireLoggingRights({ cloud }: Gateway, role: string): void {
  const { iam } = cloud.ports;
  const principal = roleSession(role, "BackplaneAssumeRoleSession");
  const mayAll = (): boolean =>
    loggingActions.every((name) => iam.evaluate(principal, { action: `logs:${name}`, resource: "*" }).allowed);
  if (iam.trusts(role, { type: "service", service: "apigateway.amazonaws.com" }) && mayAll()) return;
  throw new AwsError(
    "BadRequestException",
    "The role ARN does not have required permissions configured. Please grant trust permission for API Gateway and add the required role policy.",
    400,
  );
}
