import { expect } from "chai";
import * as emails from "../../components/email-dispatcher/limits";
import * as store from "../../components/message-store/limits";
import * as gateway from "../../components/realtime-gateway/limits";
import { MAX_DELAY_SECONDS } from "../../components/shared/aws-limits";
import { textOf } from "./pages";

const count = (value: number): string => value.toLocaleString("en-US");
const kb = (bytes: number): string => `${bytes / 1_024} KB`;

/** Rows of the page, and what each has to say by the numbers that the code uses. */
const ROWS: Readonly<Record<string, readonly string[]>> = {
  "frame from a client, and notices frame": [kb(gateway.MAX_FRAME_BYTES)],
  "nesting of a frame": [`${gateway.MAX_FRAME_DEPTH} levels`],
  "frames of a connection": [`${gateway.FRAME_BURST} at once`, `${gateway.FRAMES_PER_SECOND} a second`],
  "idle connection": [`every ${gateway.KEEP_ALIVE_SECONDS} s`],
  "connections of a player": [count(gateway.MAX_CONNECTIONS)],
  "friends of a player, requests included": [count(gateway.MAX_FRIENDS)],
  "text attribute of a profile": [`${count(gateway.MAX_ATTRIBUTE_BYTES)} bytes`],
  "game data": [kb(gateway.MAX_GAME_DATA_BYTES)],
  "data of a player event": [kb(gateway.MAX_EVENT_DATA_BYTES)],
  "data of a message": [kb(store.MAX_DATA_BYTES), `${store.MAX_DATA_DEPTH} levels`],
  "deduplication key": [`${store.MAX_DEDUPLICATION_KEY_BYTES} bytes`],
  "run id": [`${store.MAX_RUN_BYTES} characters`],
  "message in a topic or queue": [kb(store.MAX_PUBLISH_BYTES), `${count(emails.MAX_MAIL_BYTES)} bytes`],
  "history of a message": [`${store.MAX_HISTORY} entries`],
  "messages dated ahead": [`1 to ${store.MAX_DUE_SHARDS}, default ${store.DEFAULT_DUE_SHARDS}`],
  "tries of a mail": [`${emails.MAX_TRIES} that count`],
  "wait after an unclear answer of SES": [`${emails.DEFAULT_HOLD_SECONDS} s`, `to ${MAX_DELAY_SECONDS}`],
  "rate of mails": [`sandbox: ${emails.SANDBOX_RATE} a second`],
};

describe("The page of limits", () => {
  const rows = new Map(
    [...textOf("docs/reference/limits.md").matchAll(/^\| (.+?) +\| (.+?) +\|$/gm)].map(
      ([, what = "", limit = ""]) => [what, limit] as const,
    ),
  );

  for (const [what, said] of Object.entries(ROWS)) {
    it(`says of "${what}" what the code holds`, () => {
      // A number is a whole one: 25 is not found in 125.
      for (const text of said) expect(rows.get(what)).to.match(new RegExp(`(^|[^\\d,.])${text}(?![\\d,.]*\\d)`));
    });
  }
});
