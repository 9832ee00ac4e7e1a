import type { ApiGatewayManagementApiClient } from "@aws-sdk/client-apigatewaymanagementapi";
import type { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import type { AthenaClient } from "@aws-sdk/client-athena";
import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import type { GlueClient } from "@aws-sdk/client-glue";
import type { KMSClient } from "@aws-sdk/client-kms";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SchedulerClient } from "@aws-sdk/client-scheduler";
import type { SESv2Client } from "@aws-sdk/client-sesv2";
import type { SNSClient } from "@aws-sdk/client-sns";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { STSClient } from "@aws-sdk/client-sts";

/** How the SDK reaches AWS: an endpoint and keys of a local stack, or nothing but a Region and perhaps a profile. */
export interface Connection {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Of `~/.aws/config`; the SDK's default chain where it is not given. */
  readonly profile?: string;
}

interface Clients {
  readonly apiGateway: APIGatewayClient;
  readonly athena: AthenaClient;
  readonly dynamodb: DynamoDBClient;
  readonly events: EventBridgeClient;
  readonly glue: GlueClient;
  readonly kms: KMSClient;
  readonly lambda: LambdaClient;
  readonly logs: CloudWatchLogsClient;
  readonly s3: S3Client;
  readonly scheduler: SchedulerClient;
  readonly ses: SESv2Client;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  readonly sts: STSClient;
}

const PACKAGES: Readonly<Record<keyof Clients, readonly [module: string, name: string]>> = {
  apiGateway: ["@aws-sdk/client-api-gateway", "APIGatewayClient"],
  athena: ["@aws-sdk/client-athena", "AthenaClient"],
  dynamodb: ["@aws-sdk/client-dynamodb", "DynamoDBClient"],
  events: ["@aws-sdk/client-eventbridge", "EventBridgeClient"],
  glue: ["@aws-sdk/client-glue", "GlueClient"],
  kms: ["@aws-sdk/client-kms", "KMSClient"],
  lambda: ["@aws-sdk/client-lambda", "LambdaClient"],
  logs: ["@aws-sdk/client-cloudwatch-logs", "CloudWatchLogsClient"],
  s3: ["@aws-sdk/client-s3", "S3Client"],
  scheduler: ["@aws-sdk/client-scheduler", "SchedulerClient"],
  ses: ["@aws-sdk/client-sesv2", "SESv2Client"],
  sns: ["@aws-sdk/client-sns", "SNSClient"],
  sqs: ["@aws-sdk/client-sqs", "SQSClient"],
  sts: ["@aws-sdk/client-sts", "STSClient"],
};

/** Milliseconds within which a connection opens. */
const CONNECT_MS = 5_000;
/** Milliseconds without an answer: a redrive function may run for 300 s, and its answer comes at its end. */
const ANSWER_MS = 310_000;

type Constructor = new (config: object) => unknown;

/** The SDK's clients of one connection, each loaded and made when it is first asked for: commands start at once. */
export class AwsClients {
  private readonly made = new Map<string, unknown>();

  constructor(readonly connection: Connection) {}

  get<K extends keyof Clients>(service: K): Clients[K] {
    const [module, name] = PACKAGES[service];
    // S3 on this machine has no names of hosts for buckets.
    const style = service === "s3" && this.isLocal ? { forcePathStyle: true } : {};
    return this.make(service, module, name, style) as Clients[K];
  }

  /** The client that ends connections; an endpoint of the connection goes before the API's own. */
  connections(apiEndpoint: string): ApiGatewayManagementApiClient {
    const module = "@aws-sdk/client-apigatewaymanagementapi";
    const endpoint = this.connection.endpoint ?? process.env["AWS_ENDPOINT_URL"] ?? apiEndpoint;
    const client = this.make(module, module, "ApiGatewayManagementApiClient", { endpoint });
    return client as ApiGatewayManagementApiClient;
  }

  /** Whether another address than AWS's own is asked. */
  get isLocal(): boolean {
    return (this.connection.endpoint ?? process.env["AWS_ENDPOINT_URL"]) !== undefined;
  }

  private make(key: string, module: string, name: string, config: object): unknown {
    const known = this.made.get(key);
    if (known !== undefined) return known;
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- each client takes tens of milliseconds to load
    const loaded = require(module) as Record<string, Constructor>;
    const requestHandler = { connectionTimeout: CONNECT_MS, requestTimeout: ANSWER_MS };
    const client = new loaded[name]!({ ...this.connection, requestHandler, ...config });
    this.made.set(key, client);
    return client;
  }
}
