import { BOOL, N, numberOf, S, textOf, type Item } from "../shared/attributes";
import { PROFILE_SK } from "../shared/player-keys";
import { key } from "./keys";
import { LAST_ACTIVE_SECONDS } from "./limits";
import { updateIf, type Database } from "./store";

/** The item `PROFILE`: only declared scalars at its top level, because zero-ETL makes a column of each. */

/** Writes the last-active time, at most once an hour; creates the profile of a new player. */
export async function touchProfile(db: Database, table: string, player: string, nowSeconds: number): Promise<void> {
  await updateIf(db, {
    TableName: table,
    Key: key(player, PROFILE_SK),
    UpdateExpression:
      "SET #active = :now, #player = :player, #created = if_not_exists(#created, :now), " +
      "#version = if_not_exists(#version, :one)",
    ConditionExpression: "attribute_not_exists(#active) OR #active <= :before",
    ExpressionAttributeNames: {
      "#active": "lastActiveAt",
      "#player": "playerId",
      "#created": "createdAt",
      "#version": "version",
    },
    ExpressionAttributeValues: {
      ":now": N(nowSeconds),
      ":before": N(nowSeconds - LAST_ACTIVE_SECONDS),
      ":player": S(player),
      ":one": N(1),
    },
  });
}

/** What a player may read of his own profile. */
export interface Profile {
  readonly version: number;
  readonly name?: string;
  readonly locale?: string;
  readonly timeZone?: string;
  readonly email?: string;
}

/** Reads the profile's part that its player may see; version 0 if there is none. */
export function profileOf(item: Item | undefined): Profile {
  const members: Record<string, string> = {};
  for (const name of ["name", "locale", "timeZone", "email"]) {
    const text = textOf(item, name);
    if (text !== undefined) members[name] = text;
  }
  return { version: numberOf(item, "version") ?? 0, ...members };
}

/** Reads a player's game data; version 0 and no members if there is none. */
export function gameOf(item: Item | undefined): { readonly version: number; readonly data: unknown } {
  return {
    version: numberOf(item, "gameVersion") ?? 0,
    data: JSON.parse(textOf(item, "gameData") ?? "{}") as unknown,
  };
}

/** Which mail a player wants. Silence is no consent to marketing. */
export interface Preferences {
  readonly emailSocial: boolean;
  readonly emailMarketing: boolean;
}

/** Reads preferences, with what holds until a player says otherwise. */
export function preferencesOf(item: Item | undefined): Preferences {
  return {
    emailSocial: item?.["emailSocial"]?.BOOL ?? true,
    emailMarketing: item?.["emailMarketing"]?.BOOL ?? false,
  };
}

/** Attributes of the item `PREFERENCES`; a choice about marketing is kept with its time, as the record of consent. */
export function preferenceValues(given: Record<string, unknown>, nowSeconds: number): Item {
  const { emailSocial, emailMarketing } = given;
  return {
    ...(typeof emailSocial === "boolean" ? { emailSocial: BOOL(emailSocial) } : {}),
    ...(typeof emailMarketing === "boolean"
      ? { emailMarketing: BOOL(emailMarketing), emailMarketingAt: N(nowSeconds) }
      : {}),
  };
}
