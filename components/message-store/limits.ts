/** Every size and count of the message store. */
import { SECONDS_PER_HOUR } from "../shared/units";

/** Bytes of `data` as JSON: far below an item's 400 KB, and rendered it must fit a queue's message. */
export const MAX_DATA_BYTES = 32_768;
/** Levels of `data`. */
export const MAX_DATA_DEPTH = 32;
/** Bytes of a deduplication key. */
export const MAX_DEDUPLICATION_KEY_BYTES = 256;
/** Bytes of `run`, and of `origin`. */
export const MAX_RUN_BYTES = 128;
/** RFC 5321: 64 of the local part, `@`, 255 of the domain. */
export const MAX_ADDRESS_LENGTH = 320;
/** Entries of `history`; when full, the last one is replaced, so that a message that is throttled for days stays small. */
export const MAX_HISTORY = 40;
/**
 * Shards that the due index can have. One takes 1,000 writes a second, and each costs the sweeper a Query a minute.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
 */
export const MAX_DUE_SHARDS = 8;
/** Shards of the due index in use unless a store says otherwise. */
export const DEFAULT_DUE_SHARDS = 1;
/** Seconds after which the sweeper also looks into shards that are not in use, in case they once were. */
export const ALL_SHARDS_SECONDS = SECONDS_PER_HOUR;
/** Bytes of one message and of one PublishBatch. https://docs.aws.amazon.com/general/latest/gr/sns.html */
export const MAX_PUBLISH_BYTES = 262_144;
/** Messages of one PublishBatch or SendMessageBatch. */
export const MAX_BATCH = 10;
/** Seconds beyond which a point in time is surely in milliseconds. */
export const MAX_EPOCH_SECONDS = 100_000_000_000;
