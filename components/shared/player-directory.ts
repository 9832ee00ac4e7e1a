import type * as pulumi from "@pulumi/pulumi";

/** Type of a scalar that is known about a player; times are whole seconds since the epoch. */
export type AttributeType = "string" | "number" | "boolean" | "epochSeconds";

/** Where other components find players: the table that RealtimeGateway owns. */
export interface PlayerDirectory {
  readonly tableName: pulumi.Output<string>;
  readonly tableArn: pulumi.Output<string>;
  /** The customer key of the table. */
  readonly keyArn: pulumi.Output<string>;
  /** Attributes of the profile item by name, those of every profile included. */
  readonly attributes: Readonly<Record<string, AttributeType>>;
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
} as const satisfies Record<string, AttributeType>;
