import type { Schema } from "../shared/schema";
import { KEEP_ALIVE_SECONDS } from "./limits";

/** The schemas of what clients send. Each handler captures its own; the AsyncAPI document is made of all of them. */

const player = {
  type: "string",
  description: "A player id: at most 80 bytes, without control characters.",
  minLength: 1,
  maxLength: 80,
} as const satisfies Schema;

const version = {
  type: "integer",
  description: "The version that was read; 0 if there is none yet. Another one answers `conflict`.",
  minimum: 0,
} as const satisfies Schema;

/** No member at all. */
export const NOTHING = { type: "object", additionalProperties: false } as const satisfies Schema;

const withPlayer = {
  type: "object",
  properties: { player },
  required: ["player"],
  additionalProperties: false,
} as const satisfies Schema;

/** Bodies of the friend actions; the action of each is `friends.<name>`. */
export const FRIEND_ACTIONS = {
  "friends.list": NOTHING,
  "friends.request": withPlayer,
  "friends.accept": withPlayer,
  "friends.decline": withPlayer,
  "friends.remove": withPlayer,
  "friends.block": withPlayer,
  "friends.unblock": withPlayer,
  "friends.mute": withPlayer,
  "friends.unmute": withPlayer,
} as const satisfies Record<string, Schema>;

/** No control characters, line breaks or marks that turn the text around: names stand in subjects and in other players' lists. */
export const ONE_LINE = "^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069]*$";

/** A BCP 47 tag. */
export const LOCALE = "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$";

/** Bodies of the profile actions. The e-mail address is not the client's to change: a stranger's could be given. */
export const PROFILE_ACTIONS = {
  "profile.get": NOTHING,
  "profile.put": {
    type: "object",
    description: "Members that are not given stay as they are.",
    properties: {
      version,
      name: { type: "string", description: "One line of text.", minLength: 1, maxLength: 64, pattern: ONE_LINE },
      locale: { type: "string", description: "BCP 47.", maxLength: 35, pattern: LOCALE },
      timeZone: { type: "string", description: "IANA name, e.g. Europe/Berlin.", maxLength: 64 },
    },
    required: ["version"],
    additionalProperties: false,
  },
} as const satisfies Record<string, Schema>;

/** Bodies of the game data actions. */
export const GAME_ACTIONS = {
  "game.get": NOTHING,
  "game.put": {
    type: "object",
    properties: {
      version,
      data: {
        type: "object",
        description: "Anything the game keeps, at most 24 KB as JSON.",
        additionalProperties: true,
      },
    },
    required: ["version", "data"],
    additionalProperties: false,
  },
} as const satisfies Record<string, Schema>;

/** Bodies of the preference actions. */
export const PREFERENCE_ACTIONS = {
  "preferences.get": NOTHING,
  "preferences.put": {
    type: "object",
    description: "Members that are not given stay as they are.",
    properties: {
      emailSocial: { type: "boolean", description: "Mail about friends and gifts; true until said otherwise." },
      emailMarketing: { type: "boolean", description: "Mail about offers; false until said otherwise." },
    },
    additionalProperties: false,
  },
} as const satisfies Record<string, Schema>;

/** Body of `event`: what the player did, for friends and for the studio's own reactions. */
export const EVENT_BODY = {
  type: "object",
  properties: {
    event: {
      type: "string",
      description: "join-game, leave-game, achievement or the studio's own; online and offline are the gateway's.",
      maxLength: 64,
      pattern: "^(?!(online|offline)$)[a-z][a-z0-9.-]*$",
    },
    data: { type: "object", description: "At most 4 KB as JSON.", additionalProperties: true },
  },
  required: ["event"],
  additionalProperties: false,
} as const satisfies Schema;

/** Every action of the gateway itself. */
export const ACTIONS = {
  hello: NOTHING,
  ping: NOTHING,
  ...FRIEND_ACTIONS,
  ...PROFILE_ACTIONS,
  ...GAME_ACTIONS,
  ...PREFERENCE_ACTIONS,
  event: EVENT_BODY,
} as const satisfies Record<string, Schema>;

