import { createHash } from "node:crypto";
import { AwsError } from "../../../aws-error";
import type { Operation } from "../../../service";
import type { Catalog } from "../catalog";

/** https://docs.aws.amazon.com/glue/latest/webapi/API_GetResourcePolicy.html */
export function getResourcePolicy(catalog: Catalog): Operation {
  return {
    authorize: () => [{ action: "glue:GetResourcePolicy", resource: catalog.arn }],
    answer() {
      const policy = catalog.cloud.resourcePolicies.get(catalog.arn);
      if (!policy) throw new AwsError("EntityNotFoundException", "Policy not found", 400);
      const PolicyInJson = JSON.stringify(policy);
      return { PolicyInJson, PolicyHash: createHash("sha256").update(PolicyInJson).digest("base64") };
    },
  };
}
