import { AwsError } from "../../../aws-error";
import type { AnyOperation } from "../../../service";
import { iamEngine } from "../../iam";

interface Input {
  readonly RoleArn?: string;
  readonly RoleSessionName?: string;
  readonly ExternalId?: string;
  readonly DurationSeconds?: string | number;
  readonly Policy?: string;
}

/** AssumeRole: the role's trust policy decides; credentials end after DurationSeconds (900 s up to the role's maximum; 3600 s by default). */
export const assumeRole: AnyOperation = {
  authorize: ({ RoleArn, RoleSessionName, ExternalId }: Input) => {
    if (RoleArn === undefined)
      throw invalid(
        "1 validation error detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null",
      );
    if (RoleSessionName === undefined)
      throw invalid(
        "1 validation error detected: Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null",
      );
    if (!/^[\w+=,.@-]{2,64}$/.test(RoleSessionName))
      throw invalid(
        `1 validation error detected: Value '${RoleSessionName}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`,
      );
    const context = {
      "sts:RoleSessionName": RoleSessionName,
      ...(ExternalId === undefined ? {} : { "sts:ExternalId": ExternalId }),
    };
    return [{ action: "sts:AssumeRole", resource: RoleArn, context }];
  },
  answer: ({ RoleArn = "", RoleSessionName = "", DurationSeconds = 3600, Policy }: Input, { cloud }) => {
    if (Policy !== undefined) {
      throw invalid(
        "Session policies are not played by the local cloud: a session has the rights of its role. Remove Policy from the request.",
      );
    }
    const engine = iamEngine(cloud);
    const role = engine.store.role(RoleArn);
    const seconds = Number(DurationSeconds);
    if (!(seconds >= 900))
      throw invalid(
        `1 validation error detected: Value '${DurationSeconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900`,
      );
    if (seconds > role.maxSessionDuration)
      throw invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
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

function invalid(message: string): AwsError {
  return new AwsError("ValidationError", message, 400);
}
