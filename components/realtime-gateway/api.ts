import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import type { LambdaFunction } from "../shared/callback";
import { serviceTrust } from "../shared/iam";
import type { LateList } from "../shared/late";
import { applyTransform } from "../shared/transform";
import type { RealtimeGatewayArgs, Settings } from "./arguments";
import { STAGE } from "./limits";

/** A route as declared, for the deployment that comes after all of them. */
export interface DeclaredRoute {
  readonly key: string;
  readonly route: aws.apigatewayv2.Route;
  readonly resources: readonly pulumi.Resource[];
}

/** The WebSocket API, which selects a frame's route by its member `action`. */
export function createApi(
  parent: pulumi.Resource,
  name: string,
  transform: RealtimeGatewayArgs["transform"] = {},
): aws.apigatewayv2.Api {
  const options: pulumi.CustomResourceOptions = { parent };
  const args: aws.apigatewayv2.ApiArgs = {
    protocolType: "WEBSOCKET",
    routeSelectionExpression: "$request.body.action",
    description: "Frames of players: presence, friends, events.",
  };
  return new aws.apigatewayv2.Api(`${name}-api`, applyTransform(transform.api, args, options, `${name}-api`), options);
}

/** Only `$connect` can have an authorizer; a result TTL is refused on WebSocket APIs, and a missing source is 401. */
export function createAuthorizer(
  parent: pulumi.Resource,
  name: string,
  api: aws.apigatewayv2.Api,
  fn: LambdaFunction,
): aws.apigatewayv2.Authorizer {
  const authorizer = new aws.apigatewayv2.Authorizer(
    `${name}-authorizer`,
    {
      apiId: api.id,
      authorizerType: "REQUEST",
      authorizerUri: fn.invokeArn,
      identitySources: ["route.request.header.Sec-WebSocket-Protocol"],
    },
    { parent },
  );
  new aws.lambda.Permission(
    `${name}-authorize-permission`,
    {
      action: "lambda:InvokeFunction",
      function: fn.name,
      principal: "apigateway.amazonaws.com",
      sourceArn: pulumi.interpolate`${api.executionArn}/authorizers/${authorizer.id}`,
    },
    { parent },
  );
  return authorizer;
}

/** One function behind one or more routes: an integration, and for each route itself, its response and its permission. */
export function createRoutes(
  parent: pulumi.Resource,
  name: string,
  api: aws.apigatewayv2.Api,
  fn: LambdaFunction,
  keys: readonly string[],
  authorizer?: aws.apigatewayv2.Authorizer,
): DeclaredRoute[] {
  const integration = new aws.apigatewayv2.Integration(
    `${name}-integration`,
    {
      apiId: api.id,
      integrationType: "AWS_PROXY",
      integrationMethod: "POST",
      integrationUri: fn.invokeArn,
    },
    { parent },
  );
  return keys.map((key) => {
    const suffix = keys.length === 1 ? name : `${name}-${key.replaceAll(".", "-")}`;
    const oneWay = key === "$connect" || key === "$disconnect";
    const route = new aws.apigatewayv2.Route(
      `${suffix}-route`,
      {
        apiId: api.id,
        routeKey: key,
        target: pulumi.interpolate`integrations/${integration.id}`,
        ...(authorizer ? { authorizationType: "CUSTOM", authorizerId: authorizer.id } : { authorizationType: "NONE" }),
        // Both this and the response below, or what the function returns reaches nobody.
        // https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-response.html
        ...(oneWay ? {} : { routeResponseSelectionExpression: "$default" }),
      },
      { parent },
    );
    const permission = new aws.lambda.Permission(
      `${suffix}-permission`,
      {
        action: "lambda:InvokeFunction",
        function: fn.name,
        principal: "apigateway.amazonaws.com",
        sourceArn: pulumi.interpolate`${api.executionArn}/${STAGE}/${key}`,
      },
      { parent },
    );
    const resources: pulumi.Resource[] = [integration, route, permission];
    if (!oneWay) {
      resources.push(
        new aws.apigatewayv2.RouteResponse(
          `${suffix}-response`,
          { apiId: api.id, routeId: route.id, routeResponseKey: "$default" },
          { parent },
        ),
      );
    }
    return { key, route, resources };
  });
}

