import type * as pulumi from "@pulumi/pulumi";

/** Type of a scalar that is known about a player; times are whole seconds since the epoch. */
export type AttributeType = "string" | "number" | "boolean" | "epochSeconds";

/** Player attributes by name, with their types. */
export type PlayerAttributes = Readonly<Record<string, AttributeType>>;

/** Where other components find players: the table that RealtimeGateway owns. */
export interface PlayerDirectory<A extends PlayerAttributes = PlayerAttributes> {
  readonly tableName: pulumi.Output<string>;
  readonly tableArn: pulumi.Output<string>;
  /** The customer key of the table. */
  readonly keyArn: pulumi.Output<string>;
  /** Attributes of the profile item by name, those of every profile included. */
  readonly attributes: A;
}

/** What every profile can hold. `gameData` is JSON text, whatever the game keeps in it. */
export const PROFILE_ATTRIBUTES = {
  playerId: "string",
  name: "string",
  email: "string",
  locale: "string",
  timeZone: "string",
  gameData: "string",
  gameVersion: "number",
  version: "number",
  lastActiveAt: "epochSeconds",
  createdAt: "epochSeconds",
  updatedAt: "epochSeconds",
} as const satisfies PlayerAttributes;

/** None beside those of every profile. */
// eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- empty is what it is
export type NoAttributes = Record<never, never>;

/** The attributes of every profile, and a studio's own. */
export type AttributesWith<Own extends PlayerAttributes> = typeof PROFILE_ATTRIBUTES & Own;
