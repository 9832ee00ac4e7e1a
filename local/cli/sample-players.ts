import { encodePlayerId } from "../../components/shared/player-keys";
import type { LocalStack } from "../stack";

export interface SamplePlayer {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly locale: string;
}

const NAMES = ["ada", "grace", "alan", "edsger", "barbara", "donald", "margaret", "ken", "radia", "linus"];

/** Sample players: the first ten by name, the others by number. */
export function samplePlayers(count: number): SamplePlayer[] {
  return Array.from({ length: count }, (_, i) => {
    const id = NAMES[i] ?? `player-${i + 1}`;
    return {
      id,
      name: `${id[0]?.toUpperCase() ?? ""}${id.slice(1)}`,
      email: `${encodePlayerId(id)}@players.test`,
      locale: i % 3 === 1 ? "de-DE" : "en-US",
    };
  });
}

/** Players written at once. */
const AT_ONCE = 25;

/** Gives each a profile through the program's own function; a program that exports none starts without. */
export async function seedPlayers(stack: LocalStack, players: readonly SamplePlayer[]): Promise<void> {
  const fn = stack.evaluation.outputs["profileFunction"];
  if (typeof fn !== "string") return;
  for (let first = 0; first < players.length; first += AT_ONCE) {
    await Promise.all(
      players.slice(first, first + AT_ONCE).map(async ({ id, ...profile }) => {
        const payload = Buffer.from(
          JSON.stringify({ player: id, profile, preferences: { emailSocial: true } }),
        ).toString("base64");
        await stack.cloud.call(
          "lambda",
          "Invoke",
          { FunctionName: fn, InvocationType: "RequestResponse", Payload: payload },
          stack.cloud.operator,
        );
      }),
    );
  }
}
