import { eachStatement } from "../framework/documents";
import type { Statement } from "../framework/document";
import type { Resource } from "../framework/resource";
import type { Context } from "../framework/rule";

/** Where identity policies stand, by the type of the resource. */
export const IDENTITY_DOCUMENTS: Readonly<Record<string, readonly string[]>> = {
  "aws:iam/rolePolicy:RolePolicy": ["policy"],
  "aws:iam/policy:Policy": ["policy"],
  "aws:iam/userPolicy:UserPolicy": ["policy"],
  "aws:iam/groupPolicy:GroupPolicy": ["policy"],
  "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": ["inlinePolicy"],
  "aws:iam/role:Role": ["inlinePolicies"],
};

/** Looks at each statement of every identity policy of a resource. */
export function eachGrant(resource: Resource, context: Context, look: (statement: Statement) => void): void {
  for (const path of IDENTITY_DOCUMENTS[resource.type] ?? []) {
    if (path !== "inlinePolicies") eachStatement(resource, context, path, look);
    else if (resource.has(path))
      resource.list(path).forEach((_, index) => eachStatement(resource, context, `${path}.${index}.policy`, look));
  }
}
