import { hasWildcard, isFilledByRequest, parseArn } from "./arn";
import type { Condition, Statement } from "./document";

/** Keys that tell in whose name a request comes; a condition on one can bind an open principal. */
const BINDING_KEYS = new Set(
  [
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOwner",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:userId",
    "kms:CallerAccount",
    "kms:EncryptionContext:aws:logs:arn",
    "s3:DataAccessPointAccount",
    "lambda:SourceFunctionArn",
    "sts:ExternalId",
  ].map((key) => key.toLowerCase()),
);

/** Operators that hold only when the key is there and has one of the values. */
const BINDING_OPERATORS =
  /^(ForAnyValue:)?(StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike|IpAddress)$/;

/**
 * Whether a condition binds a request to somebody: a key that says who asks, an operator that fails when the key is
 * missing (`…IfExists`, `ForAllValues` and `StringNot…` do not), and values without a wildcard where the account stands.
 */
export function binds({ operator, key, values }: Condition): boolean {
  if (!BINDING_OPERATORS.test(operator) || values.length === 0 || values.some(isFilledByRequest)) return false;
  if (key.toLowerCase() === "aws:sourceip") {
    return operator === "IpAddress" && values.every((range) => !isBroad(range) && !isPrivateRange(range));
  }
  if (!BINDING_KEYS.has(key.toLowerCase()) || operator === "IpAddress") return false;
  return values.every((value) => {
    const arn = parseArn(value);
    if (!arn) return !hasWildcard(value);
    if (hasWildcard(arn.service) || hasWildcard(arn.account)) return false;
    // A bucket's ARN names no account: its name has to be whole.
    return arn.account !== "" || !hasWildcard(arn.resource.split("/")[0] ?? "");
  });
}

/** Whether a condition admits some values only: a wildcard alone, a negation, an absent key and a variable admit all. */
export function restricts({ operator, values }: Condition): boolean {
  const isPositive =
    /^(ForAnyValue:)?(String|Arn|Numeric|Date)(Equals|Like|EqualsIgnoreCase|LessThan|LessThanEquals)$/.test(operator);
  return (
    isPositive && values.length > 0 && values.every((value) => !/^[*?]+$/.test(value) && !isFilledByRequest(value))
  );
}

/** Ranges that AWS itself calls public: wider than /8 (IPv4) or /32 (IPv6). */
function isBroad(range: string): boolean {
  const [address = "", length] = range.split("/");
  return length !== undefined && Number(length) < (address.includes(":") ? 32 : 8);
}

/** Private addresses never are the source of a request that reaches AWS from outside a VPC. */
function isPrivateRange(range: string): boolean {
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(range);
}

/** Whether a statement admits everybody. */
export function admitsEverybody(statement: Statement): boolean {
  if (statement.effect !== "Allow") return false;
  if (statement.notPrincipals.length > 0) return true;
  return statement.principals.some(({ kind }) => kind === "*") && !statement.conditions.some(binds);
}

/** Principals of a service that stand for every service. */
export function wildServices({ effect, principals }: Statement): readonly string[] {
  if (effect !== "Allow") return [];
  return principals.filter(({ kind, value }) => kind !== "*" && hasWildcard(value)).map(({ value }) => value);
}

/**
 * Principals of whom nobody can tell the account: a canonical user is another account's as well as one's own, a unique id
 * (`AROA…`) names somebody who may be gone, an issuer of tokens anybody with a token.
 */
export function hiddenPrincipals({ effect, principals }: Statement): readonly string[] {
  if (effect !== "Allow") return [];
  return principals
    .filter(({ kind, value }) => kind !== "*" && kind !== "Service" && !hasWildcard(value) && !ACCOUNT.test(value))
    .map(({ kind, value }) => `${kind} ${value}`);
}

const ACCOUNT = /^(\d{12}|arn:[\w-]+:(iam|sts)::\d{12}:(root|user|role|assumed-role|federated-user)\b.*)$/;

/** Services among the principals of a statement that does not say in whose name they may act. */
export function unboundServices(statement: Statement): readonly string[] {
  if (statement.effect !== "Allow" || statement.conditions.some(binds)) return [];
  return statement.principals.filter(({ kind }) => kind === "Service").map(({ value }) => value);
}
