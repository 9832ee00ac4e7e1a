import { ACCOUNT } from "../graph";
import {
  ALARM,
  arn,
  BUCKET,
  DEAD,
  document,
  FED,
  FUNCTION,
  KEY,
  QUEUE,
  ROLE,
  ROOT,
  STREAM,
  T,
  TABLE,
  tls,
  type Resources,
} from "../cases/fixtures";

const LOG: Resources = {
  "cloudwatch/logGroup:LogGroup g": {
    name: "/f",
    arn: arn("logs", "log-group:/f"),
    kmsKeyId: KEY,
    retentionInDays: 400,
  },
};
const OWN_KEY: Resources = {
  "kms/key:Key k": {
    arn: KEY,
    keyId: "1b2c3d4e-1234-4abc-8abc-0123456789ab",
    enableKeyRotation: true,
    policy: document(ROOT),
  },
};
const WORKS: Resources = { ...OWN_KEY, ...LOG, "iam/role:Role f": ROLE, "lambda/function:Function f": FUNCTION };
const closed = (name: string, queue: { readonly arn: string; readonly url: string }): Resources => ({
  [`sqs/queue:Queue ${name}`]: queue,
  [`sqs/queuePolicy:QueuePolicy ${name}`]: { queueUrl: queue.url, policy: document(tls("sqs:*", queue.arn)) },
});
const ALARMED: Resources = { "cloudwatch/metricAlarm:MetricAlarm d": ALARM };
const DEAD_LETTERS: Resources = {
  ...closed("d", DEAD),
  ...ALARMED,
  "sqs/redriveAllowPolicy:RedriveAllowPolicy d": {
    queueUrl: DEAD.url,
    redriveAllowPolicy: JSON.stringify({ redrivePermission: "byQueue", sourceQueueArns: [QUEUE.arn] }),
  },
};
const FED_BY_QUEUE: Resources = {
  ...WORKS,
  ...closed("q", QUEUE),
  ...DEAD_LETTERS,
  "lambda/eventSourceMapping:EventSourceMapping m": FED,
};
const DEFAULTS = {
  applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: KEY },
  bucketKeyEnabled: true,
};
const LIFECYCLE = {
  abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
  noncurrentVersionExpiration: { noncurrentDays: 30 },
};
const BLOCK = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };
const BESIDE: Resources = {
  "s3/bucketPublicAccessBlock:BucketPublicAccessBlock b": { bucket: "b", ...BLOCK },
  "s3/bucketOwnershipControls:BucketOwnershipControls b": {
    bucket: "b",
    rule: { objectOwnership: "BucketOwnerEnforced" },
  },
};
const IN_BUCKET = document(tls("s3:*", [BUCKET.arn, `${BUCKET.arn}/*`]));
const without = (resources: Resources, name: string, ...properties: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(resources[name] ?? {}).filter(([key]) => !properties.includes(key)));

