import type { Cloud } from "../../cloud";
import type { Json, Service } from "../../service";
import { AwsError } from "../../aws-error";
import type { GlueService } from "../glue";
import { typesOf } from "./types";
import { resourceType } from "./resources";

interface ResourceName {
  readonly TypeName: string;
  readonly Identifier: string;
}

/** AWS Cloud Control API, for the types that `@pulumi/aws` has no resource of its own for. Needs `glue` in the same cloud. */
export function cloudcontrolService(cloud: Cloud): Service {
  const glue = cloud.services.get("glue") as GlueService | undefined;
  if (!glue)
    throw new Error(
      "Cloud Control service: got a cloud without glue; expected it to be registered before. Register glueService first.",
    );
  const types = typesOf(glue.integrations);
  const read = (input: ResourceName): Json => {
    const type = Object.hasOwn(types, input.TypeName) ? types[input.TypeName] : undefined;
    const properties = type?.read(input.Identifier);
    if (!properties)
      throw new AwsError(
        "ResourceNotFoundException",
        `Resource of type '${input.TypeName}' with identifier '${input.Identifier}' was not found.`,
      );
    return { Identifier: input.Identifier, Properties: JSON.stringify(properties) };
  };
  return {
    name: "cloudcontrol",
    signingName: "cloudcontrolapi",
    protocols: [{ kind: "json", target: "CloudApiService", version: "1.0" }],
    operations: {
      GetResource: {
        authorize: () => [{ action: "cloudformation:GetResource", resource: "*" }],
        answer: (input: ResourceName) => ({ TypeName: input.TypeName, ResourceDescription: read(input) }),
      },
    },
    resourceTypes: { "aws:cloudcontrol/resource:Resource": resourceType(types, cloud) },
  };
}
