import type { Environment } from "../../policies/framework/rule";
import type { Mutant } from "./mutants";

/** Mutants that weaken nothing which rules are for, and why. */
export interface WithoutSecurity {
  /** Ends of type tokens; every type when left out. */
  readonly types?: readonly string[];
  readonly path: RegExp;
  /** Every operator when left out. */
  readonly operators?: readonly string[];
  readonly when?: (mutant: Mutant) => boolean;
  /** @default both */
  readonly environment?: Environment;
  readonly reason: string;
}

const denies = ({ statement }: Mutant): boolean => statement?.["Effect"] === "Deny";
const allows = ({ statement }: Mutant): boolean => statement?.["Effect"] === "Allow";
const DOCUMENTS = ["RolePolicy", "Role", "Key", "QueuePolicy", "TopicPolicy", "BucketPolicy", "ResourcePolicy"];

export const WITHOUT_SECURITY: readonly WithoutSecurity[] = [
  {
    types: ["MetricAlarm", "Bucket", "Table"],
    path: /.*/,
    when: ({ type, path }) => type.endsWith("MetricAlarm") || /^(deletionProtectionEnabled|forceDestroy)$/.test(path),
    environment: "other",
    reason: "Outside production nobody is woken, and a stack can be destroyed with what it holds.",
  },
  {
    types: ["Queue"],
    path: /^messageRetentionSeconds$/,
    operators: ["remove"],
    when: ({ before }) => before === 345_600,
    reason: "Four days are AWS's default.",
  },
  {
    types: ["Schedule"],
    operators: ["remove", "replace", "drop", "zero", "raise", "least", "flip"],
    path: /^$|^(target\.(input|arn|roleArn)|scheduleExpression|flexibleTimeWindow|groupName|startDate|endDate|actionAfterCompletion)/,
    reason:
      "When a segment runs, what the function is told, or nothing at all: AWS refuses it, or the journeys show it.",
  },
  {
    path: /^(description|alarmDescription|name|dashboardName|eventDestinationName|configurationSetName)$|Statement\.\[\]\.Sid$/,
    operators: ["remove", "replace", "open"],
    when: ({ type }) => !type.endsWith("EventDestination") && !type.endsWith("EmailIdentity"),
    reason: "A label: what refers to the resource does so by its outputs, and follows.",
  },
  {
    types: DOCUMENTS,
    path: /\.Version$/,
    reason: "AWS refuses any other version; the older one lacks policy variables, which no document uses.",
  },
  {
    types: DOCUMENTS,
    path: /\.Statement\.\[\]\.Effect$/,
    operators: ["remove"],
    reason: "AWS refuses a statement without an effect.",
  },
  {
    types: DOCUMENTS,
    path: /\.Statement\.\[\]\.Effect$/,
    operators: ["flip"],
    when: allows,
    reason: "A right less: what must be allowed is proven by the journeys and by the least-privilege tests.",
  },
  {
    types: DOCUMENTS,
    path: /\.Statement\.\[\]$|\.Statement\.\[\]\.(Action|Resource)(\.\[\])?$|^policy$/,
    operators: ["remove"],
    when: (mutant) => mutant.path === "policy" || allows(mutant) || isAllow(mutant.before),
    reason: "A right less (AWS refuses a statement without action or resource): see above.",
  },
  {
    types: DOCUMENTS,
    path: /\.Statement\.\[\]\.(Action|Resource)(\.\[\])?$/,
    operators: ["open", "open service"],
    when: denies,
    reason: "A denial of more than before is stricter.",
  },
  {
    types: ["Key"],
    path: /\.Resource$/,
    operators: ["remove", "negate", "elsewhere"],
    reason: "In a key's policy the resource is the key itself, whatever is written; AWS refuses one without it.",
  },
  {
    types: ["ResourcePolicy"],
    path: /\.Resource$|SourceArn\.\[\]$/,
    operators: ["remove", "negate"],
    when: ({ path, name, operator }) =>
      operator === "remove" || (path.endsWith("Resource") && name.endsWith("source-policy")),
    reason: "In a table's policy the resource is the table itself; one source less admits less.",
  },
  {
    types: ["ResourcePolicy"],
    path: /\.Resource\.\[\]$/,
    operators: ["elsewhere"],
    reason: "Admits to a database that is not there; the copy fails its preflight.",
  },
  {
    types: ["ResourcePolicy"],
    path: /^enableHybrid$/,
    reason: "Says whether Lake Formation's grants count beside the policy; it grants nothing itself.",
  },
  {
    types: ["RolePolicy", "ResourcePolicy"],
    path: /^$/,
    operators: ["drop"],
    reason: "Rights less: see above.",
  },
  {
    types: ["Dashboard", "LogMetricFilter"],
    path: /.*/,
    reason: "Shows and counts; opens and protects nothing.",
  },
  {
    types: ["MetricAlarm"],
    path: /.*/,
    when: ({ name }) => !collectsFailures(name),
    reason:
      "Tells of load, rates and delays; opens and protects nothing. Alarms on dead letters are held by alarms-on-dead-letters.",
  },
  {
    types: ["MetricAlarm"],
    path: /^(treatMissingData|alarmDescription)$|^period$|^statistic$/,
    operators: ["remove", "replace", "least", "zero"],
    when: ({ path, operator }) => path !== "period" || operator === "least" || operator === "zero",
    reason:
      "The queue's metric is always there; AWS refuses an alarm without period and statistic or with a period of 0.",
  },
  {
    types: ["Api", "Integration", "Route", "RouteResponse", "Deployment", "Stage", "Authorizer"],
    path: /^(apiId|routeId|routeKey|protocolType|routeSelectionExpression|integrationMethod|integrationType|target|triggers.*|deploymentId|routeResponse\w+|name)$/,
    when: ({ path, before }) => path !== "routeKey" || before !== "$connect",
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
    types: ["Authorizer"],
    path: /^authorizerUri$/,
    operators: ["remove", "replace"],
    reason: "AWS refuses an authorizer without a function.",
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
      "CatalogDatabase",
      "Alias",
      "Resource",
      "Bucket",
      "Table",
      "Workgroup",
      "Topic",
      "Queue",
      "EventRule",
      "Function",
      "EmailIdentity",
      "ConfigurationSet",
      "RolePolicyAttachment",
      "EventSourceMapping",
      "Key",
      "LogGroup",
      "Role",
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
    when: ({ name }) => !name.includes("connect-route") || name.includes("disconnect"),
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
    types: ["FunctionEventInvokeConfig"],
    path: /^$/,
    operators: ["drop"],
    when: ({ name }) => !name.includes("sweep"),
    reason:
      "Nothing in the stack tells that the function is invoked asynchronously: a game server invokes it, and waits or not.",
  },
  {
    types: ["ConfigurationSetEventDestination"],
    path: /.*/,
    when: ({ name }) => name.includes("metrics"),
    reason: "Counts events for alarms and dashboards; the events themselves go to the topic.",
  },
  {
    types: ["ConfigurationSetEventDestination"],
    path: /^eventDestinationName$|matchingEventTypes\.\[\]$/,
    when: ({ path, before }) =>
      path === "eventDestinationName" ||
      !["SEND", "BOUNCE", "COMPLAINT", "REJECT", "DELIVERY"].includes(String(before)),
    reason: "Opens and clicks are statistics; a label.",
  },
  {
    types: ["ConfigurationSet"],
    path: /^sendingOptions/,
    reason: "Switches sending on or off; off, nothing leaves.",
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
    path: /^typeName$|IntegrationConfig|IntegrationName/,
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
    types: ["FunctionEventInvokeConfig"],
    path: /^maximumRetryAttempts$/,
    operators: ["least", "zero"],
    reason: "Fewer retries reach the failure queue sooner.",
  },
  {
    types: ["EventSourceMapping"],
    path: /^(batchSize|maximumBatchingWindowInSeconds|parallelizationFactor)$/,
    operators: ["remove", "least", "raise", "zero"],
    when: ({ path, operator, name }) =>
      path === "batchSize" ||
      (path === "parallelizationFactor"
        ? operator === "remove" || operator === "least"
        : operator !== "raise" || isStreamReader(name)),
    reason: "Sizes of batches; AWS refuses what is out of range, and the defaults are smaller.",
  },
  {
    types: ["EventSourceMapping"],
    path: /^filterCriteria/,
    reason: "Which records a reader is fed with: the component's contract, held by the journeys.",
  },
  {
    types: ["EventSourceMapping"],
    path: /^maximumRetryAttempts$/,
    operators: ["least", "zero"],
    reason: "Fewer retries reach the failure queue sooner.",
  },
  {
    types: ["EventRule"],
    path: /^scheduleExpression$|eventPattern\.(source|detail-type)\.\[\]$|eventPattern\.detail\.currentState/,
    operators: ["replace", "remove"],
    when: ({ path, operator }) => operator === "replace" || path.includes("currentState"),
    reason: "AWS refuses it, or the rule hears nothing, or all ends of its own queries: held by the journeys.",
  },
  {
    types: ["EventTarget"],
    path: /^arn$/,
    operators: ["remove", "replace"],
    reason: "AWS refuses a target without an ARN.",
  },
  {
    types: ["EventTarget", "Schedule"],
    path: /^(target\.)?retryPolicy\./,
    operators: ["raise", "least"],
    when: ({ operator, before }) => operator === "least" || Number(before) * 1_000 <= 86_400,
    reason: "Within what is allowed: the dead-letter queue hears sooner or later.",
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
    types: ["Table"],
    path: /^(attributes|globalSecondaryIndexes|hashKey|rangeKey)|^ttl\.attributeName$/,
    operators: ["remove", "replace"],
    when: ({ path, operator }) => path !== "ttl.attributeName" || operator === "replace",
    reason: "The table's keys, which handlers and journeys hold.",
  },
  {
    types: ["BucketLifecycleConfiguration"],
    path: /rules\.\[\]\.(id|filter|expiration.*)$/,
    reason: "How long current objects are kept is the component's contract; objects that go expose nothing.",
  },
  {
    types: ["BucketLifecycleConfiguration"],
    path: /(daysAfterInitiation|noncurrentDays)$/,
    operators: ["least", "raise"],
    when: ({ path, operator }) => (operator === "least") === path.endsWith("daysAfterInitiation"),
    reason: "Sooner tidied, longer kept: both stricter.",
  },
  {
    types: ["Bucket", "Workgroup"],
    path: /^forceDestroy$/,
    when: ({ type, operator }) => operator === "remove" || type.endsWith("Workgroup"),
    reason: "Off by default; a workgroup holds no more than the history of its queries.",
  },
  {
    types: ["Workgroup"],
    path: /engineVersion/,
    operators: ["remove"],
    reason: "AWS then takes the newest.",
  },
  {
    types: ["Key"],
    path: /^deletionWindowInDays$/,
    operators: ["raise", "remove"],
    reason: "30 days are AWS's default and its most.",
  },
  {
    types: ["Queue"],
    path: /^(messageRetentionSeconds|visibilityTimeoutSeconds)$/,
    operators: ["raise"],
    reason: "14 days are AWS's most, and 12 hours: it refuses more; longer than now is stricter.",
  },
  {
    types: ["Queue"],
    path: /^visibilityTimeoutSeconds$/,
    when: ({ name }) => collectsFailures(name) && !/^emails-(send|reconcile)-dlq$/.test(name),
    reason: "No function reads the queue.",
  },
  {
    types: ["RolePolicyAttachment", "TopicSubscription", "TopicPolicy"],
    path: /^(policyArn|role|topic|arn)$/,
    operators: ["remove", "replace"],
    when: ({ type, path }) => type.endsWith("Attachment") || path === "topic" || path === "arn",
    reason: "AWS refuses it: the property is required and must be an ARN.",
  },
  {
    types: ["TopicSubscription"],
    path: /^(filterPolicyScope|rawMessageDelivery)$/,
    reason:
      "How the message is written and where the filter looks: with the wrong one nothing arrives, as the journeys show.",
  },
];

/** Whether a queue, or the alarm of one, is for what failed. */
function collectsFailures(name: string): boolean {
  return /(dlq|dead-letters|failures|undelivered)$/.test(name);
}

function isAllow(statement: unknown): boolean {
  return typeof statement === "object" && statement !== null && (statement as { Effect?: unknown }).Effect === "Allow";
}

/** Why a mutant need not be refused; `undefined` when it must be. */
export function reasonOf(mutant: Mutant, stack: Environment): WithoutSecurity | undefined {
  return WITHOUT_SECURITY.find(
    ({ types, path, operators, when, environment }) =>
      (environment === undefined || environment === stack) &&
      (types === undefined || types.some((type) => mutant.type.endsWith(`:${type}`))) &&
      path.test(mutant.path) &&
      (operators === undefined || operators.includes(mutant.operator)) &&
      (when === undefined || when(mutant)),
  );
}

/** Whether a mapping reads a table's stream, whose records know no visibility time-out. */
function isStreamReader(name: string): boolean {
  return /(notices|prepare-mapping)$/.test(name);
}
