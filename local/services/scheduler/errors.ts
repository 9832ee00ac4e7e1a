import { AwsError } from "../../aws-error";

export const invalid = (message: string): AwsError => new AwsError("ValidationException", message);

export const notFound = (what: string): AwsError =>
  new AwsError("ResourceNotFoundException", `${what} does not exist.`, 404);

export const conflict = (what: string): AwsError => new AwsError("ConflictException", `${what} already exists.`, 409);
