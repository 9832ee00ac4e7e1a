/**
 * Player ids come from outside (`auth0|x`, e-mail-like, any unicode). Encoded they hold only letters, digits, `-` and
 * `_`, so that they are safe in keys (where `#` separates) and in SES message tags.
 */

/** Bytes of a player id as given; with hex escapes it still fits SES's 256-character tag values and DynamoDB's keys. */
const MAX_PLAYER_ID_BYTES = 80;

/** Keeps `A-Z a-z 0-9 -`; every other byte of the UTF-8 form becomes `_` and two hex digits. Injective. */
export function encodePlayerId(id: string): string {
  let encoded = "";
  for (const byte of Buffer.from(id, "utf8")) {
    const plain =
      (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122) || byte === 45;
    encoded += plain ? String.fromCharCode(byte) : `_${byte.toString(16).padStart(2, "0")}`;
  }
  return encoded;
}

/** The inverse of `encodePlayerId`. */
export function decodePlayerId(encoded: string): string {
  const bytes: number[] = [];
  for (let i = 0; i < encoded.length; i++) {
    if (encoded[i] === "_") {
      bytes.push(parseInt(encoded.slice(i + 1, i + 3), 16));
      i += 2;
    } else bytes.push(encoded.charCodeAt(i));
  }
  return Buffer.from(bytes).toString("utf8");
}

/** What a player id is, for errors. */
export const PLAYER_ID_RULE = `a player id of 1 to ${MAX_PLAYER_ID_BYTES} bytes without control characters`;

/**
 * Characters that no id of an issuer needs and that ids do harm with, wherever they are shown or logged: controls, line
 * ends, and marks that turn the text around (https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters).
 */
const HARMFUL = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** Whether a value can be a player id: 1 to 80 bytes of well-formed text without control characters. */
export function isPlayerId(value: unknown): value is string {
  return (
    typeof value === "string" &&
    value.length > 0 &&
    Buffer.byteLength(value) <= MAX_PLAYER_ID_BYTES &&
    value.isWellFormed() &&
    !HARMFUL.test(value)
  );
}

/** Partition key of everything about a player. */
export function playerPk(id: string): string {
  return `PLAYER#${encodePlayerId(id)}`;
}

/** Sort key of a player's profile. */
export const PROFILE_SK = "PROFILE";
/** Sort key of a player's preferences. */
export const PREFERENCES_SK = "PREFERENCES";
