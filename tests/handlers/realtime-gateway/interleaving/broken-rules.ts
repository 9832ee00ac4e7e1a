import type { Json } from "../../../../local/service";
import type { Request } from "../world";

/** A rule of the protocol that is broken on purpose: what of a request still arrives. */
export type Sabotage = (request: Request) => Request | undefined;

/** Rules left out, and a scenario in which that goes wrong. */
export const BROKEN_RULES: Readonly<Record<string, readonly [string, Sabotage]>> = {
  "no delayed check": ["connect against disconnect", (request) => (request.service === "sqs" ? undefined : request)],
  "no tombstones": ["block", withoutPuts("WATCH!")],
  "no watch entries": ["both connect", withoutPuts("WATCH#")],
  "no second read that undoes": ["block", withoutDeletes],
  "no conditional offline": ["flap", offlineWhateverIsThere],
  "status writes that are not told": ["both connect", withoutStatus],
};

/** Puts of sort keys that begin so never arrive. */
function withoutPuts(prefix: string): Sabotage {
  const kept = (write: Json): boolean => {
    const put = (write["PutRequest"] ?? write["Put"]) as { Item: { sk: { S: string } } } | undefined;
    return !put?.Item.sk.S.startsWith(prefix);
  };
  return (request) => filtered(request, kept);
}

function withoutDeletes(request: Request): Request | undefined {
  return request.operation === "BatchWriteItem" ? filtered(request, (write) => !("DeleteRequest" in write)) : request;
}

function filtered(request: Request, kept: (write: Json) => boolean): Request | undefined {
  const { input, operation } = request;
  if (operation === "TransactWriteItems") {
    return { ...request, input: { ...input, TransactItems: (input["TransactItems"] as Json[]).filter(kept) } };
  }
  if (operation !== "BatchWriteItem") return request;
  const [[table, writes]] = Object.entries(input["RequestItems"] as Record<string, Json[]>) as [[string, Json[]]];
  const left = writes.filter(kept);
  return left.length === 0 ? undefined : { ...request, input: { RequestItems: { [table]: left } } };
}

/** The offline write does not look whether a connection is there. */
function offlineWhateverIsThere(request: Request): Request {
  const text = (request.input["ConditionExpression"] as string | undefined) ?? "";
  if (!text.includes("attribute_not_exists(#connections) AND #status = :online")) return request;
  const names = { ...(request.input["ExpressionAttributeNames"] as Json) };
  delete names["#connections"];
  const ConditionExpression = text.replace("attribute_not_exists(#connections) AND ", "");
  return { ...request, input: { ...request.input, ConditionExpression, ExpressionAttributeNames: names } };
}

/** The write that notices come from does not say that it is one. */
function withoutStatus(request: Request): Request {
  const values = request.input["ExpressionAttributeValues"] as Record<string, { S?: string }> | undefined;
  if (values?.[":change"]?.S !== "status") return request;
  return {
    ...request,
    input: { ...request.input, ExpressionAttributeValues: { ...values, ":change": { S: "connection" } } },
  };
}
