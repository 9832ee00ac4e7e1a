import { AwsError } from "../../../aws-error";
import type { CallContext, Operation } from "../../../service";
import { onBucket } from "../../s3/rights";
import type { Queries } from "../engine";
import { s3Address } from "../sources";
import { SyntaxProblem } from "../sql/ast";
import { isQuery, parseStatement, type Statement } from "../sql/translate";
import type { ResultConfiguration } from "../workgroups";

export interface StartQueryExecutionInput {
  readonly QueryString: string;
  readonly ClientRequestToken?: string;
  readonly QueryExecutionContext?: { readonly Database?: string; readonly Catalog?: string };
  readonly ResultConfiguration?: ResultConfiguration;
  /** @default primary */
  readonly WorkGroup?: string;
  readonly ExecutionParameters?: readonly string[];
}

/** Queries that run or wait at once, outside the largest regions; us-east-1 has 200 (Athena service quotas). */
const MOST_ACTIVE = 200;

export function startQueryExecution(queries: Queries): Operation<StartQueryExecutionInput> {
  const tokens = new Map<string, { readonly text: string; readonly id: string }>();
  return {
    authorize: (input) => [
      { action: "athena:StartQueryExecution", resource: queries.workGroups.arn(input.WorkGroup ?? "primary") },
    ],
    async answer(input, context) {
      validate(input);
      const text = JSON.stringify({ ...input, ClientRequestToken: undefined });
      const token = input.ClientRequestToken;
      const repeated = token === undefined ? undefined : tokens.get(token);
      if (repeated && repeated.text !== text) throw invalid("Idempotent parameters do not match", "INVALID_INPUT");
      if (repeated) return { QueryExecutionId: repeated.id };
      const group = queries.workGroups.get(input.WorkGroup);
      if (group.State === "DISABLED") throw invalid(`WorkGroup ${group.Name} is disabled.`, "INVALID_INPUT");
      const enforced = group.Configuration.EnforceWorkGroupConfiguration;
      const resultConfiguration = enforced
        ? group.Configuration.ResultConfiguration
        : { ...group.Configuration.ResultConfiguration, ...input.ResultConfiguration };
      checkLocation(resultConfiguration?.OutputLocation, context);
      const statement = await parsed(input.QueryString);
      if (queries.active() >= MOST_ACTIVE)
        throw new AwsError(
          "TooManyRequestsException",
          "You have exceeded the limit for the number of queries you can run concurrently.",
        );
      // Of two starts with one token that overlap, the first that was parsed has begun the query.
      const begun = token === undefined ? undefined : tokens.get(token);
      if (begun) return { QueryExecutionId: begun.id };
      const { id } = queries.start({
        query: input.QueryString,
        statement,
        parameters: input.ExecutionParameters ?? [],
        workGroup: group.Name,
        database: (input.QueryExecutionContext?.Database ?? "default").toLowerCase(),
        catalogName: input.QueryExecutionContext?.Catalog,
        resultConfiguration: resultConfiguration!,
        principal: context.principal,
      });
      if (token !== undefined) tokens.set(token, { text, id });
      context.note("queryExecutionId", id);
      return { QueryExecutionId: id };
    },
  };
}

function validate(input: StartQueryExecutionInput): void {
  const { QueryString: query, ClientRequestToken: token, ExecutionParameters: parameters } = input;
  if (typeof query !== "string" || query.length === 0) throw invalid("QueryString is required", "INVALID_INPUT");
  // 262144 bytes (Athena service quotas: query string length).
  if (Buffer.byteLength(query) > 262_144)
    throw invalid("Query string length exceeds the maximum of 262144 bytes", "INVALID_INPUT");
  if (token !== undefined && (token.length < 32 || token.length > 128)) {
    throw invalid(
      `Value '${token}' at 'clientRequestToken' failed to satisfy constraint: Member must have length between 32 and 128`,
      "INVALID_INPUT",
    );
  }
  for (const parameter of parameters ?? []) {
    if (parameter.length < 1 || parameter.length > 1024)
      throw invalid("Execution parameters must have between 1 and 1024 characters", "INVALID_INPUT");
  }
}

/** Athena looks the bucket up, with the caller's rights, before it takes the query. */
function checkLocation(location: string | undefined, { cloud, principal }: CallContext): void {
  if (location === undefined) {
    throw invalid(
      "No output location provided. An output location is required either through the Workgroup result configuration setting or as an API input.",
      "INVALID_INPUT",
    );
  }
  if (!/^s3:\/\/[^/]/.test(location)) throw invalid(`Invalid S3 location: ${location}`, "INVALID_INPUT");
  const { bucket } = s3Address(location);
  const request = {
    ...onBucket("GetBucketLocation", bucket),
    context: { "aws:CalledVia": ["athena.amazonaws.com"], "aws:ViaAWSService": "true" },
  };
  const decision = cloud.ports.iam.evaluate(principal, request);
  if (!decision.allowed) {
    const data = { action: request.action, deniedResource: request.resource, reason: decision.reason };
    cloud.trace.emit({
      kind: "denied",
      service: "athena",
      name: "StartQueryExecution",
      resource: request.resource,
      error: "AccessDenied",
      data,
    });
  }
  let exists = decision.allowed;
  try {
    if (exists) cloud.ports.objects.folder(bucket);
  } catch {
    exists = false;
  }
  if (!exists) throw invalid(`Unable to verify/create output bucket ${bucket}`, "INVALID_INPUT");
}

/** Syntax is checked before the query is taken: such a query has no id and no state. */
async function parsed(query: string): Promise<Statement> {
  let statement: Statement;
  try {
    statement = await parseStatement(query);
  } catch (error) {
    if (error instanceof SyntaxProblem) throw invalid(error.message, "MALFORMED_QUERY");
    throw error;
  }
  if (!isQuery(statement) && !statement.utility)
    throw invalid(
      `Queries of this type are not supported: the local cloud plays SELECT, WITH, VALUES, SHOW DATABASES, SHOW TABLES, SHOW COLUMNS and DESCRIBE; got ${statement.verb}`,
      "MALFORMED_QUERY",
    );
  return statement;
}

function invalid(message: string, code: string): AwsError {
  return new AwsError("InvalidRequestException", message, 400, { AthenaErrorCode: code });
}
