import type { AnyOperation } from "../../../service";
import type { IamEngine } from "../engine";

interface Input {
  readonly PolicySourceArn: string;
  readonly ActionNames?: readonly string[];
  readonly ResourceArns?: readonly string[];
  readonly ContextEntries?: readonly {
    readonly ContextKeyName: string;
    readonly ContextKeyValues?: readonly string[];
  }[];
}

/** SimulatePrincipalPolicy for a role: the very evaluation that its calls meet, resource policies included. */
export function simulatePrincipalPolicy(engine: IamEngine): AnyOperation {
  return {
    authorize: ({ PolicySourceArn }: Input) => [{ action: "iam:SimulatePrincipalPolicy", resource: PolicySourceArn }],
    answer: ({ PolicySourceArn, ActionNames = [], ResourceArns = ["*"], ContextEntries = [] }: Input) => {
      const role = engine.store.role(PolicySourceArn);
      const context = Object.fromEntries(
        ContextEntries.map((entry) => [entry.ContextKeyName, entry.ContextKeyValues ?? []]),
      );
      const EvaluationResults = ActionNames.flatMap((action) =>
        ResourceArns.map((resource) => {
          const decision = engine.simulate(role.arn, { action, resource, context });
          const denied = decision.reason.startsWith("with an explicit deny") ? "explicitDeny" : "implicitDeny";
          return {
            EvalActionName: action,
            EvalResourceName: resource,
            EvalDecision: decision.allowed ? "allowed" : denied,
          };
        }),
      );
      return { EvaluationResults, IsTruncated: false };
    },
  };
}
