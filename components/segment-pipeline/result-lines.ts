import { decodePlayerId, encodePlayerId } from "../shared/player-keys";

/** The players of one part of a result file. */
export interface PartPlayers {
  /** Ids in the order of the file, each once. */
  readonly players: readonly string[];
  /** Lines that are no player's key. */
  readonly malformed: number;
  /** Lines that repeat a player within the part. */
  readonly repeated: number;
}

/** The byte range to read so that part `part` holds all its lines whole: from one byte before it to one line beyond. */
export function partRange(
  part: number,
  partBytes: number,
  lineBytes: number,
): { readonly from: number; readonly to: number } {
  const start = part * partBytes;
  return { from: Math.max(0, start - 1), to: start + partBytes + lineBytes - 1 };
}

/**
 * Takes the lines that begin within a part out of the bytes of its range. A line belongs to the part in which its first
 * byte lies, so that every line of the file belongs to exactly one part. The first line of the file is its header.
 */
export function partLines(bytes: Buffer, part: number, partBytes: number): readonly string[] {
  // The range starts one byte early: if that byte ends a line, the part's first line begins exactly at its start.
  let at = part === 0 ? 0 : bytes.indexOf(10) + 1;
  if (part > 0 && at === 0) return [];
  const end = part === 0 ? partBytes : partBytes + 1;
  const lines: string[] = [];
  while (at < end && at < bytes.length) {
    const newline = bytes.indexOf(10, at);
    const stop = newline < 0 ? bytes.length : newline;
    lines.push(bytes.toString("utf8", at, stop));
    at = stop + 1;
  }
  return part === 0 ? lines.slice(1) : lines;
}

/** Whether bytes begin as a result of one column `pk` does: Athena writes a header also when there are no rows. */
export function beginsAsResult(bytes: Buffer): boolean {
  return /^"pk"\r?(\n|$)/.test(bytes.toString("latin1", 0, 6));
}

/** With both quotes: a line that was cut off would pass for the key of another player. */
const KEY = /^"PLAYER#((?:[A-Za-z0-9-]|_[0-9a-f]{2})+)"\r?$/;

/** Reads players from lines that hold one quoted partition key each, as Athena writes them. Blank lines (NULL) are none. */
export function readPlayers(lines: readonly string[]): PartPlayers {
  const players = new Set<string>();
  let malformed = 0;
  let repeated = 0;
  for (const line of lines) {
    if (line === "" || line === "\r") continue;
    const encoded = KEY.exec(line)?.[1];
    const player = encoded === undefined ? "" : decodePlayerId(encoded);
    // Only what the encoding itself makes is a key: another spelling of a player would be a second message.
    if (encoded === undefined || encodePlayerId(player) !== encoded) malformed++;
    else if (players.has(player)) repeated++;
    else players.add(player);
  }
  return { players: [...players], malformed, repeated };
}
