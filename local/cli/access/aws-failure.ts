import { CliError } from "../errors";

/** AWS's names for "you may not"; the protocols differ. */
const DENIED = new Set([
  "AccessDenied",
  "AccessDeniedException",
  "AuthorizationErrorException",
  "AuthorizationError",
  "ForbiddenException",
  "KMSAccessDeniedException",
  "UnauthorizedOperation",
]);

const EXPIRED = new Set(["ExpiredToken", "ExpiredTokenException", "RequestExpired"]);
const INVALID = new Set([
  "InvalidClientTokenId",
  "InvalidSignatureException",
  "SignatureDoesNotMatch",
  "UnrecognizedClientException",
  "InvalidAccessKeyId",
  "InvalidToken",
]);

const UNREACHABLE = new Set(["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "TimeoutError"]);

interface AwsFailure {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** How AWS names the right that is missing. */
const REFUSED = /not authorized to perform:? ?([\w-]+:\w+)(?: on resource: ?(\S+))?/;
/** What Athena says to whoever may not see where its results go. */
const NO_BUCKET = /unable to verify\/create output bucket ([\w.-]+)/i;

/** Whether AWS refused for want of rights. */
export function isDenied(error: unknown): boolean {
  const { name } = (error ?? {}) as AwsFailure;
  return typeof name === "string" && DENIED.has(name);
}

/**
 * What an error of the SDK means to an operator, in one sentence; undefined for what is none of the SDK's.
 * A refusal carries AWS's own words, which name the missing action and the resource.
 */
export function explainAwsFailure(error: unknown, profile?: string): CliError | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { name, code, message, $metadata } = error as AwsFailure;
  const said = typeof message === "string" ? message : "";
  const is = (names: ReadonlySet<string>): boolean =>
    (typeof name === "string" && names.has(name)) || (typeof code === "string" && names.has(code));
  if (is(DENIED) || NO_BUCKET.test(said)) return new CliError(denied(said));
  if (is(EXPIRED))
    return new CliError(`The AWS credentials have expired (${said}): log in again, e.g. \`aws sso login\`.`);
  if (is(INVALID))
    return new CliError(`AWS does not know these credentials: ${said} Check AWS_ACCESS_KEY_ID or --profile.`);
  if (name === "CredentialsProviderError" || name === "TokenProviderError")
    return new CliError(credentials(said, profile));
  if (/region is missing/i.test(said)) return new CliError("No AWS Region is known: give --region or set AWS_REGION.");
  if (is(UNREACHABLE))
    return new CliError(`AWS could not be reached (${said || String(code)}): check network and endpoint.`);
  if ($metadata === undefined) return undefined;
  return new CliError(`AWS refused with ${String(name)}: ${said}`);
}

/** A refusal that a service tells in words of its own, such as Athena of a query; undefined where the words tell none. */
export function explainDenial(said: string): CliError | undefined {
  return REFUSED.test(said) || /insufficient permissions/i.test(said) ? new CliError(denied(said)) : undefined;
}

function denied(said: string): string {
  const bucket = NO_BUCKET.exec(said)?.[1];
  const [, action, resource] =
    bucket === undefined ? (REFUSED.exec(said) ?? []) : [said, "s3:GetBucketLocation", `arn:aws:s3:::${bucket}`];
  const wish = action === undefined ? "" : ` Ask for ${action}${resource === undefined ? "" : ` on ${resource}`}.`;
  return `Too few rights: ${said.replace(/\.?$/, ".")}${wish}`;
}

function credentials(said: string, profile: string | undefined): string {
  if (profile !== undefined)
    return `The AWS profile "${profile}" gives no credentials (${said}): check ~/.aws/config, or log in with \`aws sso login --profile ${profile}\`.`;
  return (
    `There are no AWS credentials (${said}): give --profile NAME, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and ` +
    "AWS_SECRET_ACCESS_KEY."
  );
}
