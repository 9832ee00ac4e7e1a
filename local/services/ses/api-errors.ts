import { AwsError } from "../../aws-error";

/** How the first API names what the second one calls by fewer names, by the words that tell them apart. */
const FIRST: readonly (readonly [code: string, words: RegExp, name: string])[] = [
  ["NotFoundException", /^Configuration set/, "ConfigurationSetDoesNotExist"],
  ["NotFoundException", /^No EventDestination/, "EventDestinationDoesNotExist"],
  ["AlreadyExistsException", /^Configuration set/, "ConfigurationSetAlreadyExists"],
  ["AlreadyExistsException", /^Event destination/, "EventDestinationAlreadyExists"],
  ["BadRequestException", /SNS topic/, "InvalidSNSDestination"],
  ["BadRequestException", /^Invalid configuration set/, "InvalidParameterValue"],
  ["BadRequestException", /^Invalid event type/, "InvalidParameterValue"],
];

/** Does what both APIs do, and names a refusal as the first one does, with status 400 as all of its refusals. */
export function inFirstApi<T>(work: () => T): T {
  try {
    const done = work();
    return done instanceof Promise ? (done.catch(rethrow) as T) : done;
  } catch (error) {
    return rethrow(error);
  }
}

function rethrow(error: unknown): never {
  const found =
    error instanceof AwsError && FIRST.find(([code, words]) => code === error.code && words.test(error.message));
  throw found ? new AwsError(found[2], error.message, 400) : error;
}

/** An operation that both APIs have under one name refuses in the words of the first; this is how the second says it. */
export function inSecondApi<E extends { readonly code: string; readonly message: string; readonly status: number }>(
  error: E,
): { readonly code: string; readonly message: string; readonly status: number } {
  const found = FIRST.find(([, , name]) => name === error.code && name !== "InvalidParameterValue");
  return found
    ? { code: found[0], message: error.message, status: found[0] === "NotFoundException" ? 404 : 400 }
    : error;
}
