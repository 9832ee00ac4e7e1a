import type { Principal } from "../../local/principal";

const PREFIX = "games-messaging-local-";

/** A function's name without that of project and stack. */
export function shortName(name: string): string {
  return name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name;
}

/** The function behind a role session; of a poller's own calls, the function that it feeds. */
export function functionOf(principal: Principal, poller: boolean): string {
  if (principal.type !== "role") return principal.type;
  const name = shortName(principal.arn.split("/").at(-1) ?? "");
  return poller ? `poller:${name}` : name;
}
