import { AwsError } from "../../aws-error";
import type { Json } from "../../service";

interface Uniqueness {
  /** Properties that together must be new in the account. */
  readonly of: readonly string[];
  readonly error: (inputs: Json) => AwsError;
}

/**
 * Create calls that fail when there is one already and whose service's own code would update it instead, with the error
 * of AWS's API reference. Calls named Put (alarms, rules, policies, dashboards) overwrite on AWS too, and say nothing.
 */
const UNIQUE: Readonly<Record<string, Uniqueness>> = {
  "aws:lambda/function:Function": {
    of: ["name"],
    error: (i) => new AwsError("ResourceConflictException", `Function already exist: ${String(i["name"])}`, 409),
  },
  "aws:iam/role:Role": {
    of: ["name"],
    error: (i) => new AwsError("EntityAlreadyExists", `Role with name ${String(i["name"])} already exists.`, 409),
  },
  "aws:s3/bucket:Bucket": {
    of: ["bucket"],
    error: () =>
      new AwsError(
        "BucketAlreadyOwnedByYou",
        "Your previous request to create the named bucket succeeded and you already own it.",
        409,
      ),
  },
  "aws:athena/workgroup:Workgroup": {
    of: ["name"],
    error: () => new AwsError("InvalidRequestException", "WorkGroup is already created"),
  },
  "aws:glue/catalogDatabase:CatalogDatabase": {
    of: ["name"],
    error: () => new AwsError("AlreadyExistsException", "Database already exists."),
  },
  "aws:lambda/permission:Permission": {
    of: ["function", "statementId"],
    error: (i) =>
      new AwsError(
        "ResourceConflictException",
        `The statement id (${String(i["statementId"])}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
        409,
      ),
  },
  "aws:lambda/eventSourceMapping:EventSourceMapping": {
    of: ["eventSourceArn", "functionName"],
    error: (i) =>
      new AwsError(
        "ResourceConflictException",
        `An event source mapping with event source arn (" ${String(i["eventSourceArn"])} ") and function (" ${String(i["functionName"])} ") already exists. Please update or delete the existing mapping`,
        409,
      ),
  },
};

/** @throws AwsError when something that the account already has stands in the way. */
export function guardCreation(type: string, inputs: Json, existing: Iterable<Json>): void {
  const unique = UNIQUE[type];
  if (!unique || unique.of.some((property) => inputs[property] === undefined)) return;
  for (const state of existing)
    if (unique.of.every((property) => state[property] === inputs[property])) throw unique.error(inputs);
}

/**
 * Milliseconds that AWS needs before what was asked for is there and the provider's create returns: a fiftieth of what
 * is usual there, so that the order of things is that of AWS and a test need not wait for it.
 */
export const CREATION_TAKES: Readonly<Record<string, number>> = {
  // A table is CREATING for about ten seconds, longer with indexes.
  "aws:dynamodb/table:Table": 200,
  // A mapping is Creating for some seconds.
  "aws:lambda/eventSourceMapping:EventSourceMapping": 60,
  // A function is Pending until its code is in place.
  "aws:lambda/function:Function": 40,
  // An integration is CREATING for minutes.
  "aws:cloudcontrol/resource:Resource": 400,
  "aws:kms/key:Key": 100,
};
