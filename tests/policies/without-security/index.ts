import type { Environment } from "../../../policies/framework/rule";
import type { Mutant } from "../mutants";
import { DOCUMENTS_WITHOUT } from "./documents";
import { WIRING_WITHOUT } from "./wiring";
import { FAILURES_WITHOUT } from "./failures";
import { DATA_WITHOUT } from "./data";
import type { WithoutSecurity } from "./mutants";

export type { WithoutSecurity } from "./mutants";

export const WITHOUT_SECURITY: readonly WithoutSecurity[] = [
  ...DOCUMENTS_WITHOUT,
  ...WIRING_WITHOUT,
  ...FAILURES_WITHOUT,
  ...DATA_WITHOUT,
];

/** Why a mutant need not be refused; `undefined` when it must be. */
export function reasonOf(mutant: Mutant, stack: Environment): WithoutSecurity | undefined {
  return WITHOUT_SECURITY.find(
    ({ types, path, operators, when, environment }) =>
      (environment === undefined || environment === stack) &&
      (types === undefined || types.some((type) => mutant.type.endsWith(`:${type}`))) &&
      path.test(mutant.path) &&
      (operators === undefined || operators.includes(mutant.operator)) &&
      (when === undefined || when(mutant)),
  );
}
