import { ERROR_CODES } from "../components/realtime-gateway/frames";
import {
  CONNECTION_LIFE_MS,
  FRAME_BURST,
  FRAMES_PER_SECOND,
  KEEP_ALIVE_SECONDS,
  MAX_CONNECTIONS,
  MAX_CORRELATION_ID,
  MAX_EVENT_DATA_BYTES,
  MAX_FRAME_BYTES,
  MAX_FRAME_DEPTH,
  MAX_FRIENDS,
  MAX_GAME_DATA_BYTES,
  PROTOCOL,
  STAGE,
  TOKEN_PREFIX,
} from "../components/realtime-gateway/limits";
import { ACTIONS, type Action } from "../components/realtime-gateway/protocol";
import { REPLIES } from "../components/realtime-gateway/replies";
import type { Schema } from "../components/shared/schema";
import { EXCHANGES, FRAMES } from "./asyncapi-examples";

/** The client protocol as an AsyncAPI 3 document, made from the schemas that the handlers validate with. */
export function asyncApiDocument(): object {
  const actions = Object.keys(ACTIONS) as Action[];
  const messages: Record<string, object> = {};
  const schemas: Record<string, object> = {};
  const operations: Record<string, object> = {};
  for (const action of actions) {
    const id = identifier(action);
    schemas[`${id}Body`] = closed(ACTIONS[action]);
    schemas[`${id}ReplyBody`] = REPLIES[action].body;
    const { body, reply } = EXCHANGES[action];
    messages[id] = {
      ...frame(`${id}Body`, action, REPLIES[action].summary, ACTIONS[action]),
      examples: [{ payload: { action, id: "7", body } }],
    };
    messages[`${id}Reply`] = {
      name: `${action} reply`,
      payload: object(["type", "action", "body"], {
        type: { const: "reply" },
        action: { const: action },
        id: correlation,
        body: reference("schemas", `${id}ReplyBody`),
      }),
      examples: [{ payload: { type: "reply", action, id: "7", body: reply } }],
    };
    operations[id] = incoming(id, REPLIES[action].summary);
  }
  const others = { route: routeMessage, routeReply: routeReplyMessage, error, apiGatewayError, notices, push };
  for (const [id, message] of Object.entries(others)) {
    const frames: readonly object[] = FRAMES[id as keyof typeof others];
    messages[id] = { ...message, examples: frames.map((payload) => ({ payload })) };
  }
  operations["route"] = incoming("route", routeMessage.summary);
  schemas["notice"] = noticeSchema;
  operations["notices"] = outgoing("notices", "What friends of the player do; all of one moment in one frame.");
  operations["push"] = outgoing("push", "Whatever the studio's own functions send to the player.");
  return {
    asyncapi: "3.0.0",
    info: { title: "Games messaging: the protocol of game clients", version: "1.0.0", description: DESCRIPTION },
    servers: {
      aws: {
        host: "{api}.execute-api.{region}.amazonaws.com",
        pathname: `/${STAGE}`,
        protocol: "wss",
        description: "The stack output `url`.",
        variables: {
          api: { description: "Id of the API.", default: "api" },
          region: { description: "AWS Region.", default: "us-east-1" },
        },
        security: [reference("securitySchemes", "token")],
      },
      local: {
        host: "127.0.0.1:{port}",
        pathname: `/${STAGE}`,
        protocol: "ws",
        description:
          "`npm run local`: address and tokens of sample players are in `.local/stack.json`, `websocket.url` and `players`.",
        variables: { port: { description: "Another at each start." } },
        security: [reference("securitySchemes", "token")],
      },
    },
    channels: {
      socket: {
        address: "/",
        title: "One WebSocket connection of one device",
        messages: Object.fromEntries(Object.keys(messages).map((id) => [id, reference("messages", id)])),
        bindings: {
          ws: {
            method: "GET",
            headers: {
              type: "object",
              required: ["Sec-WebSocket-Protocol"],
              properties: {
                "Sec-WebSocket-Protocol": {
                  type: "string",
                  description: `${PROTOCOL}, ${TOKEN_PREFIX}<token>. The answer echoes ${PROTOCOL}.`,
                },
              },
            },
            bindingVersion: "0.1.0",
          },
        },
      },
    },
    operations,
    components: {
      messages,
      schemas,
      securitySchemes: {
        token: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "JWT",
          description: `A token of the studio's OpenID Connect issuer, offered as the subprotocol ${TOKEN_PREFIX}<token>. Its \`sub\` is the player's id; \`iss\`, \`aud\` and \`exp\` are checked. It is asked for when the connection opens, not after.`,
        },
      },
    },
    "x-error-codes": ERROR_CODES,
    "x-handshake-status": {
      101: "Open. Send `hello` next.",
      401: `The token is missing, wrong, expired or of another issuer or audience, or ${PROTOCOL} is not offered beside it.`,
      403: "The token is right, and the player may not connect: a foreign origin, an id beyond 80 bytes or with control characters.",
      429: "Too many connections at once: try again after a random wait that doubles.",
      500: "The issuer's keys could not be had: try again after a random wait that doubles.",
    },
    "x-close-codes": {
      1000: "Closed by the client.",
      1001: "After 10 idle minutes, or after 2 hours: connect again, `hello` tells what was missed of friends.",
      1006: "The connection was lost without a close frame; in a browser also every handshake that was refused: a page does not learn its status.",
      1003: "A binary frame: only text is understood.",
      1009: "A frame beyond 32 KB or a message beyond 128 KB.",
      1011: "The gateway failed.",
    },
    // Frames are counted per connection and container of a function.
    "x-limits": {
      frameBytes: MAX_FRAME_BYTES,
      messageBytes: MAX_MESSAGE_BYTES,
      frameDepth: MAX_FRAME_DEPTH,
      framesAtOnce: FRAME_BURST,
      framesPerSecond: FRAMES_PER_SECOND,
      keepAliveSeconds: KEEP_ALIVE_SECONDS,
      registeredForSeconds: CONNECTION_LIFE_MS / 1000,
      connectionsPerPlayer: MAX_CONNECTIONS,
      friendsPerPlayer: MAX_FRIENDS,
      gameDataBytes: MAX_GAME_DATA_BYTES,
      eventDataBytes: MAX_EVENT_DATA_BYTES,
    },
  };
}

