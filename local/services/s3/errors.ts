import { AwsError } from "../../aws-error";

/** The body is not what S3's schema says. */
export function malformedXml(): AwsError {
  return new AwsError(
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
  );
}

/** @param value left out where S3 does not repeat it. */
export function invalidArgument(message: string, name: string, value?: string): AwsError {
  return new AwsError("InvalidArgument", message, 400, {
    ArgumentName: name,
    ...(value === undefined ? {} : { ArgumentValue: value }),
  });
}

export function invalidRequest(message: string): AwsError {
  return new AwsError("InvalidRequest", message);
}

/** @param condition the header that did not hold. */
export function preconditionFailed(condition: string): AwsError {
  return new AwsError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412, {
    Condition: condition,
  });
}

export function noSuchKey(key: string): AwsError {
  return new AwsError("NoSuchKey", "The specified key does not exist.", 404, { Key: key });
}

/** A header, or a value of it, that S3 does not take in this place. */
export function notImplemented(header: string, why?: string): AwsError {
  return new AwsError("NotImplemented", "A header you provided implies functionality that is not implemented", 501, {
    Header: header,
    ...(why === undefined ? {} : { additionalMessage: why }),
  });
}
