import { open, readFile } from "node:fs/promises";

export interface CsvPage {
  /** NULL apart from the empty text, which the file tells by its quotes. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** Byte at which the next page begins; undefined at the end of the file. */
  readonly next: number | undefined;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const PIECE = 256 * 1024;

/** Reads at most `most` lines of a text result from byte `from`, each as a row of one value. */
export async function readTextPage(file: string, from: number, most: number): Promise<CsvPage> {
  const lines = (await readFile(file)).subarray(from).toString("utf8").split("\n").slice(0, -1);
  const page = lines.slice(0, most);
  const next = from + page.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
  return { rows: page.map((line) => [line]), next: lines.length > page.length ? next : undefined };
}

/** Reads at most `most` rows of a result file from byte `from`, holding no more of it than they take. */
export async function readCsvPage(file: string, from: number, most: number): Promise<CsvPage> {
  const handle = await open(file, "r");
  try {
    const rows: (string | null)[][] = [];
    let pending = Buffer.alloc(0);
    let position = from;
    for (;;) {
      const piece = Buffer.allocUnsafe(PIECE);
      const { bytesRead } = await handle.read(piece, 0, PIECE, position + pending.length);
      pending = Buffer.concat([pending, piece.subarray(0, bytesRead)]);
      let used = 0;
      while (rows.length < most) {
        const row = rowAt(pending, used);
        if (!row) break;
        rows.push(row.values);
        used = row.end;
      }
      position += used;
      pending = pending.subarray(used);
      if (rows.length === most) {
        const { size } = await handle.stat();
        return { rows, next: position < size ? position : undefined };
      }
      if (bytesRead === 0) return { rows, next: undefined };
    }
  } finally {
    await handle.close();
  }
}

/** One line of the file, if all of it is there; quotes are doubled inside a value, line feeds may stand in it. */
function rowAt(bytes: Buffer, from: number): { readonly values: (string | null)[]; readonly end: number } | undefined {
  const values: (string | null)[] = [];
  for (let at = from; ; at++) {
    if (at >= bytes.length) return undefined;
    if (bytes[at] === QUOTE) {
      const begin = at + 1;
      for (;;) {
        at = bytes.indexOf(QUOTE, at + 1);
        if (at < 0 || at + 1 >= bytes.length) return undefined;
        if (bytes[at + 1] !== QUOTE) break;
        at++;
      }
      values.push(bytes.toString("utf8", begin, at).replaceAll('""', '"'));
      at++;
    } else {
      values.push(null);
    }
    if (bytes[at] === LINE_FEED) return { values, end: at + 1 };
    if (bytes[at] !== COMMA) return undefined;
  }
}
