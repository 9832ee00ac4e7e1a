import { AwsError } from "../../aws-error";

export const notFound = (what: string): AwsError =>
  new AwsError("ResourceNotFoundException", `${what} does not exist.`);

export const invalid = (message: string): AwsError => new AwsError("ValidationException", message);
