import { AwsError } from "../../aws-error";
import type { Cloud } from "../../cloud";
import { writeQuery, writeQueryError } from "../../http/query";
import type { HttpRequest, HttpResponse } from "../../service";

export const XMLNS = "http://sns.amazonaws.com/doc/2010-03-31/";

/** What a visit of a SubscribeURL answers: nobody signs it, its token stands for the right. Undefined for any other request. */
export function confirmingVisit(cloud: Cloud, { method, query }: HttpRequest): Promise<HttpResponse> | undefined {
  const { Action, ...input } = Object.fromEntries(new URLSearchParams(query));
  return method === "GET" && Action === "ConfirmSubscription" ? confirm(cloud, Action, input) : undefined;
}

async function confirm(cloud: Cloud, action: string, input: Record<string, string>): Promise<HttpResponse> {
  const id = cloud.uuid();
  try {
    return writeQuery(action, XMLNS, await cloud.call("sns", action, input, cloud.operator), id);
  } catch (error) {
    if (error instanceof AwsError) return writeQueryError(error, XMLNS, id);
    throw error;
  }
}
