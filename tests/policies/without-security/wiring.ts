import { isConnect, type WithoutSecurity } from "./mutants";

/** Of APIs, functions and what leads from one to the other: what does not fit fails. */
export const WIRING_WITHOUT: readonly WithoutSecurity[] = [
  {
    types: ["Api", "Integration", "Route", "RouteResponse", "Deployment", "Stage", "Authorizer"],
    path: /^(apiId|routeId|routeKey|protocolType|routeSelectionExpression|integrationMethod|integrationType|target|triggers.*|deploymentId|routeResponse\w+|name)$/,
    when: ({ path, before, name }) =>
      (path !== "routeKey" || before !== "$connect") && (path !== "apiId" || !isConnect(name)),
    reason: "Wiring of the API: AWS refuses the deployment, or no frame arrives, as the journeys show; nobody gets in.",
  },
  {
    types: ["Route"],
    path: /^authorizationType$/,
    when: ({ before }) => before === "NONE",
    reason:
      "API Gateway authorizes WebSocket connections on $connect alone; on other routes the property has no effect.",
  },
  {
    types: ["Integration"],
    path: /^integrationUri$/,
    operators: ["remove", "replace"],
    reason: "AWS refuses an integration without a function.",
  },
  {
    types: [
      "Api",
      "Deployment",
      "Integration",
      "RouteResponse",
      "Stage",
      "Permission",
      "Account",
      "EventTarget",
      "Alias",
      "Resource",
      "RolePolicyAttachment",
    ],
    path: /^$/,
    operators: ["drop"],
    reason:
      "What is not there exposes nothing and keeps nothing; what needs it fails to deploy or fails in the journeys.",
  },
  {
    types: ["Route"],
    path: /^$/,
    operators: ["drop"],
    when: ({ name }) => !isConnect(name),
    reason: "A frame that no route takes is answered with an error.",
  },
  {
    types: ["TopicSubscription"],
    path: /^$|^filterPolicy/,
    when: ({ name }) => name.includes("-on-"),
    reason:
      "A reaction that hears too much or too little of the game's own events: a function's matter, held by the journeys.",
  },
  {
    types: ["Account"],
    path: /^cloudwatchRoleArn$/,
    operators: ["remove", "replace"],
    reason: "AWS then refuses any stage that logs.",
  },
  {
    types: ["Alias"],
    path: /^targetKeyId$/,
    reason: "Everything refers to the key by its ARN; the alias is for people.",
  },
  {
    types: ["Resource"],
    path: /IntegrationConfig|IntegrationName/,
    reason: "What is made and how often it is refreshed; AWS refuses a state that does not fit the type.",
  },
  {
    types: ["Function"],
    path: /^(architectures|code|handler|memorySize|timeout)|^loggingConfig\.logFormat$/,
    reason:
      "Code and sizes: the closures' tests hold the archive, esm-visibility-6x the time-out where a queue feeds it.",
  },
  {
    types: ["Function"],
    path: /^environment/,
    operators: ["remove", "replace", "elsewhere"],
    when: ({ operator, before }) => operator !== "elsewhere" || !/^arn:|sqs\./.test(String(before)),
    reason:
      "What handlers read: a wrong name fails, because the role reaches nothing else; secrets are held by lambda-env-encrypted-no-secrets.",
  },
  {
    types: ["Stage"],
    path: /^accessLogSettings\.format\.(authorizerError|error|extendedRequestId|integrationError|integrationLatency|requestTime)$/,
    reason: "Helps to find a cause; who, what and the outcome are held by ws-access-logs.",
  },
  {
    types: ["Stage"],
    path: /detailedMetricsEnabled|throttling\w+Limit$/,
    operators: ["flip", "remove", "least"],
    when: ({ path, operator }) => path.endsWith("Enabled") || operator === "least",
    reason: "Metrics for each route; a lower limit is stricter.",
  },
  {
    types: ["TopicSubscription"],
    path: /^(filterPolicyScope|rawMessageDelivery)$/,
    reason:
      "How the message is written and where the filter looks: with the wrong one nothing arrives, as the journeys show.",
  },
  {
    types: ["Function"],
    path: /^$/,
    operators: ["drop"],
    when: ({ name }) => /(redrive|redrive-function|-start)$/.test(name),
    reason: "Operators and schedules call it: what is not there answers them with an error.",
  },
];
