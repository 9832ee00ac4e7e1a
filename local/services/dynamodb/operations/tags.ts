import { AwsError } from "../../../aws-error";
import { describePrincipal } from "../../../principal";
import type { AccessRequest, CallContext } from "../../../service";
import type { Dependencies } from "../access";
import { validation } from "../errors";
import type { Table } from "../engine/table";
import * as members from "../validation/members";
import { checkedOperation } from "./operation";

interface ArnInput {
  readonly ResourceArn?: string;
}

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** A table of another account is nothing that a caller of this one has a right to, unless its policy says so. */
function access(
  action: string,
  { ResourceArn: arn }: ArnInput,
  { cloud, principal }: Pick<CallContext, "cloud" | "principal">,
): readonly AccessRequest[] {
  if (typeof arn !== "string") return [];
  const account = /^arn:aws[\w-]*:dynamodb:[^:]+:(\d+):table\//.exec(arn)?.[1];
  if (account === undefined || account === cloud.accountId) return [{ action: `dynamodb:${action}`, resource: arn }];
  throw new AwsError(
    "AccessDeniedException",
    `User: ${describePrincipal(principal)} is not authorized to perform: dynamodb:${action} on resource: ${arn} because no resource-based policy allows the dynamodb:${action} action`,
  );
}

function checkArn({ ResourceArn: arn }: ArnInput): void {
  if (arn == null) throw validation("Invalid TableArn");
  if (!/^arn:aws[\w-]*:dynamodb:.+:\d+:table\/[^/]{2}[^/]+$/.test(arn)) {
    throw validation(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}`);
  }
}

function tableOf(
  { database }: Dependencies,
  { ResourceArn: arn }: ArnInput,
  missing = `Requested resource not found: ResourcArn: ${arn} not found`,
): Table {
  const table = [...database.tables.values()].find(({ definition }) => definition.arn === arn);
  if (table) return table;
  throw new AwsError("ResourceNotFoundException", missing);
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TagResource.html */
export const tagResource = (dependencies: Dependencies) =>
  checkedOperation<ArnInput & { readonly Tags: readonly Tag[] }>(
    {
      ResourceArn: members.text,
      Tags: members.list(members.struct("Tag", { Key: members.text, Value: members.text })),
    },
    {
      authorize: (input, context) => access("TagResource", input, context),
      answer: (input) => {
        if (input.ResourceArn != null && input.Tags == null) throw missing("tags");
        checkArn(input);
        if (input.Tags.length === 0) throw validation("Atleast one Tag needs to be provided as Input.");
        const table = tableOf(dependencies, input);
        const tags = new Map(table.definition.tags);
        for (const { Key: key, Value: value } of input.Tags) tags.set(key, value);
        if (tags.size > 50) throw validation("Invalid TagSet: the number of tags must not exceed 50");
        table.definition = { ...table.definition, tags };
        return undefined;
      },
    },
  );

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UntagResource.html */
export const untagResource = (dependencies: Dependencies) =>
  checkedOperation<ArnInput & { readonly TagKeys: readonly string[] }>(
    { ResourceArn: members.text, TagKeys: members.list(members.text) },
    {
      authorize: (input, context) => access("UntagResource", input, context),
      answer: (input) => {
        if (input.ResourceArn != null && input.TagKeys == null) throw missing("tagKeys");
        checkArn(input);
        if (input.TagKeys.length === 0) throw validation("Atleast one Tag Key needs to be provided as Input.");
        const table = tableOf(dependencies, input, "Requested resource not found");
        const tags = new Map(table.definition.tags);
        for (const key of input.TagKeys) tags.delete(key);
        table.definition = { ...table.definition, tags };
        return undefined;
      },
    },
  );

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTagsOfResource.html */
export const listTagsOfResource = (dependencies: Dependencies) =>
  checkedOperation<ArnInput>(
    { ResourceArn: members.text, NextToken: members.text },
    {
      authorize: (input, context) => access("ListTagsOfResource", input, context),
      answer: (input) => {
        checkArn(input);
        const { tags } = tableOf(dependencies, input).definition;
        return { Tags: [...tags].map(([key, value]) => ({ Key: key, Value: value })) };
      },
    },
  );

function missing(member: string): Error {
  return validation(
    `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
  );
}
