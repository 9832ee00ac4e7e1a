import * as dynamodb from "@aws-sdk/client-dynamodb";
import type { Captured, HandlerFactory } from "../shared/callback";
import { isPlayerId, PROFILE_SK } from "../shared/player-keys";
import { ulid } from "../shared/ulid";
import { protocolError } from "./frames";
import { friendsOf, isFriend } from "./friend-items";
import { changeItems } from "./friend-writes";
import { decide, type FriendAction, type FriendRefusal, type Side } from "./friendship";
import { FRIEND_PREFIX, key } from "./keys";
import { MAX_FRIENDS } from "./limits";
import { NEVER_SEEN } from "./presence-items";
import { FRIEND_ACTIONS } from "./protocol";
import type { RegisterContext } from "./register";
import { afterHello } from "./registered";
import { frameHandler, type ActionHandler, type FrameEvent, type FrameResult, type RouteContext } from "./route";
import { areFriends, readPair, settle, type Pair } from "./settle";
import { batchGet, presencesOf, queryAll, type Database } from "./store";

/** What the handler captures: the names of both tables. */
export interface FriendsConfig {
  readonly players: Captured<string>;
  readonly presence: Captured<string>;
}

/** `friends.*`: both sides of a friendship change in one transaction; then the watch entries follow. */
export function friendsHandler(config: FriendsConfig): HandlerFactory<FrameEvent, FrameResult> {
  const handle = (db: Database): ActionHandler => {
    return async (route, body, action) => {
      const context = { db, players: config.players.get(), presence: config.presence.get() };
      if (action === "friends.list") return { friends: await listFriends(context, route.playerId) };
      const { player } = body as { player: string };
      if (!isPlayerId(player) || player === route.playerId) {
        throw protocolError(
          "invalid-field",
          "expected the id of another player, 1 to 80 bytes without control characters",
          "body.player",
        );
      }
      return changeFriend(context, route, action.slice("friends.".length) as FriendAction, player);
    };
  };
  return frameHandler(FRIEND_ACTIONS, afterHello(config.presence, handle));
}

/** How often a change starts again because the other side changed in between. */
const ATTEMPTS = 5;

async function changeFriend(context: RegisterContext, route: RouteContext, action: FriendAction, player: string) {
  const me = route.playerId;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const pair = await readPair(context, me, player);
    const decision = decide(action, pair.mine, pair.theirs);
    if (decision.kind === "refused") {
      // A removal that died after its transaction is repeated and finds no friend: its entries go all the same.
      if (action === "remove" && !areFriends(pair)) await settle(context, me, player, route.now);
      throw protocolError(decision.code, REFUSALS[decision.code]);
    }
    if (decision.kind === "unchanged") return answer(player, pair, await settle(context, me, player, route.now));
    const { change } = decision;
    if (action === "request" || action === "block") await requirePlayer(context, player);
    if (change.mine && !pair.mine) await requireRoom(context, me);
    if (change.theirs && !pair.theirs) await requireRoom(context, player);
    const items = changeItems({
      tables: context,
      me: { player: me, side: pair.mine },
      them: { player, side: pair.theirs },
      change,
      nowMs: route.now,
      event: { id: ulid(route.now), connection: route.connectionId },
    });
    try {
      await context.db.send(new dynamodb.TransactWriteItemsCommand({ TransactItems: items }));
    } catch (error) {
      if (error instanceof Error && error.name === "TransactionCanceledException") continue;
      throw error;
    }
    return answer(player, { mine: change.mine }, await settle(context, me, player, route.now));
  }
  throw protocolError("conflict", "the friendship keeps changing; repeat it");
}

const REFUSALS: Readonly<Record<FriendRefusal, string>> = {
  "no-request": "the other has not asked for a friendship",
  "not-friends": "the other is not a friend",
  blocked: "you block the other: unblock first",
  "not-blocked": "you do not block the other",
};

function answer(player: string, decided: { mine: Omit<Side, "version"> | undefined }, now: Pair) {
  const { state, muted } = decided.mine ?? { state: "none", muted: false };
  const presence = state === "accepted" ? { status: now.them.status, version: now.them.version } : {};
  return { player, state, muted, ...presence };
}

async function requirePlayer({ db, players }: RegisterContext, player: string): Promise<void> {
  const found = await batchGet(db, [{ table: players, key: key(player, PROFILE_SK) }]);
  if (found.length === 0) throw protocolError("unknown-player", "there is no such player", "body.player");
}

async function requireRoom({ db, players }: RegisterContext, player: string): Promise<void> {
  if ((await queryAll(db, players, player, FRIEND_PREFIX)).length < MAX_FRIENDS) return;
  throw protocolError("too-many-friends", `a player has at most ${MAX_FRIENDS} friends and requests`);
}

async function listFriends({ db, players, presence }: RegisterContext, me: string) {
  const friends = friendsOf(await queryAll(db, players, me, FRIEND_PREFIX));
  const accepted = friends.filter(isFriend).map(({ player }) => player);
  const presences = await presencesOf(db, presence, accepted);
  return friends.map(({ player, state, muted }) => {
    const { status, version } = presences.get(player) ?? NEVER_SEEN;
    return { player, state, muted, ...(state === "accepted" ? { status, version } : {}) };
  });
}
