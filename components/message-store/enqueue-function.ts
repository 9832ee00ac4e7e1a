import type { HandlerFactory } from "../shared/callback";
import { logWarning } from "../shared/log";
import { isPlainObject, requestError, requireMembers } from "../shared/request";
import { messageClient, type EnqueueResult, type EnqueueSettings } from "./enqueue";
import type { Message } from "./message";

/** What a game server or an operator sends: one message, or up to 1,000. */
export type EnqueueRequest = Message | { readonly messages: readonly Message[] };

/** Answers in the order of the messages. */
export interface EnqueueResponse {
  readonly results: readonly EnqueueResult[];
  readonly created: number;
  readonly existing: number;
  readonly refused: number;
}

const MOST_AT_ONCE = 1_000;

/** The function through which programs outside this one enqueue messages. */
export function enqueueHandler(settings: EnqueueSettings): HandlerFactory<EnqueueRequest, EnqueueResponse> {
  return () => {
    const client = messageClient(settings);
    return async (request) => {
      const messages = messagesOf(request);
      const results = await client.enqueueMany(messages.map(named));
      let created = 0;
      let refused = 0;
      for (const result of results) {
        if ("error" in result) {
          refused += 1;
          // Whoever invokes asynchronously sees no answer.
          logWarning("refused", result.error.field, "the answer says why");
        } else if (result.created) created += 1;
      }
      return { results, created, existing: results.length - created - refused, refused };
    };
  };
}

/** @throws RequestError for what is neither a message nor a list of them. */
function messagesOf(request: unknown): readonly Message[] {
  if (!isPlainObject(request)) {
    throw requestError("", request ?? null, "a message, or an object with up to 1,000 messages in `messages`");
  }
  if (!Object.hasOwn(request, "messages")) return [request as unknown as Message];
  const { messages } = requireMembers(request, "", ["messages"]);
  if (!Array.isArray(messages)) throw requestError("messages", messages ?? null, "a list of messages");
  if (messages.length > MOST_AT_ONCE) {
    throw requestError("messages", messages.length, `at most ${MOST_AT_ONCE} messages: call again with the rest`);
  }
  return messages as readonly Message[];
}

/** From outside a template comes by its name alone: a reference with a schema would be the caller's to check. */
function named(message: Message): Message {
  const template: unknown = (message as Partial<Message> | null)?.template;
  if (typeof template !== "object" || template === null) return message;
  return { ...message, template: JSON.stringify(template) };
}
