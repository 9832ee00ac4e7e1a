import { AwsError } from "../../../aws-error";
import type { Json } from "../../../service";
import type { Dependencies } from "../access";
import { attachPolicy, revisionOf } from "../tables/policies";
import * as members from "../validation/members";
import { checkedOperation } from "./operation";

interface Input {
  readonly ResourceArn: string;
  readonly Policy: string;
  readonly ExpectedRevisionId?: string;
}

const arn: members.Member = { type: "String", notNull: true, minLength: 1, maxLength: 1283 };
const revision: members.Member = { type: "String", minLength: 1, maxLength: 255 };

function checkResource({ database }: Dependencies, resourceArn: string): void {
  const exists = resourceArn.includes("/stream/")
    ? database.streams.has(resourceArn)
    : [...database.tables.values()].some(({ definition }) => definition.arn === resourceArn);
  if (!exists) {
    throw new AwsError(
      "ResourceNotFoundException",
      `Requested resource not found: ResourceArn: ${resourceArn} not found`,
    );
  }
}

function current({ cloud }: Dependencies, resourceArn: string, expected?: string): Json | undefined {
  const policy = cloud.resourcePolicies.get(resourceArn);
  const id = policy ? revisionOf(policy) : "NO_POLICY";
  if (expected !== undefined && expected !== id) {
    throw new AwsError("PolicyNotFoundException", "The policy's revision does not match the expected revision");
  }
  return policy;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutResourcePolicy.html */
export const putResourcePolicy = (dependencies: Dependencies) =>
  checkedOperation<Input>(
    { ResourceArn: arn, Policy: members.required(members.text), ExpectedRevisionId: revision },
    {
      authorize: ({ ResourceArn: resource }) => [{ action: "dynamodb:PutResourcePolicy", resource }],
      answer: (input) => {
        checkResource(dependencies, input.ResourceArn);
        current(dependencies, input.ResourceArn, input.ExpectedRevisionId);
        return { RevisionId: attachPolicy(dependencies.cloud, input.ResourceArn, input.Policy) };
      },
    },
  );

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetResourcePolicy.html */
export const getResourcePolicy = (dependencies: Dependencies) =>
  checkedOperation<Pick<Input, "ResourceArn">>(
    { ResourceArn: arn },
    {
      authorize: ({ ResourceArn: resource }) => [{ action: "dynamodb:GetResourcePolicy", resource }],
      answer: ({ ResourceArn: resource }) => {
        checkResource(dependencies, resource);
        const policy = current(dependencies, resource);
        if (!policy) {
          throw new AwsError(
            "PolicyNotFoundException",
            `Resource-based policy not found for the provided ResourceArn: ${resource}`,
          );
        }
        return { Policy: JSON.stringify(policy), RevisionId: revisionOf(policy) };
      },
    },
  );

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteResourcePolicy.html */
export const deleteResourcePolicy = (dependencies: Dependencies) =>
  checkedOperation<Pick<Input, "ResourceArn" | "ExpectedRevisionId">>(
    { ResourceArn: arn, ExpectedRevisionId: revision },
    {
      authorize: ({ ResourceArn: resource }) => [{ action: "dynamodb:DeleteResourcePolicy", resource }],
      answer: ({ ResourceArn: resource, ExpectedRevisionId: expected }) => {
        checkResource(dependencies, resource);
        const policy = current(dependencies, resource, expected);
        dependencies.cloud.resourcePolicies.delete(resource);
        return policy ? { RevisionId: revisionOf(policy) } : {};
      },
    },
  );