/** The name of an action. */
export type Action = keyof typeof ACTIONS;

const friendPresence = {
  type: "object",
  properties: {
    player,
    status: { type: "string", enum: ["online", "offline"] },
    version: { type: "integer", description: "Of the status: ignore an older one." },
    muted: { type: "boolean" },
  },
  required: ["player", "status", "version", "muted"],
} as const satisfies Schema;

const profile = {
  type: "object",
  properties: {
    version: { type: "integer" },
    name: { type: "string" },
    locale: { type: "string" },
    timeZone: { type: "string" },
    email: { type: "string" },
  },
  required: ["version"],
} as const satisfies Schema;

const preferences = {
  type: "object",
  properties: { emailSocial: { type: "boolean" }, emailMarketing: { type: "boolean" } },
  required: ["emailSocial", "emailMarketing"],
} as const satisfies Schema;

const friendSide = {
  type: "object",
  properties: {
    player,
    state: { type: "string", enum: ["none", "requested", "pending", "accepted", "blocked"] },
    muted: { type: "boolean" },
    status: { type: "string", enum: ["online", "offline"], description: "Of an accepted friend." },
    version: { type: "integer", description: "Of the status." },
  },
  required: ["player", "state", "muted"],
} as const satisfies Schema;

const written = {
  type: "object",
  properties: { version: { type: "integer" } },
  required: ["version"],
} as const satisfies Schema;

/** Bodies of the replies, by action. */
export const REPLIES: { readonly [action in Action]: { readonly summary: string; readonly body: Schema } } = {
  hello: {
    summary: "Registers the connection; the first frame of every connection. Answers with the snapshot of friends.",
    body: {
      type: "object",
      properties: {
        player,
        friends: { type: "array", items: friendPresence },
        keepAliveSeconds: { type: "integer", description: `Send ping this often: ${KEEP_ALIVE_SECONDS}.` },
        time: { type: "integer", description: "Milliseconds since the epoch." },
      },
      required: ["player", "friends", "keepAliveSeconds", "time"],
    },
  },
  ping: {
    summary: "Keeps the connection registered. `not-registered` asks for a new hello.",
    body: { type: "object", properties: { time: { type: "integer" } }, required: ["time"] },
  },
  "friends.list": {
    summary: "All friends, requests and blocks, friends with their presence.",
    body: {
      type: "object",
      properties: { friends: { type: "array", items: friendSide } },
      required: ["friends"],
    },
  },
  "friends.request": { summary: "Asks for a friendship; accepts it if the other has asked already.", body: friendSide },
  "friends.accept": { summary: "Accepts the other's request: both hear each other from now on.", body: friendSide },
  "friends.decline": { summary: "Declines the other's request.", body: friendSide },
  "friends.remove": { summary: "Ends the friendship, or takes back a request.", body: friendSide },
  "friends.block": { summary: "Ends any relation and refuses new ones; the other is not told.", body: friendSide },
  "friends.unblock": { summary: "Takes back a block; the two are strangers.", body: friendSide },
  "friends.mute": { summary: "Stops notices about a friend, who is not told.", body: friendSide },
  "friends.unmute": { summary: "Resumes notices about a friend.", body: friendSide },
  "profile.get": { summary: "Reads the player's own profile.", body: profile },
  "profile.put": { summary: "Changes the player's own profile.", body: written },
  "game.get": {
    summary: "Reads the player's game data.",
    body: {
      type: "object",
      properties: { version: { type: "integer" }, data: { type: "object", additionalProperties: true } },
      required: ["version", "data"],
    },
  },
  "game.put": { summary: "Writes the player's game data.", body: written },
  "preferences.get": { summary: "Reads which mail the player wants.", body: preferences },
  "preferences.put": { summary: "Says which mail the player wants.", body: preferences },
  event: {
    summary: "Tells online friends, and the studio, what the player did.",
    body: { type: "object", properties: { id: { type: "string" } }, required: ["id"] },
  },
};
