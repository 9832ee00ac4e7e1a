import type { EngineHost } from "../../../local/provider/host";
import type { ApiGatewayService } from "../../../local/services/apigateway";
import { cloudwatchEngine } from "../../../local/services/cloudwatch";
import type { DynamoDbService } from "../../../local/services/dynamodb";
import type { GlueService } from "../../../local/services/glue";
import { iamEngine } from "../../../local/services/iam";
import { keyStore } from "../../../local/services/kms";
import type { LambdaService } from "../../../local/services/lambda";
import { logsEngine } from "../../../local/services/logs";
import type { S3Service } from "../../../local/services/s3";
import { sesEngine } from "../../../local/services/ses";

/**
 * What belongs to the account, not to the stack that happens to own it: without it no API of the account would log and
 * no other stack's copy would go on. And the log group that Glue makes itself.
 */
const OF_THE_ACCOUNT =
  /account-logs|^held aws:(apigateway\/account|glue\/resourcePolicy):|^logGroup \/aws-glue\/zeroETL-integrations/;

/**
 * What an account still has that somebody made, as the services themselves see it, by kind and name. A key that waits
 * for its deletion is gone: AWS keeps it for its window and charges nothing.
 */
export async function left({ cloud, account }: EngineHost): Promise<string[]> {
  const ask = <O>(service: string, operation: string, input = {}): Promise<O> =>
    cloud.call<O>(service, operation, input, cloud.operator);
  const service = <S>(name: string): S => cloud.services.get(name) as unknown as S;
  const glue = service<GlueService>("glue");
  const { QueueUrls = [] } = await ask<{ QueueUrls?: string[] }>("sqs", "ListQueues");
  const { Topics } = await ask<{ Topics: { TopicArn: string }[] }>("sns", "ListTopics");
  const { Rules } = await ask<{ Rules: { Name: string }[] }>("events", "ListRules");
  const { WorkGroups } = await ask<{ WorkGroups: { Name: string }[] }>("athena", "ListWorkGroups");
  const keys = [...keyStore(cloud).keys.values()].filter((key) => key.manager === "CUSTOMER" && !key.deletion);
  const kinds: Record<string, Iterable<string>> = {
    held: account.resources.map(({ type, id }) => `${type} ${id}`),
    queue: QueueUrls,
    topic: Topics.map(({ TopicArn }) => TopicArn),
    rule: Rules.map(({ Name }) => Name),
    workgroup: WorkGroups.map(({ Name }) => Name).filter((name) => name !== "primary"),
    key: keys.map(({ id }) => id),
    alias: keyStore(cloud).aliases.keys(),
    table: service<DynamoDbService>("dynamodb").database.tables.keys(),
    function: service<LambdaService>("lambda").engine.functions.keys(),
    mapping: service<LambdaService>("lambda").mappings.all.keys(),
    role: iamEngine(cloud).store.roles.keys(),
    bucket: service<S3Service>("s3").store.buckets.keys(),
    logGroup: logsEngine(cloud).store.groups.keys(),
    alarm: cloudwatchEngine(cloud).alarms.keys(),
    dashboard: cloudwatchEngine(cloud).dashboards.keys(),
    database: glue.catalog.databases.keys(),
    integration: glue.integrations.byArn.keys(),
    identity: sesEngine(cloud).identities.all.keys(),
    configurationSet: sesEngine(cloud).sets.all.keys(),
    api: service<ApiGatewayService>("apigateway").gateway.apis.keys(),
  };
  return Object.entries(kinds)
    .flatMap(([kind, names]) => [...names].map((name) => `${kind} ${name}`))
    .filter((one) => !OF_THE_ACCOUNT.test(one));
}
