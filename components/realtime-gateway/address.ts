import { inParallel } from "../shared/parallel";
import { noticeOf, type Change } from "./changes";
import { WATCH_PREFIX } from "./keys";
import { POSTS_AT_ONCE } from "./limits";
import type { Notice } from "./notices";
import { audienceOf, watchListOf } from "./presence-items";
import type { RegisterContext } from "./register";
import { areFriends, settle } from "./settle";
import { queryAll } from "./store";

/** What one connection is to be sent, and out of which records. */
export interface Parcel {
  readonly friend: string;
  readonly connection: string;
  readonly notices: Notice[];
  readonly sequences: string[];
  /** Players in whose partitions the watch entry lies. */
  readonly about: Set<string>;
}

/** Notes that records could not be told now. */
export type Fail = (sequences: readonly string[], error: unknown) => void;

/** Finds out who is to be told what: one parcel per connection. */
export async function address(
  context: RegisterContext,
  changes: readonly Change[],
  nowMs: number,
  fail: Fail,
): Promise<Parcel[]> {
  const parcels = new Map<string, Parcel>();
  const add = (friend: string, connection: string, about: string, sequence: string, notice: Notice): void => {
    const parcel = parcels.get(connection) ?? { friend, connection, notices: [], sequences: [], about: new Set() };
    parcel.notices.push(notice);
    parcel.sequences.push(sequence);
    parcel.about.add(about);
    parcels.set(connection, parcel);
  };
  const audiences = await readAudiences(context, changes, nowMs, fail);
  for (const change of changes) {
    const notice = noticeOf(change);
    if (notice) {
      for (const { friend, connection } of audiences.get(change.player) ?? []) {
        add(friend, connection, change.player, change.sequence, notice);
      }
    } else if (change.kind === "event" && change.event.news) {
      try {
        await addressNews(context, change, nowMs, add);
      } catch (error) {
        fail([change.sequence], error);
      }
    }
  }
  return [...parcels.values()];
}

/** One Query per player whom the batch speaks of. */
async function readAudiences(context: RegisterContext, changes: readonly Change[], nowMs: number, fail: Fail) {
  const { db, presence } = context;
  const audiences = new Map<string, ReturnType<typeof audienceOf>>();
  const players = [...new Set(changes.filter((change) => noticeOf(change)).map(({ player }) => player))];
  await inParallel(players, POSTS_AT_ONCE, async (player) => {
    try {
      audiences.set(player, audienceOf(watchListOf(await queryAll(db, presence, player, WATCH_PREFIX), nowMs)));
    } catch (error) {
      fail(
        changes.filter((change) => change.player === player).map(({ sequence }) => sequence),
        error,
      );
    }
  });
  return audiences;
}

/** News of a friendship: registers the pair (the handler that began it may have died) and tells the two of each other. */
async function addressNews(
  context: RegisterContext,
  change: Change & { readonly kind: "event" },
  nowMs: number,
  add: (friend: string, connection: string, about: string, sequence: string, notice: Notice) => void,
): Promise<void> {
  const { player: me, sequence, event } = change;
  const { peer, scope, connection: origin } = event.news!;
  const pair = await settle(context, me, peer, nowMs);
  if (!areFriends(pair)) return;
  const presence = ({ status, version }: typeof pair.me) => ({ status, version, time: event.nowMs });
  for (const { id } of pair.me.connections) {
    if (id !== origin && !pair.mine?.muted) {
      add(me, id, peer, sequence, { kind: "friend", friend: peer, ...presence(pair.them) });
    }
  }
  if (scope === "me" || pair.theirs?.muted) return;
  for (const { id } of pair.them.connections) {
    add(peer, id, me, sequence, { kind: "friend", friend: me, ...presence(pair.me) });
  }
}
