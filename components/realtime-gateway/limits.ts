/** Every size, number and time limit of the gateway. */
import { SECONDS_PER_HOUR } from "../shared/units";

/** Name of the WebSocket subprotocol that clients offer beside `bearer.<token>`, and that the gateway echoes. */
export const PROTOCOL = "games-messaging.v1";
/** What comes before the token in the second subprotocol. */
export const TOKEN_PREFIX = "bearer.";
/** Name of the API's only stage. */
export const STAGE = "live";

/**
 * Bytes of a frame from a client, and of one from the gateway. API Gateway closes with 1009 beyond 32 KB a frame and
 * 128 KB a message. https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
export const MAX_FRAME_BYTES = 32_768;
/** Levels of nested objects and arrays in a frame. */
export const MAX_FRAME_DEPTH = 32;
/** Characters of a client's correlation id. */
export const MAX_CORRELATION_ID = 64;

/** Frames that a connection may send at once, and per second on the long run, per container of a function. */
export const FRAME_BURST = 50;
export const FRAMES_PER_SECOND = 25;
/** Connections whose buckets a container remembers; the one idle the longest goes first. */
export const MAX_BUCKETS = 5_000;

/** Connections of one player. */
export const MAX_CONNECTIONS = 10;
/** Friends of one player, requests included. A snapshot of them stays below a message of 128 KB. */
export const MAX_FRIENDS = 500;
/** Bytes of game data as JSON. */
export const MAX_GAME_DATA_BYTES = 24_576;
/** Bytes of a text attribute of a profile. */
export const MAX_ATTRIBUTE_BYTES = 1_024;
/** Bytes of a player event's data as JSON. */
export const MAX_EVENT_DATA_BYTES = 4_096;

/** Seconds after which a client sends `ping`: API Gateway closes a connection that is idle for 10 minutes. */
export const KEEP_ALIVE_SECONDS = 300;
/** Milliseconds that a connection counts as live after `hello` or `ping`: the idle limit and a minute. */
export const CONNECTION_LIFE_MS = 660_000;
/** Seconds that a watch entry lives: the 2 hours that API Gateway keeps a connection, and ten minutes. */
export const WATCH_LIFE_SECONDS = 7_800;
/** Seconds that the tombstone of a former friend lives: longer than any watch entry that it must silence. */
export const TOMBSTONE_LIFE_SECONDS = 10_800;
/** Seconds that a player event is kept. */
export const EVENT_LIFE_SECONDS = 21_600;
/** Seconds between two writes of a player's last-active time. */
export const LAST_ACTIVE_SECONDS = SECONDS_PER_HOUR;

/** Posts to connections in flight at once, of one function. */
export const POSTS_AT_ONCE = 32;
