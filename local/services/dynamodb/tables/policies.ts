import { createHash } from "node:crypto";
import type { Cloud } from "../../../cloud";
import type { Json } from "../../../service";
import { validation } from "../errors";
import { limits } from "../limits";

/** Revision of a policy's text: equal texts have equal revisions. */
export function revisionOf(policy: Json): string {
  const hash = createHash("sha256").update(JSON.stringify(policy)).digest();
  return (hash.readBigUInt64BE() >> 1n).toString();
}

/** Reads a table's or stream's policy, and puts it where IAM finds it. */
export function attachPolicy(cloud: Cloud, resourceArn: string, text: string): string {
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.policyBytes) {
    throw validation(
      `Resource-based policy document size exceeded: got ${bytes} bytes; maximum is ${limits.policyBytes} bytes`,
    );
  }
  let policy: Json;
  try {
    policy = JSON.parse(text) as Json;
  } catch {
    throw validation("Invalid policy document: Syntax errors in policy");
  }
  if (!Array.isArray(policy["Statement"]) && typeof policy["Statement"] !== "object") {
    throw validation("Invalid policy document: Missing required field Statement");
  }
  cloud.resourcePolicies.set(resourceArn, policy);
  return revisionOf(policy);
}
