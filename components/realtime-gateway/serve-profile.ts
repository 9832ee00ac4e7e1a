import * as dynamodb from "@aws-sdk/client-dynamodb";
import { BOOL, N, S, type Item } from "../shared/attributes";
import type { Captured, HandlerFactory } from "../shared/callback";
import { isPlayerId, PREFERENCES_SK, PROFILE_SK } from "../shared/player-keys";
import type { AttributeType } from "../shared/player-directory";
import { isTimeZone } from "./profile";
import { ONE_LINE } from "./protocol";
import { preferencesOf, preferenceValues, type Preferences } from "./profile-items";
import { readItem, setAttributes, setVersioned } from "./profile-store";

/** What a game server gives to the profile function. */
export interface ProfileRequest {
  readonly player: string;
  /** Attributes to set: those of every profile, and the studio's own. Read only, if neither this nor preferences is given. */
  readonly profile?: Readonly<Record<string, string | number | boolean>>;
  readonly preferences?: Partial<Preferences>;
  /** The version that was read; written whatever is there if it is not given. */
  readonly version?: number;
}

/** What it answers: the profile and preferences as they are now. */
export interface ProfileAnswer {
  /** False if another version was found, and nothing was written. */
  readonly written: boolean;
  readonly profile: Readonly<Record<string, string | number | boolean>>;
  readonly preferences: Preferences;
}

/** Attributes that only the gateway itself writes. */
const OWN = ["playerId", "version", "gameData", "gameVersion", "lastActiveAt", "createdAt", "updatedAt"];

/** The function through which game servers read and write profiles; a wrong input is an error of the invocation. */
export function serveProfileHandler(config: {
  readonly players: Captured<string>;
  readonly attributes: Readonly<Record<string, AttributeType>>;
}): HandlerFactory<ProfileRequest, ProfileAnswer> {
  return () => {
    const db = new dynamodb.DynamoDBClient({ maxAttempts: 3 });
    return async ({ player, profile, preferences, version }) => {
      if (!isPlayerId(player)) throw new Error("player: expected the id of a player");
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

function profileValues(
  attributes: Readonly<Record<string, AttributeType>>,
  profile: Readonly<Record<string, unknown>>,
): Item {
  const values: Item = {};
  for (const [name, value] of Object.entries(profile)) {
    const type = Object.hasOwn(attributes, name) && !OWN.includes(name) ? attributes[name] : undefined;
    if (type === undefined) throw new Error(`profile.${name}: unknown attribute`);
    if (type === "string" && typeof value === "string" && value.isWellFormed()) values[name] = S(value);
    else if (type === "boolean" && typeof value === "boolean") values[name] = BOOL(value);
    else if (type === "number" && typeof value === "number" && Number.isFinite(value)) values[name] = N(value);
    else if (type === "epochSeconds" && Number.isSafeInteger(value)) values[name] = N(Number(value));
    else throw new Error(`profile.${name}: expected a value of type ${type}`);
    const mail = /^[^\s@<>,;:"()[\]\\]+@[^\s@<>,;:"()[\]\\]+$/;
    if (name === "email" && !mail.test(String(value)))
      throw new Error("profile.email: expected one bare e-mail address");
    if (name === "name" && !new RegExp(ONE_LINE, "u").test(String(value)))
      throw new Error("profile.name: expected one line of text without control characters");
    if (name === "timeZone" && !isTimeZone(value)) throw new Error("profile.timeZone: expected an IANA time zone");
  }
  return values;
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
