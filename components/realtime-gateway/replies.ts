import type { Schema } from "../shared/schema";
import { KEEP_ALIVE_SECONDS } from "./limits";
import { player, type Action } from "./protocol";

/** The schemas of what the gateway answers. Nothing is held against them at run time: the AsyncAPI document is made of them. */

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
