import type { Resource } from "../framework/resource";
import type { Rule } from "../framework/rule";

const API = "aws:apigatewayv2/api:Api";
const AUTHORIZER = "aws:apigatewayv2/authorizer:Authorizer";
const DOMAIN = "aws:apigatewayv2/domainName:DomainName";
const MAPPING = "aws:apigatewayv2/apiMapping:ApiMapping";
const ROUTE = "aws:apigatewayv2/route:Route";
const STAGE = "aws:apigatewayv2/stage:Stage";
/** Of a REST API. */
const METHOD = "aws:apigateway/method:Method";

export const wsConnectAuthorized: Rule = {
  name: "ws-connect-authorized",
  what: "Every connection to an API is authorized: the `$connect` route of a WebSocket API, each route of an HTTP API, each method of a REST API.",
  why: "WebSocket frames are authorized once, when the connection is made: an open $connect, or none at all, lets everybody play any player.",
  fix: 'Give the $connect route authorizationType "CUSTOM" with the id of an authorizer, or "AWS_IAM".',
  outside: ["FSBP APIGateway.8", "CKV_AWS_309", "NAG APIG4", "PRW apigatewayv2_api_authorizers_enabled"],
  example:
    'new aws.apigatewayv2.Route("connect", { apiId, routeKey: "$connect", authorizationType: "CUSTOM", authorizerId })',
  types: [ROUTE, API, METHOD],
  config: {
    publicRoutes: {
      type: "array",
      description: "Routes of HTTP APIs that anybody may call, by route key; of REST APIs by method and resource id.",
      default: [],
    },
  },
  checks: [
    (method, { refuse, texts }) => {
      // A browser asks by OPTIONS before it has any credentials to show.
      if (method.type !== METHOD || method.at("httpMethod") === "OPTIONS") return;
      const type = method.text("authorization");
      if (type !== undefined && /^(CUSTOM|AWS_IAM|COGNITO_USER_POOLS)$/.test(type)) return;
      if (!texts("publicRoutes").includes(`${method.text("httpMethod") ?? ""} ${method.text("resourceId") ?? ""}`))
        refuse("authorization", type, "one of CUSTOM, AWS_IAM, COGNITO_USER_POOLS");
    },
    (route, context) => {
      if (route.type !== ROUTE) return;
      const key = route.text("routeKey") ?? "";
      const isConnect = key === "$connect";
      if (!isConnect && (!/^[A-Z]+ /.test(key) || context.texts("publicRoutes").includes(key))) return;
      const type = route.text("authorizationType");
      const allowed = isConnect ? ["CUSTOM", "AWS_IAM"] : ["CUSTOM", "AWS_IAM", "JWT"];
      if (type === undefined || !allowed.includes(type)) {
        context.refuse("authorizationType", type, `one of ${allowed.join(", ")} on the route ${key}`);
      } else if (type !== "AWS_IAM" && !route.has("authorizerId")) {
        context.refuse("authorizerId", undefined, `the id of an authorizer on the route ${key}`);
      }
    },
  ],
  stackChecks: [
    (api, { refuse }) => {
      if (api.type !== API) return;
      for (const path of ["target", "body"])
        if (api.has(path))
          refuse(path, api.at(path), "nothing: it makes routes that no rule sees; write them out as Route resources");
    },
    (route, { stack, refuse, texts }) => {
      if (route.type !== ROUTE || route.text("routeKey") !== "$default" || !isHttp(stack.target(route, "apiId", API)))
        return;
      if (
        !texts("publicRoutes").includes("$default") &&
        !/^(CUSTOM|AWS_IAM|JWT)$/.test(route.text("authorizationType") ?? "")
      )
        refuse("authorizationType", route.at("authorizationType"), "one of CUSTOM, AWS_IAM, JWT on the route $default");
    },
    (api, { stack, refuse }) => {
      if (api.type !== API || api.text("protocolType") !== "WEBSOCKET") return;
      const routes = stack.ofType(ROUTE).filter((route) => stack.target(route, "apiId", API) === api);
      if (routes.length > 0 && !routes.some((route) => route.text("routeKey") === "$connect")) {
        refuse(
          "routes",
          routes.map((route) => route.at("routeKey")),
          "a $connect route with an authorizer",
        );
      }
    },
    (route, { stack, refuse }) => {
      if (route.type !== ROUTE || !/^(CUSTOM|JWT)$/.test(route.text("authorizationType") ?? "")) return;
      if (stack.target(route, "apiId", API) && !stack.target(route, "authorizerId", AUTHORIZER)) {
        refuse("authorizerId", route.at("authorizerId"), "the id of an authorizer of this stack");
      }
    },
  ],
};

