import { request } from "node:http";
import { AwsError } from "../../aws-error";

export type MessageType = "Notification" | "SubscriptionConfirmation";

interface Headers {
  readonly topicArn: string;
  readonly messageId: string;
  readonly subscriptionArn?: string;
  readonly raw: boolean;
  /** @default text/plain; charset=UTF-8 */
  readonly contentType?: string;
}

/** SNS waits 15 s for an answer (SNS developer guide, "HTTP/HTTPS endpoint"). */
const TIMEOUT_MS = 15_000;

/**
 * Posts to a subscribed endpoint on this machine; any other host is refused, as nothing may leave it.
 * @throws AwsError on a status other than 2xx: 4xx (but 429) is the client's fault and final, the rest may pass.
 */
export async function postHttp(endpoint: string, type: MessageType, body: string, headers: Headers): Promise<void> {
  const url = new URL(endpoint);
  if (url.protocol !== "http:" || !["127.0.0.1", "localhost", "[::1]"].includes(url.hostname)) {
    throw new AwsError(
      "InvalidParameter",
      `Endpoint ${endpoint} is not on this machine; expected http://127.0.0.1:<port>/... Use a local endpoint.`,
    );
  }
  const status = await new Promise<number>((resolve, reject) => {
    const outgoing = request(
      url,
      {
        method: "POST",
        timeout: TIMEOUT_MS,
        headers: {
          "content-type": headers.contentType ?? "text/plain; charset=UTF-8",
          "accept-encoding": "gzip,deflate",
          "content-length": Buffer.byteLength(body),
          "user-agent": "Amazon Simple Notification Service Agent",
          "x-amz-sns-message-type": type,
          "x-amz-sns-message-id": headers.messageId,
          "x-amz-sns-topic-arn": headers.topicArn,
          ...(headers.subscriptionArn === undefined ? {} : { "x-amz-sns-subscription-arn": headers.subscriptionArn }),
          ...(headers.raw ? { "x-amz-sns-rawdelivery": "true" } : {}),
        },
      },
      (response) => {
        response.resume();
        response.on("end", () => resolve(response.statusCode ?? 500));
      },
    );
    outgoing.on("timeout", () => outgoing.destroy(new Error("the endpoint did not answer in time")));
    outgoing.on("error", reject);
    outgoing.end(body);
  });
  if (status >= 200 && status < 300) return;
  throw new AwsError(
    status === 429 ? "ThrottlingException" : "EndpointError",
    `The endpoint answered ${status}`,
    status >= 500 ? 500 : 400,
  );
}
