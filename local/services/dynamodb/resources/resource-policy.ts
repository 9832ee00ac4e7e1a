import type { Created, Json, ResourceType } from "../../../service";
import type { Dependencies } from "../access";
import { attachPolicy } from "../tables/policies";

/** `aws.dynamodb.ResourcePolicy`, of a table or a stream. */
export function resourcePolicyType({ cloud }: Dependencies): ResourceType {
  const put = (inputs: Json): Created => {
    const { resourceArn, policy } = inputs as { resourceArn: string; policy: unknown };
    const text = typeof policy === "string" ? policy : JSON.stringify(policy);
    const revisionId = attachPolicy(cloud, resourceArn, text);
    const state = {
      confirmRemoveSelfResourceAccess: false,
      ...inputs,
      id: resourceArn,
      policy: text,
      revisionId,
      region: cloud.region,
    };
    return { id: resourceArn, state };
  };
  return {
    create: put,
    update: (_id, inputs) => put(inputs),
    delete: (id) => void cloud.resourcePolicies.delete(id),
  };
}
