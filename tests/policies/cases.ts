import type { Environment } from "../../policies/framework/rule";
import { ACCOUNT } from "./graph";

/** Properties of a resource by its short type and name, e.g. `sqs/queue:Queue orders`. */
export type Resources = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Changes by `resource > dotted path`; `undefined` removes, and a resource alone is dropped or added. */
export type Edit = Readonly<Record<string, unknown>>;

export interface RuleCase {
  readonly good: Resources;
  readonly bad: Readonly<Record<string, Edit>>;
  /** @default production */
  readonly environment?: Environment;
}

export const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/mine`;
export const arn = (service: string, resource: string): string => `arn:aws:${service}:us-east-1:${ACCOUNT}:${resource}`;
export const document = (...Statement: readonly object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement });
const tls = (Action: string, Resource: unknown) => ({
  Effect: "Deny",
  Principal: "*",
  Action,
  Resource,
  Condition: { Bool: { "aws:SecureTransport": "false" } },
});
const bySource = (Action: string, Resource: string, source: string, Service = "sns.amazonaws.com") => ({
  Effect: "Allow",
  Principal: { Service },
  Action,
  Resource,
  Condition: { ArnEquals: { "aws:SourceArn": source } },
});
const everybody = (Action: string, Resource: string, Condition?: object) => ({
  Effect: "Allow",
  Principal: "*",
  Action,
  Resource,
  ...(Condition ? { Condition } : {}),
});

const Q = arn("sqs", "q");
const D = arn("sqs", "d");
const T = arn("sns", "t");
const FN = arn("lambda", "function:f");
const QUEUE = {
  arn: Q,
  url: "https://q",
  name: "q",
  kmsMasterKeyId: KEY,
  visibilityTimeoutSeconds: 60,
  messageRetentionSeconds: 345_600,
  redrivePolicy: JSON.stringify({ deadLetterTargetArn: D, maxReceiveCount: 3 }),
};
const DEAD = { arn: D, url: "https://d", name: "d", kmsMasterKeyId: KEY, messageRetentionSeconds: 1_209_600 };
const FUNCTION = {
  arn: FN,
  name: "f",
  invokeArn: "invoke:f",
  timeout: 10,
  runtime: "nodejs22.x",
  role: arn("iam", "role/f").replace("us-east-1", ""),
  tracingConfig: { mode: "Active" },
  loggingConfig: { logGroup: "/f" },
  environment: { variables: { TABLE: "t" } },
  kmsKeyArn: KEY,
};
const ROLE = {
  arn: FUNCTION.role,
  name: "f",
  assumeRolePolicy: document({
    Effect: "Allow",
    Principal: { Service: "lambda.amazonaws.com" },
    Action: "sts:AssumeRole",
  }),
};
const STREAM = {
  eventSourceArn: arn("dynamodb", "table/t/stream/1"),
  functionName: "f",
  startingPosition: "TRIM_HORIZON",
  functionResponseTypes: ["ReportBatchItemFailures"],
  bisectBatchOnFunctionError: true,
  maximumRetryAttempts: 3,
  maximumRecordAgeInSeconds: 3_600,
  destinationConfig: { onFailure: { destinationArn: D } },
};
const FED = {
  eventSourceArn: Q,
  functionName: "f",
  functionResponseTypes: ["ReportBatchItemFailures"],
  scalingConfig: { maximumConcurrency: 5 },
};
const STAGE = {
  apiId: "a",
  accessLogSettings: {
    destinationArn: arn("logs", "log-group:g"),
    format: "$context.requestId $context.connectionId $context.eventType $context.routeKey $context.status",
  },
  defaultRouteSettings: {
    loggingLevel: "ERROR",
    dataTraceEnabled: false,
    throttlingRateLimit: 100,
    throttlingBurstLimit: 100,
  },
};
const TABLE = {
  arn: arn("dynamodb", "table/t"),
  name: "t",
  billingMode: "PAY_PER_REQUEST",
  pointInTimeRecovery: { enabled: true },
  deletionProtectionEnabled: true,
  serverSideEncryption: { enabled: true, kmsKeyArn: KEY },
  ttl: { enabled: true, attributeName: "expiresAt" },
  streamEnabled: true,
  streamViewType: "NEW_AND_OLD_IMAGES",
  streamArn: STREAM.eventSourceArn,
};
const grant = (...statements: readonly object[]) => ({ role: "f", policy: document(...statements) });
const READ = { Effect: "Allow", Action: "dynamodb:GetItem", Resource: TABLE.arn };
const BUCKET = { arn: "arn:aws:s3:::b", id: "b", bucket: "b" };
const SET = {
  configurationSetName: "s",
  deliveryOptions: { tlsPolicy: "REQUIRE" },
  reputationOptions: { reputationMetricsEnabled: true },
  suppressionOptions: { suppressedReasons: ["BOUNCE", "COMPLAINT"] },
};
const DESTINATION = {
  configurationSetName: "s",
  eventDestination: {
    enabled: true,
    matchingEventTypes: ["SEND", "BOUNCE", "COMPLAINT", "REJECT", "DELIVERY"],
    snsDestination: { topicArn: T },
  },
};
const MAIL = {
  Effect: "Allow",
  Action: "ses:SendRawEmail",
  Resource: arn("ses", "identity/a@example.com"),
  Condition: {
    StringEquals: { "ses:FromAddress": "a@example.com" },
    "ForAllValues:StringLike": { "ses:Recipients": ["*@players.test"] },
  },
};
const ROOT = { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: "kms:*", Resource: "*" };
const CRYPT = {
  Effect: "Allow",
  Principal: { Service: "sns.amazonaws.com" },
  Action: ["kms:Decrypt"],
  Resource: "*",
  Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } },
};
const SOURCED = {
  Effect: "Allow",
  Principal: { Service: "glue.amazonaws.com" },
  Action: ["dynamodb:DescribeTable"],
  Resource: "*",
  Condition: {
    StringEquals: { "aws:SourceAccount": ACCOUNT },
    ArnLike: { "aws:SourceArn": arn("glue", "integration:*") },
  },
};
const SECURITY = {
  s3Encryption: { s3EncryptionMode: "SSE-KMS", kmsKeyArn: KEY },
  cloudwatchEncryption: { cloudwatchEncryptionMode: "SSE-KMS", kmsKeyArn: KEY },
  jobBookmarksEncryption: { jobBookmarksEncryptionMode: "CSE-KMS", kmsKeyArn: KEY },
};
const ALARM = {
  namespace: "AWS/SQS",
  metricName: "ApproximateNumberOfMessagesVisible",
  dimensions: { QueueName: "d" },
  comparisonOperator: "GreaterThanThreshold",
  threshold: 0,
  evaluationPeriods: 1,
  period: 300,
  statistic: "Maximum",
};

/** A case that complies and cases that do not, for every rule. */
export const CASES: Readonly<Record<string, RuleCase>> = {
  "ws-connect-authorized": {
    good: {
      "apigatewayv2/api:Api a": { id: "a", protocolType: "WEBSOCKET" },
      "apigatewayv2/authorizer:Authorizer z": { id: "z" },
      "apigatewayv2/route:Route c": {
        apiId: "a",
        routeKey: "$connect",
        authorizationType: "CUSTOM",
        authorizerId: "z",
      },
      "apigatewayv2/route:Route h": { apiId: "a", routeKey: "hello" },
    },
    bad: {
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
    good: { "apigatewayv2/stage:Stage s": STAGE },
    bad: {
      "no destination": { "apigatewayv2/stage:Stage s > accessLogSettings.destinationArn": undefined },
      "no log group": { "apigatewayv2/stage:Stage s > accessLogSettings.destinationArn": "none" },
      "a format without the outcome": { "apigatewayv2/stage:Stage s > accessLogSettings.format": "$context.requestId" },
      "a format with a token": {
        "apigatewayv2/stage:Stage s > accessLogSettings.format": `${STAGE.accessLogSettings.format} $context.authorizer.token`,
      },
    },
  },
  "ws-exec-logs-no-data-trace": {
    good: { "apigatewayv2/stage:Stage s": STAGE },
    bad: {
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
  "lambda-supported-runtime": {
    good: { "lambda/function:Function f": FUNCTION },
    bad: {
      "an old one": { "lambda/function:Function f > runtime": "nodejs16.x" },
      none: { "lambda/function:Function f > runtime": undefined },
    },
  },
  "lambda-xray": {
    good: { "lambda/function:Function f": FUNCTION },
    bad: {
      "passed through": { "lambda/function:Function f > tracingConfig.mode": "PassThrough" },
      none: { "lambda/function:Function f > tracingConfig": undefined },
    },
  },
  "lambda-bounded-concurrency": {
    good: {
      "lambda/eventSourceMapping:EventSourceMapping q": FED,
      "lambda/eventSourceMapping:EventSourceMapping s": { ...STREAM, parallelizationFactor: 2 },
    },
    bad: {
      "no bound": { "lambda/eventSourceMapping:EventSourceMapping q > scalingConfig": undefined },
      "1": { "lambda/eventSourceMapping:EventSourceMapping q > scalingConfig.maximumConcurrency": 1 },
      "1000": { "lambda/eventSourceMapping:EventSourceMapping q > scalingConfig.maximumConcurrency": 1_000 },
      "a factor of 20": { "lambda/eventSourceMapping:EventSourceMapping s > parallelizationFactor": 20 },
    },
  },
  "lambda-async-failure-target": {
    good: {
      "lambda/function:Function f": FUNCTION,
      "sqs/queue:Queue d": DEAD,
      "lambda/permission:Permission p": { function: "f", principal: "events.amazonaws.com" },
      "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig c": {
        functionName: "f",
        maximumEventAgeInSeconds: 60,
        maximumRetryAttempts: 0,
        destinationConfig: { onFailure: { destination: D } },
      },
    },
    bad: {
      "no configuration": { "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig c": undefined },
      "no target": { "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig c > destinationConfig": undefined },
      "a target elsewhere": {
        "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig c > destinationConfig.onFailure.destination": arn(
          "sqs",
          "x",
        ),
      },
      "no age": {
        "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig c > maximumEventAgeInSeconds": undefined,
      },
      "no retries said": {
        "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig c > maximumRetryAttempts": undefined,
      },
      "another function": { "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig c > functionName": "x" },
    },
  },
  "lambda-env-encrypted-no-secrets": {
    good: { "lambda/function:Function f": FUNCTION },
    bad: {
      "no key": { "lambda/function:Function f > kmsKeyArn": undefined },
      "an alias of AWS": { "lambda/function:Function f > kmsKeyArn": "alias/aws/lambda" },
      "a password": { "lambda/function:Function f > environment.variables": { DB_PASSWORD: "correct horse battery" } },
      "an access key": { "lambda/function:Function f > environment.variables": { X: "AKIAIOSFODNN7EXAMPLE" } },
    },
  },
  "lambda-permission-narrow": {
    good: {
      "lambda/function:Function f": FUNCTION,
      "apigatewayv2/api:Api a": { id: "abc" },
      "lambda/permission:Permission p": {
        action: "lambda:InvokeFunction",
        function: "f",
        principal: "apigateway.amazonaws.com",
        sourceArn: arn("execute-api", "abc/live/$connect"),
      },
    },
    bad: {
      "every action": { "lambda/permission:Permission p > action": "lambda:*" },
      everybody: { "lambda/permission:Permission p > principal": "*" },
      "another service": { "lambda/permission:Permission p > principal": "sns.amazonaws.com" },
      "no source": { "lambda/permission:Permission p > sourceArn": undefined },
      "any source": { "lambda/permission:Permission p > sourceArn": arn("execute-api", "*/live/$connect") },
      "any account": { "lambda/permission:Permission p > sourceArn": "arn:aws:execute-api:us-east-1:*:abc/live" },
      "another API": { "lambda/permission:Permission p > sourceArn": arn("execute-api", "xyz/live/$connect") },
      "another function": { "lambda/permission:Permission p > function": "x" },
      "a bucket of anybody": {
        "s3/bucket:Bucket b": BUCKET,
        "lambda/permission:Permission b": {
          action: "lambda:InvokeFunction",
          function: "f",
          principal: "s3.amazonaws.com",
          sourceArn: BUCKET.arn,
        },
      },
      "an open URL": {
        "lambda/permission:Permission u": {
          action: "lambda:InvokeFunctionUrl",
          function: "f",
          principal: ACCOUNT,
          functionUrlAuthType: "NONE",
        },
      },
    },
  },
  "lambda-url-authorized": {
    good: {
      "lambda/functionUrl:FunctionUrl u": {
        authorizationType: "AWS_IAM",
        cors: { allowOrigins: ["https://game.example"] },
      },
    },
    bad: {
      open: { "lambda/functionUrl:FunctionUrl u > authorizationType": "NONE" },
      "every origin": { "lambda/functionUrl:FunctionUrl u > cors.allowOrigins": ["*"] },
    },
  },
  "lambda-own-role": {
    good: { "lambda/function:Function f": FUNCTION, "iam/role:Role f": ROLE },
    bad: {
      "a role elsewhere": { "lambda/function:Function f > role": arn("iam", "role/x") },
      "a shared role": { "lambda/function:Function g": { ...FUNCTION, name: "g", arn: `${FN}g` } },
    },
  },
  "lambda-no-default-callback-role": {
    good: { "iam/rolePolicyAttachment:RolePolicyAttachment a": { policyArn: `arn:aws:iam::${ACCOUNT}:policy/mine` } },
    bad: {
      "full access": {
        "iam/rolePolicyAttachment:RolePolicyAttachment a > policyArn": "arn:aws:iam::aws:policy/AWSLambda_FullAccess",
      },
      "in the role": { "iam/role:Role r": { managedPolicyArns: ["arn:aws:iam::aws:policy/PowerUserAccess"] } },
    },
  },
  "lambda-no-recursion": {
    good: { "lambda/functionRecursionConfig:FunctionRecursionConfig c": { recursiveLoop: "Terminate" } },
    bad: { allowed: { "lambda/functionRecursionConfig:FunctionRecursionConfig c > recursiveLoop": "Allow" } },
  },
  "lambda-code-signed": {
    good: {
      "lambda/function:Function f": { ...FUNCTION, codeSigningConfigArn: arn("lambda", "code-signing-config:c") },
    },
    bad: { unsigned: { "lambda/function:Function f > codeSigningConfigArn": undefined } },
  },
  "esm-on-failure": {
    good: {
      "dynamodb/table:Table t": TABLE,
      "lambda/function:Function f": FUNCTION,
      "sqs/queue:Queue d": DEAD,
      "lambda/eventSourceMapping:EventSourceMapping s": STREAM,
    },
    bad: {
      "a function elsewhere": { "lambda/eventSourceMapping:EventSourceMapping s > functionName": "x" },
      "a stream elsewhere": {
        "lambda/eventSourceMapping:EventSourceMapping s > eventSourceArn": arn("dynamodb", "table/x/stream/1"),
      },
      none: { "lambda/eventSourceMapping:EventSourceMapping s > destinationConfig": undefined },
      elsewhere: {
        "lambda/eventSourceMapping:EventSourceMapping s > destinationConfig.onFailure.destinationArn": arn("sqs", "x"),
      },
    },
  },
  "esm-partial-batch": {
    good: { "lambda/eventSourceMapping:EventSourceMapping s": STREAM },
    bad: { none: { "lambda/eventSourceMapping:EventSourceMapping s > functionResponseTypes": undefined } },
  },
  "esm-bounded-retry": {
    good: { "lambda/eventSourceMapping:EventSourceMapping s": STREAM },
    bad: {
      "for ever": { "lambda/eventSourceMapping:EventSourceMapping s > maximumRetryAttempts": -1 },
      "retries not said": { "lambda/eventSourceMapping:EventSourceMapping s > maximumRetryAttempts": undefined },
      "any age": { "lambda/eventSourceMapping:EventSourceMapping s > maximumRecordAgeInSeconds": -1 },
      "24 hours": { "lambda/eventSourceMapping:EventSourceMapping s > maximumRecordAgeInSeconds": 86_400 },
      "whole batches": { "lambda/eventSourceMapping:EventSourceMapping s > bisectBatchOnFunctionError": false },
      "the latest only": { "lambda/eventSourceMapping:EventSourceMapping s > startingPosition": "LATEST" },
      "switched off": { "lambda/eventSourceMapping:EventSourceMapping s > enabled": false },
    },
  },
  "esm-visibility-6x": {
    good: {
      "lambda/eventSourceMapping:EventSourceMapping q": FED,
      "sqs/queue:Queue q": QUEUE,
      "lambda/function:Function f": FUNCTION,
    },
    bad: {
      "a short time": { "sqs/queue:Queue q > visibilityTimeoutSeconds": 59 },
      "the default": { "sqs/queue:Queue q > visibilityTimeoutSeconds": undefined },
      "a slower function": { "lambda/function:Function f > timeout": 11 },
      "a batching window": { "lambda/eventSourceMapping:EventSourceMapping q > maximumBatchingWindowInSeconds": 5 },
      "a queue elsewhere": { "lambda/eventSourceMapping:EventSourceMapping q > eventSourceArn": arn("sqs", "x") },
      "a function elsewhere": { "lambda/eventSourceMapping:EventSourceMapping q > functionName": "x" },
    },
  },
  "ddb-scales": {
    good: { "dynamodb/table:Table t": TABLE },
    bad: { provisioned: { "dynamodb/table:Table t > billingMode": "PROVISIONED" } },
  },
  "ddb-pitr": {
    good: { "dynamodb/table:Table t": TABLE },
    bad: {
      off: { "dynamodb/table:Table t > pointInTimeRecovery.enabled": false },
      none: { "dynamodb/table:Table t > pointInTimeRecovery": undefined },
      "one day": { "dynamodb/table:Table t > pointInTimeRecovery.recoveryPeriodInDays": 1 },
    },
  },
  "ddb-deletion-protection": {
    good: { "dynamodb/table:Table t": TABLE },
    bad: { off: { "dynamodb/table:Table t > deletionProtectionEnabled": false } },
  },
  "ddb-cmk": {
    good: { "dynamodb/table:Table t": TABLE },
    bad: {
      off: { "dynamodb/table:Table t > serverSideEncryption.enabled": false },
      "AWS's key": { "dynamodb/table:Table t > serverSideEncryption.kmsKeyArn": undefined },
      "an alias": { "dynamodb/table:Table t > serverSideEncryption.kmsKeyArn": arn("kms", "alias/aws/dynamodb") },
    },
  },
  "ddb-in-backup-plan": {
    good: { "dynamodb/table:Table t": TABLE, "backup/selection:Selection s": { resources: [TABLE.arn] } },
    bad: { none: { "backup/selection:Selection s": undefined } },
  },
  "ddb-ttl-on-ephemeral": {
    good: {
      "dynamodb/table:Table t": TABLE,
      "dynamodb/table:Table my-players": { arn: "x" },
      "lambda/eventSourceMapping:EventSourceMapping s": {
        ...STREAM,
        filterCriteria: { filters: [{ pattern: "NewImage OldImage" }] },
      },
    },
    bad: {
      "kept for ever": { "dynamodb/table:Table t > ttl": undefined },
      "switched off": { "dynamodb/table:Table t > ttl.enabled": false },
      "no attribute": { "dynamodb/table:Table t > ttl.attributeName": undefined },
      "no stream": { "dynamodb/table:Table t > streamEnabled": false },
      "no view": { "dynamodb/table:Table t > streamViewType": undefined },
      "keys only": { "dynamodb/table:Table t > streamViewType": "KEYS_ONLY" },
      "no old image": { "dynamodb/table:Table t > streamViewType": "NEW_IMAGE" },
    },
  },
  "sns-cmk": {
    good: { "sns/topic:Topic t": { arn: T, kmsMasterKeyId: KEY } },
    bad: {
      none: { "sns/topic:Topic t > kmsMasterKeyId": undefined },
      "AWS's key": { "sns/topic:Topic t > kmsMasterKeyId": "alias/aws/sns" },
    },
  },
  "sns-private-tls": {
    good: {
      "sns/topic:Topic t": { arn: T },
      "sns/topicPolicy:TopicPolicy p": {
        arn: T,
        policy: document(tls("sns:Publish", T), bySource("sns:Publish", T, arn("ses", "x"), "ses.amazonaws.com")),
      },
    },
    bad: {
      "no policy": { "sns/topicPolicy:TopicPolicy p": undefined },
      "plain connections": {
        "sns/topicPolicy:TopicPolicy p > policy": document(bySource("sns:Publish", T, arn("ses", "x"))),
      },
      "plain connections to this topic": {
        "sns/topicPolicy:TopicPolicy p > policy": document(tls("sns:Publish", "arn:x")),
      },
      everybody: {
        "sns/topicPolicy:TopicPolicy p > policy": document(tls("sns:Publish", T), everybody("sns:Publish", T)),
      },
      "everybody of any account": {
        "sns/topicPolicy:TopicPolicy p > policy": document(
          tls("sns:Publish", T),
          everybody("sns:Publish", T, { ArnLike: { "aws:SourceArn": "arn:aws:s3:*:*:*" } }),
        ),
      },
      "everybody if": {
        "sns/topicPolicy:TopicPolicy p > policy": document(
          tls("sns:Publish", T),
          everybody("sns:Publish", T, { StringEqualsIfExists: { "aws:SourceAccount": ACCOUNT } }),
        ),
      },
      "a service for anybody": {
        "sns/topicPolicy:TopicPolicy p > policy": document(tls("sns:Publish", T), {
          Effect: "Allow",
          Principal: { Service: "ses.amazonaws.com" },
          Action: "sns:Publish",
          Resource: T,
        }),
      },
      "every action": {
        "sns/topicPolicy:TopicPolicy p > policy": document(
          tls("sns:Publish", T),
          bySource("sns:*", T, arn("ses", "x")),
        ),
      },
      "everything else": {
        "sns/topicPolicy:TopicPolicy p > policy": document(
          tls("sns:Publish", T),
          bySource("sns:Publish", "*", arn("ses", "x")),
        ),
      },
    },
  },
  "sns-sub-redrive": {
    good: {
      "sqs/queue:Queue q": QUEUE,
      "sqs/queue:Queue d": DEAD,
      "sns/topic:Topic t": { arn: T },
      "sns/topicSubscription:TopicSubscription s": {
        topic: T,
        protocol: "sqs",
        endpoint: Q,
        redrivePolicy: JSON.stringify({ deadLetterTargetArn: D }),
      },
    },
    bad: {
      none: { "sns/topicSubscription:TopicSubscription s > redrivePolicy": undefined },
      elsewhere: {
        "sns/topicSubscription:TopicSubscription s > redrivePolicy": JSON.stringify({
          deadLetterTargetArn: arn("sqs", "x"),
        }),
      },
      "plain HTTP": { "sns/topicSubscription:TopicSubscription s > protocol": "http" },
      "a queue elsewhere": { "sns/topicSubscription:TopicSubscription s > endpoint": arn("sqs", "x") },
      "no topic": { "sns/topicSubscription:TopicSubscription s > topic": "none" },
    },
  },
  "sns-filters-cover": {
    good: {
      "sns/topic:Topic t": { arn: T },
      "sns/topicSubscription:TopicSubscription a": { topic: T, filterPolicy: '{"channel":["email"]}' },
      "sns/topicSubscription:TopicSubscription b": {
        topic: T,
        filterPolicy: '{"channel":[{"anything-but":["email"]}]}',
      },
    },
    bad: {
      "no rest": { "sns/topicSubscription:TopicSubscription b": undefined },
      "a gap": {
        "sns/topicSubscription:TopicSubscription b > filterPolicy": '{"channel":[{"anything-but":["email","sms"]}]}',
      },
      "none for email": { "sns/topicSubscription:TopicSubscription a": undefined },
      "no filter": { "sns/topicSubscription:TopicSubscription a > filterPolicy": undefined },
      twice: { "sns/topicSubscription:TopicSubscription c": { topic: T, filterPolicy: '{"channel":["email"]}' } },
      "nobody hears SES": {
        "sns/topic:Topic u": { arn: `${T}u` },
        "sesv2/configurationSetEventDestination:ConfigurationSetEventDestination d": {
          eventDestination: { snsDestination: { topicArn: `${T}u` } },
        },
      },
    },
  },
  "sqs-encrypted": {
    good: { "sqs/queue:Queue q": QUEUE },
    bad: {
      none: { "sqs/queue:Queue q > kmsMasterKeyId": undefined },
      "AWS's key": { "sqs/queue:Queue q > kmsMasterKeyId": "alias/aws/sqs" },
    },
  },
  "sqs-dlq": {
    good: {
      "sqs/queue:Queue q": QUEUE,
      "sqs/queue:Queue d": DEAD,
      "lambda/eventSourceMapping:EventSourceMapping q": FED,
    },
    bad: {
      none: { "sqs/queue:Queue q > redrivePolicy": undefined },
      "one try": {
        "sqs/queue:Queue q > redrivePolicy": JSON.stringify({ deadLetterTargetArn: D, maxReceiveCount: 1 }),
      },
      "for ever": {
        "sqs/queue:Queue q > redrivePolicy": JSON.stringify({ deadLetterTargetArn: D, maxReceiveCount: 1_000 }),
      },
      elsewhere: {
        "sqs/queue:Queue q > redrivePolicy": JSON.stringify({
          deadLetterTargetArn: arn("sqs", "x"),
          maxReceiveCount: 3,
        }),
      },
      itself: { "sqs/queue:Queue q > redrivePolicy": JSON.stringify({ deadLetterTargetArn: Q, maxReceiveCount: 3 }) },
      "dead letters that expire": { "sqs/queue:Queue d > messageRetentionSeconds": undefined },
      "an hour": { "sqs/queue:Queue q > messageRetentionSeconds": 3_600 },
      "longer than its dead letters": { "sqs/queue:Queue q > messageRetentionSeconds": 1_209_600 },
    },
  },
  "sqs-dlq-closed": {
    good: {
      "sqs/queue:Queue q": QUEUE,
      "sqs/queue:Queue d": DEAD,
      "sqs/redriveAllowPolicy:RedriveAllowPolicy r": {
        queueUrl: "https://d",
        redriveAllowPolicy: JSON.stringify({ redrivePermission: "byQueue", sourceQueueArns: [Q] }),
      },
    },
    bad: {
      none: { "sqs/redriveAllowPolicy:RedriveAllowPolicy r": undefined },
      all: {
        "sqs/redriveAllowPolicy:RedriveAllowPolicy r > redriveAllowPolicy": JSON.stringify({
          redrivePermission: "allowAll",
        }),
      },
      "no source": {
        "sqs/redriveAllowPolicy:RedriveAllowPolicy r > redriveAllowPolicy": JSON.stringify({
          redrivePermission: "byQueue",
          sourceQueueArns: [],
        }),
      },
      "another source": {
        "sqs/redriveAllowPolicy:RedriveAllowPolicy r > redriveAllowPolicy": JSON.stringify({
          redrivePermission: "byQueue",
          sourceQueueArns: [D],
        }),
      },
      "a source elsewhere": {
        "sqs/redriveAllowPolicy:RedriveAllowPolicy r > redriveAllowPolicy": JSON.stringify({
          redrivePermission: "byQueue",
          sourceQueueArns: [Q, arn("sqs", "x")],
        }),
      },
    },
  },
  "sqs-private-tls": {
    good: {
      "sqs/queue:Queue q": QUEUE,
      "sns/topic:Topic t": { arn: T },
      "sqs/queuePolicy:QueuePolicy p": {
        queueUrl: "https://q",
        policy: document(tls("sqs:*", Q), bySource("sqs:SendMessage", Q, T)),
      },
    },
    bad: {
      "no policy": { "sqs/queuePolicy:QueuePolicy p": undefined },
      "a policy of nobody": { "sqs/queuePolicy:QueuePolicy p > queueUrl": "https://x" },
      "plain connections": { "sqs/queuePolicy:QueuePolicy p > policy": document(bySource("sqs:SendMessage", Q, T)) },
      "some plain connections": { "sqs/queuePolicy:QueuePolicy p > policy": document(tls("sqs:SendMessage", Q)) },
      "plain connections if": {
        "sqs/queuePolicy:QueuePolicy p > policy": document({
          ...tls("sqs:*", Q),
          Condition: { Bool: { "aws:SecureTransport": "false", "aws:ViaAWSService": "false" } },
        }),
      },
      everybody: {
        "sqs/queuePolicy:QueuePolicy p > policy": document(tls("sqs:*", Q), everybody("sqs:SendMessage", Q)),
      },
      "everybody but one": {
        "sqs/queuePolicy:QueuePolicy p > policy": document(tls("sqs:*", Q), {
          Effect: "Allow",
          NotPrincipal: { AWS: ACCOUNT },
          Action: "sqs:SendMessage",
          Resource: Q,
        }),
      },
      "a service for anybody": {
        "sqs/queuePolicy:QueuePolicy p > policy": document(tls("sqs:*", Q), {
          Effect: "Allow",
          Principal: { Service: "sns.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: Q,
        }),
      },
      "every service": {
        "sqs/queuePolicy:QueuePolicy p > policy": document(tls("sqs:*", Q), bySource("sqs:SendMessage", Q, T, "*")),
      },
      "a source elsewhere": {
        "sqs/queuePolicy:QueuePolicy p > policy": document(
          tls("sqs:*", Q),
          bySource("sqs:SendMessage", Q, arn("sns", "x")),
        ),
      },
      "no document": { "sqs/queuePolicy:QueuePolicy p > policy": "{oops" },
    },
  },
  "s3-block-public": {
    good: {
      "s3/bucket:Bucket b": BUCKET,
      "s3/bucketPublicAccessBlock:BucketPublicAccessBlock k": {
        bucket: "b",
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
    },
    bad: {
      none: { "s3/bucketPublicAccessBlock:BucketPublicAccessBlock k": undefined },
      ...Object.fromEntries(
        ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"].map((flag) => [
          flag,
          { [`s3/bucketPublicAccessBlock:BucketPublicAccessBlock k > ${flag}`]: false },
        ]),
      ),
      "an ACL": { "s3/bucket:Bucket b > acl": "public-read" },
    },
  },
  "s3-tls-only": {
    good: {
      "s3/bucket:Bucket b": BUCKET,
      "s3/bucketPolicy:BucketPolicy p": { bucket: "b", policy: document(tls("s3:*", [BUCKET.arn, `${BUCKET.arn}/*`])) },
    },
    bad: {
      none: { "s3/bucketPolicy:BucketPolicy p": undefined },
      "plain connections": { "s3/bucketPolicy:BucketPolicy p > policy": document() },
      "to the objects": { "s3/bucketPolicy:BucketPolicy p > policy": document(tls("s3:*", BUCKET.arn)) },
      everybody: {
        "s3/bucketPolicy:BucketPolicy p > policy": document(
          tls("s3:*", [BUCKET.arn, `${BUCKET.arn}/*`]),
          everybody("s3:GetObject", `${BUCKET.arn}/*`),
        ),
      },
    },
  },
  "s3-cmk": {
    good: {
      "s3/bucket:Bucket b": BUCKET,
      "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration e": {
        bucket: "b",
        rules: [
          {
            applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: KEY },
            bucketKeyEnabled: true,
          },
        ],
      },
    },
    bad: {
      none: { "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration e": undefined },
      "S3's key": {
        "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration e > rules.0.applyServerSideEncryptionByDefault.sseAlgorithm":
          "AES256",
      },
      "AWS's key": {
        "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration e > rules.0.applyServerSideEncryptionByDefault.kmsMasterKeyId":
          undefined,
      },
      "no bucket key": {
        "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration e > rules.0.bucketKeyEnabled": false,
      },
    },
  },
  "s3-versioned-lifecycled": {
    good: {
      "s3/bucket:Bucket b": BUCKET,
      "s3/bucketVersioning:BucketVersioning v": { bucket: "b", versioningConfiguration: { status: "Enabled" } },
      "s3/bucketOwnershipControls:BucketOwnershipControls o": {
        bucket: "b",
        rule: { objectOwnership: "BucketOwnerEnforced" },
      },
      "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration l": {
        bucket: "b",
        rules: [
          {
            status: "Enabled",
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
            noncurrentVersionExpiration: { noncurrentDays: 30 },
          },
        ],
      },
    },
    bad: {
      "no versions": { "s3/bucketVersioning:BucketVersioning v": undefined },
      "versions off": { "s3/bucketVersioning:BucketVersioning v > versioningConfiguration.status": "Suspended" },
      ACLs: { "s3/bucketOwnershipControls:BucketOwnershipControls o > rule.objectOwnership": "ObjectWriter" },
      "no lifecycle": { "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration l": undefined },
      "a rule off": { "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration l > rules.0.status": "Disabled" },
      "uploads for ever": {
        "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration l > rules.0.abortIncompleteMultipartUpload":
          undefined,
      },
      "versions for a day": {
        "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration l > rules.0.noncurrentVersionExpiration.noncurrentDays": 1,
      },
    },
  },
  "s3-logged": {
    good: { "s3/bucket:Bucket b": BUCKET, "s3/bucketLogging:BucketLogging l": { bucket: "b", targetBucket: "b" } },
    bad: { none: { "s3/bucketLogging:BucketLogging l": undefined } },
  },
  "s3-no-force-destroy": {
    good: { "s3/bucket:Bucket b": BUCKET },
    bad: { forced: { "s3/bucket:Bucket b > forceDestroy": true } },
  },
  "athena-locked-workgroup": {
    good: {
      "s3/bucket:Bucket b": BUCKET,
      "athena/workgroup:Workgroup w": {
        configuration: {
          enforceWorkgroupConfiguration: true,
          bytesScannedCutoffPerQuery: 1e10,
          resultConfiguration: {
            outputLocation: "s3://b/r/",
            encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKeyArn: KEY },
          },
        },
      },
    },
    bad: {
      "not enforced": { "athena/workgroup:Workgroup w > configuration.enforceWorkgroupConfiguration": false },
      "S3's key": {
        "athena/workgroup:Workgroup w > configuration.resultConfiguration.encryptionConfiguration.encryptionOption":
          "SSE_S3",
      },
      "no key": {
        "athena/workgroup:Workgroup w > configuration.resultConfiguration.encryptionConfiguration.kmsKeyArn": undefined,
      },
      "no limit": { "athena/workgroup:Workgroup w > configuration.bytesScannedCutoffPerQuery": undefined },
      "results elsewhere": {
        "athena/workgroup:Workgroup w > configuration.resultConfiguration.outputLocation": "s3://x/r/",
      },
      "an old engine": {
        "athena/workgroup:Workgroup w > configuration.engineVersion": {
          selectedEngineVersion: "Athena engine version 2",
        },
      },
    },
  },
  "athena-logging": {
    good: { "athena/workgroup:Workgroup w": { configuration: { publishCloudwatchMetricsEnabled: true } } },
    bad: { off: { "athena/workgroup:Workgroup w > configuration.publishCloudwatchMetricsEnabled": false } },
  },
  "glue-security-config": {
    good: { "glue/job:Job j": { securityConfiguration: "s", glueVersion: "5.0" } },
    bad: {
      none: { "glue/job:Job j > securityConfiguration": undefined },
      "an old version": { "glue/job:Job j > glueVersion": "2.0" },
    },
  },
  "glue-encrypted": {
    good: {
      "s3/bucket:Bucket b": BUCKET,
      "glue/catalogDatabase:CatalogDatabase d": { name: "d", locationUri: "s3://b/x/" },
      "glue/securityConfiguration:SecurityConfiguration s": { encryptionConfiguration: SECURITY },
      "glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings c": {
        dataCatalogEncryptionSettings: {
          encryptionAtRest: { catalogEncryptionMode: "SSE-KMS", sseAwsKmsKeyId: KEY },
          connectionPasswordEncryption: { awsKmsKeyId: KEY },
        },
      },
    },
    bad: {
      objects: {
        "glue/securityConfiguration:SecurityConfiguration s > encryptionConfiguration.s3Encryption.s3EncryptionMode":
          "DISABLED",
      },
      logs: {
        "glue/securityConfiguration:SecurityConfiguration s > encryptionConfiguration.cloudwatchEncryption.kmsKeyArn":
          undefined,
      },
      "the catalog": {
        "glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings c > dataCatalogEncryptionSettings.encryptionAtRest.catalogEncryptionMode":
          "DISABLED",
      },
      passwords: {
        "glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings c > dataCatalogEncryptionSettings.connectionPasswordEncryption":
          undefined,
      },
      "a place elsewhere": { "glue/catalogDatabase:CatalogDatabase d > locationUri": "s3://x/x/" },
    },
  },
  "zeroetl-cmk": {
    good: {
      "dynamodb/table:Table t": TABLE,
      "glue/catalogDatabase:CatalogDatabase d": { arn: arn("glue", "database/d") },
      "cloudcontrol/resource:Resource i": {
        typeName: "AWS::Glue::Integration",
        desiredState: JSON.stringify({ SourceArn: TABLE.arn, TargetArn: arn("glue", "database/d"), KmsKeyId: KEY }),
      },
    },
    bad: {
      "no key": {
        "cloudcontrol/resource:Resource i > desiredState": JSON.stringify({
          SourceArn: TABLE.arn,
          TargetArn: arn("glue", "database/d"),
        }),
      },
      "a table elsewhere": {
        "cloudcontrol/resource:Resource i > desiredState": JSON.stringify({
          SourceArn: "x",
          TargetArn: arn("glue", "database/d"),
          KmsKeyId: KEY,
        }),
      },
      "a target without key": {
        "cloudcontrol/resource:Resource p": {
          typeName: "AWS::Glue::IntegrationResourceProperty",
          desiredState: JSON.stringify({
            ResourceArn: arn("glue", "database/d"),
            TargetProcessingProperties: { RoleArn: "x" },
          }),
        },
      },
    },
  },
  "events-bus-policy": {
    good: {
      "cloudwatch/eventBus:EventBus b": { name: "b", kmsKeyIdentifier: KEY },
      "cloudwatch/eventBusPolicy:EventBusPolicy p": { eventBusName: "b" },
    },
    bad: {
      none: { "cloudwatch/eventBusPolicy:EventBusPolicy p": undefined },
      "no key": { "cloudwatch/eventBus:EventBus b > kmsKeyIdentifier": undefined },
    },
  },
  "events-dlq-retry": {
    good: {
      "sqs/queue:Queue d": DEAD,
      "lambda/function:Function f": FUNCTION,
      "cloudwatch/eventRule:EventRule r": { name: "r" },
      "cloudwatch/eventTarget:EventTarget t": {
        rule: "r",
        arn: FN,
        deadLetterConfig: { arn: D },
        retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 1 },
      },
      "scheduler/schedule:Schedule s": {
        kmsKeyArn: KEY,
        target: {
          arn: FN,
          deadLetterConfig: { arn: D },
          retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 1 },
        },
      },
    },
    bad: {
      none: { "cloudwatch/eventTarget:EventTarget t > deadLetterConfig": undefined },
      elsewhere: { "cloudwatch/eventTarget:EventTarget t > deadLetterConfig.arn": arn("sqs", "x") },
      "no age": { "cloudwatch/eventTarget:EventTarget t > retryPolicy.maximumEventAgeInSeconds": undefined },
      "no retry": { "cloudwatch/eventTarget:EventTarget t > retryPolicy.maximumRetryAttempts": 0 },
      "a target elsewhere": { "cloudwatch/eventTarget:EventTarget t > arn": arn("lambda", "function:x") },
      "a rule elsewhere": { "cloudwatch/eventTarget:EventTarget t > rule": "x" },
      "a schedule without key": { "scheduler/schedule:Schedule s > kmsKeyArn": undefined },
      "a schedule without dead letters": { "scheduler/schedule:Schedule s > target.deadLetterConfig": undefined },
    },
  },
  "events-pattern-narrow": {
    good: {
      "athena/workgroup:Workgroup w": { name: "w" },
      "cloudwatch/eventRule:EventRule r": {
        eventPattern: JSON.stringify({
          source: ["aws.athena"],
          "detail-type": ["x"],
          detail: { workgroupName: ["w"] },
        }),
      },
      "cloudwatch/eventRule:EventRule s": { scheduleExpression: "rate(1 minute)" },
    },
    bad: {
      "no source": {
        "cloudwatch/eventRule:EventRule r > eventPattern": JSON.stringify({
          "detail-type": ["x"],
          detail: { workgroupName: ["w"] },
        }),
      },
      "the neighbours' events": {
        "cloudwatch/eventRule:EventRule r > eventPattern": JSON.stringify({
          source: ["aws.athena"],
          "detail-type": ["x"],
        }),
      },
      nothing: { "cloudwatch/eventRule:EventRule r > eventPattern": undefined },
      "switched off": { "cloudwatch/eventRule:EventRule s > state": "DISABLED" },
    },
  },
  "sfn-logged-encrypted": {
    good: {
      "sfn/stateMachine:StateMachine m": {
        loggingConfiguration: { level: "ALL", includeExecutionData: false, logDestination: "x" },
        tracingConfiguration: { enabled: true },
        encryptionConfiguration: { type: "CUSTOMER_MANAGED_KMS_KEY", kmsKeyId: KEY },
      },
    },
    bad: {
      "errors only": { "sfn/stateMachine:StateMachine m > loggingConfiguration.level": "ERROR" },
      "with data": { "sfn/stateMachine:StateMachine m > loggingConfiguration.includeExecutionData": true },
      "no log": { "sfn/stateMachine:StateMachine m > loggingConfiguration.logDestination": undefined },
      "no traces": { "sfn/stateMachine:StateMachine m > tracingConfiguration": undefined },
      "AWS's key": { "sfn/stateMachine:StateMachine m > encryptionConfiguration.type": "AWS_OWNED_KEY" },
      "no key": { "sfn/stateMachine:StateMachine m > encryptionConfiguration.kmsKeyId": undefined },
    },
  },
  "kms-rotation": {
    good: { "kms/key:Key k": { enableKeyRotation: true } },
    bad: { off: { "kms/key:Key k > enableKeyRotation": false }, disabled: { "kms/key:Key k > isEnabled": false } },
  },
  "kms-closed-policy": {
    good: {
      "kms/key:Key k": {
        deletionWindowInDays: 30,
        policy: document(ROOT, CRYPT, {
          ...CRYPT,
          Principal: { Service: "events.amazonaws.com" },
          Condition: undefined,
        }),
      },
    },
    bad: {
      none: { "kms/key:Key k > policy": undefined },
      "no root": { "kms/key:Key k > policy": document(CRYPT) },
      everybody: { "kms/key:Key k > policy": document(ROOT, { ...ROOT, Principal: "*" }) },
      "a service for anybody": { "kms/key:Key k > policy": document(ROOT, { ...CRYPT, Condition: undefined }) },
      "a service for more": { "kms/key:Key k > policy": document(ROOT, { ...CRYPT, Action: ["kms:PutKeyPolicy"] }) },
      "every service": { "kms/key:Key k > policy": document(ROOT, { ...CRYPT, Principal: { Service: "*" } }) },
      "a role for all": {
        "kms/key:Key k > policy": document(ROOT, { ...ROOT, Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/x` } }),
      },
      NotAction: {
        "kms/key:Key k > policy": document(ROOT, {
          Effect: "Allow",
          Principal: ROOT.Principal,
          NotAction: "kms:Delete*",
          Resource: "*",
        }),
      },
      "a week": { "kms/key:Key k > deletionWindowInDays": 7 },
      "no safety check": { "kms/key:Key k > bypassPolicyLockoutSafetyCheck": true },
    },
  },
  "iam-no-wildcards": {
    good: {
      "iam/rolePolicy:RolePolicy p": grant(
        READ,
        { Effect: "Allow", Action: "xray:PutTraceSegments", Resource: "*" },
        { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*" },
        { Effect: "Deny", Action: "*", Resource: "*" },
        {
          Effect: "Allow",
          Action: "cloudwatch:PutMetricData",
          Resource: "*",
          Condition: { StringEquals: { "cloudwatch:namespace": "x" } },
        },
      ),
    },
    bad: Object.fromEntries(
      Object.entries({
        "every action": { ...READ, Action: "*" },
        "every action of a service": { ...READ, Action: "dynamodb:*" },
        "a prefix": { ...READ, Action: "dynamodb:Get*" },
        "a question mark": { ...READ, Action: "dynamodb:Get?tem" },
        "an action that does not exist": { ...READ, Action: "dynamodb:GetItems" },
        NotAction: { Effect: "Allow", NotAction: "iam:*", Resource: TABLE.arn },
        NotResource: { Effect: "Allow", Action: "dynamodb:GetItem", NotResource: TABLE.arn },
        everything: { ...READ, Resource: "*" },
        "every table": { ...READ, Resource: "arn:aws:dynamodb:*:*:table/*" },
        "every table of the account": { ...READ, Resource: arn("dynamodb", "table/*") },
        "tables by prefix": { ...READ, Resource: arn("dynamodb", "table/prod-*") },
        "every bucket": { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::*" },
        "no resource": { Effect: "Allow", Action: "dynamodb:GetItem" },
        "metrics of every namespace": { Effect: "Allow", Action: "cloudwatch:PutMetricData", Resource: "*" },
      }).map(([label, statement]) => [label, { "iam/rolePolicy:RolePolicy p": grant(statement) }]),
    ),
  },
  "iam-trust-narrow": {
    good: { "iam/role:Role f": ROLE },
    bad: Object.fromEntries(
      Object.entries({
        everybody: { Principal: "*" },
        "everybody of AWS": { Principal: { AWS: "*" } },
        "an unknown service": { Principal: { Service: "example.amazonaws.com" } },
        "a service for anybody": { Principal: { Service: "scheduler.amazonaws.com" } },
        "a service if": {
          Principal: { Service: "scheduler.amazonaws.com" },
          Condition: { StringNotEquals: { "aws:SourceAccount": "1" } },
        },
        "tokens of anybody": {
          Principal: { Federated: "token.actions.githubusercontent.com" },
          Action: "sts:AssumeRoleWithWebIdentity",
        },
        "more than assuming": { Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:*" },
        "all but one": { NotPrincipal: { AWS: ACCOUNT } },
      }).map(([label, statement]) => [
        label,
        { "iam/role:Role f > assumeRolePolicy": document({ Effect: "Allow", Action: "sts:AssumeRole", ...statement }) },
      ]),
    ),
  },
  "iam-no-escalation": {
    good: {
      "iam/role:Role f": ROLE,
      "iam/rolePolicy:RolePolicy p": grant(READ, { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: FN }),
    },
    bad: {
      "in one policy": {
        "iam/rolePolicy:RolePolicy p": grant({
          Effect: "Allow",
          Action: ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"],
          Resource: "*",
        }),
      },
      "by a wildcard": {
        "iam/rolePolicy:RolePolicy p": grant({ Effect: "Allow", Action: "lambda:Update*", Resource: "*" }),
      },
      "by NotAction": { "iam/rolePolicy:RolePolicy p": grant({ Effect: "Allow", NotAction: "s3:*", Resource: "*" }) },
      "over two policies": {
        "iam/rolePolicy:RolePolicy p": grant({ Effect: "Allow", Action: "iam:PassRole", Resource: "*" }),
        "iam/rolePolicy:RolePolicy q": grant({
          Effect: "Allow",
          Action: ["states:CreateStateMachine", "states:StartExecution"],
          Resource: "*",
        }),
      },
      "by an attached policy": {
        "iam/policy:Policy x": {
          arn: "arn:x",
          policy: grant({ Effect: "Allow", Action: "iam:PutRolePolicy", Resource: "*" }).policy,
        },
        "iam/rolePolicyAttachment:RolePolicyAttachment a": { role: "f", policyArn: "arn:x" },
      },
      "inline in the role": {
        "iam/role:Role f > inlinePolicies": [
          { name: "x", policy: document({ Effect: "Allow", Action: "iam:CreateAccessKey", Resource: "*" }) },
        ],
      },
    },
  },
  "iam-role-reach": {
    good: {
      "dynamodb/table:Table t": TABLE,
      "iam/role:Role f": ROLE,
      "cloudwatch/logGroup:LogGroup g": { name: "/aws/lambda/f" },
      "iam/rolePolicy:RolePolicy p": grant(
        READ,
        { ...READ, Resource: `${TABLE.arn}/index/x` },
        { Effect: "Allow", Action: "logs:PutLogEvents", Resource: arn("logs", "log-group:/aws/lambda/f:*") },
        { ...MAIL, Resource: arn("ses", "identity/players.test") },
      ),
    },
    bad: {
      "another table": { "iam/rolePolicy:RolePolicy p": grant({ ...READ, Resource: arn("dynamodb", "table/x") }) },
      "another recipient": {
        "iam/rolePolicy:RolePolicy p": grant({ ...MAIL, Resource: arn("ses", "identity/x.example") }),
      },
      "another role": { "iam/rolePolicy:RolePolicy p > role": "x" },
    },
  },
  "iam-no-users": {
    good: { "iam/role:Role f": ROLE },
    bad: { "a user": { "iam/user:User u": {} }, "an access key": { "iam/accessKey:AccessKey k": {} } },
  },
  "logs-encrypted-retained": {
    good: { "cloudwatch/logGroup:LogGroup g": { kmsKeyId: KEY, retentionInDays: 400 } },
    bad: {
      "no key": { "cloudwatch/logGroup:LogGroup g > kmsKeyId": undefined },
      "a month": { "cloudwatch/logGroup:LogGroup g > retentionInDays": 30 },
      "for ever": { "cloudwatch/logGroup:LogGroup g > retentionInDays": undefined },
    },
  },
  "logs-group-per-function": {
    good: { "lambda/function:Function f": FUNCTION, "cloudwatch/logGroup:LogGroup g": { name: "/f" } },
    bad: {
      none: { "lambda/function:Function f > loggingConfig": undefined },
      elsewhere: { "lambda/function:Function f > loggingConfig.logGroup": "/x" },
      shared: { "lambda/function:Function g": { ...FUNCTION, name: "g" } },
    },
  },
  "alarms-on-dead-letters": {
    good: { "sqs/queue:Queue d": DEAD, "cloudwatch/metricAlarm:MetricAlarm a": ALARM },
    bad: {
      none: { "cloudwatch/metricAlarm:MetricAlarm a": undefined },
      ...Object.fromEntries(
        Object.entries({
          threshold: 5,
          comparisonOperator: "LessThanThreshold",
          metricName: "NumberOfMessagesSent",
          namespace: "X",
          actionsEnabled: false,
          evaluationPeriods: 5,
          period: 3_600,
          statistic: "Minimum",
          "dimensions.QueueName": "x",
        }).map(([path, value]) => [path, { [`cloudwatch/metricAlarm:MetricAlarm a > ${path}`]: value }]),
      ),
    },
  },
  "ses-tls": {
    good: { "sesv2/configurationSet:ConfigurationSet s": SET },
    bad: { optional: { "sesv2/configurationSet:ConfigurationSet s > deliveryOptions.tlsPolicy": "OPTIONAL" } },
  },
  "ses-reputation-wired": {
    good: {
      "sns/topic:Topic t": { arn: T },
      "sesv2/configurationSet:ConfigurationSet s": SET,
      "sesv2/configurationSetEventDestination:ConfigurationSetEventDestination d": DESTINATION,
    },
    bad: {
      "no complaints": {
        "sesv2/configurationSet:ConfigurationSet s > suppressionOptions.suppressedReasons": ["BOUNCE"],
      },
      "no reputation": { "sesv2/configurationSet:ConfigurationSet s > reputationOptions": undefined },
      "no events": { "sesv2/configurationSetEventDestination:ConfigurationSetEventDestination d": undefined },
      "events off": {
        "sesv2/configurationSetEventDestination:ConfigurationSetEventDestination d > eventDestination.enabled": false,
      },
      "events elsewhere": {
        "sesv2/configurationSetEventDestination:ConfigurationSetEventDestination d > eventDestination.snsDestination.topicArn":
          arn("sns", "x"),
      },
      "no rejects": {
        "sesv2/configurationSetEventDestination:ConfigurationSetEventDestination d > eventDestination.matchingEventTypes":
          ["SEND", "BOUNCE", "COMPLAINT", "DELIVERY"],
      },
      "another set": {
        "sesv2/configurationSetEventDestination:ConfigurationSetEventDestination d > configurationSetName": "x",
      },
    },
  },
  "ses-identity-auth": {
    good: {
      "sesv2/configurationSet:ConfigurationSet s": SET,
      "sesv2/emailIdentity:EmailIdentity i": {
        emailIdentity: "game.example",
        configurationSetName: "s",
        dkimSigningAttributes: { nextSigningKeyLength: "RSA_2048_BIT" },
      },
      "sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes m": {
        emailIdentity: "game.example",
        mailFromDomain: "mail.game.example",
      },
    },
    bad: {
      "no set": { "sesv2/emailIdentity:EmailIdentity i > configurationSetName": undefined },
      "a set elsewhere": { "sesv2/emailIdentity:EmailIdentity i > configurationSetName": "x" },
      "a short key": {
        "sesv2/emailIdentity:EmailIdentity i > dkimSigningAttributes.nextSigningKeyLength": "RSA_1024_BIT",
      },
      "no MAIL FROM": { "sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes m": undefined },
      "a public policy": {
        "sesv2/emailIdentityPolicy:EmailIdentityPolicy p": { policy: document(everybody("ses:SendEmail", "*")) },
      },
    },
  },
  "ses-guarded-recipients": {
    environment: "other",
    good: { "iam/rolePolicy:RolePolicy p": grant(MAIL, READ) },
    bad: Object.fromEntries(
      Object.entries({
        "any recipient": { ...MAIL, Condition: { StringEquals: MAIL.Condition.StringEquals } },
        "every address": {
          ...MAIL,
          Condition: { ...MAIL.Condition, "ForAllValues:StringLike": { "ses:Recipients": ["*"] } },
        },
        "a pattern of domains": {
          ...MAIL,
          Condition: { ...MAIL.Condition, "ForAllValues:StringLike": { "ses:Recipients": ["*@*.com"] } },
        },
        "everybody's mailboxes": {
          ...MAIL,
          Condition: { ...MAIL.Condition, "ForAllValues:StringLike": { "ses:Recipients": ["*@gmail.com"] } },
        },
        "one of many": {
          ...MAIL,
          Condition: {
            ...MAIL.Condition,
            "ForAllValues:StringLike": undefined,
            "ForAnyValue:StringLike": { "ses:Recipients": ["*@players.test"] },
          },
        },
        "any sender": { ...MAIL, Condition: { "ForAllValues:StringLike": MAIL.Condition["ForAllValues:StringLike"] } },
        "through a wildcard": { Effect: "Allow", Action: "ses:Send*", Resource: "*" },
        "through NotAction": { Effect: "Allow", NotAction: "iam:*", Resource: "*" },
      }).map(([label, statement]) => [label, { "iam/rolePolicy:RolePolicy p": grant(statement) }]),
    ),
  },
  "resource-policy-no-public": {
    good: {
      "dynamodb/table:Table t": TABLE,
      "dynamodb/resourcePolicy:ResourcePolicy p": { resourceArn: TABLE.arn, policy: document(SOURCED) },
    },
    bad: {
      everybody: {
        "dynamodb/resourcePolicy:ResourcePolicy p > policy": document({ ...SOURCED, Principal: "*", Condition: {} }),
      },
      "a service for anybody": {
        "dynamodb/resourcePolicy:ResourcePolicy p > policy": document({ ...SOURCED, Condition: {} }),
      },
      "the account only": {
        "dynamodb/resourcePolicy:ResourcePolicy p > policy": document({
          ...SOURCED,
          Condition: { StringEquals: SOURCED.Condition.StringEquals },
        }),
      },
      "every action": {
        "dynamodb/resourcePolicy:ResourcePolicy p > policy": document({ ...SOURCED, Action: "dynamodb:*" }),
      },
      "another table": { "dynamodb/resourcePolicy:ResourcePolicy p > resourceArn": "x" },
      "a catalog for any source": {
        "glue/resourcePolicy:ResourcePolicy g": {
          policy: document({
            Effect: "Allow",
            Principal: { AWS: ACCOUNT },
            Action: "glue:CreateInboundIntegration",
            Resource: arn("glue", "catalog"),
          }),
        },
      },
    },
  },
  "kinesis-cmk": {
    good: { "kinesis/stream:Stream s": { encryptionType: "KMS", kmsKeyId: KEY } },
    bad: {
      none: { "kinesis/stream:Stream s > encryptionType": "NONE" },
      "AWS's key": { "kinesis/stream:Stream s > kmsKeyId": "alias/aws/kinesis" },
    },
  },
  "kinesis-retention": {
    good: { "kinesis/stream:Stream s": { retentionPeriod: 168 } },
    bad: { "a day": { "kinesis/stream:Stream s > retentionPeriod": undefined } },
  },
  "firehose-cmk": {
    good: {
      "kinesis/firehoseDeliveryStream:FirehoseDeliveryStream s": {
        serverSideEncryption: { enabled: true, keyType: "CUSTOMER_MANAGED_CMK", keyArn: KEY },
      },
    },
    bad: {
      off: { "kinesis/firehoseDeliveryStream:FirehoseDeliveryStream s > serverSideEncryption.enabled": false },
      "AWS's key": {
        "kinesis/firehoseDeliveryStream:FirehoseDeliveryStream s > serverSideEncryption.keyType": "AWS_OWNED_CMK",
      },
      "no key": { "kinesis/firehoseDeliveryStream:FirehoseDeliveryStream s > serverSideEncryption.keyArn": undefined },
    },
  },
  "waf-rules-logged": {
    good: {
      "wafv2/webAcl:WebAcl w": {
        arn: "w",
        rules: [{ statement: { rateBasedStatement: { limit: 100 } } }],
        visibilityConfig: { cloudwatchMetricsEnabled: true },
      },
      "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration l": { resourceArn: "w" },
    },
    bad: {
      empty: { "wafv2/webAcl:WebAcl w > rules": [] },
      "no metrics": { "wafv2/webAcl:WebAcl w > visibilityConfig.cloudwatchMetricsEnabled": false },
      "no log": { "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration l": undefined },
    },
  },
  "secrets-rotated-cmk": {
    good: {
      "secretsmanager/secret:Secret s": { id: "s", kmsKeyId: KEY },
      "secretsmanager/secretRotation:SecretRotation r": { secretId: "s" },
    },
    bad: {
      "AWS's key": { "secretsmanager/secret:Secret s > kmsKeyId": undefined },
      "for ever": { "secretsmanager/secretRotation:SecretRotation r": undefined },
    },
  },
  "references-stay-in-account": {
    good: { "sqs/queue:Queue q": QUEUE, "sqs/queue:Queue d": DEAD },
    bad: {
      "a key": { "sqs/queue:Queue q > kmsMasterKeyId": KEY.replace(ACCOUNT, "999999999999") },
      "a queue in JSON": {
        "sqs/queue:Queue q > redrivePolicy": JSON.stringify({
          deadLetterTargetArn: D.replace(ACCOUNT, "999999999999"),
        }),
      },
      "a URL": {
        "lambda/function:Function f": {
          environment: { variables: { Q: "https://sqs.us-east-1.amazonaws.com/999999999999/q" } },
        },
      },
      "a principal": {
        "sqs/queuePolicy:QueuePolicy p": {
          policy: document({
            Effect: "Allow",
            Principal: { AWS: "999999999999" },
            Action: "sqs:SendMessage",
            Resource: Q,
          }),
        },
      },
    },
  },
  "references-stay-in-stack": {
    good: { "kms/key:Key k": { arn: KEY }, "sqs/queue:Queue q": QUEUE, "sqs/queue:Queue d": DEAD },
    bad: {
      "a key": { "sqs/queue:Queue q > kmsMasterKeyId": arn("kms", "key/other") },
      "a queue in JSON": {
        "sqs/queue:Queue q > redrivePolicy": JSON.stringify({ deadLetterTargetArn: arn("sqs", "x") }),
      },
      "a bucket": { "s3/bucketLogging:BucketLogging l": { target: "arn:aws:s3:::x" } },
    },
  },
};
