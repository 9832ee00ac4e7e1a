import type { Action } from "../components/realtime-gateway/protocol";

/** Bodies of a frame and of its reply, as the document shows them: Ada and Grace of the local stack. */
export interface Exchange {
  /** Left out where the action takes none. */
  readonly body?: object;
  readonly reply: object;
}

const TIME = 1_795_273_429_004;
const EVENT_ID = "01M7ZA54RC8Y2QX4T1B0V7KJNE";

/** One exchange per action. */
export const EXCHANGES: Readonly<Record<Action, Exchange>> = {
  hello: {
    reply: {
      player: "ada",
      friends: [{ player: "grace", status: "online", version: 7, muted: false }],
      keepAliveSeconds: 300,
      time: TIME,
    },
  },
  ping: { reply: { time: TIME } },
  "friends.list": {
    reply: {
      friends: [
        { player: "grace", state: "accepted", muted: false, status: "online", version: 7 },
        { player: "alan", state: "pending", muted: false },
      ],
    },
  },
  "friends.request": { body: { player: "grace" }, reply: { player: "grace", state: "requested", muted: false } },
  "friends.accept": {
    body: { player: "alan" },
    reply: { player: "alan", state: "accepted", muted: false, status: "offline", version: 2 },
  },
  "friends.decline": { body: { player: "alan" }, reply: { player: "alan", state: "none", muted: false } },
  "friends.remove": { body: { player: "grace" }, reply: { player: "grace", state: "none", muted: false } },
  "friends.block": { body: { player: "alan" }, reply: { player: "alan", state: "blocked", muted: false } },
  "friends.unblock": { body: { player: "alan" }, reply: { player: "alan", state: "none", muted: false } },
  "friends.mute": {
    body: { player: "grace" },
    reply: { player: "grace", state: "accepted", muted: true, status: "online", version: 7 },
  },
  "friends.unmute": {
    body: { player: "grace" },
    reply: { player: "grace", state: "accepted", muted: false, status: "online", version: 7 },
  },
  "profile.get": { reply: { version: 3, name: "Ada", locale: "en-US", email: "ada@players.test" } },
  "profile.put": { body: { version: 3, name: "Ada L.", timeZone: "Europe/London" }, reply: { version: 4 } },
  "game.get": { reply: { version: 1, data: { level: 12, deck: ["dragon", "knight"] } } },
  "game.put": { body: { version: 1, data: { level: 13, deck: ["dragon"] } }, reply: { version: 2 } },
  "preferences.get": { reply: { emailSocial: true, emailMarketing: false } },
  "preferences.put": { body: { emailSocial: false }, reply: { emailSocial: false, emailMarketing: false } },
  event: { body: { event: "achievement", data: { name: "First win" } }, reply: { id: EVENT_ID } },
};

/** Frames that answer no frame of the client, or refuse one. */
export const FRAMES = {
  error: [
    {
      type: "error",
      action: "friends.request",
      id: "8",
      error: { code: "invalid-field", message: "missing", field: "body.player" },
    },
    { type: "error", error: { code: "invalid-json", message: "expected JSON" } },
  ],
  apiGatewayError: [
    { message: "Internal server error", connectionId: "H6sKDIaiqhI4hBL=", requestId: "VOP9ShP3kFbRH9u=" },
  ],
  notices: [
    {
      type: "notices",
      notices: [
        { kind: "online", friend: "grace", version: 8, time: TIME },
        { kind: "event", friend: "grace", event: "join-game", data: { game: "arena-7" }, id: EVENT_ID, time: TIME },
      ],
    },
    { type: "notices", notices: [{ kind: "friend", friend: "alan", status: "offline", version: 2, time: TIME }] },
  ],
  push: [{ type: "push", body: { type: "announcement", text: "The war begins at noon." } }],
  route: [{ action: "dice.roll", id: "9", body: { sides: 6 } }],
  routeReply: [{ type: "reply", action: "dice.roll", id: "9", body: { rolled: 4 } }],
} as const;
