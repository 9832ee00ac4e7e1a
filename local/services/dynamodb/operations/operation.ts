import type { Operation } from "../../../service";
import { checkConstraints } from "../validation/constraints";
import { checkTypes } from "../validation/deserialize";
import type { Members } from "../validation/members";

/** An operation whose input is held against its members before anything else happens. */
export function checkedOperation<I>(
  members: Members,
  operation: { authorize: Operation<I>["authorize"]; answer: Operation<I>["answer"] },
): Operation<I> {
  return {
    authorize: (input, context) => {
      // AWS parses a request before it looks at rights.
      checkTypes(input as Readonly<Record<string, unknown>>, members);
      return operation.authorize(input, context);
    },
    answer: (input, context) => {
      checkConstraints(input as Readonly<Record<string, unknown>>, members);
      return operation.answer(input, context);
    },
  };
}
