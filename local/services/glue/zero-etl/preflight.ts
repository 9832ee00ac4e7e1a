import type { Cloud } from "../../../cloud";
import type { Principal } from "../../../principal";
import type { AccessRequest, CallContext, Json } from "../../../service";
import { s3Address } from "../../athena/sources";
import type { S3Service } from "../../s3";
import { onBucket, onKey, onObject } from "../../s3/rights";
import type { Catalog } from "../catalog";
import type { Integration, ResourceProperty } from "./integration";

/** Why an integration cannot go on, as its `Errors` show it. */
export interface Obstacle {
  readonly code: string;
  readonly message: string;
  /** FAILED needs a new integration; NEEDS_ATTENTION heals by itself once the cause is gone. */
  readonly status: "FAILED" | "NEEDS_ATTENTION";
}

/** Checks what the integration needs, in the order in which the service comes upon it; undefined when nothing is missing. */
export async function preflight(
  cloud: Cloud,
  catalog: Catalog,
  integration: Integration,
  property: ResourceProperty | undefined,
): Promise<Obstacle | undefined> {
  return (
    targetProblem(catalog, integration, property) ??
    catalogPolicyProblem(cloud, catalog, integration) ??
    (await sourceProblem(cloud, integration)) ??
    roleProblem(cloud, catalog, integration, property!)
  );
}

function targetProblem(
  catalog: Catalog,
  integration: Integration,
  property: ResourceProperty | undefined,
): Obstacle | undefined {
  if (!property) {
    return {
      code: "UNRECOVERABLE_ACCESS_DENIED",
      message: `No integration resource property exists for ${integration.targetArn}. Create one with the target role before the integration.`,
      status: "FAILED",
    };
  }
  const name = integration.targetArn.split(":database/")[1]!;
  const database = catalog.databases.get(name);
  if (!database) return needsAttention("ENTITY_NOT_FOUND", `Database ${name} not found.`);
  if (!/^[a-z0-9_]+$/.test(name))
    return { code: "VALIDATION_ERROR", message: `Database name ${name} contains invalid characters`, status: "FAILED" };
  if (!database.LocationUri)
    return needsAttention(
      "VALIDATION_ERROR",
      `Database ${name} has no LocationUri, which the target of an integration requires`,
    );
  return undefined;
}

/** The account's catalog policy must authorize Glue for the source, always (Glue, zero-ETL target). */
function catalogPolicyProblem(cloud: Cloud, catalog: Catalog, integration: Integration): Obstacle | undefined {
  const glue: Principal = { type: "service", service: "glue.amazonaws.com", sourceArn: integration.sourceArn };
  for (const resource of [catalog.arn, integration.targetArn]) {
    const request = { action: "glue:AuthorizeInboundIntegration", resource, policyOf: catalog.arn };
    const denied = deniedOf(cloud, glue, [request]);
    if (denied !== undefined)
      return needsAttention(
        "ACCESS_DENIED",
        `The resource policy of the Data Catalog does not authorize the integration: ${denied}`,
      );
  }
  return undefined;
}

async function sourceProblem(cloud: Cloud, integration: Integration): Promise<Obstacle | undefined> {
  const glue: Principal = { type: "service", service: "glue.amazonaws.com", sourceArn: integration.arn };
  const requests = ["ExportTableToPointInTime", "DescribeTable", "DescribeExport"].map((action) => ({
    action: `dynamodb:${action}`,
    resource: integration.sourceArn,
  }));
  const denied = deniedOf(cloud, glue, requests);
  if (denied !== undefined)
    return needsAttention(
      "ACCESS_DENIED",
      `The resource policy of the source table does not let Glue export it: ${denied}`,
    );
  const table = cloud.ports.tables.describe(integration.sourceArn);
  const sse = table["SSEDescription"] as { KMSMasterKeyArn?: string } | undefined;
  if (sse && (sse.KMSMasterKeyArn === undefined || sse.KMSMasterKeyArn.includes("alias/aws/"))) {
    return needsAttention(
      "VALIDATION_ERROR",
      "The source table is encrypted with an AWS managed key (aws/dynamodb), which is not supported. Use a customer managed key or an AWS owned key.",
    );
  }
  if (!(await recoverable(cloud, String(table["TableName"])))) {
    return needsAttention(
      "POINT_IN_TIME_RECOVERY_DISABLED",
      "Point-in-time recovery is not enabled on the source table.",
    );
  }
  return undefined;
}

