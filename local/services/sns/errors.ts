import { AwsError } from "../../aws-error";

export const invalidParameter = (reason: string): AwsError =>
  new AwsError("InvalidParameter", `Invalid parameter: ${reason}`);

export const notFound = (what: string): AwsError => new AwsError("NotFound", `${what} does not exist`, 404);
