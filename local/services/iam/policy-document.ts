import { AwsError } from "../../aws-error";
import type { Json } from "../../service";
import { parseOperator } from "./conditions";

/** A statement as written. */
export interface StatementDocument {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface PolicyDocument {
  readonly Version?: string;
  readonly Id?: string;
  readonly Statement: StatementDocument | readonly StatementDocument[];
}

/** Where a policy stands, which decides what it must and must not say. */
export type PolicyKind = "identity" | "trust" | "resource";

/** A list where AWS allows one value or many. */
export function listOf<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

/** Statements of a document, one or many. */
export function statementsIn(document: Json | PolicyDocument): readonly StatementDocument[] {
  return listOf((document as PolicyDocument).Statement);
}

/** Reads a policy given as JSON text or as an object, and refuses what AWS refuses when a policy is created. */
export function parsePolicy(source: unknown, kind: PolicyKind): PolicyDocument {
  let document: unknown = source;
  if (typeof source === "string") {
    try {
      document = JSON.parse(source);
    } catch {
      throw malformed("This policy contains invalid Json");
    }
  }
  if (!isObject(document)) throw malformed("Syntax errors in policy.");
  checkDocument(document, kind);
  return document as unknown as PolicyDocument;
}

/** AWS counts a policy without its white space. */
export function policySize(document: PolicyDocument): number {
  return JSON.stringify(document).length;
}

/** The error of a policy that AWS does not accept. */
export function malformed(message: string): AwsError {
  return new AwsError("MalformedPolicyDocument", message, 400);
}

const documentMembers = new Set(["Version", "Id", "Statement"]);
const statementMembers = new Set([
  "Sid",
  "Effect",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Principal",
  "NotPrincipal",
  "Condition",
]);

function checkDocument(document: Json, kind: PolicyKind): void {
  for (const member of Object.keys(document))
    if (!documentMembers.has(member)) throw malformed("Syntax errors in policy.");
  const version = document["Version"];
  if (version !== undefined && version !== "2012-10-17" && version !== "2008-10-17") {
    throw malformed("The policy must contain a valid version string.");
  }
  const statements = listOf(document["Statement"]);
  if (statements.length === 0) throw malformed("Syntax errors in policy.");
  const seen = new Set<string>();
  for (const statement of statements) {
    if (!isObject(statement)) throw malformed("Syntax errors in policy.");
    checkStatement(statement, kind);
    const sid = statement["Sid"];
    if (typeof sid !== "string" || sid === "") continue;
    if (seen.has(sid)) throw malformed(`Statement IDs (SID) in a single policy must be unique.`);
    seen.add(sid);
  }
}

function checkStatement(statement: Json, kind: PolicyKind): void {
  for (const member of Object.keys(statement))
    if (!statementMembers.has(member)) throw malformed("Syntax errors in policy.");
  const sid = statement["Sid"];
  if (kind === "identity" && typeof sid === "string" && !/^[A-Za-z0-9]*$/.test(sid)) {
    throw malformed(
      "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
    );
  }
  if (statement["Effect"] !== "Allow" && statement["Effect"] !== "Deny") throw malformed("Syntax errors in policy.");
  const actions = oneOf(statement, "Action", "NotAction");
  if (!actions || actions.length === 0) throw malformed("Policy statement must contain actions.");
  for (const action of actions) {
    if (typeof action !== "string") throw malformed("Syntax errors in policy.");
    if (action !== "*" && !/^[A-Za-z0-9-]+:.+$/.test(action)) {
      throw malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
    }
    if (kind === "trust" && action !== "*" && !/^sts:/i.test(action))
      throw malformed("AssumeRole policy may only specify STS AssumeRole actions.");
  }
  checkWho(statement, kind);
  const condition = statement["Condition"];
  if (condition === undefined) return;
  if (!isObject(condition)) throw malformed("Syntax errors in policy.");
  for (const [name, entries] of Object.entries(condition)) {
    if (!parseOperator(name)) throw malformed(`Invalid Condition type : ${name}.`);
    if (!isObject(entries) || Object.keys(entries).length === 0) throw malformed("Syntax errors in policy.");
  }
}

function checkWho(statement: Json, kind: PolicyKind): void {
  const resources = oneOf(statement, "Resource", "NotResource");
  const principals = statement["Principal"] ?? statement["NotPrincipal"];
  if (kind === "identity") {
    if (principals !== undefined) throw malformed("Policy document should not specify a principal.");
    if (!resources || resources.length === 0) throw malformed("Policy statement must contain resources.");
  }
  if (kind === "trust" && resources) throw malformed("Has prohibited field Resource");
  if (kind !== "identity" && principals === undefined) throw malformed("Missing required field Principal");
  for (const resource of resources ?? []) {
    if (typeof resource !== "string") throw malformed("Syntax errors in policy.");
    if (
      kind === "identity" &&
      resource !== "*" &&
      !/^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+/.test(resource) &&
      !/^arn:.*\*/.test(resource)
    ) {
      throw malformed(`Resource ${resource} must be in ARN format or "*".`);
    }
  }
}

function oneOf(statement: Json, member: string, opposite: string): readonly unknown[] | undefined {
  const has = statement[member];
  const hasNot = statement[opposite];
  if (has !== undefined && hasNot !== undefined) throw malformed("Syntax errors in policy.");
  const value = has ?? hasNot;
  return value === undefined ? undefined : listOf(value);
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
