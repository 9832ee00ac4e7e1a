import * as dynamodb from "@aws-sdk/client-dynamodb";
import { BOOL, isStorable, N, S, type Item } from "../shared/attributes";
import type { Captured, HandlerFactory } from "../shared/callback";
import { ADDRESS_RULE, isAddress } from "../shared/mail-address";
import { isPlayerId, PLAYER_ID_RULE, PREFERENCES_SK, PROFILE_SK } from "../shared/player-keys";
import { isPlainObject, requestError, requireMembers } from "../shared/request";
import type { AttributeType } from "../shared/player-directory";
import { isTimeZone } from "./profile";
import { MAX_ATTRIBUTE_BYTES } from "./limits";
import { LOCALE, ONE_LINE } from "./protocol";
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

/** The function through which game servers read and write profiles; a wrong input is a `RequestError`. */
export function serveProfileHandler(config: {
  readonly players: Captured<string>;
  readonly attributes: Readonly<Record<string, AttributeType>>;
}): HandlerFactory<ProfileRequest, ProfileAnswer> {
  return () => {
    const db = new dynamodb.DynamoDBClient({ maxAttempts: 3 });
    return async (request) => {
      const { player, profile, preferences, version } = checked(request);
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

/** @throws RequestError for anything but a `ProfileRequest`, its attributes left aside. */
function checked(request: unknown): ProfileRequest {
  const members = requireMembers(request, "", ["player", "profile", "preferences", "version"]);
  const { player, profile, preferences, version } = members;
  if (!isPlayerId(player)) throw requestError("player", player, PLAYER_ID_RULE);
  if (profile !== undefined && !isPlainObject(profile))
    throw requestError("profile", profile, "an object of attributes");
  if (version !== undefined && !(Number.isSafeInteger(version) && Number(version) >= 0)) {
    throw requestError("version", version, "the version that was read, a whole number from 0");
  }
  if (preferences !== undefined) {
    const wishes = requireMembers(preferences, "preferences", ["emailSocial", "emailMarketing"]);
    for (const [name, wish] of Object.entries(wishes)) {
      if (typeof wish !== "boolean") throw requestError(`preferences.${name}`, wish, "true or false");
    }
  }
  return members as unknown as ProfileRequest;
}

function profileValues(
  attributes: Readonly<Record<string, AttributeType>>,
  profile: Readonly<Record<string, unknown>>,
): Item {
  const values: Item = {};
  for (const [name, value] of Object.entries(profile)) {
    const type = Object.hasOwn(attributes, name) && !OWN.includes(name) ? attributes[name] : undefined;
    const refuse = (expected: string): Error => requestError(`profile.${name}`, value, expected);
    if (type === undefined) throw refuse("an attribute that profiles have and that is not the gateway's own");
    if (type === "string" && typeof value === "string" && value.isWellFormed()) values[name] = S(value);
    else if (type === "boolean" && typeof value === "boolean") values[name] = BOOL(value);
    else if (type === "number" && typeof value === "number" && isStorable(value)) values[name] = N(value);
    else if (type === "epochSeconds" && Number.isSafeInteger(value)) values[name] = N(Number(value));
    else throw refuse(`a value of type ${type}`);
    const text = String(value);
    if (type === "string" && Buffer.byteLength(text) > MAX_ATTRIBUTE_BYTES) {
      throw refuse(`at most ${MAX_ATTRIBUTE_BYTES} bytes`);
    }
    if (name === "email" && !isAddress(text)) throw refuse(ADDRESS_RULE);
    if (name === "name" && !new RegExp(ONE_LINE, "u").test(text)) {
      throw refuse("one line of text without control characters");
    }
    if (name === "locale" && !new RegExp(LOCALE).test(text)) throw refuse("a BCP 47 tag such as de-AT");
    if (name === "timeZone" && !isTimeZone(value)) throw refuse("an IANA time zone such as Europe/Vienna");
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
