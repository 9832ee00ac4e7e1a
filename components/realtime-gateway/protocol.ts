import type { Schema } from "../shared/schema";

/** The schemas of what clients send. Each handler captures its own; the AsyncAPI document is made of all of them. */

/** A player id. */
export const player = {
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
