import type { TransactWriteItem } from "@aws-sdk/client-dynamodb";
import { BOOL, N, S } from "../shared/attributes";
import { eventItem } from "./event-items";
import type { Change, Side, Tombstone } from "./friendship";
import { friendSk, key, tombstoneSk } from "./keys";
import { tombstoneItem } from "./watch-items";

/** A decided change of a friendship, and what it was decided on. */
export interface FriendChange {
  readonly tables: { readonly players: string; readonly presence: string };
  readonly me: { readonly player: string; readonly side: Side | undefined };
  readonly them: { readonly player: string; readonly side: Side | undefined };
  readonly change: Change;
  readonly nowMs: number;
  /** Of the event that tells the two; `connection` knows already, from its reply. */
  readonly event: { readonly id: string; readonly connection: string };
}

/** The one transaction of a change: both friend items, as they were when it was decided, tombstones, and the news. */
export function changeItems({ tables, me, them, change, nowMs, event }: FriendChange): TransactWriteItem[] {
  const items = [
    sideWrite(tables.players, me.player, them.player, me.side, change.mine, nowMs),
    sideWrite(tables.players, them.player, me.player, them.side, change.theirs, nowMs),
    ...tombstoneWrite(tables.presence, me.player, them.player, change.tellThem, nowMs),
    ...tombstoneWrite(tables.presence, them.player, me.player, change.tellMe, nowMs),
  ];
  if (change.news !== "none") {
    const item = eventItem({
      id: event.id,
      player: me.player,
      event: "friend",
      nowMs,
      news: { peer: them.player, scope: change.news, connection: event.connection },
    });
    items.push({ Put: { TableName: tables.presence, Item: item } });
  }
  return items;
}

function sideWrite(
  table: string,
  player: string,
  friend: string,
  before: Side | undefined,
  after: Omit<Side, "version"> | undefined,
  nowMs: number,
): TransactWriteItem {
  const condition = before
    ? {
        ConditionExpression: "#status = :before AND #version = :version",
        ExpressionAttributeNames: { "#status": "status", "#version": "version" },
        ExpressionAttributeValues: { ":before": S(before.state), ":version": N(before.version) },
      }
    : { ConditionExpression: "attribute_not_exists(pk)" };
  const itemKey = key(player, friendSk(friend));
  if (!after) return { Delete: { TableName: table, Key: itemKey, ...condition } };
  const same = before?.state === after.state && before.muted === after.muted;
  if (same) return { ConditionCheck: { TableName: table, Key: itemKey, ...condition } };
  return {
    Put: {
      TableName: table,
      Item: {
        ...itemKey,
        playerId: S(player),
        friendId: S(friend),
        status: S(after.state),
        muted: BOOL(after.muted),
        version: N((before?.version ?? 0) + 1),
        updatedAt: N(Math.floor(nowMs / 1000)),
      },
      ...condition,
    },
  };
}

function tombstoneWrite(
  table: string,
  about: string,
  friend: string,
  tombstone: Tombstone,
  nowMs: number,
): TransactWriteItem[] {
  if (tombstone === "keep") return [];
  if (tombstone === "lift") return [{ Delete: { TableName: table, Key: key(about, tombstoneSk(friend)) } }];
  return [{ Put: { TableName: table, Item: tombstoneItem(about, friend, nowMs, tombstone === "good") } }];
}
