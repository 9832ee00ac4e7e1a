import { createHash } from "node:crypto";
import type { Cloud } from "../../cloud";
import type { Principal } from "../../principal";
import { userId } from "../sts/user-id";

/** The SenderId of a message: who sent it as STS names the caller, the service itself, or the account. */
export function senderId(principal: Principal, cloud: Cloud): string {
  switch (principal.type) {
    case "role":
    case "operator":
      return userId(principal, cloud);
    case "service":
      return `AIDA${createHash("sha256").update(principal.service).digest("hex").slice(0, 17).toUpperCase()}`;
    case "anonymous":
      return cloud.accountId;
  }
}
