import { iamEngine, statementsIn } from "../../local/services/iam";
import type { Check } from "../check";
import { shortArn } from "../names";
import { CheckFailure } from "../stage";

/** One operation of each service that carries such a policy. */
const OPERATION: Readonly<Record<string, string>> = {
  sqs: "sqs:SendMessage",
  sns: "sns:Publish",
  s3: "s3:GetObject",
};

/** Who may do everything with every queue, topic and bucket: only the way of the call stands against it. */
const WIDE = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: ["sqs:*", "sns:*", "s3:*"], Resource: "*" }],
};

const tls: Check = {
  name: "no queue, topic or bucket answers a call without TLS",
  isInquiry: true,
  run: async (stage) => {
    const iam = iamEngine(stage.cloud);
    const trust = {
      Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }],
    };
    const role = iam.store.putRole("someone-with-wide-rights", trust);
    iam.store.putInline(role.name, "wide", WIDE);
    const principal = { type: "role", roleArn: role.arn, arn: `${role.arn}/session` } as const;
    for (const [owner, policy] of stage.cloud.resourcePolicies) {
      const action = OPERATION[owner.split(":")[2] ?? ""];
      if (action === undefined || statementsIn(policy).length === 0) continue;
      for (const resource of owner.startsWith("arn:aws:s3") ? [owner, `${owner}/object`] : [owner]) {
        const ask = (secure: string): boolean =>
          iam.evaluate(principal, { action, resource, policyOf: owner, context: { "aws:SecureTransport": secure } })
            .allowed;
        if (!ask("true")) throw new CheckFailure(`${shortArn(resource)} does not answer a call with TLS`);
        if (ask("false")) throw new CheckFailure(`${shortArn(resource)} answers a call without TLS`);
      }
    }
  },
};

export const transportChecks: readonly Check[] = [tls];
