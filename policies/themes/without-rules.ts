/** Types of the aws provider that need no rule of their own: what matters of them others hold. */
export const WITHOUT_RULES: ReadonlySet<string> = new Set([
  // Wiring of an API: who gets in is decided on its routes, its stage and the permission of the function.
  "aws:apigatewayv2/deployment:Deployment",
  "aws:apigatewayv2/integration:Integration",
  "aws:apigatewayv2/integrationResponse:IntegrationResponse",
  "aws:apigatewayv2/model:Model",
  "aws:apigatewayv2/routeResponse:RouteResponse",
  // The account's logging role, which is a role like others.
  "aws:apigateway/account:Account",
  // They count, show and find again.
  "aws:cloudwatch/compositeAlarm:CompositeAlarm",
  "aws:cloudwatch/dashboard:Dashboard",
  "aws:cloudwatch/logMetricFilter:LogMetricFilter",
  "aws:cloudwatch/queryDefinition:QueryDefinition",
  "aws:athena/namedQuery:NamedQuery",
  // Whose tokens are believed: the roles that trust it name the subject.
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
  "aws:iam/samlProvider:SamlProvider",
  // Names of things that are judged themselves.
  "aws:kms/alias:Alias",
  "aws:lambda/alias:Alias",
  "aws:scheduler/scheduleGroup:ScheduleGroup",
  // How a function scales and is patched.
  "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig",
  "aws:lambda/runtimeManagementConfig:RuntimeManagementConfig",
  "aws:appautoscaling/policy:Policy",
  "aws:appautoscaling/target:Target",
  "aws:cloudwatch/logStream:LogStream",
  // Text.
  "aws:ses/template:Template",
  // Read by the rules of what they belong to, and by those of resource policies.
  "aws:backup/selection:Selection",
  "aws:backup/vaultPolicy:VaultPolicy",
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
  "aws:cloudwatch/eventPermission:EventPermission",
  "aws:cloudwatch/logDestinationPolicy:LogDestinationPolicy",
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
  "aws:cloudwatch/metricAlarm:MetricAlarm",
  "aws:dynamodb/resourcePolicy:ResourcePolicy",
  "aws:ecr/repositoryPolicy:RepositoryPolicy",
  "aws:glue/resourcePolicy:ResourcePolicy",
  "aws:iam/groupMembership:GroupMembership",
  "aws:iam/userGroupMembership:UserGroupMembership",
  "aws:kinesis/resourcePolicy:ResourcePolicy",
  "aws:lambda/layerVersionPermission:LayerVersionPermission",
  "aws:lambda/resourcePolicy:ResourcePolicy",
  "aws:opensearch/domainPolicy:DomainPolicy",
  "aws:s3/bucketLogging:BucketLogging",
  "aws:s3control/accessPointPolicy:AccessPointPolicy",
  "aws:secretsmanager/secretPolicy:SecretPolicy",
  "aws:secretsmanager/secretRotation:SecretRotation",
  "aws:sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes",
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
]);
