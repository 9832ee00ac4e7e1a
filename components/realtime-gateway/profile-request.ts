import { BOOL, isStorable, N, S, type Item } from "../shared/attributes";
import { ADDRESS_RULE, isAddress } from "../shared/mail-address";
import type { AttributeType } from "../shared/player-directory";
import { isPlayerId, PLAYER_ID_RULE } from "../shared/player-keys";
import { isPlainObject, requestError, requireMembers } from "../shared/request";
import { isTimeZone } from "../shared/time-zone";
import { MAX_ATTRIBUTE_BYTES } from "./limits";
import type { Preferences } from "./profile-items";
import { LOCALE, ONE_LINE } from "./protocol";

/** What a game server gives to the profile function. */
export interface ProfileRequest {
  readonly player: string;
  /** Attributes to set: those of every profile, and the studio's own. Read only, if neither this nor preferences is given. */
  readonly profile?: Readonly<Record<string, string | number | boolean>>;
  readonly preferences?: Partial<Preferences>;
  /** The version that was read; written whatever is there if it is not given. */
  readonly version?: number;
}

/** Attributes that only the gateway itself writes. */
const OWN = ["playerId", "version", "gameData", "gameVersion", "lastActiveAt", "createdAt", "updatedAt"];

/** @throws RequestError for anything but a `ProfileRequest`, its attributes left aside. */
export function checkedRequest(request: unknown): ProfileRequest {
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

/** The attributes to write. @throws RequestError for one that profiles do not have, or a value that it cannot take. */
export function profileValues(
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