export const wsAccessLogs: Rule = {
  name: "ws-access-logs",
  what: "Every stage writes access logs that tell who connected, with what outcome.",
  why: "Without them nobody can tell afterwards who was refused, who came in, and what failed.",
  fix: "Set accessLogSettings with a log group's ARN and a format that holds the fields of the setting `fields`.",
  outside: [
    "FSBP APIGateway.9",
    "CKV_AWS_76",
    "NAG APIG1",
    "GRD API_GWV2_ACCESS_LOGS_ENABLED",
    "PCP configureAccessLogging",
  ],
  example:
    'accessLogSettings: { destinationArn: logGroup.arn, format: JSON.stringify({ requestId: "$context.requestId" }) }',
  types: [STAGE],
  config: {
    fields: {
      type: "array",
      description: "Context variables that the format must hold.",
      default: [
        "$context.requestId",
        "$context.connectionId",
        "$context.eventType",
        "$context.routeKey",
        "$context.status",
      ],
    },
  },
  checks: [
    (stage, { refuse }) => {
      const destination = stage.text("accessLogSettings.destinationArn");
      if (destination === undefined || !/^arn:[\w-]+:(logs|firehose):/.test(destination))
        refuse("accessLogSettings.destinationArn", destination, "the ARN of a log group");
    },
    (stage, { refuse }) => {
      const format = stage.text("accessLogSettings.format") ?? "";
      if (/\$context\.authorizer\.(token|authorization)|querystring|\$input/i.test(format))
        refuse("accessLogSettings.format", format, "nothing that holds a token or a frame");
    },
  ],
  stackChecks: [
    (stage, { stack, refuse, texts }) => {
      const format = stage.text("accessLogSettings.format") ?? "";
      const isOfHttp = isHttp(stack.target(stage, "apiId", API));
      const missing = texts("fields").filter(
        (field) => !format.includes(field) && !(isOfHttp && WEBSOCKET_ONLY.includes(field)),
      );
      if (missing.length > 0) refuse("accessLogSettings.format", format, `also ${missing.join(", ")}`);
    },
  ],
};

/** Context variables that an HTTP API does not have. */
const WEBSOCKET_ONLY = ["$context.connectionId", "$context.eventType"];

/** Whether an API is an HTTP API; one outside the stack is taken for a WebSocket API, of which more is asked. */
function isHttp(api: Resource | undefined): boolean {
  return api?.text("protocolType") === "HTTP";
}

export const wsExecLogsNoDataTrace: Rule = {
  name: "ws-exec-logs-no-data-trace",
  what: "WebSocket stages log their execution, and never the frames themselves.",
  why: "Errors between API Gateway and a function show nowhere else; data traces write every player's frames, in plain text, into the log.",
  fix: 'Set loggingLevel to "ERROR" and dataTraceEnabled to false, in defaultRouteSettings and in each of routeSettings.',
  outside: ["FSBP APIGateway.1", "GRD api_gw_execution_logging", "CKV_AWS_276"],
  example:
    'defaultRouteSettings: { loggingLevel: "ERROR", dataTraceEnabled: false, throttlingBurstLimit: 1000, throttlingRateLimit: 2000 }',
  types: [STAGE],
  // AWS takes neither of an HTTP API.
  stackChecks: [
    (stage, { stack, refuse }) => {
      if (isHttp(stack.target(stage, "apiId", API))) return;
      for (const path of settingsPaths(stage.list("routeSettings").length)) {
        const level = stage.text(`${path}.loggingLevel`);
        if (level !== "ERROR" && level !== "INFO") refuse(`${path}.loggingLevel`, level, "ERROR or INFO");
      }
    },
    (stage, { stack, refuse }) => {
      if (isHttp(stack.target(stage, "apiId", API))) return;
      for (const path of settingsPaths(stage.list("routeSettings").length)) {
        const trace = stage.at(`${path}.dataTraceEnabled`);
        if (trace !== false && trace !== "false") refuse(`${path}.dataTraceEnabled`, trace, "false, written out");
      }
    },
  ],
};

export const wsThrottled: Rule = {
  name: "ws-throttled",
  what: "Every stage limits the rate and the burst of requests, in each of its route settings.",
  why: "One client could use up the account's request quota; and settings without limits are sent as 0, which answers 429 to everybody.",
  fix: "Set throttlingRateLimit and throttlingBurstLimit, both above 0.",
  outside: ["NAG Serverless-APIGWDefaultThrottling"],
  example: 'defaultRouteSettings: { throttlingBurstLimit: 1000, throttlingRateLimit: 2000, loggingLevel: "ERROR" }',
  types: [STAGE],
  config: {
    maximum: {
      type: "integer",
      description: "Highest rate and burst, requests a second.",
      default: 10_000,
      minimum: 1,
    },
  },
  checks: (["throttlingRateLimit", "throttlingBurstLimit"] as const).map(
    (limit): NonNullable<Rule["checks"]>[number] =>
      (stage, { refuse, number }) => {
        for (const path of settingsPaths(stage.list("routeSettings").length)) {
          const value = stage.number(`${path}.${limit}`);
          if (value === undefined || value <= 0 || value > number("maximum"))
            refuse(`${path}.${limit}`, value, `a number above 0, at most ${number("maximum")}`);
        }
      },
  ),
};

