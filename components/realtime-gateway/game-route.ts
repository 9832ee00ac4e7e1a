import { aHandler } from "../shared/arguments";
import type { LambdaFunction } from "../shared/callback";
import { ArgumentError } from "../shared/errors";
import type { Schema } from "../shared/schema";
import { checkSchema } from "../shared/schema-check";
import { createFunction, tableRights, type Parts } from "./parts";
import { ACTIONS } from "./protocol";
import { afterHello } from "./registered";
import { frameHandler, type RouteContext } from "./route";

/** A route of a game's own. */
export interface GameRoute {
  readonly action: string;
  readonly schema: Schema;
  /** Sees only bodies that keep the schema. */
  readonly handler: (context: RouteContext, body: unknown) => Promise<unknown>;
}

/** @throws ArgumentError for an action that is taken, a schema that is not understood, or a handler that is none. */
export function checkGameRoute(component: string, { action, schema, handler }: GameRoute): void {
  const argument = `route "${action}"`;
  if (typeof action !== "string" || !/^[a-z][A-Za-z0-9.-]{0,63}$/.test(action) || Object.hasOwn(ACTIONS, action)) {
    const expected = "a lower-case letter, then letters, digits, dots or dashes, and no action of the gateway itself";
    const fix = "Give it a prefix of your own, e.g. guild.join.";
    throw new ArgumentError({ component, argument, got: action, expected, fix });
  }
  checkSchema(component, argument, schema);
  aHandler(component, argument, handler);
}

/** The function behind the route. @param suffix of its name. */
export function createGameRouteFunction(
  parts: Parts,
  suffix: string,
  { action, schema, handler }: GameRoute,
): LambdaFunction {
  return createFunction(
    parts,
    suffix,
    `Answers frames of the action ${action}.`,
    frameHandler(
      { [action]: schema },
      afterHello(parts.tables.presence.name, () => handler),
    ),
    tableRights(parts, { presence: ["GetItem"] }),
  );
}
