/** Where players are spoken of in the analytics copy and in the results of queries. */
import { encodePlayerId, playerPk } from "../shared/player-keys";
import { tableOf, type PlayersCopy } from "./queries";
import { literal } from "./sql";

/** How many rows name a player (those of his partition, and the other side of his friendships), and how old the copy is. */
export function rowCountQuery(copy: PlayersCopy, player: string): string {
  const side = literal(`FRIEND#${encodePlayerId(player)}`);
  const named = `"pk" = ${literal(playerPk(player))} OR "sk" = ${side}`;
  return `SELECT CAST(COUNT(*) AS BIGINT), (${copyTimeQuery(copy)}) FROM ${tableOf(copy)} WHERE ${named}`;
}

/** The rows of a player's own partition. */
export function rowsQuery(copy: PlayersCopy, player: string): string {
  return `SELECT * FROM ${tableOf(copy)} WHERE "pk" = ${literal(playerPk(player))}`;
}

/** When the copy was last brought up to date, epoch seconds. */
function copyTimeQuery(copy: PlayersCopy): string {
  return `SELECT CAST(to_unixtime(MAX(committed_at)) AS BIGINT) FROM ${tableOf(copy, "$snapshots")}`;
}

/** Partition keys of the players with an e-mail address, whatever its case. */
export function playersByEmailQuery(copy: PlayersCopy, email: string): string {
  const wanted = literal(email.trim().toLowerCase());
  return `SELECT "pk" FROM ${tableOf(copy)} WHERE "sk" = 'PROFILE' AND lower("email") = ${wanted}`;
}

/**
 * Blots a player out of a result file: the line keeps its length, so that the parts of a run that is still being read
 * stay where they are; a reader counts it as malformed.
 * @returns undefined when the file does not name the player.
 */
export function blotOut(file: Buffer, player: string): { readonly bytes: Buffer; readonly lines: number } | undefined {
  const wanted = playerPk(player);
  const bytes = Buffer.from(file);
  let lines = 0;
  for (let at = 0; at < file.length;) {
    const newline = file.indexOf(10, at);
    const stop = newline < 0 ? file.length : newline;
    if (file.toString("latin1", at, stop).replace(/^"|"?\r?$/g, "") === wanted) {
      bytes.fill("-", at, stop);
      lines += 1;
    }
    at = stop + 1;
  }
  return lines === 0 ? undefined : { bytes, lines };
}