export const wsTls12Only: Rule = {
  name: "ws-tls12-only",
  what: "A domain of one's own takes TLS 1.2 or newer, and the API is reached by it alone.",
  why: "Older TLS can be read on the way; an execute-api address left open goes around whatever the domain enforces.",
  fix: 'Set domainNameConfiguration.securityPolicy to "TLS_1_2", and disableExecuteApiEndpoint on APIs that are mapped to a domain.',
  outside: ["PCP configureDomainNameSecurityPolicy", "PRW apigateway pqc tls"],
  example: 'domainNameConfiguration: { certificateArn, endpointType: "REGIONAL", securityPolicy: "TLS_1_2" }',
  types: [DOMAIN, MAPPING],
  checks: [
    (domain, { refuse }) => {
      if (domain.type !== DOMAIN) return;
      const policy = domain.text("domainNameConfiguration.securityPolicy");
      if (policy === undefined || !/^(TLS_1_[23]|SecurityPolicy_TLS13_)/.test(policy))
        refuse("domainNameConfiguration.securityPolicy", policy, "TLS_1_2 or newer");
    },
  ],
  stackChecks: [
    (mapping, { stack, refuse }) => {
      if (mapping.type !== MAPPING) return;
      const api = stack.target(mapping, "apiId", API);
      if (api && !api.flag("disableExecuteApiEndpoint"))
        refuse("apiId", mapping.at("apiId"), `an API with disableExecuteApiEndpoint: true; "${api.name}" has it not`);
    },
  ],
};

export const wsAuthorizerIdentitySource: Rule = {
  name: "ws-authorizer-identity-source",
  what: "An authorizer names where the identity comes from; one of a WebSocket API is asked anew for each connection.",
  why: "Without an identity source every request without a token costs an invocation; a time to live is refused on WebSocket APIs, and elsewhere lets a withdrawn token go on.",
  fix: "Name at least one identity source, leave authorizerResultTtlInSeconds out, and point authorizerUri at a function.",
  outside: [],
  example:
    'new aws.apigatewayv2.Authorizer("players", { apiId, authorizerType: "REQUEST", authorizerUri: fn.invokeArn, identitySources: ["route.request.header.Sec-WebSocket-Protocol"] })',
  types: [AUTHORIZER],
  checks: [
    (authorizer, { refuse }) => {
      const sources = authorizer
        .list("identitySources")
        .filter((source) => /^(route\.request\.|\$request\.)\w/.test(String(source)));
      if (sources.length === 0)
        refuse(
          "identitySources",
          authorizer.at("identitySources"),
          "a header or a query parameter, e.g. route.request.header.Authorization",
        );
    },
    (authorizer, { refuse }) => {
      const ttl = authorizer.at("authorizerResultTtlInSeconds");
      if (
        ttl !== undefined &&
        ttl !== null &&
        authorizer.list("identitySources").some((source) => String(source).startsWith("route."))
      )
        refuse("authorizerResultTtlInSeconds", ttl, "nothing, not even 0");
    },
    (authorizer, { refuse }) => {
      const type = authorizer.text("authorizerType");
      if (type !== "REQUEST" && type !== "JWT") refuse("authorizerType", type, "REQUEST or JWT");
      if (type === "JWT" && authorizer.list("jwtConfiguration.audiences").length === 0)
        refuse("jwtConfiguration.audiences", undefined, "the audience that tokens must be made for");
    },
  ],
  stackChecks: [
    (authorizer, { stack, refuse }) => {
      if (authorizer.at("authorizerType") !== "REQUEST") return;
      if (!stack.target(authorizer, "authorizerUri", "aws:lambda/function:Function"))
        refuse("authorizerUri", authorizer.at("authorizerUri"), "the invokeArn of a function of this stack");
    },
  ],
};

/** Paths of all route settings of a stage. */
function settingsPaths(count: number): string[] {
  return ["defaultRouteSettings", ...Array.from({ length: count }, (_, index) => `routeSettings.${index}`)];
}

export const apiGatewayRules: readonly Rule[] = [
  wsConnectAuthorized,
  wsAccessLogs,
  wsExecLogsNoDataTrace,
  wsThrottled,
  wsTls12Only,
  wsAuthorizerIdentitySource,
];
