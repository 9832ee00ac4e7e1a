import type { Stage } from "./stage";

/** A named check: some of what the program is for, played on a cloud of its own, its effects asserted. */
export interface Check {
  /** e.g. `friends hear`. */
  readonly name: string;
  /** Throws when an effect is missing. What its functions log and trace is looked at by whoever runs the check. */
  readonly run: (stage: Stage) => Promise<void>;
  /** Services (`sqs`, `kms` …) at whose doors it tries what must be refused, and so misses a condition. @default none */
  readonly guards?: readonly string[];
  /**
   * It asks what the deployed program's policies say, and lets nothing run: many such checks are played on one cloud.
   * @default false
   */
  readonly isInquiry?: boolean;
}
