import type { Service } from "../../service";
import { assumeRole } from "./operations/assume-role";
import { getCallerIdentity } from "./operations/get-caller-identity";
import { stsInvokes } from "./resources";

/** AWS Security Token Service. */
export function stsService(): Service {
  return {
    name: "sts",
    signingName: "sts",
    protocols: [{ kind: "query", version: "2011-06-15", xmlns: "https://sts.amazonaws.com/doc/2011-06-15/" }],
    operations: { GetCallerIdentity: getCallerIdentity, AssumeRole: assumeRole },
    resourceTypes: {},
    invokes: stsInvokes,
    throttling: "Throttling",
  };
}
