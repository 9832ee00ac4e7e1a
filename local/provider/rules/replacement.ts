/**
 * Properties that AWS cannot change on what exists, so that a change makes a new resource: by type, those that the
 * program uses or could use of types that the local cloud plays. Taken from the arguments' own documentation ("Forces
 * new resource", "Changing this ...") in the provider's reference, one page per type:
 * https://www.pulumi.com/registry/packages/aws/api-docs/<module>/<resource>/#inputs, and where that is silent, from the
 * API: an argument that its Create call has and its Update call has not. The comments say which those are.
 */
export const REPLACES: Readonly<Record<string, readonly string[]>> = {
  "aws:apigateway/account:Account": [],
  // UpdateApi has no ProtocolType.
  "aws:apigatewayv2/api:Api": ["protocolType"],
  "aws:apigatewayv2/authorizer:Authorizer": ["apiId"],
  // A deployment is a snapshot: nothing of it can be updated but its description.
  "aws:apigatewayv2/deployment:Deployment": ["apiId", "triggers"],
  "aws:apigatewayv2/integration:Integration": ["apiId", "integrationType"],
  "aws:apigatewayv2/integrationResponse:IntegrationResponse": ["apiId", "integrationId"],
  "aws:apigatewayv2/route:Route": ["apiId"],
  "aws:apigatewayv2/routeResponse:RouteResponse": ["apiId", "routeId"],
  // The name is the id.
  "aws:apigatewayv2/stage:Stage": ["apiId", "name"],
  "aws:athena/database:Database": ["name", "bucket", "encryptionConfiguration"],
  "aws:athena/namedQuery:NamedQuery": ["name", "database", "query", "workgroup", "description"],
  "aws:athena/workgroup:Workgroup": ["name"],
  // The type and, per type, what its schema calls createOnlyProperties: below.
  "aws:cloudcontrol/resource:Resource": ["typeName"],
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": ["alarmName"],
  "aws:cloudwatch/dashboard:Dashboard": ["dashboardName"],
  "aws:cloudwatch/eventBus:EventBus": ["name", "eventSourceName"],
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy": ["eventBusName"],
  "aws:cloudwatch/eventPermission:EventPermission": ["statementId", "eventBusName"],
  "aws:cloudwatch/eventRule:EventRule": ["name", "namePrefix", "eventBusName"],
  "aws:cloudwatch/eventTarget:EventTarget": ["rule", "eventBusName", "targetId"],
  // A log group's class is for ever (CreateLogGroup, logGroupClass).
  "aws:cloudwatch/logGroup:LogGroup": ["name", "namePrefix", "logGroupClass"],
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": ["name", "logGroupName"],
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": ["policyName"],
  "aws:cloudwatch/logStream:LogStream": ["name", "logGroupName"],
  "aws:cloudwatch/metricAlarm:MetricAlarm": ["name"],
  "aws:dynamodb/resourcePolicy:ResourcePolicy": ["resourceArn"],
  // UpdateTable has neither KeySchema nor LocalSecondaryIndexes.
  "aws:dynamodb/table:Table": ["name", "hashKey", "rangeKey", "localSecondaryIndexes", "importTable"],
  "aws:dynamodb/tableItem:TableItem": ["tableName", "hashKey", "rangeKey"],
  "aws:glue/catalogDatabase:CatalogDatabase": ["name", "catalogId"],
  "aws:glue/catalogTable:CatalogTable": ["name", "catalogId", "databaseName"],
  "aws:glue/resourcePolicy:ResourcePolicy": [],
  "aws:glue/securityConfiguration:SecurityConfiguration": ["name", "encryptionConfiguration"],
  "aws:iam/policy:Policy": ["name", "namePrefix", "path", "description"],
  "aws:iam/role:Role": ["name", "namePrefix", "path"],
  "aws:iam/rolePolicy:RolePolicy": ["name", "namePrefix", "role"],
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ["role", "policyArn"],
  "aws:kms/alias:Alias": ["name", "namePrefix"],
  "aws:kms/key:Key": ["customerMasterKeySpec", "keyUsage", "multiRegion", "customKeyStoreId", "xksKeyId"],
  "aws:kms/keyPolicy:KeyPolicy": ["keyId"],
  // UpdateEventSourceMapping has neither the source nor where to start.
  "aws:lambda/eventSourceMapping:EventSourceMapping": [
    "eventSourceArn",
    "startingPosition",
    "startingPositionTimestamp",
  ],
  "aws:lambda/function:Function": ["name", "packageType"],
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": ["functionName", "qualifier"],
  // There is no UpdatePermission.
  "aws:lambda/permission:Permission": [
    "action",
    "eventSourceToken",
    "function",
    "functionUrlAuthType",
    "principal",
    "principalOrgId",
    "qualifier",
    "sourceAccount",
    "sourceArn",
    "statementId",
    "statementIdPrefix",
  ],
  "aws:s3/bucket:Bucket": ["bucket", "bucketPrefix", "objectLockEnabled"],
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": ["bucket", "expectedBucketOwner"],
  "aws:s3/bucketLogging:BucketLogging": ["bucket", "expectedBucketOwner"],
  "aws:s3/bucketObject:BucketObject": ["bucket", "key"],
  "aws:s3/bucketObjectv2:BucketObjectv2": ["bucket", "key"],
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": ["bucket"],
  "aws:s3/bucketPolicy:BucketPolicy": ["bucket"],
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ["bucket"],
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": [
    "bucket",
    "expectedBucketOwner",
  ],
  "aws:s3/bucketVersioning:BucketVersioning": ["bucket", "expectedBucketOwner"],
  "aws:scheduler/schedule:Schedule": ["name", "namePrefix", "groupName"],
  "aws:scheduler/scheduleGroup:ScheduleGroup": ["name", "namePrefix"],
  "aws:sesv2/accountSuppressionAttributes:AccountSuppressionAttributes": [],
  "aws:sesv2/configurationSet:ConfigurationSet": ["configurationSetName"],
  "aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination": [
    "configurationSetName",
    "eventDestinationName",
  ],
  "aws:sesv2/emailIdentity:EmailIdentity": ["emailIdentity"],
  "aws:sesv2/emailIdentityFeedbackAttributes:EmailIdentityFeedbackAttributes": ["emailIdentity"],
  "aws:sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes": ["emailIdentity"],
  "aws:sesv2/emailIdentityPolicy:EmailIdentityPolicy": ["emailIdentity", "policyName"],
  "aws:sesv2/tenant:Tenant": ["tenantName"],
  "aws:sesv2/tenantResourceAssociation:TenantResourceAssociation": ["tenantName", "resourceArn"],
  // SetTopicAttributes cannot make a topic FIFO.
  "aws:sns/topic:Topic": ["name", "namePrefix", "fifoTopic"],
  "aws:sns/topicPolicy:TopicPolicy": ["arn"],
  // There is no UpdateSubscription.
  "aws:sns/topicSubscription:TopicSubscription": ["endpoint", "protocol", "topic"],
  // SetQueueAttributes: FifoQueue can be given only at creation.
  "aws:sqs/queue:Queue": ["name", "namePrefix", "fifoQueue"],
  "aws:sqs/queuePolicy:QueuePolicy": ["queueUrl"],
  "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": ["queueUrl"],
  "aws:sqs/redrivePolicy:RedrivePolicy": ["queueUrl"],
};

/**
 * Members of the desired state of the types that Cloud Control makes here whose change "requires: Replacement":
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-glue-integration.html and, for the
 * refresh interval, https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-glue-integration-integrationconfig.html
 */
export const CREATE_ONLY: Readonly<Record<string, readonly string[]>> = {
  "AWS::Glue::Integration": ["SourceArn", "TargetArn", "KmsKeyId", "AdditionalEncryptionContext", "IntegrationConfig"],
  "AWS::Glue::IntegrationResourceProperty": ["ResourceArn"],
};

/** Outputs that an update makes anew, by the inputs whose change does it; all others keep their values. */
export const RENEWED: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "aws:lambda/function:Function": {
    code: ["codeSha256", "sourceCodeHash", "sourceCodeSize", "lastModified"],
    "*": ["lastModified"],
  },
  // A stream is made anew with another label when its view changes (UpdateTable, StreamSpecification).
  "aws:dynamodb/table:Table": {
    streamViewType: ["streamArn", "streamLabel"],
    streamEnabled: ["streamArn", "streamLabel"],
  },
  "aws:cloudcontrol/resource:Resource": { "*": ["properties"] },
};
