import type { AnyOperation } from "../../../service";
import { iamEngine } from "../../iam";
import { checkAssumeRole, invalid } from "../parameters";

interface Input {
  readonly RoleArn?: string;
  readonly RoleSessionName?: string;
  readonly ExternalId?: string;
  readonly DurationSeconds?: string | number;
  readonly Policy?: string;
  readonly PolicyArns?: unknown;
}

/** How long a session may last that another session took on. */
const CHAINED_SECONDS = 3600;

/** AssumeRole: the role's trust policy decides; credentials end after DurationSeconds (900 s up to the role's maximum; 3600 s by default). */
export const assumeRole: AnyOperation = {
  authorize: ({ RoleArn, RoleSessionName, ExternalId, DurationSeconds = 3600 }: Input) => {
    checkAssumeRole(RoleArn, RoleSessionName, DurationSeconds);
    const context = {
      "sts:RoleSessionName": RoleSessionName!,
      ...(ExternalId === undefined ? {} : { "sts:ExternalId": ExternalId }),
    };
    return [{ action: "sts:AssumeRole", resource: RoleArn!, context }];
  },
  answer: ({ RoleArn = "", RoleSessionName = "", DurationSeconds = 3600, Policy, PolicyArns }: Input, context) => {
    const { cloud, principal } = context;
    if (Policy !== undefined || PolicyArns !== undefined) {
      throw invalid(
        "Session policies are not played by the local cloud: a session has the rights of its role. Remove Policy and PolicyArns from the request.",
      );
    }
    const engine = iamEngine(cloud);
    const role = engine.store.role(RoleArn);
    const seconds = Number(DurationSeconds);
    if (seconds > role.maxSessionDuration)
      throw invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
    if (principal.type === "role" && seconds > CHAINED_SECONDS) {
      throw invalid(
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
      );
    }
    const issued = engine.credentials.issue(role.arn, RoleSessionName, undefined, seconds);
    return {
      Credentials: {
        AccessKeyId: issued.accessKeyId,
        SecretAccessKey: issued.secretAccessKey,
        SessionToken: issued.sessionToken,
        Expiration: new Date(cloud.clock.now() + seconds * 1000).toISOString(),
      },
      AssumedRoleUser: {
        AssumedRoleId: `${role.id}:${RoleSessionName}`,
        Arn: `arn:aws:sts::${cloud.accountId}:assumed-role/${role.name}/${RoleSessionName}`,
      },
    };
  },
};
