import { encodePlayerId, playerPk } from "../../components/shared/player-keys";
import type { Stage } from "../stage";

const S = (value: string): object => ({ S: value });

/** Writes a player's profile as an operator: no function has a part in it. */
export async function profile(
  stage: Stage,
  player: string,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const members = { playerId: player, name: player, email: `${player}@players.test`, locale: "en", ...more };
  await stage.operator("dynamodb", "PutItem", {
    TableName: stage.output("playersTable"),
    Item: {
      pk: S(playerPk(player)),
      sk: S("PROFILE"),
      version: { N: "1" },
      ...Object.fromEntries(Object.entries(members).map(([name, value]) => [name, S(value)])),
    },
  });
}

/** Makes two players friends, as an operator. */
export async function friends(stage: Stage, one: string, other: string): Promise<void> {
  for (const [a, b] of [
    [one, other],
    [other, one],
  ] as const) {
    await stage.operator("dynamodb", "PutItem", {
      TableName: stage.output("playersTable"),
      Item: {
        pk: S(playerPk(a)),
        sk: S(`FRIEND#${encodePlayerId(b)}`),
        playerId: S(a),
        friendId: S(b),
        status: S("accepted"),
        muted: { BOOL: false },
        version: { N: "1" },
      },
    });
  }
}
