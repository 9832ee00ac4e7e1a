import type { ResourceType } from "../../service";
import type { Dependencies } from "./access";

/** The Pulumi types that DynamoDB plays. */
export function resourceTypes(_dependencies: Dependencies): Readonly<Record<string, ResourceType>> {
  return {};
}