/** The stage, made after every route: a deployment is a copy of the API at its moment, and lives until the next one. */
export function createStage(
  parent: pulumi.Resource,
  name: string,
  args: {
    readonly api: aws.apigatewayv2.Api;
    readonly authorizer: aws.apigatewayv2.Authorizer;
    readonly routes: LateList<DeclaredRoute>;
    readonly key: { readonly arn: pulumi.Input<string> };
    readonly settings: Settings;
    readonly account: pulumi.Resource | undefined;
    readonly transform: RealtimeGatewayArgs["transform"];
  },
): aws.apigatewayv2.Stage {
  const { api, authorizer, routes, key, settings } = args;
  const targets = pulumi.output(
    routes.all.then((all) => pulumi.all(all.map(({ key: routeKey, route }) => pulumi.all([routeKey, route.target])))),
  );
  const declared = pulumi.output(
    routes.all.then((all): pulumi.Resource[] => [authorizer, ...all.flatMap(({ resources }) => resources)]),
  ) as pulumi.Output<pulumi.Resource[]>;
  const deployment = new aws.apigatewayv2.Deployment(
    `${name}-deployment`,
    {
      apiId: api.id,
      triggers: {
        sha: pulumi
          .all([authorizer.id, authorizer.authorizerUri, targets])
          .apply((parts) => createHash("sha256").update(JSON.stringify(parts)).digest("hex")),
      },
    },
    { parent, dependsOn: declared },
  );
  const logs = { kmsKeyId: key.arn, retentionInDays: settings.logRetentionDays };
  const access = new aws.cloudwatch.LogGroup(`${name}-access-logs`, logs, { parent });
  // API Gateway would make this one itself, without key and retention.
  const execution = new aws.cloudwatch.LogGroup(
    `${name}-execution-logs`,
    { ...logs, name: pulumi.interpolate`/aws/apigateway/${api.id}/${STAGE}` },
    { parent },
  );
  const options: pulumi.CustomResourceOptions = {
    parent,
    dependsOn: args.account ? [execution, args.account] : [execution],
  };
  const stageArgs: aws.apigatewayv2.StageArgs = {
    apiId: api.id,
    name: STAGE,
    deploymentId: deployment.id,
    accessLogSettings: { destinationArn: access.arn, format: JSON.stringify(ACCESS_LOG) },
    defaultRouteSettings: {
      throttlingBurstLimit: settings.throttling.burst,
      throttlingRateLimit: settings.throttling.perSecond,
      loggingLevel: "ERROR",
      dataTraceEnabled: false, // frames would be in the logs
      detailedMetricsEnabled: false,
    },
  };
  return new aws.apigatewayv2.Stage(
    `${name}-stage`,
    applyTransform(args.transform?.stage, stageArgs, options, `${name}-stage`),
    options,
  );
}

/** What is logged of each frame: never a header, which may hold the token. */
const ACCESS_LOG = {
  requestId: "$context.requestId",
  extendedRequestId: "$context.extendedRequestId",
  requestTime: "$context.requestTime",
  eventType: "$context.eventType",
  routeKey: "$context.routeKey",
  connectionId: "$context.connectionId",
  status: "$context.status",
  error: "$context.error.message",
  integrationError: "$context.integrationErrorMessage",
  authorizerError: "$context.authorizer.error",
  integrationLatency: "$context.integrationLatency",
};

/** The account's one role for API Gateway's logs. It outlives the stack: without it no API of the account logs. */
export function createAccountLogging(parent: pulumi.Resource, name: string): aws.apigateway.Account {
  const options: pulumi.CustomResourceOptions = { parent, retainOnDelete: true };
  const role = new aws.iam.Role(
    `${name}-account-logs-role`,
    {
      description: "Lets API Gateway write logs, for every API of the account and Region",
      assumeRolePolicy: serviceTrust("apigateway.amazonaws.com"),
    },
    options,
  );
  const attachment = new aws.iam.RolePolicyAttachment(
    `${name}-account-logs-rights`,
    { role: role.name, policyArn: "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs" },
    options,
  );
  return new aws.apigateway.Account(
    `${name}-account-logs`,
    { cloudwatchRoleArn: role.arn },
    { ...options, dependsOn: [attachment] },
  );
}
