import { AwsError } from "../../../aws-error";
import type { AnyOperation, CallContext } from "../../../service";
import type { SesEngine } from "../engine";
import { composeOutgoing, readOutgoing, rightsOf, type Outgoing } from "../outgoing";
import {
  fromV1,
  isV2,
  rawV1,
  rawV2,
  simpleV2,
  type SendEmailV1,
  type SendEmailV2,
  type SendRawEmailV1,
} from "./send-input";

/** SendEmail (of both APIs, told apart by their inputs) and SendRawEmail. */
export function sendOperations(engine: SesEngine): Readonly<Record<string, AnyOperation>> {
  const read = new WeakMap<object, Outgoing>();
  const once = (input: object, make: () => Outgoing): Outgoing => {
    let outgoing = read.get(input);
    if (!outgoing) read.set(input, (outgoing = make()));
    return outgoing;
  };
  const operation = (make: (input: never) => Outgoing): AnyOperation => ({
    authorize: (input: never) =>
      rightsOf(
        engine,
        once(input, () => make(input)),
      ),
    answer: async (input: never, context: CallContext) => {
      const outgoing = once(input, () => make(input));
      const MessageId = await accept(engine, outgoing);
      context.use("ses.recipient.essentials", outgoing.recipients.length);
      context.note("messageId", MessageId);
      context.note(
        "recipients",
        outgoing.recipients.map(({ address }) => address),
      );
      return { MessageId };
    },
  });
  return {
    SendRawEmail: operation((input: SendRawEmailV1) => {
      const { raw, parameters } = rawV1(input);
      return readOutgoing(engine, raw, parameters, "ses:SendRawEmail");
    }),
    SendEmail: operation((input: SendEmailV1 | SendEmailV2) => {
      if (!isV2(input)) return composeOutgoing(engine, fromV1(input));
      const content = rawV2(input);
      return content
        ? readOutgoing(engine, content.raw, content.parameters, "ses:SendRawEmail")
        : composeOutgoing(engine, simpleV2(input));
    }),
  };
}

/** The second API names throttles differently. */
async function accept(engine: SesEngine, outgoing: Outgoing): Promise<string> {
  try {
    return await engine.accept(outgoing);
  } catch (error) {
    if (outgoing.api === "2" && error instanceof AwsError && error.code === "Throttling") {
      throw new AwsError("TooManyRequestsException", error.message, 429);
    }
    throw error;
  }
}
