import { createHash } from "node:crypto";
import type { Principal } from "../../principal";

/** The SenderId of a message: a role's unique id with the session, a user's id, or the service itself. */
export function senderId(principal: Principal, accountId: string): string {
  switch (principal.type) {
    case "role":
      return `AROA${uniqueId(principal.roleArn)}:${principal.arn.split("/").at(-1)}`;
    case "operator":
      return `AIDA${uniqueId(principal.arn)}`;
    case "service":
      return `AIDA${uniqueId(principal.service)}`;
    case "anonymous":
      return accountId;
  }
}

function uniqueId(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 17).toUpperCase();
}
