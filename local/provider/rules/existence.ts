import type { Cloud } from "../../cloud";
import type { ApiGatewayService } from "../../services/apigateway";
import { cloudwatchEngine } from "../../services/cloudwatch";
import type { DynamoDbService } from "../../services/dynamodb";
import type { GlueService } from "../../services/glue";
import { iamEngine } from "../../services/iam";
import { keyStore } from "../../services/kms";
import type { LambdaService } from "../../services/lambda";
import { logsEngine } from "../../services/logs";
import type { S3Service } from "../../services/s3";
import { sesEngine } from "../../services/ses";

type Exists = (cloud: Cloud, id: string) => boolean;

const service = <S>(cloud: Cloud, name: string): S => cloud.services.get(name) as unknown as S;
const lambda = (cloud: Cloud): LambdaService => service(cloud, "lambda");

/** How to see whether somebody has deleted a resource by AWS's own APIs; types without an entry are taken to be there. */
const EXISTS: Readonly<Record<string, Exists>> = {
  "aws:apigatewayv2/api:Api": (cloud, id) => service<ApiGatewayService>(cloud, "apigateway").gateway.apis.has(id),
  "aws:cloudwatch/dashboard:Dashboard": (cloud, id) => cloudwatchEngine(cloud).dashboards.has(id),
  "aws:cloudwatch/logGroup:LogGroup": (cloud, id) => logsEngine(cloud).store.groups.has(id),
  "aws:cloudwatch/metricAlarm:MetricAlarm": (cloud, id) => cloudwatchEngine(cloud).alarms.has(id),
  "aws:dynamodb/table:Table": (cloud, id) => service<DynamoDbService>(cloud, "dynamodb").database.tables.has(id),
  "aws:glue/catalogDatabase:CatalogDatabase": (cloud, id) =>
    service<GlueService>(cloud, "glue").catalog.databases.has(id.slice(id.indexOf(":") + 1)),
  "aws:iam/role:Role": (cloud, id) => iamEngine(cloud).store.roles.has(id),
  // A key that waits for its deletion is of no use to anybody.
  "aws:kms/key:Key": (cloud, id) => {
    const key = keyStore(cloud).keys.get(id);
    return key !== undefined && !key.deletion;
  },
  "aws:lambda/eventSourceMapping:EventSourceMapping": (cloud, id) => lambda(cloud).mappings.all.has(id),
  "aws:lambda/function:Function": (cloud, id) => lambda(cloud).engine.functions.has(id),
  "aws:s3/bucket:Bucket": (cloud, id) => service<S3Service>(cloud, "s3").store.buckets.has(id),
  "aws:sesv2/configurationSet:ConfigurationSet": (cloud, id) => sesEngine(cloud).sets.all.has(id),
  "aws:sesv2/emailIdentity:EmailIdentity": (cloud, id) => sesEngine(cloud).identities.all.has(id),
};

/** Whether AWS still has what was made. */
export function exists(cloud: Cloud, type: string, id: string): boolean {
  return EXISTS[type]?.(cloud, id) ?? true;
}
