import { EVENT_PREFIX, PRESENCE_SK } from "./keys";

/**
 * What of the Presence table's stream is told: a change of status, and a player event that was added. Every write to the
 * item `PRESENCE` says in its attribute `change` what it was, because a pattern cannot compare the new image with the
 * old one. Connections, keep-alives, watch entries and deletions (by TTL, too) match none and cost nothing.
 */
export const NOTICE_FILTERS = [
  {
    eventName: ["INSERT", "MODIFY"],
    dynamodb: { Keys: { sk: { S: [PRESENCE_SK] } }, NewImage: { change: { S: ["status"] } } },
  },
  { eventName: ["INSERT"], dynamodb: { Keys: { sk: { S: [{ prefix: EVENT_PREFIX }] } } } },
] as const;
