import type { Cloud } from "./cloud";
import type { GlueService } from "./services/glue";
import type { Json } from "./service";

/**
 * What an account has once per Region before a stack comes: on a `new` one nothing, on one that is `set up` API Gateway's
 * logging role and the Glue catalog's policy, which another stack owns. A program that declares them itself takes over.
 */
export type Account = "new" | "set up";

const LOGS_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs";

/** Sets up a new account as another stack of it would have done, by the same resource types. */
export async function setUpAccount(cloud: Cloud): Promise<void> {
  const trust = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "apigateway.amazonaws.com" }, Action: "sts:AssumeRole" }],
  };
  const name = "account-logs";
  const role = await make(cloud, "iam", "aws:iam/role:Role", { name, assumeRolePolicy: JSON.stringify(trust) });
  await make(cloud, "iam", "aws:iam/rolePolicyAttachment:RolePolicyAttachment", { role: name, policyArn: LOGS_POLICY });
  await make(cloud, "apigateway", "aws:apigateway/account:Account", { cloudwatchRoleArn: role["arn"] });

  const { catalog } = cloud.services.get("glue") as GlueService;
  const resources = [catalog.arn, catalog.databaseArn("*")];
  catalog.presetPolicy = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "glue.amazonaws.com" },
        Action: "glue:AuthorizeInboundIntegration",
        Resource: resources,
        Condition: { ArnLike: { "aws:SourceArn": cloud.arn("dynamodb", "table/*") } },
      },
    ],
  };
  cloud.resourcePolicies.set(catalog.arn, catalog.presetPolicy);
}

async function make(cloud: Cloud, service: string, type: string, inputs: Json): Promise<Json> {
  const resource = cloud.services.get(service)?.resourceTypes[type];
  if (!resource) throw new Error(`The local cloud does not play ${type}.`);
  const name = "account";
  const context = { cloud, name, type, urn: `account::${type}`, physicalName: (suffix = "") => `${name}${suffix}` };
  return (await resource.create(inputs, context)).state;
}
