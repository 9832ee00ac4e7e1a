import { policiesOf, type PackOptions, type Policies } from "./framework/pack";
import { RULES } from "./rules";

export type { Exception } from "./framework/exceptions";
export type { Rule } from "./framework/rule";
export { listenToEngine } from "./framework/told";
export { RULES } from "./rules";

/**
 * The rules as policies, for a pack of one's own with exceptions of one's own.
 *
 * Call `listenToEngine()` before `new PolicyPack`: rules then know which project and environment a stack is of.
 *
 * @example
 * new PolicyPack("my-game", { policies: policies({ exceptions: [{ rule: "s3-logged", resource: "aws:s3/bucket:Bucket logs", reason: "…", expires: "2027-06-30" }] }) });
 */
export function policies(options: Partial<PackOptions> = {}): Policies {
  return policiesOf({ rules: RULES, ...options });
}
