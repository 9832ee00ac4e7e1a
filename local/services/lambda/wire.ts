import type { HttpResponse, Json } from "../../service";

/** Errors of the common runtime of AWS's services; Lambda's own say in `Type` whose fault they are. */
const common =
  /^(ValidationException|SerializationException|UnknownOperationException|UnrecognizedClientException|AccessDeniedException|ThrottlingException|(Missing|Incomplete|Invalid).*(Token|Signature)Exception)$/;

/** Errors whose shape writes `Message`; all others write `message`. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors */
const capital = /^(ResourceNotFoundException|AccessDeniedException|ServiceException|KMS\w+Exception)$/;

/** An error in Lambda's shape: with `Type`, and `Reason` where it is throttled. */
export function encodeError(
  error: { code: string; message: string; status: number; detail?: Json },
  requestId: string,
): HttpResponse {
  const status = error.code === "AccessDeniedException" ? 403 : error.status;
  const body = {
    ...(common.test(error.code) ? {} : { Type: status < 500 ? "User" : "Service" }),
    ...error.detail,
    [capital.test(error.code) ? "Message" : "message"]: error.message,
  };
  return {
    status,
    headers: { "content-type": "application/json", "x-amzn-requestid": requestId, "x-amzn-errortype": error.code },
    body: JSON.stringify(body),
  };
}
