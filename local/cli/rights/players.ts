import { type Arns, keyRight, right, type RightStatement } from "./statement";

/** Prefix of query results in their bucket, and of the copy in its own. */
const RESULTS = "results/*";
const COPY = "players/*";

/** Asking the analytics copy: a query in the stack's workgroup, whose result file the command deletes again. */
export function copyRights(arns: Arns): readonly RightStatement[] {
  const { segments } = arns.operations;
  if (!segments) return [];
  const results = arns.bucket(segments.resultsBucket);
  const copy = arns.bucket(segments.copyBucket);
  return [
    ...right(
      "AskTheCopy",
      ["athena:StartQueryExecution", "athena:GetQueryExecution", "athena:GetQueryResults"],
      [arns.of("athena", `workgroup/${segments.workgroup}`)],
    ),
    ...right(
      "ReadCatalog",
      ["glue:GetDatabase", "glue:GetTable", "glue:GetPartitions"],
      [
        arns.of("glue", "catalog"),
        arns.of("glue", `database/${segments.database}`),
        arns.of("glue", `table/${segments.database}/*`),
      ],
    ),
    ...right("ReadCopy", ["s3:GetObject"], [`${copy}/${COPY}`]),
    ...right("FindFiles", ["s3:GetBucketLocation", "s3:ListBucket"], [results]),
    ...right("ListCopy", ["s3:ListBucket"], [copy]),
    ...right(
      "ResultFiles",
      ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
      [`${results}/${RESULTS}`],
    ),
    ...keyRight(arns, "OpenFiles", ["Decrypt", "GenerateDataKey"], "s3"),
  ];
}

/** Everything that is known about a player: show, find, export, check. */
export function playerRights(arns: Arns): readonly RightStatement[] {
  const { operations } = arns;
  const { gateway, messages, emails } = operations;
  const tables = [gateway?.players, gateway?.presence, messages?.table].map((name) => name && arns.table(name));
  const letters = operations.deadLetters.map(({ url }) => arns.queue(url));
  const live = operations.deadLetters.map(({ back }) =>
    back.kind === "queue" ? arns.queue(back.queueUrl) : undefined,
  );
  return [
    ...right("ReadPlayers", ["dynamodb:Query", "dynamodb:BatchGetItem"], tables),
    ...right("ReadBackups", ["dynamodb:DescribeContinuousBackups"], tables),
    ...right("ReadLetters", ["sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:ChangeMessageVisibility"], letters),
    ...right("CountQueues", ["sqs:GetQueueAttributes"], live),
    ...keyRight(arns, "OpenTablesAndLetters", ["Decrypt"], "dynamodb", "sqs"),
    // Neither of the two has a resource of its own.
    ...(emails ? right("ReadSuppression", ["ses:GetSuppressedDestination"], ["*"]) : []),
    ...right("CountLogs", ["logs:DescribeLogGroups"], ["*"]),
    ...copyRights(arns),
  ];
}

/** What an erasure needs besides looking. */
export function eraseRights(arns: Arns): readonly RightStatement[] {
  const { operations } = arns;
  const { gateway, messages, emails, segments } = operations;
  const tables = [gateway?.players, gateway?.presence, messages?.table].map((name) => name && arns.table(name));
  const results = segments && arns.bucket(segments.resultsBucket);
  return [
    ...right("ErasePlayers", ["dynamodb:BatchWriteItem"], tables),
    ...right("EndPresence", ["dynamodb:UpdateItem"], [gateway && arns.table(gateway.presence)]),
    ...keyRight(
      arns,
      "WriteTables",
      // With what looking needs already: Decrypt.
      ["Encrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo"],
      "dynamodb",
    ),
    ...right("EndConnections", ["execute-api:ManageConnections"], [gateway && connectionsOf(arns, gateway.endpoint)]),
    ...right(
      "TakeLetters",
      ["sqs:DeleteMessage"],
      operations.deadLetters.map(({ url }) => arns.queue(url)),
    ),
    ...(emails ? right("EraseSuppression", ["ses:DeleteSuppressedDestination"], ["*"]) : []),
    ...right("EraseVersions", ["s3:DeleteObjectVersion"], [results && `${results}/${RESULTS}`]),
  ];
}

/** `https://<api>.execute-api.<region>.amazonaws.com/<stage>` as what ends its connections. */
function connectionsOf(arns: Arns, endpoint: string): string {
  const { hostname, pathname } = new URL(endpoint);
  return arns.of("execute-api", `${hostname.split(".")[0] ?? ""}${pathname}/DELETE/@connections/*`);
}
