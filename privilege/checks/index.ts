import type { Check } from "../check";
import { boundChecks } from "./bounds";
import { deliveryChecks } from "./deliveries";
import { givenUpChecks } from "./given-up";
import { mailChecks } from "./mail";
import { playerChecks } from "./players";
import { segmentChecks } from "./segments";
import { strangerChecks } from "./strangers";
import { transportChecks } from "./transport";

/**
 * Every named check. Together they use every grant of the program, and try what its conditions forbid: `npm run iam` shows
 * which uses which.
 */
export const allChecks: readonly Check[] = [
  ...playerChecks,
  ...mailChecks,
  ...givenUpChecks,
  ...deliveryChecks,
  ...segmentChecks,
  ...transportChecks,
  ...strangerChecks,
  ...boundChecks,
];
