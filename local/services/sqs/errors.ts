import { AwsError } from "../../aws-error";

/**
 * The codes of the older query protocol that SDKs still show as `error.Code`. Wrong and missing parameters have no shape
 * in the model: the JSON protocol calls them by names of the framework, the query protocol by those of the API reference.
 * The front sends `detail.queryErrorCode` in the header `x-amzn-query-error`.
 * Source: the `awsQueryError` traits of the SQS model.
 */
const QUERY_CODES: Readonly<Record<string, string>> = {
  InvalidParameterValueException: "InvalidParameterValue",
  MissingRequiredParameterException: "MissingParameter",
  QueueDoesNotExist: "AWS.SimpleQueueService.NonExistentQueue",
  QueueNameExists: "QueueAlreadyExists",
  QueueDeletedRecently: "AWS.SimpleQueueService.QueueDeletedRecently",
  BatchEntryIdsNotDistinct: "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
  BatchRequestTooLong: "AWS.SimpleQueueService.BatchRequestTooLong",
  EmptyBatchRequest: "AWS.SimpleQueueService.EmptyBatchRequest",
  InvalidBatchEntryId: "AWS.SimpleQueueService.InvalidBatchEntryId",
  TooManyEntriesInBatchRequest: "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
  MessageNotInflight: "AWS.SimpleQueueService.MessageNotInflight",
  PurgeQueueInProgress: "AWS.SimpleQueueService.PurgeQueueInProgress",
  UnsupportedOperation: "AWS.SimpleQueueService.UnsupportedOperation",
};

/** An error of SQS with both of its codes. */
export function sqsError(code: string, message: string, status = 400): AwsError {
  return new AwsError(code, message, status, { queryErrorCode: QUERY_CODES[code] ?? code });
}

export const queueDoesNotExist = (): AwsError => sqsError("QueueDoesNotExist", "The specified queue does not exist.");

export const missingParameter = (name: string): AwsError =>
  sqsError("MissingRequiredParameterException", `The request must contain the parameter ${name}.`);

export const invalidParameter = (name: string, value: unknown, reason: string): AwsError =>
  invalidValue(`Value ${String(value)} for parameter ${name} is invalid. Reason: ${reason}`);

export const invalidValue = (message: string): AwsError => sqsError("InvalidParameterValueException", message);

export const invalidReceiptHandle = (handle: string): AwsError =>
  sqsError("ReceiptHandleIsInvalid", `The input receipt handle "${handle}" is not a valid receipt handle.`);