/** Programs of other studios, which comply in other shapes than this project's. */
export const COMPLIANT: Readonly<Record<string, Resources>> = {
  "a function that a queue feeds": FED_BY_QUEUE,
  "policies of queues inline": {
    ...WORKS,
    "sqs/queue:Queue q": { ...QUEUE, policy: document(tls("sqs:*", QUEUE.arn)) },
    "sqs/queue:Queue d": {
      ...DEAD,
      policy: document(tls("sqs:*", DEAD.arn)),
      redriveAllowPolicy: JSON.stringify({ redrivePermission: "byQueue", sourceQueueArns: [QUEUE.arn] }),
    },
    "lambda/eventSourceMapping:EventSourceMapping m": FED,
    ...ALARMED,
  },
  "redrive policies beside the queues": {
    ...FED_BY_QUEUE,
    "sqs/queue:Queue q": without(FED_BY_QUEUE, "sqs/queue:Queue q", "redrivePolicy"),
    "sqs/redrivePolicy:RedrivePolicy q": { queueUrl: QUEUE.url, redrivePolicy: QUEUE.redrivePolicy },
  },
  "a denial of plain transport in other words": {
    ...FED_BY_QUEUE,
    "sqs/queuePolicy:QueuePolicy q": {
      queueUrl: QUEUE.url,
      policy: document({
        ...tls("SQS:*", "*"),
        Principal: { AWS: "*" },
        Condition: { BoolIfExists: { "aws:SecureTransport": false } },
      }),
    },
  },
  "arguments of getPolicyDocument": {
    ...FED_BY_QUEUE,
    "sqs/queuePolicy:QueuePolicy q": {
      queueUrl: QUEUE.url,
      policy: {
        statements: [
          {
            effect: "Deny",
            principals: [{ type: "*", identifiers: ["*"] }],
            actions: ["sqs:*"],
            resources: [QUEUE.arn],
            conditions: [{ test: "Bool", variable: "aws:SecureTransport", values: ["false"] }],
          },
        ],
      },
    },
  },
  "a key by its alias": {
    ...FED_BY_QUEUE,
    "kms/alias:Alias a": { name: "alias/game", arn: arn("kms", "alias/game"), targetKeyId: KEY },
    "sqs/queue:Queue q": { ...QUEUE, kmsMasterKeyId: "alias/game" },
    "sqs/queue:Queue d": { ...DEAD, kmsMasterKeyId: arn("kms", "alias/game") },
  },
  "a key by its id": {
    ...FED_BY_QUEUE,
    "sqs/queue:Queue q": { ...QUEUE, kmsMasterKeyId: "1b2c3d4e-1234-4abc-8abc-0123456789ab" },
  },
  "a key with its policy beside it": {
    ...FED_BY_QUEUE,
    "kms/key:Key k": { arn: KEY, keyId: "1b2c3d4e-1234-4abc-8abc-0123456789ab", enableKeyRotation: true },
    "kms/keyPolicy:KeyPolicy k": { keyId: "1b2c3d4e-1234-4abc-8abc-0123456789ab", policy: document(ROOT) },
  },
  "FIFO queues": {
    ...WORKS,
    ...Object.fromEntries(
      Object.entries({ ...closed("q", QUEUE), ...DEAD_LETTERS }).map(([key, properties]) => [
        key,
        key.startsWith("sqs/queue:") ? { ...properties, fifoQueue: true, contentBasedDeduplication: true } : properties,
      ]),
    ),
    "lambda/eventSourceMapping:EventSourceMapping m": FED,
  },
  "a function that is read by its alias": {
    ...FED_BY_QUEUE,
    "lambda/alias:Alias live": {
      arn: `${FUNCTION.arn}:live`,
      name: "live",
      functionName: FUNCTION.arn,
      functionVersion: "3",
    },
    "lambda/eventSourceMapping:EventSourceMapping m": { ...FED, functionName: `${FUNCTION.arn}:live` },
  },
  "a function from an image": {
    ...FED_BY_QUEUE,
    "lambda/function:Function f": {
      ...without(WORKS, "lambda/function:Function f", "runtime"),
      packageType: "Image",
      imageUri: `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/game:1`,
    },
  },
  "a function in the studio's own VPC": {
    ...FED_BY_QUEUE,
    "lambda/function:Function f": { ...FUNCTION, vpcConfig: { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] } },
    "iam/rolePolicyAttachment:RolePolicyAttachment v": {
      role: "f",
      policyArn: "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole",
    },
  },
  "a function in another language": {
    ...FED_BY_QUEUE,
    "lambda/function:Function f": {
      ...FUNCTION,
      runtime: "provided.al2023",
      environment: { variables: { DB_SECRET_ARN: arn("lambda", "function:f"), TOKEN_TTL: "3600", PASSWORD_MIN: "12" } },
    },
  },
  "rights in a policy of its own, attached": {
    ...FED_BY_QUEUE,
    "dynamodb/table:Table t": TABLE,
    "iam/policy:Policy p": {
      arn: `arn:aws:iam::${ACCOUNT}:policy/read`,
      policy: {
        Version: "2012-10-17",
        Statement: {
          Effect: "Allow",
          Action: ["dynamodb:GetItem", "dynamodb:Query"],
          Resource: [TABLE.arn, `${TABLE.arn}/index/*`],
        },
      },
    },
    "iam/rolePolicyAttachment:RolePolicyAttachment p": { role: "f", policyArn: `arn:aws:iam::${ACCOUNT}:policy/read` },
  },
  "rights inline in the role": {
    ...FED_BY_QUEUE,
    "dynamodb/table:Table t": TABLE,
    "iam/role:Role f": {
      ...ROLE,
      inlinePolicies: [
        { name: "read", policy: document({ Effect: "Allow", Action: "dynamodb:GetItem", Resource: TABLE.arn }) },
      ],
    },
  },
  "policies that are written as objects": {
    "kms/key:Key k": {
      arn: KEY,
      enableKeyRotation: true,
      deletionWindowInDays: 30,
      policy: { Version: "2012-10-17", Statement: [ROOT] },
    },
    "iam/role:Role operator": {
      arn: `arn:aws:iam::${ACCOUNT}:role/operator`,
      name: "operator",
      assumeRolePolicy: {
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/people` }, Action: "sts:AssumeRole" },
        ],
      },
    },
  },
  "a role that a repository's pipeline assumes": {
    ...OWN_KEY,
    "iam/openIdConnectProvider:OpenIdConnectProvider o": {
      arn: `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`,
      url: "https://token.actions.githubusercontent.com",
      clientIdLists: ["sts.amazonaws.com"],
    },
    "iam/role:Role deploys": {
      arn: `arn:aws:iam::${ACCOUNT}:role/deploys`,
      assumeRolePolicy: document({
        Effect: "Allow",
        Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" },
          StringLike: { "token.actions.githubusercontent.com:sub": "repo:studio/game:environment:prod" },
        },
      }),
    },
  },
  "a key whose grants are for services that act in a role's name": {
    ...WORKS,
    "kms/key:Key k": {
      ...OWN_KEY["kms/key:Key k"],
      policy: document(ROOT, {
        Effect: "Allow",
        Principal: { AWS: ROLE.arn },
        Action: ["kms:Decrypt", "kms:CreateGrant"],
        Resource: "*",
        Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
      }),
    },
  },
  "a key for whoever is of the key's account": {
    ...OWN_KEY,
    "kms/key:Key k": {
      ...OWN_KEY["kms/key:Key k"],
      policy: document(ROOT, {
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: "kms:Decrypt",
        Resource: "*",
        Condition: { StringEquals: { "aws:PrincipalAccount": "${aws:ResourceAccount}" } },
      }),
    },
  },
  "a rule with alternatives that each name something of the stack": {
    ...FED_BY_QUEUE,
    "cloudwatch/eventRule:EventRule r": {
      name: "r",
      eventPattern: JSON.stringify({
        source: ["aws.lambda"],
        "detail-type": ["Lambda Function Invocation Result"],
        $or: [{ resources: [FUNCTION.arn] }, { detail: { functionName: [{ prefix: "f" }, FUNCTION.name] } }],
      }),
    },
  },
  "a bucket with everything beside it": {
    ...OWN_KEY,
    "s3/bucket:Bucket b": BUCKET,
    ...BESIDE,
    "s3/bucketPolicy:BucketPolicy b": { bucket: "b", policy: IN_BUCKET },
    "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration b": {
      bucket: "b",
      rules: [DEFAULTS],
    },
    "s3/bucketVersioning:BucketVersioning b": { bucket: "b", versioningConfiguration: { status: "Enabled" } },
    "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration b": {
      bucket: "b",
      rules: [
        { status: "Enabled", filter: { prefix: "", tag: null }, ...LIFECYCLE },
        { status: "Enabled", filter: { prefix: "tmp/" }, expiration: { days: 1 } },
      ],
    },
    "s3/bucketLogging:BucketLogging b": { bucket: "b", targetBucket: "b", targetPrefix: "logs/" },
  },
  "a bucket with two layers of encryption, by its older name": {
    ...OWN_KEY,
    "s3/bucketV2:BucketV2 b": BUCKET,
    ...BESIDE,
    "s3/bucketPolicy:BucketPolicy b": { bucket: "b", policy: IN_BUCKET },
    "s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2 b": {
      bucket: "b",
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms:dsse", kmsMasterKeyId: KEY } }],
    },
    "s3/bucketVersioningV2:BucketVersioningV2 b": { bucket: "b", versioningConfiguration: { status: "Enabled" } },
    "s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2 b": {
      bucket: "b",
      rules: [{ status: "Enabled", ...LIFECYCLE }],
    },
    "s3/bucketLoggingV2:BucketLoggingV2 b": { bucket: "b", targetBucket: "b", targetPrefix: "logs/" },
  },
  "a bucket with everything inline": {
    ...OWN_KEY,
    "s3/bucket:Bucket b": {
      ...BUCKET,
      acl: "private",
      policy: IN_BUCKET,
      serverSideEncryptionConfiguration: { rule: DEFAULTS },
      versioning: { enabled: true },
      lifecycleRules: [
        { enabled: true, abortIncompleteMultipartUploadDays: 7, noncurrentVersionExpiration: { days: 30 } },
      ],
      logging: { targetBucket: "b" },
    },
    ...BESIDE,
  },
  "an HTTP API beside": {
    ...WORKS,
    "apigatewayv2/api:Api h": { id: "h", arn: arn("execute-api", "h"), protocolType: "HTTP", name: "game" },
    "apigatewayv2/authorizer:Authorizer z": {
      id: "z",
      apiId: "h",
      authorizerType: "JWT",
      identitySources: ["$request.header.Authorization"],
      jwtConfiguration: { audiences: ["game"], issuer: "https://issuer.example.com" },
    },
    "apigatewayv2/route:Route r": { apiId: "h", routeKey: "POST /score", authorizationType: "JWT", authorizerId: "z" },
    "apigatewayv2/integration:Integration i": { apiId: "h", integrationUri: FUNCTION.arn },
    "apigatewayv2/stage:Stage s": {
      apiId: "h",
      accessLogSettings: {
        destinationArn: arn("logs", "log-group:/f"),
        format: "$context.requestId $context.routeKey $context.status",
      },
      defaultRouteSettings: { throttlingRateLimit: 100, throttlingBurstLimit: 100 },
    },
    "lambda/permission:Permission p": {
      action: "lambda:InvokeFunction",
      function: "f",
      principal: "apigateway.amazonaws.com",
      sourceArn: arn("execute-api", "h/*/POST/score"),
    },
  },
  "a global table": {
    ...OWN_KEY,
    "dynamodb/table:Table t": {
      ...TABLE,
      replicas: [
        { regionName: "eu-west-1", kmsKeyArn: KEY, pointInTimeRecovery: true, deletionProtectionEnabled: true },
      ],
    },
  },
  "a stream's reader with its failures on a topic": {
    ...WORKS,
    "dynamodb/table:Table t": TABLE,
    "sns/topic:Topic t": { arn: T, kmsMasterKeyId: KEY, policy: document(tls("SNS:Publish", T)) },
    "lambda/eventSourceMapping:EventSourceMapping s": {
      ...STREAM,
      destinationConfig: { onFailure: { destinationArn: T } },
    },
  },
  "random names": { ...OWN_KEY, "random:index/randomPet:RandomPet n": {} },
};
