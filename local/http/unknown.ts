import { AwsError } from "../aws-error";
import type { HttpRequest, HttpResponse } from "../service";
import { writeCborError } from "./cbor";
import { writeJsonError, writeRestJsonError } from "./json";
import { writeQueryError } from "./query";
import { escapeXml } from "./xml";

/** Services of REST-XML beside S3, by signing name. */
const REST_XML: ReadonlySet<string> = new Set(["route53", "cloudfront", "s3express", "s3-outposts"]);

/**
 * Refuses what no service here understands, in the protocol that the request was made in, so that an SDK shows the
 * code and the message instead of failing to parse them.
 *
 * @param service the signing name that the request claims.
 * @param isPlayed whether a service of that name is played.
 */
export function refuseUnknown(
  request: HttpRequest,
  service: string | undefined,
  isPlayed: boolean,
  requestId: string,
): HttpResponse {
  const type = request.headers["content-type"] ?? "";
  const target = request.headers["x-amz-target"];
  const what = service === undefined || isPlayed ? "know this operation" : `play ${service}`;
  const error = new AwsError("UnknownOperationException", `The local cloud does not ${what}.`, 404);
  if (target !== undefined) {
    const version = /x-amz-json-(1\.\d)/.exec(type)?.[1] ?? "1.1";
    return writeJsonError(error, target, version, requestId);
  }
  if (request.headers["smithy-protocol"] !== undefined) return writeCborError(error, requestId);
  if (type.startsWith("application/x-www-form-urlencoded")) {
    return service === "ec2" ? writeEc2Error(error, requestId) : writeQueryError(error, "", requestId);
  }
  if (service === "sqs") return writeSqsError(error, requestId);
  if (service === "s3") return writeS3Error(error, requestId);
  if (service !== undefined && REST_XML.has(service)) return writeQueryError(error, "", requestId);
  return writeRestJsonError(error, requestId);
}

/** EC2 alone wraps its errors otherwise. https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-error-responses.html */
function writeEc2Error(error: AwsError, requestId: string): HttpResponse {
  return xml(
    error,
    requestId,
    `<Response><Errors><Error><Code>InvalidAction</Code><Message>${escapeXml(error.message)}</Message></Error></Errors>` +
      `<RequestID>${requestId}</RequestID></Response>`,
  );
}

/** A request to a queue's URL that names no action: AWS answers this one element, empty. */
function writeSqsError(error: AwsError, requestId: string): HttpResponse {
  const message = `<Message>${escapeXml(error.message)}</Message>`;
  return xml(error, requestId, `<UnknownOperationException>${message}</UnknownOperationException>`);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
function writeS3Error(error: AwsError, requestId: string): HttpResponse {
  return xml(
    error,
    requestId,
    `<Error><Code>NotImplemented</Code><Message>${escapeXml(error.message)}</Message><RequestId>${requestId}</RequestId></Error>`,
  );
}

function xml({ status }: AwsError, requestId: string, body: string): HttpResponse {
  return { status, headers: { "content-type": "text/xml", "x-amzn-requestid": requestId }, body };
}
