import type { LambdaFunction } from "../shared/callback";
import { authorizeHandler } from "./authorize";
import { connectHandler } from "./connect";
import { defaultHandler } from "./default";
import { disconnectHandler } from "./disconnect";
import { eventHandler } from "./event";
import { friendsHandler } from "./friends";
import { helloHandler } from "./hello";
import { createFunction, DROP, tableRights, type FunctionDetails, type Parts } from "./parts";
import { pingHandler } from "./ping";
import { profileHandler } from "./profile";
import { FRIEND_ACTIONS, GAME_ACTIONS, PREFERENCE_ACTIONS, PROFILE_ACTIONS } from "./protocol";

/** Functions behind routes, with the keys of those. */
export interface RouteFunction {
  readonly suffix: string;
  readonly fn: LambdaFunction;
  readonly keys: readonly string[];
}

/** The authorizer of `$connect`. */
export function createAuthorizeFunction(parts: Parts): LambdaFunction {
  const { auth } = parts.settings;
  return createFunction(parts, "authorize", "Admits players by the tokens of their issuer.", authorizeHandler(auth));
}

/** The functions of the gateway's own routes. */
export function createRouteFunctions(parts: Parts): RouteFunction[] {
  const players = parts.tables.players.name;
  const presence = parts.tables.presence.name;
  const checks = parts.checks.url;
  const { graceSeconds } = parts.settings;
  const route = (suffix: string, keys: readonly string[], ...what: FunctionDetails): RouteFunction => ({
    suffix,
    keys,
    fn: createFunction(parts, suffix, ...what),
  });
  return [
    route("connect", ["$connect"], "Opens connections.", connectHandler()),
    route("disconnect", ["$disconnect"], "Drops connections.", disconnectHandler({ presence, checks, graceSeconds }), [
      ...tableRights(parts, { presence: DROP }),
      ...parts.checks.sendStatements(),
    ]),
    route("default", ["$default"], "Answers what no route takes.", defaultHandler()),
    route(
      "hello",
      ["hello"],
      "Registers connections.",
      helloHandler({ players, presence, checks }),
      [...tableRights(parts, { players: ["Query", "UpdateItem"], presence: DROP }), ...parts.checks.sendStatements()],
      { memorySize: 512 },
    ),
    route(
      "ping",
      ["ping"],
      "Keeps connections registered.",
      pingHandler({ presence }),
      tableRights(parts, { presence: ["UpdateItem"] }),
    ),
    route(
      "friends",
      Object.keys(FRIEND_ACTIONS),
      "Begins, ends, mutes and lists friendships.",
      friendsHandler({ players, presence }),
      tableRights(parts, {
        players: ["BatchGetItem", "Query", "PutItem", "DeleteItem", "ConditionCheckItem"],
        presence: ["GetItem", "BatchGetItem", "Query", "BatchWriteItem", "PutItem", "DeleteItem"],
      }),
    ),
    route(
      "profile",
      Object.keys({ ...PROFILE_ACTIONS, ...GAME_ACTIONS, ...PREFERENCE_ACTIONS }),
      "Reads and changes what players know of themselves.",
      profileHandler({ players, presence }),
      tableRights(parts, { players: ["GetItem", "UpdateItem"], presence: ["GetItem"] }),
    ),
    route(
      "event",
      ["event"],
      "Takes player events from clients.",
      eventHandler({ presence }),
      tableRights(parts, { presence: ["GetItem", "PutItem"] }),
    ),
  ];
}