/** API Gateway's own: a client may split what it sends into frames, and is refused beyond one frame's size all the same. */
const MAX_MESSAGE_BYTES = 131_072;

const DESCRIPTION = `Frames are JSON objects in text messages.

1. Open the WebSocket with the subprotocols \`${PROTOCOL}\` and \`${TOKEN_PREFIX}<token>\`.
2. Send \`{"action":"hello","id":"1"}\`. Until it is answered the player is not there for his friends; if no answer comes, send it again. Send nothing else before: every other action, the studio's own included, answers \`not-registered\` and does nothing.
3. Every frame \`{action, id?, body?}\` is answered by a reply or an error frame with the same \`id\`; an error frame lacks it where the frame could not be read. Under a load beyond all limits, or when a function dies, API Gateway answers itself (\`apiGatewayError\`): such a frame has no \`type\` and no \`id\`. Send again, after a random wait, what has no answer after 30 seconds.
4. Send \`ping\` every ${KEEP_ALIVE_SECONDS} seconds. If it answers \`not-registered\`, send \`hello\`.
5. Presence carries a \`version\` per friend, in the snapshot of \`hello\` and in notices: ignore one that is older than the one you know. Events carry an \`id\`: ignore one you have seen.
6. A second device is a second connection. Reconnect after a random wait that doubles from 1 s to 60 s.
7. Send at most ${FRAME_BURST} frames at once and ${FRAMES_PER_SECOND} a second. What is beyond is answered \`too-many-frames\` and does nothing. Each container of a function counts for itself, in its memory: frames of several functions, or spread over several containers, may pass although they are more. A throttle of all connections together bounds the whole.
8. A request for a friendship is not told to the other player at that moment: \`friends.list\` shows it there as \`pending\`, and to who asked as \`requested\`. Ask for it after \`hello\`, whose snapshot holds accepted friends only, and when the player looks at the list. When it is accepted, each connection of the two gets a notice of the kind \`friend\`, except the one that accepted: its reply says the same. Declining, removing, blocking and muting tell nobody.
9. A friend whose connection is lost is \`offline\` for others after a grace period (the studio sets it, 15 seconds by default): who returns within it was never away.
10. The studio's own routes are more actions, in frames of the same form (\`route\`, \`routeReply\`). Ignore members of frames that you do not know.`;

const correlation = {
  type: "string",
  maxLength: MAX_CORRELATION_ID,
  description: "The client's own; given back with the answer.",
};

const error = {
  name: "error",
  summary: "The frame was not served; the socket stays.",
  payload: object(["type", "error"], {
    type: { const: "error" },
    action: { type: "string", description: "Missing if the frame could not be read." },
    id: correlation,
    error: object(["code", "message"], {
      code: { type: "string", enum: Object.keys(ERROR_CODES) },
      message: { type: "string", description: "For developers." },
      field: { type: "string", description: "Path to what is wrong, e.g. `body.player`." },
    }),
  }),
};

const apiGatewayError = {
  name: "API Gateway's error",
  summary: "API Gateway could not have the frame served; the socket stays. It does not tell which frame it was.",
  payload: {
    ...object(["message", "connectionId", "requestId"], {
      message: {
        type: "string",
        description: "`Too Many Requests`, `Internal server error`, `Endpoint request timed out`.",
      },
      connectionId: { type: "string" },
      requestId: { type: "string", description: "For the studio, who finds it in the access log." },
    }),
    not: { required: ["type"] },
  },
};