/** DynamoDB's own answer, taken inside the cloud: the export would fail on it, but no caller asks for it here. */
async function recoverable(cloud: Cloud, table: string): Promise<boolean> {
  const describe = cloud.services.get("dynamodb")?.operations["DescribeContinuousBackups"];
  if (!describe) return true;
  const context: CallContext = {
    cloud,
    principal: cloud.operator,
    requestId: cloud.uuid(),
    use: () => undefined,
    note: () => undefined,
  };
  const answer = (await describe.answer({ TableName: table }, context)) as {
    ContinuousBackupsDescription: { PointInTimeRecoveryDescription?: { PointInTimeRecoveryStatus: string } };
  };
  return answer.ContinuousBackupsDescription.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === "ENABLED";
}

function roleProblem(
  cloud: Cloud,
  catalog: Catalog,
  integration: Integration,
  property: ResourceProperty,
): Obstacle | undefined {
  const { roleArn } = property;
  const glue: Principal = { type: "service", service: "glue.amazonaws.com", sourceArn: integration.arn };
  if (!cloud.ports.iam.trusts(roleArn, glue))
    return needsAttention("ACCESS_DENIED", `Glue may not assume the target role ${roleArn}`);
  const denied = deniedOf(cloud, sessionOf(roleArn), roleRights(cloud, catalog, integration, property));
  return denied === undefined ? undefined : needsAttention("ACCESS_DENIED", `The target role lacks a right: ${denied}`);
}

/** What the target role must be able to do (Glue, zero-ETL target: target IAM role). */
function roleRights(
  cloud: Cloud,
  catalog: Catalog,
  integration: Integration,
  property: ResourceProperty,
): AccessRequest[] {
  const database = catalog.database(integration.targetArn.split(":database/")[1]!);
  const { bucket, prefix } = s3Address(database.LocationUri!);
  const key = `${prefix}${prefix === "" || prefix.endsWith("/") ? "" : "/"}data/part-0.parquet`;
  const stored = (cloud.services.get("s3") as S3Service | undefined)?.store.buckets.get(bucket);
  const table = cloud.ports.tables.describe(integration.sourceArn) as {
    TableName: string;
    SSEDescription?: { KMSMasterKeyArn?: string };
  } & Json;
  const actions = [
    "GetDatabase",
    "GetTable",
    "GetTables",
    "CreateTable",
    "UpdateTable",
    "DeleteTable",
    "GetTableVersion",
    "GetTableVersions",
    "GetResourcePolicy",
  ];
  const keys = new Map<string, readonly string[]>();
  if (table.SSEDescription?.KMSMasterKeyArn) keys.set(table.SSEDescription.KMSMasterKeyArn, ["Decrypt"]);
  if (property.kmsArn) keys.set(property.kmsArn, ["Decrypt", "GenerateDataKey", "Encrypt", "DescribeKey"]);
  return [
    onBucket("ListBucket", bucket, { "s3:prefix": prefix }),
    ...["GetObject", "PutObject", "DeleteObject"].map((action) => onObject(action, bucket, key)),
    ...(stored ? onKey(cloud, ["GenerateDataKey", "Decrypt"], stored.encryption, bucket, key) : []),
    ...actions.flatMap((action) => catalog.rights(action, database.Name, integration.tableName)),
    ...[...keys].flatMap(([resource, needed]) => needed.map((action) => ({ action: `kms:${action}`, resource }))),
  ];
}

/** The session in which Glue uses the target role. */
export function sessionOf(roleArn: string): Principal {
  const name = roleArn.slice(roleArn.lastIndexOf("/") + 1);
  return {
    type: "role",
    roleArn,
    arn: `${roleArn.replace(":iam:", ":sts:").replace(/:role\/.*$/, "")}:assumed-role/${name}/GlueZeroETL`,
  };
}

/** The first right that is missing, as a line of the trace and in words. */
export function deniedOf(cloud: Cloud, principal: Principal, requests: readonly AccessRequest[]): string | undefined {
  for (const request of requests) {
    const decision = cloud.ports.iam.evaluate(principal, request);
    if (decision.allowed) continue;
    const who = principal.type === "role" ? principal.arn : "glue.amazonaws.com";
    const data = { action: request.action, deniedResource: request.resource, reason: decision.reason };
    cloud.trace.emit({
      kind: "denied",
      service: "glue",
      name: "Integration",
      principal: who,
      resource: request.resource,
      error: "AccessDenied",
      data,
    });
    return `User: ${who} is not authorized to perform: ${request.action} on resource: ${request.resource} ${decision.reason}`;
  }
  return undefined;
}

function needsAttention(code: string, message: string): Obstacle {
  return { code, message, status: "NEEDS_ATTENTION" };
}
