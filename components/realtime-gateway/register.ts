import { friendsOf, isFriend } from "./friend-items";
import { FRIEND_PREFIX, key, watchSk, WATCH_PREFIX } from "./keys";
import { isNear, NEVER_SEEN, watchListOf, type Presence, type PresenceStatus } from "./presence-items";
import { batchWrite, presencesOf, queryAll, type Database, type Write } from "./store";
import { watchItem } from "./watch-items";

/** What the presence protocol works on: the names of both tables. */
export interface RegisterContext {
  readonly db: Database;
  readonly players: string;
  readonly presence: string;
}

/** A friend in the snapshot that answers a hello. */
export interface FriendPresence {
  readonly player: string;
  readonly status: PresenceStatus;
  readonly version: number;
  readonly muted: boolean;
}

/** How often a registration starts again because a friendship ended under it. */
const ATTEMPTS = 5;

/**
 * The middle of rule 2: reads friends and own watch entries, then the friends' presence, writes the watch entries of
 * both directions, reads again and undoes what no longer holds. The connection is in the player's own presence already;
 * his status is written after this.
 */
export async function register(
  context: RegisterContext,
  player: string,
  connection: string,
  nowMs: number,
): Promise<FriendPresence[]> {
  const { db, players, presence: table } = context;
  const readFriends = async () => friendsOf(await queryAll(db, players, player, FRIEND_PREFIX)).filter(isFriend);
  for (let attempt = 1; ; attempt++) {
    // Entries are read before the presence that they are held against: one whose connection is missing then is stale.
    const [friends, ownItems] = await Promise.all([readFriends(), queryAll(db, table, player, WATCH_PREFIX)]);
    const own = watchListOf(ownItems, nowMs).watchers;
    const first = await presencesOf(
      db,
      table,
      friends.map((friend) => friend.player),
    );
    const near = friends.filter((friend) => isNear(first.get(friend.player) ?? NEVER_SEEN)).map((f) => f.player);
    const writes: Write[] = [];
    for (const friend of near) {
      writes.push({ put: watchItem(friend, player, connection, nowMs) });
      for (const { id } of connectionsOf(first, friend)) writes.push({ put: watchItem(player, friend, id, nowMs) });
    }
    const known = new Set(friends.map((friend) => friend.player));
    for (const { friend, connection: id } of own) {
      // Entries of those who are no friends are left to their tombstones: a friendship may have begun since the read.
      if (known.has(friend) && !has(first, friend, id)) writes.push({ delete: key(player, watchSk(friend, id)) });
    }
    await batchWrite(db, table, writes);

    const [still, second] = await Promise.all([readFriends(), presencesOf(db, table, near)]);
    const accepted = new Set(still.map((friend) => friend.player));
    const undo: Write[] = [];
    let ended = false;
    for (const friend of near) {
      if (!accepted.has(friend)) {
        ended = true;
        undo.push({ delete: key(friend, watchSk(player, connection)) });
        for (const { id } of connectionsOf(first, friend)) undo.push({ delete: key(player, watchSk(friend, id)) });
      } else {
        for (const { id } of connectionsOf(first, friend)) {
          if (!has(second, friend, id)) undo.push({ delete: key(player, watchSk(friend, id)) });
        }
      }
    }
    await batchWrite(db, table, undo);
    // What was undone may have become right again: a friendship that ended and began anew is seen by one more round.
    if (ended && attempt < ATTEMPTS) continue;
    return friends
      .filter((friend) => accepted.has(friend.player))
      .map((friend) => {
        const { status, version } = second.get(friend.player) ?? first.get(friend.player) ?? NEVER_SEEN;
        return { player: friend.player, status, version, muted: friend.muted };
      });
  }
}

function connectionsOf(presences: Map<string, Presence>, player: string): Presence["connections"] {
  return (presences.get(player) ?? NEVER_SEEN).connections;
}

function has(presences: Map<string, Presence>, player: string, connection: string): boolean {
  return connectionsOf(presences, player).some(({ id }) => id === connection);
}
