import type { Cloud } from "../local/cloud";
import { iamEngine } from "../local/services/iam";
import { logicalName, shortArn } from "./names";

/** Service principals that knock at every door: those of the program, and as many others as AWS has that could matter. */
export const SERVICES: readonly string[] = [
  ...["apigateway", "athena", "cloudwatch", "dynamodb", "events", "glue", "lambda", "pipes", "s3", "scheduler"],
  ...["ses", "sns", "sqs", "states", "xray", "appsync", "backup", "batch", "bedrock", "cloudformation", "cloudfront"],
  ...["cloudtrail", "codebuild", "cognito-idp", "config", "delivery.logs", "dax", "ec2", "ecs-tasks", "firehose"],
  ...[
    "guardduty",
    "iot",
    "kinesis",
    "kms",
    "logs",
    "logs.us-east-1",
    "logs.eu-west-1",
    "monitoring",
    "mobiletargeting",
  ],
  ...["rds", "redshift", "s3-object-lambda", "secretsmanager", "ssm", "vpc-flow-logs", "workmail"],
].map((name) => `${name}.amazonaws.com`);

/** What is asked of a resource, by the service of its ARN. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  sqs: ["SendMessage", "ReceiveMessage", "DeleteMessage", "PurgeQueue", "SetQueueAttributes", "DeleteQueue"],
  sns: ["Publish", "Subscribe", "SetTopicAttributes", "DeleteTopic"],
  s3: ["GetObject", "PutObject", "DeleteObject", "ListBucket", "PutBucketPolicy"],
  dynamodb: [
    "ExportTableToPointInTime",
    "DescribeTable",
    "DescribeExport",
    "GetItem",
    "Scan",
    "PutItem",
    "DeleteTable",
  ],
  lambda: ["InvokeFunction", "UpdateFunctionCode", "GetFunction", "DeleteFunction"],
  glue: ["AuthorizeInboundIntegration", "CreateInboundIntegration", "GetTable", "UpdateTable", "DeleteDatabase"],
  kms: [
    "Decrypt",
    "GenerateDataKey",
    "Encrypt",
    "ReEncryptFrom",
    "ReEncryptTo",
    "DescribeKey",
    "PutKeyPolicy",
    "ScheduleKeyDeletion",
    "CreateGrant",
  ],
  iam: ["AssumeRole"],
};

/** Who was tried, and who came in. */
export interface Admissions {
  /** How often somebody asked. */
  readonly attempts: number;
  /** `<resource> <action> <- <service>: <sources>`, sorted. */
  readonly admitted: readonly string[];
}

interface Source {
  readonly name: string;
  readonly arn: string | undefined;
}

/** Asks as every service, in the name of every resource of the stack and of strangers, for everything. */
export function admissions(cloud: Cloud): Admissions {
  const iam = iamEngine(cloud);
  const sources = sourcesOf(cloud);
  const found: string[] = [];
  let attempts = 0;
  for (const [resource, policyOf] of doorsOf(cloud)) {
    const service = resource.split(":")[2] ?? "";
    for (const name of ACTIONS[service] ?? []) {
      const action = service === "iam" ? `sts:${name}` : `${service}:${name}`;
      for (const principal of SERVICES) {
        const entered: string[] = [];
        for (const { name: source, arn } of sources) {
          attempts++;
          const who = {
            type: "service",
            service: principal,
            ...(arn === undefined ? {} : { sourceArn: arn }),
          } as const;
          if (iam.evaluate(who, { action, resource, policyOf, ...contextOf(action, arn) }).allowed)
            entered.push(source);
        }
        if (entered.length > 0) found.push(`${nameOf(resource)} ${name} <- ${principal}: ${summary(entered, sources)}`);
      }
    }
  }
  return { attempts, admitted: found.sort() };
}

/** Everything that carries a policy, and every bucket, table, queue and role besides. */
function doorsOf(cloud: Cloud): readonly (readonly [resource: string, policyOf: string])[] {
  const carriers = [...cloud.resourcePolicies.keys()];
  const roles = [...iamEngine(cloud).store.roles.values()].map(({ arn }) => arn);
  return [...carriers, ...roles].flatMap((arn) =>
    arn.startsWith("arn:aws:s3") ? [[arn, arn] as const, [`${arn}/object`, arn] as const] : [[arn, arn] as const],
  );
}

/** In whose name a service may say to act: each resource of the stack, nobody, and a stranger's of each kind. */
function sourcesOf(cloud: Cloud): readonly Source[] {
  const { region, accountId } = cloud;
  const text = JSON.stringify([...cloud.resourcePolicies.values()]);
  const named = [...new Set([...text.matchAll(/"(arn:aws:[^"*]+)"/g)].map(([, arn]) => arn!))];
  const own = named.map((arn) => ({ name: shortArn(arn), arn }));
  const group = { name: "logs:log-group", arn: `arn:aws:logs:${region}:${accountId}:log-group:/aws/lambda/any` };
  const integration = { name: "glue:integration", arn: `arn:aws:glue:${region}:${accountId}:integration:any` };
  const foreign = ["sns", "events", "ses", "logs", "glue", "execute-api"].map((service) => ({
    name: FOREIGN,
    arn: `arn:aws:${service}:${region}:999999999999:anything`,
  }));
  return [...own, group, integration, ...foreign, { name: "nobody", arn: undefined }];
}

const FOREIGN = "another account";

/** What CloudWatch Logs tells KMS beside who asks. */
function contextOf(action: string, arn: string | undefined): { readonly context?: Readonly<Record<string, string>> } {
  if (!action.startsWith("kms:") || arn === undefined || !arn.startsWith("arn:aws:logs:")) return {};
  return { context: { "kms:EncryptionContext:aws:logs:arn": arn } };
}

/** All sources of this account together, or each by its name. */
function summary(names: readonly string[], sources: readonly Source[]): string {
  if (names.length === sources.length) return "anyone";
  const own = sources.filter(({ name }) => name !== FOREIGN && name !== "nobody");
  if (names.length === own.length && names.every((name) => own.some((one) => one.name === name))) return "this account";
  return [...new Set(names)].sort().join(", ");
}

function nameOf(arn: string): string {
  return arn.startsWith("arn:aws:iam:") ? logicalName(arn) : shortArn(arn);
}
