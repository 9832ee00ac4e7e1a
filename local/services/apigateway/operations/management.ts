import { AwsError } from "../../../aws-error";
import type { Cloud } from "../../../cloud";
import type { AnyOperation, Json, RestRoute } from "../../../service";
import type { ApiGatewayService } from "..";
import type { Api, Authorizer, Deployment, Integration, Route, Stage } from "../model";

interface Input extends Json {
  readonly apiId: string;
  readonly stageName: string;
  readonly routeId: string;
  /** Of a list; a number as text. @default all */
  readonly maxResults?: string;
  readonly nextToken?: string;
}

function pageOf(items: readonly Json[], { maxResults, nextToken }: Input): Json {
  const from = Number(nextToken ?? 0);
  const to = from + Number(maxResults ?? items.length);
  if (Number.isInteger(from) && Number.isInteger(to) && to >= from)
    return { items: items.slice(from, to), ...(to < items.length ? { nextToken: String(to) } : {}) };
  throw new AwsError("BadRequestException", "maxResults must be a number, nextToken one of an earlier answer");
}

/**
 * What API Gateway's second management API tells of WebSocket APIs; they are made and changed by Pulumi only.
 * https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/api-reference.html
 */
export function managementOperations(cloud: Cloud): Readonly<Record<string, AnyOperation>> {
  const apis = (): ReadonlyMap<string, Api> => (cloud.services.get("apigateway") as ApiGatewayService).gateway.apis;
  const find = ({ apiId }: Input): Api => {
    const api = apis().get(apiId);
    if (api) return api;
    throw new AwsError("NotFoundException", `Invalid API identifier specified ${cloud.accountId}:${apiId}`, 404);
  };
  const reads = (path: (input: Input) => string, answer: (input: Input) => Json): AnyOperation => ({
    authorize: (input: Input) => [
      { action: "apigateway:GET", resource: `arn:aws:apigateway:${cloud.region}::${path(input)}` },
    ],
    answer,
  });
  const list = (part: string, items: (api: Api) => readonly Json[]): AnyOperation =>
    reads(
      ({ apiId }) => `/apis/${apiId}/${part}`,
      (input) => pageOf(items(find(input)), input),
    );
  return {
    GetApis: reads(
      () => "/apis",
      (input) => pageOf([...apis().values()].map(apiShape), input),
    ),
    GetApi: reads(
      ({ apiId }) => `/apis/${apiId}`,
      (input) => apiShape(find(input)),
    ),
    GetStages: list("stages", (api) => [...api.stages.values()].map((stage) => stageShape(cloud, stage))),
    GetStage: reads(
      ({ apiId, stageName }) => `/apis/${apiId}/stages/${stageName}`,
      (input) => {
        const stage = find(input).stages.get(input.stageName);
        if (stage) return stageShape(cloud, stage);
        throw new AwsError(
          "NotFoundException",
          `Unable to find Stage by name ${input.stageName} within the provided Api`,
          404,
        );
      },
    ),
    GetRoutes: list("routes", (api) => [...api.routes.values()].map(routeShape)),
    GetRoute: reads(
      ({ apiId, routeId }) => `/apis/${apiId}/routes/${routeId}`,
      (input) => {
        const route = find(input).routes.get(input.routeId);
        if (route) return routeShape(route);
        throw new AwsError("NotFoundException", "Invalid Route identifier specified", 404);
      },
    ),
    GetIntegrations: list("integrations", (api) =>
      [...api.integrations.values()].map((i) => integrationShape(cloud, i)),
    ),
    GetAuthorizers: list("authorizers", (api) => [...api.authorizers.values()].map((a) => authorizerShape(cloud, a))),
    GetDeployments: list("deployments", (api) => [...api.deployments.values()].map(deploymentShape)),
  };
}

const route = (path: string, operation: string): RestRoute => ({ method: "GET", path: `/v2/apis${path}`, operation });

export const managementRoutes: readonly RestRoute[] = [
  route("", "GetApis"),
  route("/{apiId}", "GetApi"),
  route("/{apiId}/stages", "GetStages"),
  route("/{apiId}/stages/{stageName}", "GetStage"),
  route("/{apiId}/routes", "GetRoutes"),
  route("/{apiId}/routes/{routeId}", "GetRoute"),
  route("/{apiId}/integrations", "GetIntegrations"),
  route("/{apiId}/authorizers", "GetAuthorizers"),
  route("/{apiId}/deployments", "GetDeployments"),
];

/** `2026-11-22T03:30:00Z` */
function isoTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

function apiShape(api: Api): Json {
  return {
    apiId: api.id,
    name: api.name,
    protocolType: "WEBSOCKET",
    apiEndpoint: api.endpoint,
    createdDate: isoTime(api.createdAt),
    routeSelectionExpression: api.routeSelectionExpression,
    apiKeySelectionExpression: "$request.header.x-api-key",
    disableExecuteApiEndpoint: false,
    ipAddressType: "ipv4",
  };
}

function stageShape(cloud: Cloud, stage: Stage): Json {
  const limits = (given: { readonly rate: number; readonly burst: number }): Json => ({
    throttlingRateLimit: given.rate,
    throttlingBurstLimit: given.burst,
  });
  return {
    stageName: stage.name,
    createdDate: isoTime(stage.createdAt),
    lastUpdatedDate: isoTime(stage.updatedAt),
    autoDeploy: stage.autoDeploy,
    ...(stage.deploymentId === undefined ? {} : { deploymentId: stage.deploymentId }),
    defaultRouteSettings: stage.defaultLimits ? limits(stage.defaultLimits) : {},
    routeSettings: Object.fromEntries([...stage.routeLimits].map(([key, given]) => [key, limits(given)])),
    ...(stage.accessLog
      ? {
          accessLogSettings: {
            destinationArn: cloud.arn("logs", `log-group:${stage.accessLog.group}`),
            format: stage.accessLog.format,
          },
        }
      : {}),
    stageVariables: {},
  };
}

function routeShape(given: Route): Json {
  return {
    routeId: given.id,
    routeKey: given.routeKey,
    authorizationType: given.authorizationType,
    apiKeyRequired: false,
    ...(given.authorizerId === undefined ? {} : { authorizerId: given.authorizerId }),
    ...(given.integrationId === undefined ? {} : { target: `integrations/${given.integrationId}` }),
    ...(given.responseSelectionExpression === undefined
      ? {}
      : { routeResponseSelectionExpression: given.responseSelectionExpression }),
  };
}

const invocationUri = (cloud: Cloud, functionArn: string): string =>
  `arn:aws:apigateway:${cloud.region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`;

function integrationShape(cloud: Cloud, given: Integration): Json {
  return {
    integrationId: given.id,
    integrationType: "AWS_PROXY",
    integrationMethod: "POST",
    integrationUri: invocationUri(cloud, given.functionArn),
    connectionType: "INTERNET",
    payloadFormatVersion: "1.0",
    timeoutInMillis: given.timeoutMs,
  };
}

function authorizerShape(cloud: Cloud, given: Authorizer): Json {
  return {
    authorizerId: given.id,
    authorizerType: "REQUEST",
    authorizerUri: invocationUri(cloud, given.functionArn),
    identitySource: given.identitySources,
  };
}

function deploymentShape(given: Deployment): Json {
  return {
    deploymentId: given.id,
    createdDate: isoTime(given.createdAt),
    deploymentStatus: "DEPLOYED",
    autoDeployed: false,
  };
}
