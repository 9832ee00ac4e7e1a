import * as dynamodb from "@aws-sdk/client-dynamodb";
import type { Item } from "../shared/attributes";
import type { Captured, HandlerFactory } from "../shared/callback";
import type { AttributeType } from "../shared/player-directory";
import { PREFERENCES_SK, PROFILE_SK } from "../shared/player-keys";
import { preferencesOf, preferenceValues, type Preferences } from "./profile-items";
import { checkedRequest, profileValues, type ProfileRequest } from "./profile-request";
import { readItem, setAttributes, setVersioned } from "./profile-store";

/** What it answers: the profile and preferences as they are now. */
export interface ProfileAnswer {
  /** False if another version was found, and nothing was written. */
  readonly written: boolean;
  readonly profile: Readonly<Record<string, string | number | boolean>>;
  readonly preferences: Preferences;
}

/** The function through which game servers read and write profiles; a wrong input is a `RequestError`. */
export function serveProfileHandler(config: {
  readonly players: Captured<string>;
  readonly attributes: Readonly<Record<string, AttributeType>>;
}): HandlerFactory<ProfileRequest, ProfileAnswer> {
  return () => {
    const db = new dynamodb.DynamoDBClient({ maxAttempts: 3 });
    return async (request) => {
      const { player, profile, preferences, version } = checkedRequest(request);
      const table = config.players.get();
      const nowSeconds = Math.floor(Date.now() / 1000);
      let written = false;
      if (profile) {
        const values = profileValues(config.attributes, profile);
        // Without a version the write holds for whichever is there; it is read, so that clients see theirs outdated.
        for (let attempt = 0; attempt < 5 && !written; attempt++) {
          const read = version ?? Number((await readItem(db, table, player, PROFILE_SK))?.["version"]?.N ?? 0);
          written = (await setVersioned(db, table, player, "version", read, values, nowSeconds)) !== undefined;
          if (version !== undefined) break;
        }
      }
      if (preferences && (written || !profile)) {
        const values = preferenceValues(preferences, nowSeconds);
        await setAttributes(db, table, player, PREFERENCES_SK, values, nowSeconds);
        written = true;
      }
      const [now, wishes] = await Promise.all([
        readItem(db, table, player, PROFILE_SK),
        readItem(db, table, player, PREFERENCES_SK),
      ]);
      return { written, profile: plain(now ?? {}), preferences: preferencesOf(wishes) };
    };
  };
}

function plain(item: Item): Record<string, string | number | boolean> {
  const members: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(item)) {
    if (name === "pk" || name === "sk") continue;
    const scalar = value.S ?? value.BOOL ?? (value.N === undefined ? undefined : Number(value.N));
    if (scalar !== undefined) members[name] = scalar;
  }
  return members;
}
