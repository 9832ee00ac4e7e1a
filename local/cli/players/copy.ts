import { rowCountQuery, rowsQuery } from "../../../components/segment-pipeline/player-data";
import { query, QueryFailed } from "./athena";
import type { Place } from "./place";
import type { Subject } from "./subject";

/** The copy is written by Glue alone: what is gone from the table is gone from it after the next refresh. */
export const copy: Place = {
  title: "rows of the analytics copy",
  look: async ({ access, player }) => {
    const { segments } = access.operations;
    if (!segments) return undefined;
    try {
      const { rows: found, asOf } = await rowsLeft({ access, player });
      const { columns, rows } =
        found === 0 ? { columns: [], rows: [] } : await query(access, segments, rowsQuery(segments, player));
      const time = asOf.toISOString();
      return {
        where: `${segments.database}.${segments.table}`,
        found,
        data: rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i] ?? null]))),
        remains:
          (found > 0 ? `as of ${time}; the rows vanish with the next refresh after the table's; ` : `as of ${time}; `) +
          "data files of earlier snapshots stay until Glue's snapshot retention expires them, and their versions 30 days more",
      };
    } catch (error) {
      // Before its first load there is no table to ask.
      if (error instanceof QueryFailed)
        return { where: segments.database, found: 0, unseen: true, remains: `could not be asked: ${error.message}` };
      throw error;
    }
  },
};

/** How many rows of the copy name the player, and since when it is as it is. */
export async function rowsLeft({
  access,
  player,
}: Pick<Subject, "access" | "player">): Promise<{ readonly rows: number; readonly asOf: Date }> {
  const { segments } = access.operations;
  if (!segments) return { rows: 0, asOf: new Date(0) };
  const [counted = []] = (await query(access, segments, rowCountQuery(segments, player))).rows;
  return { rows: Number(counted[0] ?? 0), asOf: new Date(Number(counted[1] ?? 0) * 1000) };
}
