import type { Check } from "../check";
import { playerChecks } from "./players";

/** Every named check. Together they use every grant of the program: `npm run iam` shows which uses which. */
export const allChecks: readonly Check[] = [...playerChecks];
