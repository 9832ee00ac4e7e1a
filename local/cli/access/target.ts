/** Options of every command that works on a stack. */
export const TARGET_OPTIONS = {
  stack: { type: "string" },
  profile: { type: "string" },
  region: { type: "string" },
} as const;

/** Their help. */
export const TARGET_USAGE = `  --stack NAME      a stack on AWS, by its outputs (default: the local stack of this folder)
  --profile NAME    profile of ~/.aws/config (default: the SDK's own chain)
  --region NAME     Region, if the outputs do not tell it
  --help            this text`;

/** Which stack a command works on. */
export interface Target {
  readonly stack?: string | undefined;
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
}
