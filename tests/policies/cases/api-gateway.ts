import { arn, FN, FUNCTION, STAGE, type RuleCase } from "./fixtures";

/** A stage of an HTTP API, of which AWS takes neither execution logs nor what only connections have. */
const HTTP_STAGE = {
  apiId: "h",
  accessLogSettings: {
    destinationArn: arn("logs", "log-group:h"),
    format: "$context.requestId $context.routeKey $context.status",
  },
  defaultRouteSettings: { throttlingRateLimit: 100, throttlingBurstLimit: 100 },
};

export const apiGatewayCases: Readonly<Record<string, RuleCase>> = {
  "ws-connect-authorized": {
    good: {
      "apigatewayv2/api:Api h": { id: "h", protocolType: "HTTP" },
      "apigatewayv2/authorizer:Authorizer y": { id: "y" },
      "apigatewayv2/route:Route g": { apiId: "h", routeKey: "GET /x", authorizationType: "JWT", authorizerId: "y" },

      "apigatewayv2/api:Api a": { id: "a", protocolType: "WEBSOCKET" },
      "apigatewayv2/authorizer:Authorizer z": { id: "z" },
      "apigatewayv2/route:Route c": {
        apiId: "a",
        routeKey: "$connect",
        authorizationType: "CUSTOM",
        authorizerId: "z",
      },
      "apigatewayv2/route:Route h": { apiId: "a", routeKey: "hello" },
      "apigateway/method:Method m": { httpMethod: "GET", authorization: "AWS_IAM" },
      "apigateway/method:Method o": { httpMethod: "OPTIONS", authorization: "NONE" },
    },
    bad: {
      "an open method of a REST API": { "apigateway/method:Method m > authorization": "NONE" },
      "a method that says nothing": { "apigateway/method:Method m > authorization": undefined },
      "an API made by its target": { "apigatewayv2/api:Api a > target": FN },
      "routes in a description": { "apigatewayv2/api:Api a > body": "{}" },
      "an open catch-all": {
        "apigatewayv2/api:Api h": { id: "h", protocolType: "HTTP" },
        "apigatewayv2/route:Route d": { apiId: "h", routeKey: "$default", authorizationType: "NONE" },
      },

      "an open $connect": { "apigatewayv2/route:Route c > authorizationType": "NONE" },
      "no type": { "apigatewayv2/route:Route c > authorizationType": undefined },
      "no authorizer": { "apigatewayv2/route:Route c > authorizerId": undefined },
      "an authorizer of nobody": { "apigatewayv2/route:Route c > authorizerId": "other" },
      "no $connect at all": { "apigatewayv2/route:Route c": undefined },
      "an open HTTP route": {
        "apigatewayv2/route:Route g": { apiId: "a", routeKey: "GET /x", authorizationType: "NONE" },
      },
    },
  },
  "ws-access-logs": {
    good: {
      "apigatewayv2/api:Api h": { id: "h", protocolType: "HTTP" },
      "apigatewayv2/stage:Stage h": HTTP_STAGE,
      "apigatewayv2/stage:Stage s": STAGE,
    },
    bad: {
      "an HTTP API without the outcome": {
        "apigatewayv2/stage:Stage h > accessLogSettings.format": "$context.requestId $context.routeKey",
      },

      "no destination": { "apigatewayv2/stage:Stage s > accessLogSettings.destinationArn": undefined },
      "no log group": { "apigatewayv2/stage:Stage s > accessLogSettings.destinationArn": "none" },
      "a format without the outcome": { "apigatewayv2/stage:Stage s > accessLogSettings.format": "$context.requestId" },
      "a format with a token": {
        "apigatewayv2/stage:Stage s > accessLogSettings.format": `${STAGE.accessLogSettings.format} $context.authorizer.token`,
      },
    },
  },
  "ws-exec-logs-no-data-trace": {
    good: {
      "apigatewayv2/api:Api h": { id: "h", protocolType: "HTTP" },
      "apigatewayv2/stage:Stage h": HTTP_STAGE,
      "apigatewayv2/stage:Stage s": STAGE,
    },
    bad: {
      "what was an HTTP API": { "apigatewayv2/api:Api h > protocolType": "WEBSOCKET" },

      "logging off": { "apigatewayv2/stage:Stage s > defaultRouteSettings.loggingLevel": "OFF" },
      "data traces": { "apigatewayv2/stage:Stage s > defaultRouteSettings.dataTraceEnabled": true },
      "data traces of one route": {
        "apigatewayv2/stage:Stage s > routeSettings": [{ routeKey: "x", loggingLevel: "INFO", dataTraceEnabled: true }],
      },
    },
  },
  "ws-throttled": {
    good: { "apigatewayv2/stage:Stage s": STAGE },
    bad: {
      "no rate": { "apigatewayv2/stage:Stage s > defaultRouteSettings.throttlingRateLimit": undefined },
      "a burst of 0": { "apigatewayv2/stage:Stage s > defaultRouteSettings.throttlingBurstLimit": 0 },
      "a route without limits": { "apigatewayv2/stage:Stage s > routeSettings": [{ routeKey: "x" }] },
      "a rate beyond all": { "apigatewayv2/stage:Stage s > defaultRouteSettings.throttlingRateLimit": 1e9 },
    },
  },
  "ws-tls12-only": {
    good: {
      "apigatewayv2/domainName:DomainName d": { domainNameConfiguration: { securityPolicy: "TLS_1_2" } },
      "apigatewayv2/api:Api a": { id: "a", disableExecuteApiEndpoint: true },
      "apigatewayv2/apiMapping:ApiMapping m": { apiId: "a" },
    },
    bad: {
      "TLS 1.0": { "apigatewayv2/domainName:DomainName d > domainNameConfiguration.securityPolicy": "TLS_1_0" },
      "the way around": { "apigatewayv2/api:Api a > disableExecuteApiEndpoint": false },
    },
  },
  "ws-authorizer-identity-source": {
    good: {
      "lambda/function:Function f": FUNCTION,
      "apigatewayv2/authorizer:Authorizer z": {
        authorizerType: "REQUEST",
        authorizerUri: "invoke:f",
        identitySources: ["route.request.header.Auth"],
      },
    },
    bad: {
      "no source": { "apigatewayv2/authorizer:Authorizer z > identitySources": [] },
      "a time to live": { "apigatewayv2/authorizer:Authorizer z > authorizerResultTtlInSeconds": 0 },
      "another type": { "apigatewayv2/authorizer:Authorizer z > authorizerType": "TOKEN" },
      "a function of somebody else": { "apigatewayv2/authorizer:Authorizer z > authorizerUri": "invoke:x" },
      "tokens for anybody": {
        "apigatewayv2/authorizer:Authorizer j": { authorizerType: "JWT", identitySources: ["$request.header.A"] },
      },
    },
  },
};
