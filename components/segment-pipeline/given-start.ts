import { membersOf } from "./refusal";

/** What was asked of the function that starts runs, and by which invocation first. */
export interface GivenStart {
  readonly input: unknown;
  /** Lambda gives every try of an asynchronous invocation the same one. */
  readonly requestId: string;
}

/**
 * The start that an event asks for: the event itself or, where it is what Lambda says about an invocation that it gave up,
 * the start that failed, with the id of its own invocation. One that was given up, brought back and given up again is one
 * in the other.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 *
 * @param requestId of the present invocation.
 */
export function startGiven(event: unknown, requestId: string): GivenStart {
  let given: GivenStart = { input: event, requestId };
  for (;;) {
    const { requestContext, requestPayload } = membersOf(given.input) ?? {};
    const { requestId: first } = membersOf(requestContext) ?? {};
    if (typeof first !== "string" || requestPayload === undefined) return given;
    given = { input: requestPayload, requestId: first };
  }
}
