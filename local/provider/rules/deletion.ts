import { AwsError } from "../../aws-error";
import type { Cloud } from "../../cloud";
import type { Json } from "../../service";
import type { ApiGatewayService } from "../../services/apigateway";
import { iamEngine } from "../../services/iam";
import type { S3Service } from "../../services/s3";

type Guard = (cloud: Cloud, id: string, state: Json) => void | Promise<void>;

/**
 * What AWS refuses to delete, beyond what the services' own code refuses (a table with deletion protection). The
 * provider's reference has the arguments that change it (`forceDestroy`).
 */
const GUARDS: Readonly<Record<string, Guard>> = {
  "aws:s3/bucket:Bucket": (cloud, id, state) => {
    const bucket = (cloud.services.get("s3") as S3Service).store.buckets.get(id);
    if (!bucket || state["forceDestroy"] === true) return;
    if (bucket.keys().length === 0 && bucket.versions.size === 0) return;
    const all = bucket.versioning === undefined ? "" : ". You must delete all versions in the bucket.";
    throw new AwsError("BucketNotEmpty", `The bucket you tried to delete is not empty${all}`, 409);
  },
  "aws:athena/workgroup:Workgroup": async (cloud, id, state) => {
    if (state["forceDestroy"] === true) return;
    const { QueryExecutionIds = [] } = await cloud.call<{ QueryExecutionIds?: string[] }>(
      "athena",
      "ListQueryExecutions",
      { WorkGroup: id },
      cloud.operator,
    );
    if (QueryExecutionIds.length > 0) throw new AwsError("InvalidRequestException", `WorkGroup ${id} is not empty`);
  },
  "aws:iam/role:Role": (cloud, id, state) => {
    const role = iamEngine(cloud).store.roles.get(id);
    if (!role || state["forceDetachPolicies"] === true) return;
    if (role.attached.size > 0)
      throw new AwsError("DeleteConflict", "Cannot delete entity, must detach all policies first.", 409);
    if (role.inline.size > 0)
      throw new AwsError("DeleteConflict", "Cannot delete entity, must delete policies first.", 409);
  },
  "aws:cloudwatch/eventRule:EventRule": async (cloud, id, state) => {
    if (state["forceDestroy"] === true) return;
    const rule = { Rule: state["name"], EventBusName: state["eventBusName"] };
    const { Targets } = await cloud.call<{ Targets: unknown[] }>("events", "ListTargetsByRule", rule, cloud.operator);
    if (Targets.length > 0)
      throw new AwsError("ValidationException", `Rule ${id} can't be deleted since it has targets.`);
  },
  "aws:apigatewayv2/deployment:Deployment": (cloud, id, state) => {
    const stages = apiOf(cloud, state)?.stages.values() ?? [];
    for (const stage of stages)
      if (stage.deploymentId === id)
        throw new AwsError("BadRequestException", "Active stages pointing to this deployment must be moved or deleted");
  },
  "aws:apigatewayv2/integration:Integration": (cloud, id, state) => {
    const routes = apiOf(cloud, state)?.routes.values() ?? [];
    for (const route of routes)
      if (route.integrationId === id)
        throw new AwsError(
          "ConflictException",
          `Cannot delete Integration '${id}' because it is referenced by ${route.routeKey}`,
          409,
        );
  },
};

function apiOf(cloud: Cloud, state: Json) {
  return (cloud.services.get("apigateway") as ApiGatewayService).gateway.apis.get(String(state["apiId"]));
}

/** @throws AwsError when AWS would refuse to delete the resource as it is now. */
export async function guardDeletion(cloud: Cloud, type: string, id: string, state: Json): Promise<void> {
  await GUARDS[type]?.(cloud, id, state);
}
