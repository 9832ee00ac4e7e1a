import { isPlayerId, PLAYER_ID_RULE } from "../shared/player-keys";
import { requestError, requireMembers } from "../shared/request";

/** What an operator asks for: these messages, or what lies in the dead-letter queue. */
export type RedriveRequest =
  | { readonly messages: readonly { readonly player: string; readonly id: string }[] }
  /** @default at most 1,000 */
  | { readonly deadLetters: true; readonly most?: number };

/** Messages, or dead letters, of one call. */
export const MOST_AT_ONCE = 1_000;

/** @throws RequestError for anything but a `RedriveRequest`. */
export function checkedRequest(request: unknown): RedriveRequest {
  const members = requireMembers(request, "", ["messages", "deadLetters", "most"]);
  const { messages, deadLetters, most } = members;
  if (messages === undefined) {
    if (deadLetters !== true) throw requestError("deadLetters", deadLetters, "true, or a list of `messages` instead");
    if (most !== undefined && !(Number.isSafeInteger(most) && Number(most) > 0)) {
      throw requestError("most", most, "a whole number from 1");
    }
    return members as unknown as RedriveRequest;
  }
  if (deadLetters !== undefined || most !== undefined) {
    throw requestError("messages", messages, "either a list of messages or `deadLetters`");
  }
  if (!Array.isArray(messages) || messages.length === 0 || messages.length > MOST_AT_ONCE) {
    throw requestError("messages", messages, `a list of 1 to ${MOST_AT_ONCE} messages`);
  }
  messages.forEach((message, i) => {
    const { player, id } = requireMembers(message, `messages[${i}]`, ["player", "id"]);
    if (!isPlayerId(player)) throw requestError(`messages[${i}].player`, player, PLAYER_ID_RULE);
    if (typeof id !== "string" || !/^[0-9A-Za-z]{1,64}$/.test(id)) {
      throw requestError(`messages[${i}].id`, id, "the id of a message");
    }
  });
  return members as unknown as RedriveRequest;
}
