import { AwsError } from "../../aws-error";

export const notFound = (what: string): AwsError =>
  new AwsError("ResourceNotFoundException", `${what} does not exist.`);

export const noRule = (name: string | undefined, bus: string): AwsError =>
  new AwsError("ResourceNotFoundException", `Rule ${name} does not exist on EventBus ${bus}.`);

export const invalid = (message: string): AwsError => new AwsError("ValidationException", message);
