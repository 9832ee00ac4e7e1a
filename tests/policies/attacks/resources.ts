import { ACCOUNT } from "../graph";
import { arn, FN, FUNCTION, KEY, QUEUE, SECURITY, STAGE, STREAM, T, TABLE } from "../cases/fixtures";
import { keyed, STRANGER, type Attack, type Attacks } from "./world";

const attached = (type: string, properties: object, at: string): Attack => ({
  add: { [`${type} a`]: { ...properties } },
  by: "lambda-no-default-callback-role",
  at: `a ${at}`,
});
const ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess";
const secret = (name: string, value: string): Attack => ({
  add: { "lambda/function:Function g": { ...FUNCTION, environment: { variables: { [name]: value } } } },
  by: "lambda-env-encrypted-no-secrets",
  at: `g environment.variables.${name}`,
});

/** Resources that are open, plain or blind. */
export const resourceAttacks: Attacks = {
  "the administrator's policy, attached": attached(
    "iam/rolePolicyAttachment:RolePolicyAttachment",
    { role: "f", policyArn: ADMIN },
    "policyArn",
  ),
  "a power user, in the role": attached(
    "iam/role:Role",
    { managedPolicyArns: ["arn:aws:iam::aws:policy/PowerUserAccess"] },
    "managedPolicyArns",
  ),
  "a service role with full access": attached(
    "iam/rolePolicyAttachment:RolePolicyAttachment",
    { role: "f", policyArn: "arn:aws-us-gov:iam::aws:policy/service-role/AmazonEC2RoleforSSM" },
    "policyArn",
  ),
  "policies attached as a list": attached(
    "iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
    { roleName: "f", policyArns: [ADMIN] },
    "policyArns",
  ),
  "a policy of AWS for a permission set": attached(
    "ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment",
    { managedPolicyArn: ADMIN },
    "managedPolicyArn",
  ),
  "a queue under AWS's key by its ARN": keyed(
    "sqs/queue:Queue",
    { ...QUEUE, kmsMasterKeyId: arn("kms", "alias/aws/sqs") },
    "sqs-encrypted",
    "kmsMasterKeyId",
  ),
  "a queue with an empty key": keyed(
    "sqs/queue:Queue",
    { ...QUEUE, kmsMasterKeyId: "" },
    "sqs-encrypted",
    "kmsMasterKeyId",
  ),
  "a topic with no key": keyed("sns/topic:Topic", { arn: T, kmsMasterKeyId: null }, "sns-cmk", "kmsMasterKeyId"),
  "variables under AWS's key by its ARN": keyed(
    "lambda/function:Function",
    { ...FUNCTION, kmsKeyArn: arn("kms", "alias/aws/lambda") },
    "lambda-env-encrypted-no-secrets",
    "kmsKeyArn",
  ),
  "a log under AWS's key": keyed(
    "cloudwatch/logGroup:LogGroup",
    { kmsKeyId: arn("kms", "alias/aws/logs"), retentionInDays: 400 },
    "logs-encrypted-retained",
    "kmsKeyId",
  ),
  "a log kept for ever by 0": keyed(
    "cloudwatch/logGroup:LogGroup",
    { kmsKeyId: KEY, retentionInDays: 0 },
    "logs-encrypted-retained",
    "retentionInDays",
  ),
  "a schedule under AWS's key": keyed(
    "scheduler/schedule:Schedule",
    { kmsKeyArn: arn("kms", "alias/aws/scheduler") },
    "events-dlq-retry",
    "kmsKeyArn",
  ),
  "a bus under AWS's key": keyed(
    "cloudwatch/eventBus:EventBus",
    { kmsKeyIdentifier: "alias/aws/events" },
    "events-bus-policy",
    "kmsKeyIdentifier",
  ),
  "a state machine under AWS's key": keyed(
    "sfn/stateMachine:StateMachine",
    { encryptionConfiguration: { type: "CUSTOMER_MANAGED_KMS_KEY", kmsKeyId: "alias/aws/states" } },
    "sfn-logged-encrypted",
    "encryptionConfiguration.kmsKeyId",
  ),
  "Glue under AWS's key": keyed(
    "glue/securityConfiguration:SecurityConfiguration",
    {
      encryptionConfiguration: {
        ...SECURITY,
        s3Encryption: { s3EncryptionMode: "SSE-KMS", kmsKeyArn: arn("kms", "alias/aws/s3") },
      },
    },
    "glue-encrypted",
    "encryptionConfiguration.s3Encryption.kmsKeyArn",
  ),
  "connection passwords that come back plain": keyed(
    "glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings",
    {
      dataCatalogEncryptionSettings: {
        connectionPasswordEncryption: { awsKmsKeyId: KEY, returnConnectionPasswordEncrypted: false },
      },
    },
    "glue-encrypted",
    "dataCatalogEncryptionSettings.connectionPasswordEncryption.returnConnectionPasswordEncrypted",
  ),
  "a replica of a table without a key": keyed(
    "dynamodb/table:Table",
    { ...TABLE, replicas: [{ regionName: "eu-west-1", pointInTimeRecovery: true }] },
    "ddb-cmk",
    "replicas.0.kmsKeyArn",
  ),
  "a replica of a table that cannot be restored": keyed(
    "dynamodb/tableReplica:TableReplica",
    { kmsKeyArn: KEY },
    "ddb-pitr",
    "pointInTimeRecovery",
  ),
  "a permission for any API": keyed(
    "lambda/permission:Permission",
    { action: "lambda:InvokeFunction", function: "f", principal: "apigateway.amazonaws.com" },
    "lambda-permission-narrow",
    "sourceArn",
  ),
  "a permission for a neighbour's API, whose stage is called as one's own": {
    add: {
      "apigatewayv2/stage:Stage s": { ...STAGE, id: "play", name: "play" },
      "lambda/permission:Permission x": {
        action: "lambda:InvokeFunction",
        function: "f",
        principal: "apigateway.amazonaws.com",
        sourceArn: arn("execute-api", "neighbour/play/$connect"),
      },
    },
    by: "lambda-permission-narrow",
    at: "x sourceArn",
  },
  "a permission for a stranger": keyed(
    "lambda/permission:Permission",
    { action: "lambda:InvokeFunction", function: "f", principal: STRANGER },
    "references-stay-in-account",
    "principal",
  ),
  "a function's URL for everybody": keyed(
    "lambda/functionUrl:FunctionUrl",
    { functionName: "f", authorizationType: "NONE" },
    "lambda-url-authorized",
    "authorizationType",
  ),
  "a function's URL for every origin of a scheme": keyed(
    "lambda/functionUrl:FunctionUrl",
    { functionName: "f", authorizationType: "AWS_IAM", cors: { allowOrigins: ["https://*"] } },
    "lambda-url-authorized",
    "cors.allowOrigins",
  ),
  "an image of a stranger's registry": keyed(
    "lambda/function:Function",
    { ...FUNCTION, packageType: "Image", imageUri: `${STRANGER}.dkr.ecr.us-east-1.amazonaws.com/game:1` },
    "references-stay-in-account",
    "imageUri",
  ),
  "a short password": secret("DB_PASSWORD", "hunter2"),
  "a password with a number behind": secret("DB_PASSWORD_2", "correct horse battery"),
  "a password in an address": secret("DATABASE_URL", "postgres://game:letmein@db.example.com/players"),
  "a key that begins like a path": secret("API_KEY", "/9aX+Kq0zR7/vv1=="),
  "a token of a source host": secret("SETTING", `github_pat_${"a1".repeat(20)}`),
  "a webhook": secret("NOTIFY", "https://discord.com/api/webhooks/1234/abcdef"),
  "a reader of a stream without a failure target": keyed(
    "lambda/eventSourceMapping:EventSourceMapping",
    { ...STREAM, destinationConfig: { onFailure: {} } },
    "esm-on-failure",
    "destinationConfig.onFailure.destinationArn",
  ),
  "a reader that is switched off by a text": keyed(
    "lambda/eventSourceMapping:EventSourceMapping",
    { ...STREAM, enabled: "false" },
    "esm-bounded-retry",
    "enabled",
  ),
  "a scheduled function that fails unheard": {
    add: { "scheduler/schedule:Schedule s": { kmsKeyArn: KEY, target: { arn: FN } } },
    by: "lambda-async-failure-target",
    at: "f deadLetterConfig.targetArn",
  },
  "a rule that hears the neighbours by a prefix": keyed(
    "cloudwatch/eventRule:EventRule",
    { eventPattern: JSON.stringify({ source: [{ prefix: "aw" }], "detail-type": ["x"] }) },
    "events-pattern-narrow",
    "eventPattern.source",
  ),
  "a rule that hears all but one's own": keyed(
    "cloudwatch/eventRule:EventRule",
    {
      eventPattern: JSON.stringify({
        source: ["aws.athena"],
        "detail-type": ["x"],
        detail: { workgroupName: [{ "anything-but": ["t"] }] },
      }),
    },
    "events-pattern-narrow",
    "eventPattern",
  ),
  "a rule that hears one's own or anybody": keyed(
    "cloudwatch/eventRule:EventRule",
    {
      eventPattern: JSON.stringify({
        source: ["aws.athena"],
        "detail-type": ["x"],
        detail: { $or: [{ workgroupName: ["t"] }, { currentState: ["FAILED"] }] },
      }),
    },
    "events-pattern-narrow",
    "eventPattern",
  ),
  "a lifecycle for a folder only": keyed(
    "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    {
      rules: [
        {
          status: "Enabled",
          filter: { prefix: "nothing/" },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
          noncurrentVersionExpiration: { noncurrentDays: 30 },
        },
      ],
    },
    "s3-versioned-lifecycled",
    "rules.abortIncompleteMultipartUpload",
  ),
  "a policy attached to a neighbour's role": keyed(
    "iam/rolePolicyAttachment:RolePolicyAttachment",
    { role: "neighbour", policyArn: "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess" },
    "iam-role-reach",
    "role",
  ),
  "policies attached to a neighbour's role as a list": keyed(
    "iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
    { roleName: "neighbour", policyArns: [] },
    "iam-role-reach",
    "roleName",
  ),
  "an open catch-all of an HTTP API": {
    add: {
      "apigatewayv2/api:Api h": { id: "h", protocolType: "HTTP" },
      "apigatewayv2/route:Route r": { apiId: "h", routeKey: "$default" },
    },
    by: "ws-connect-authorized",
    at: "r authorizationType",
  },
  "an HTTP API made by its target": {
    add: { "apigatewayv2/api:Api h": { id: "h", protocolType: "HTTP", target: FN } },
    by: "ws-connect-authorized",
    at: "h target",
  },
  "routes in a description": {
    add: { "apigatewayv2/api:Api h": { id: "h", protocolType: "HTTP", body: "{}" } },
    by: "ws-connect-authorized",
    at: "h body",
  },
  "data traces of one route": {
    add: {
      "apigatewayv2/stage:Stage s": {
        ...STAGE,
        routeSettings: [
          {
            routeKey: "x",
            loggingLevel: "INFO",
            dataTraceEnabled: true,
            throttlingRateLimit: 1,
            throttlingBurstLimit: 1,
          },
        ],
      },
    },
    by: "ws-exec-logs-no-data-trace",
    at: "s routeSettings.0.dataTraceEnabled",
  },
  "a role through Cloud Control": keyed(
    "cloudcontrol/resource:Resource",
    { typeName: "AWS::IAM::Role", desiredState: "{}" },
    "no-way-around",
    "typeName",
  ),
  "a template": keyed("cloudformation/stack:Stack", { templateBody: "{}" }, "no-way-around", "type"),
  "a bucket of another provider": {
    add: { "aws-native:s3:Bucket n": { accessControl: "PublicRead" } },
    by: "resources-judged",
    at: "n type",
  },
  "a service that the pack does not know": {
    add: { "rds/instance:Instance n": { publiclyAccessible: true } },
    by: "resources-judged",
    at: "n type",
  },
  "a credential that does not expire": keyed(
    "iam/serviceSpecificCredential:ServiceSpecificCredential",
    { userName: "ci" },
    "iam-no-users",
    "name",
  ),
  "the only account that is named is a stranger's": keyed(
    "iam/rolePolicyAttachment:RolePolicyAttachment",
    { role: "f", policyArn: `arn:aws:iam::${STRANGER}:policy/theirs` },
    "references-stay-in-account",
    "policyArn",
  ),
  "a neighbour's policy": keyed(
    "iam/rolePolicyAttachment:RolePolicyAttachment",
    { role: "f", policyArn: `arn:aws:iam::${ACCOUNT}:policy/theirs` },
    "references-stay-in-stack",
    "policyArn",
  ),
  "a neighbour's key by its alias": keyed(
    "sqs/queue:Queue",
    { ...QUEUE, kmsMasterKeyId: "alias/neighbour" },
    "references-stay-in-stack",
    "kmsMasterKeyId",
  ),
};
