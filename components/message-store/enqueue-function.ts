import type { HandlerFactory } from "../shared/callback";
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
      const many = (request as { messages?: unknown } | null)?.messages;
      const messages = Array.isArray(many) ? (many as readonly Message[]) : [request as Message];
      if (messages.length > MOST_AT_ONCE) {
        const text = `messages of the request: got ${messages.length}; expected at most ${MOST_AT_ONCE}. Call again with the rest.`;
        throw Object.assign(new Error(text), { name: "RequestError" });
      }
      const results = await client.enqueueMany(messages);
      let created = 0;
      let refused = 0;
      for (const result of results) {
        if ("error" in result) refused += 1;
        else if (result.created) created += 1;
      }
      return { results, created, existing: results.length - created - refused, refused };
    };
  };
}
