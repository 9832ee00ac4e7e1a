import { friendOf, isFriend, type Friend } from "./friend-items";
import { friendSk, key, PRESENCE_SK, watchPrefixOf } from "./keys";
import { isNear, NEVER_SEEN, presenceOf, type Presence } from "./presence-items";
import type { RegisterContext } from "./register";
import { batchGet, batchWrite, playerOf, queryAll, type Write } from "./store";
import { watchItem } from "./watch-items";

/** Two players as they stand to each other at one moment. */
export interface Pair {
  readonly mine: Friend | undefined;
  readonly theirs: Friend | undefined;
  readonly me: Presence;
  readonly them: Presence;
}

/** Both friend items and both presences, in one request. */
export async function readPair(context: RegisterContext, me: string, them: string): Promise<Pair> {
  const { players, presence } = context;
  const found = await batchGet(context.db, [
    { table: players, key: key(me, friendSk(them)) },
    { table: players, key: key(them, friendSk(me)) },
    { table: presence, key: key(me, PRESENCE_SK) },
    { table: presence, key: key(them, PRESENCE_SK) },
  ]);
  const item = (table: string, player: string) =>
    found.find((one) => one.table === table && playerOf(one.item) === player)?.item;
  const presenceItem = (player: string) => {
    const one = item(presence, player);
    return one ? presenceOf(one) : NEVER_SEEN;
  };
  return {
    mine: friendOf(item(players, me)),
    theirs: friendOf(item(players, them)),
    me: presenceItem(me),
    them: presenceItem(them),
  };
}

/** Whether both sides say so. */
export function areFriends({ mine, theirs }: Pick<Pair, "mine" | "theirs">): boolean {
  return isFriend(mine) && isFriend(theirs);
}

/** How often settling starts again because the friendship changed under it. */
const ATTEMPTS = 6;

/**
 * Makes the watch entries of two players agree with their friendship, whatever happens meanwhile: writes, reads again,
 * starts over if the friendship is another one now. The friendship has been written before. Idempotent.
 */
export async function settle(context: RegisterContext, me: string, them: string, nowMs: number): Promise<Pair> {
  let pair = await readPair(context, me, them);
  for (let attempt = 1; ; attempt++) {
    const friends = areFriends(pair);
    const writes = friends
      ? [...entries(me, them, pair.me, pair.them, nowMs), ...entries(them, me, pair.them, pair.me, nowMs)]
      : [...(await deletions(context, me, them)), ...(await deletions(context, them, me))];
    await batchWrite(context.db, context.presence, writes);
    const after = await readPair(context, me, them);
    // Connections that came since write entries of their own: their hello reads the friendship after it registered.
    if (areFriends(after) === friends || attempt >= ATTEMPTS) return after;
    pair = after;
  }
}

/** Entries at `about` for each connection of `friend`, if `about` is online for others. */
function entries(about: string, friend: string, of: Presence, watcher: Presence, nowMs: number): Write[] {
  if (!isNear(of)) return [];
  return watcher.connections.map(({ id }) => ({ put: watchItem(about, friend, id, nowMs) }));
}

async function deletions(context: RegisterContext, about: string, friend: string): Promise<Write[]> {
  const found = await queryAll(context.db, context.presence, about, watchPrefixOf(friend));
  return found.map((item) => ({ delete: { pk: { S: text(item["pk"]) }, sk: { S: text(item["sk"]) } } }));
}

function text(value: { S?: string | undefined } | undefined): string {
  return value?.S ?? "";
}
