import { tmpdir } from "node:os";
import { VirtualClock } from "../../../local/clock";
import { Cloud } from "../../../local/cloud";
import type { Principal } from "../../../local/principal";
import { seededRandom } from "../../../local/random";
import type { Json } from "../../../local/service";
import { iamEngine, iamService } from "../../../local/services/iam";
import { stsService } from "../../../local/services/sts";

export const account = "123456789012";
export const table = `arn:aws:dynamodb:us-east-1:${account}:table/Players`;
export const queue = `arn:aws:sqs:us-east-1:${account}:mail`;
export const key = `arn:aws:kms:us-east-1:${account}:key/1234`;
export const roleArn = `arn:aws:iam::${account}:role/worker`;
export const session: Principal = { type: "role", roleArn, arn: `arn:aws:sts::${account}:assumed-role/worker/s` };

export const policy = (...statements: Json[]): Json => ({ Version: "2012-10-17", Statement: statements });
export const allow = (action: string | string[], resource: string, more: Json = {}): Json => ({
  Effect: "Allow",
  Action: action,
  Resource: resource,
  ...more,
});
export const deny = (action: string, resource: string, more: Json = {}): Json => ({
  Effect: "Deny",
  Action: action,
  Resource: resource,
  ...more,
});
const trustLambda = policy({
  Effect: "Allow",
  Action: "sts:AssumeRole",
  Principal: { Service: "lambda.amazonaws.com" },
});

/** A cloud with IAM and STS alone, and a role `worker` that has no rights yet. */
export class WorkerWorld {
  readonly clock = new VirtualClock();
  readonly cloud = new Cloud({ clock: this.clock, folder: tmpdir(), random: seededRandom(1) });

  constructor() {
    this.cloud.register(iamService(this.cloud));
    this.cloud.register(stsService());
    iamEngine(this.cloud).store.putRole("worker", trustLambda);
  }

  /** Gives the role these statements, in place of those that it has. */
  grant(...statements: Json[]): void {
    iamEngine(this.cloud).store.putInline("worker", "p", policy(...statements));
  }

  /** `allowed`, or why not. */
  ask(
    action: string,
    resource: string,
    who: Principal = session,
    context: Record<string, string | string[]> = {},
  ): string {
    const decision = this.cloud.ports.iam.evaluate(who, { action, resource, context });
    return decision.allowed ? "allowed" : decision.reason;
  }
}
