import type { ResourceType } from "../../service";
import type { Dependencies } from "./access";
import { resourcePolicyType } from "./resources/resource-policy";
import { tableType } from "./resources/table";
import { tableItemType } from "./resources/table-item";

/** The Pulumi types that DynamoDB plays. */
export function resourceTypes(dependencies: Dependencies): Readonly<Record<string, ResourceType>> {
  return {
    "aws:dynamodb/table:Table": tableType(dependencies),
    "aws:dynamodb/resourcePolicy:ResourcePolicy": resourcePolicyType(dependencies),
    "aws:dynamodb/tableItem:TableItem": tableItemType(dependencies),
  };
}
