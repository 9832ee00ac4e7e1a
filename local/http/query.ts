import type { AwsError } from "../aws-error";
import type { HttpResponse, Json } from "../service";
import { escapeXml, toXml } from "./xml";

/**
 * Reads the form of the query protocol: `A.B=1` nests, `L.member.N` (or `L.entry.N`, or `L.N`) makes a list.
 * All scalars stay text.
 */
export function readQuery(body: string): { readonly action: string; readonly input: Json } {
  const root: Json = {};
  let action = "";
  for (const [path, value] of new URLSearchParams(body)) {
    if (path === "Action") action = value;
    else if (path !== "Version") place(root, path.split("."), value);
  }
  return { action, input: lists(root) as Json };
}

function place(into: Json, path: readonly string[], value: string): void {
  let at = into;
  for (const [i, part] of path.entries()) {
    if (part === "__proto__" || part === "constructor" || part === "prototype") return;
    if (i === path.length - 1) at[part] = value;
    else {
      const next = at[part];
      at = isBranch(next) ? next : (at[part] = {});
    }
  }
}

function isBranch(value: unknown): value is Json {
  return typeof value === "object" && value !== null;
}

function lists(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const record = value as Json;
  const keys = Object.keys(record);
  const only = keys.length === 1 ? keys[0] : undefined;
  if (only === "member" || only === "entry") return lists(record[only]);
  if (keys.length > 0 && keys.every((key) => /^\d+$/.test(key))) {
    return keys.sort((a, b) => Number(a) - Number(b)).map((key) => lists(record[key]));
  }
  return Object.fromEntries(Object.entries(record).map(([key, item]) => [key, lists(item)]));
}

/** @param result the result's element, of a service that writes it in a way of its own. */
export function writeQuery(
  action: string,
  xmlns: string,
  output: unknown,
  requestId: string,
  result = output === undefined ? "" : toXml(`${action}Result`, output),
): HttpResponse {
  return {
    status: 200,
    headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
    body: `<${action}Response xmlns="${xmlns}">${result}<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>`,
  };
}

/** @param detail what follows the message: an empty element from SQS, nothing from the others. */
export function writeQueryError(error: AwsError, xmlns: string, requestId: string, detail = ""): HttpResponse {
  const type = error.status >= 500 ? "Receiver" : "Sender";
  const own = error.detail["queryErrorCode"];
  const code = typeof own === "string" ? own : queryCode(error.code);
  return {
    status: error.code === "AccessDeniedException" ? 403 : error.status,
    headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
    body:
      `<ErrorResponse xmlns="${xmlns}"><Error><Type>${type}</Type><Code>${escapeXml(code)}</Code>` +
      `<Message>${escapeXml(error.message)}</Message>${detail}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
  };
}

/** What the query protocol calls errors that every service has; the JSON protocols have other names for them. */
const QUERY_CODES: Readonly<Record<string, string>> = {
  AccessDeniedException: "AccessDenied",
  ThrottlingException: "Throttling",
  InvalidSignatureException: "SignatureDoesNotMatch",
  UnrecognizedClientException: "InvalidClientTokenId",
  MissingAuthenticationTokenException: "MissingAuthenticationToken",
  IncompleteSignatureException: "IncompleteSignature",
  UnknownOperationException: "InvalidAction",
};

export function queryCode(code: string): string {
  return QUERY_CODES[code] ?? code;
}
