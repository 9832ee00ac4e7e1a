import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";

/** Length of a function's name. https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
const MAX_NAME = 64;

/**
 * A function's name in AWS, `<project>-<stack>-<name>`: it lets two stacks live side by side in one account, and the
 * log group's name follows from it. Too long a one is shortened and told apart by a hash.
 */
export function physicalNameOf(name: string): string {
  const whole = `${pulumi.getProject()}-${pulumi.getStack()}-${name}`.replace(/[^A-Za-z0-9-_]/g, "-");
  if (whole.length <= MAX_NAME) return whole;
  const hash = createHash("sha256").update(whole).digest("hex").slice(0, 8);
  return `${whole.slice(0, MAX_NAME - 9)}-${hash}`;
}
