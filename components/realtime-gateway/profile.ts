import { S, type Item } from "../shared/attributes";
import type { Captured, HandlerFactory } from "../shared/callback";
import { PREFERENCES_SK, PROFILE_SK } from "../shared/player-keys";
import { isTimeZone } from "../shared/time-zone";
import { protocolError } from "./frames";
import { MAX_GAME_DATA_BYTES } from "./limits";
import { gameOf, preferencesOf, preferenceValues, profileOf } from "./profile-items";
import { readItem, setAttributes, setVersioned } from "./profile-store";
import { GAME_ACTIONS, PREFERENCE_ACTIONS, PROFILE_ACTIONS } from "./protocol";
import { afterHello } from "./registered";
import { frameHandler, type ActionHandler, type FrameEvent, type FrameResult } from "./route";
import type { Database } from "./store";

/** `profile.*`, `game.*`, `preferences.*`: what a player may read and change about himself. */
export function profileHandler(config: {
  readonly players: Captured<string>;
  readonly presence: Captured<string>;
}): HandlerFactory<FrameEvent, FrameResult> {
  const handle = (db: Database): ActionHandler => {
    return async ({ playerId: player, now }, body, action) => {
      const table = config.players.get();
      const nowSeconds = Math.floor(now / 1000);
      const given = body as Record<string, unknown>;
      switch (action) {
        case "profile.get":
          return profileOf(await readItem(db, table, player, PROFILE_SK));
        case "profile.put": {
          const { version, ...members } = given;
          requireTimeZone(members["timeZone"]);
          const values: Item = {};
          for (const [name, value] of Object.entries(members)) values[name] = S(String(value));
          return written(await setVersioned(db, table, player, "version", Number(version), values, nowSeconds));
        }
        case "game.get":
          return gameOf(await readItem(db, table, player, PROFILE_SK));
        case "game.put": {
          const text = JSON.stringify(given["data"]);
          if (Buffer.byteLength(text) > MAX_GAME_DATA_BYTES) {
            throw protocolError("too-large", `expected at most ${MAX_GAME_DATA_BYTES} bytes of JSON`, "body.data");
          }
          const values = { gameData: S(text) };
          return written(
            await setVersioned(db, table, player, "gameVersion", Number(given["version"]), values, nowSeconds),
          );
        }
        case "preferences.get":
          return preferencesOf(await readItem(db, table, player, PREFERENCES_SK));
        default:
          return preferencesOf(
            await setAttributes(db, table, player, PREFERENCES_SK, preferenceValues(given, nowSeconds), nowSeconds),
          );
      }
    };
  };
  return frameHandler(
    { ...PROFILE_ACTIONS, ...GAME_ACTIONS, ...PREFERENCE_ACTIONS },
    afterHello(config.presence, handle),
  );
}

function written(version: number | undefined): { readonly version: number } {
  if (version !== undefined) return { version };
  throw protocolError("conflict", "it was changed since you read it: read again and repeat", "body.version");
}

function requireTimeZone(timeZone: unknown): void {
  if (timeZone === undefined || isTimeZone(timeZone)) return;
  throw protocolError("invalid-field", "expected an IANA time zone, e.g. Europe/Berlin", "body.timeZone");
}
