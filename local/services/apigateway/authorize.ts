import type { Json } from "../../service";
import { headerOf, type Handshake } from "./connection";
import type { Authorizer } from "./model";

/** Bytes of an authorizer's answer. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const resultLimit = 8 * 1024;

/** Whether all identity sources are present; AWS answers 401 without a call when one is not. */
export function hasIdentity(authorizer: Authorizer, handshake: Handshake): boolean {
  return authorizer.identitySources.every((source) => {
    const header = /^route\.request\.header\.(.+)$/i.exec(source);
    if (header) return !!headerOf(handshake, header[1]!);
    const query = /^route\.request\.querystring\.(.+)$/i.exec(source);
    if (query) return !!handshake.query.get(query[1]!);
    // Stage variables and context variables that exist are always there.
    return true;
  });
}

/** What an authorizer's answer comes to. */
export type Verdict =
  | { readonly kind: "allow"; readonly context: Readonly<Record<string, string>> }
  | { readonly kind: "deny" }
  | { readonly kind: "malformed"; readonly why: string };

/**
 * Judges the answer of a Lambda authorizer for one method.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
 */
export function judge(payload: string, methodArn: string): Verdict {
  const malformed = (why: string): Verdict => ({ kind: "malformed", why });
  if (Buffer.byteLength(payload) > resultLimit) return malformed(`the answer exceeds ${resultLimit} bytes`);
  const answer = JSON.parse(payload) as Json | null;
  if (typeof answer !== "object" || answer === null) return malformed("the answer is not an object");
  const principalId = answer["principalId"];
  if (typeof principalId !== "string" && typeof principalId !== "number") return malformed("principalId is missing");
  const document = answer["policyDocument"] as { Statement?: unknown } | undefined;
  if (typeof document !== "object" || document === null) return malformed("policyDocument is missing");
  const statements = Array.isArray(document.Statement) ? (document.Statement as Json[]) : [document.Statement as Json];
  const context: Record<string, string> = { principalId: String(principalId) };
  for (const [key, value] of Object.entries((answer["context"] as Json | undefined) ?? {})) {
    if (value === null || value === undefined) continue;
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") {
      return malformed(`context.${key} is not a string, number or boolean`);
    }
    context[key] = String(value);
  }
  const matching = statements.filter((statement) => applies(statement, methodArn));
  if (matching.some((statement) => statement["Effect"] === "Deny")) return { kind: "deny" };
  return matching.some((statement) => statement["Effect"] === "Allow") ? { kind: "allow", context } : { kind: "deny" };
}

function applies(statement: Json | undefined, methodArn: string): boolean {
  if (typeof statement !== "object") return false;
  return (
    listOf(statement["Action"]).some((action) => like(action.toLowerCase(), "execute-api:invoke")) &&
    listOf(statement["Resource"]).some((resource) => like(resource, methodArn))
  );
}

function listOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === "string");
}

/** IAM's wildcards: `*` and `?`. */
function like(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${source}$`, "s").test(text);
}
