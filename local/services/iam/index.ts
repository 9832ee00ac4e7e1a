import type { Cloud } from "../../cloud";
import type { Service } from "../../service";
import { IamEngine } from "./engine";
import { policyOperations } from "./operations/policies";
import { roleOperations } from "./operations/roles";
import { simulatePrincipalPolicy } from "./operations/simulate-principal-policy";
import { getPolicyDocument, iamResources } from "./resources";

export type { DecisionListener, StatementUsage } from "./engine";
export { listOf, statementsIn, type PolicyDocument, type StatementDocument } from "./policy-document";
export type { ConditionKey, Removal } from "./removed-grants";
export type { RoleStatement } from "./roles";

const engines = new WeakMap<Cloud, IamEngine>();

/** The IAM of a cloud: roles, decisions, usage. One per cloud, made on first use. */
export function iamEngine(cloud: Cloud): IamEngine {
  let engine = engines.get(cloud);
  if (!engine) engines.set(cloud, (engine = new IamEngine(cloud)));
  return engine;
}

/** The operator's access key, as the banner prints it. It has no session token. */
export function operatorCredentials(cloud: Cloud): { readonly accessKeyId: string; readonly secretAccessKey: string } {
  return iamEngine(cloud).credentials.operator;
}

/** AWS Identity and Access Management: evaluates every call of the cloud. Sets `cloud.ports.iam`. */
export function iamService(cloud: Cloud): Service {
  const engine = iamEngine(cloud);
  cloud.ports.iam = engine;
  return {
    name: "iam",
    signingName: "iam",
    protocols: [{ kind: "query", version: "2010-05-08", xmlns: "https://iam.amazonaws.com/doc/2010-05-08/" }],
    operations: {
      ...roleOperations(engine),
      ...policyOperations(engine),
      SimulatePrincipalPolicy: simulatePrincipalPolicy(engine),
    },
    resourceTypes: iamResources(engine),
    invokes: { "aws:iam/getPolicyDocument:getPolicyDocument": (inputs) => getPolicyDocument(inputs) },
    throttling: "Throttling",
  };
}