const time = { type: "integer", description: "Milliseconds since the epoch." };
const friend = { type: "string", description: "The friend's player id." };
const version = { type: "integer", description: "Ignore one that is older than the one you know of this friend." };

const noticeSchema = {
  oneOf: [
    object(["kind", "friend", "version", "time"], { kind: { enum: ["online", "offline"] }, friend, version, time }),
    object(["kind", "friend", "event", "id", "time"], {
      kind: { const: "event" },
      friend,
      event: { type: "string", description: "join-game, leave-game, achievement or the studio's own." },
      data: { type: "object" },
      id: { type: "string", description: "Rises; the same for every repetition." },
      time,
    }),
    object(["kind", "friend", "status", "version", "time"], {
      kind: { const: "friend", description: "A friendship began, or is no longer muted." },
      friend,
      status: { enum: ["online", "offline"] },
      version,
      time,
    }),
  ],
};

const notices = {
  name: "notices",
  summary: "What friends do.",
  payload: object(["type", "notices"], {
    type: { const: "notices" },
    notices: { type: "array", minItems: 1, items: reference("schemas", "notice") },
  }),
};

const push = {
  name: "push",
  summary: "From the studio's own functions.",
  payload: object(["type", "body"], { type: { const: "push" }, body: { description: "Whatever the studio sends." } }),
};

const ownAction = {
  type: "string",
  description: "Of a route of the studio's own.",
  not: { enum: Object.keys(ACTIONS) },
};

const routeMessage = {
  name: "route",
  summary: "A route of the studio's own; the body is what its schema says.",
  payload: {
    ...object(["action"], { action: ownAction, id: correlation, body: { type: "object" } }),
    additionalProperties: false,
  },
};

const routeReplyMessage = {
  name: "route reply",
  payload: object(["type", "action", "body"], {
    type: { const: "reply" },
    action: ownAction,
    id: correlation,
    body: { description: "Whatever the studio's function answers." },
  }),
};

function frame(body: string, action: string, summary: string, schema: Schema): object {
  const required = (schema.required ?? []).length > 0;
  return {
    name: action,
    summary,
    payload: {
      ...object(["action", ...(required ? ["body"] : [])], {
        action: { const: action },
        id: correlation,
        body: reference("schemas", body),
      }),
      additionalProperties: false,
    },
  };
}

/** A frame of clients, which a reply or an error answers. */
function incoming(message: string, summary: string): object {
  return {
    action: "receive",
    channel: { $ref: "#/channels/socket" },
    summary,
    messages: [{ $ref: `#/channels/socket/messages/${message}` }],
    reply: {
      channel: { $ref: "#/channels/socket" },
      messages: [`${message}Reply`, "error", "apiGatewayError"].map((id) => ({
        $ref: `#/channels/socket/messages/${id}`,
      })),
    },
  };
}

function outgoing(message: string, summary: string): object {
  return {
    action: "send",
    channel: { $ref: "#/channels/socket" },
    summary,
    messages: [{ $ref: `#/channels/socket/messages/${message}` }],
  };
}

function object(required: readonly string[], properties: Record<string, object>): object {
  return { type: "object", required, properties };
}

function reference(kind: "messages" | "schemas" | "securitySchemes", name: string): object {
  return { $ref: `#/components/${kind}/${name}` };
}

/** What is not said to be open is closed: the validator's rule, which JSON Schema has the other way round. */
function closed(schema: Schema): object {
  const { properties, ...rest } = schema;
  if (schema.type !== "object") return schema;
  return {
    ...rest,
    additionalProperties: schema.additionalProperties ?? false,
    ...(properties
      ? { properties: Object.fromEntries(Object.entries(properties).map(([name, member]) => [name, closed(member)])) }
      : {}),
  };
}

/** `friends.list` becomes `friendsList`. */
function identifier(action: string): string {
  return action.replace(/[.-](\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** YAML of plain data, in block style, every text quoted as JSON quotes it where that is needed. */
export function toYaml(value: unknown, indent = ""): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return " []\n";
    return `\n${value.map((item) => `${indent}-${toYaml(item, `${indent}  `).replace(/^\n\s*/, " ")}`).join("")}`;
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    if (members.length === 0) return " {}\n";
    return `\n${members.map(([name, member]) => `${indent}${scalar(name)}:${toYaml(member, `${indent}  `)}`).join("")}`;
  }
  if (typeof value === "string" && value.includes("\n")) {
    return ` |-\n${value
      .split("\n")
      .map((line) => (line === "" ? "\n" : `${indent}${line}\n`))
      .join("")}`;
  }
  return ` ${scalar(value)}\n`;
}

function scalar(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value);
  const plain = /^[A-Za-z][A-Za-z0-9 ._/-]*$/.test(value) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(value);
  return plain && value.trim() === value ? value : JSON.stringify(value);
}
