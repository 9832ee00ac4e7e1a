import { AwsError } from "../../aws-error";
import type { Cloud } from "../../cloud";
import type { Credentials } from "../../ports";
import type { Principal } from "../../principal";

interface Issued {
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly principal: Principal;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

/** Access keys: the operator's, which never changes within a cloud, and temporary ones of role sessions. */
export class CredentialStore {
  private readonly byKey = new Map<string, Issued>();
  /** The key that the banner prints. */
  readonly operator: { readonly accessKeyId: string; readonly secretAccessKey: string };

  constructor(private readonly cloud: Cloud) {
    this.operator = { accessKeyId: `AKIA${this.random(16, upper)}`, secretAccessKey: this.random(40, mixed) };
    this.byKey.set(this.operator.accessKeyId, {
      secretAccessKey: this.operator.secretAccessKey,
      principal: cloud.operator,
      expires: Infinity,
    });
  }

  /** Makes keys for a session of a role. @param seconds life of the keys; unlimited by default, as a function's are renewed. */
  issue(roleArn: string, sessionName: string, environmentId?: string, seconds = Infinity): Credentials {
    if (!/^[\w+=,.@-]{2,64}$/.test(sessionName)) {
      throw new AwsError(
        "ValidationError",
        `1 validation error detected: Value '${sessionName}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`,
      );
    }
    if (this.byKey.size > 1000) this.sweep();
    const credentials = {
      accessKeyId: `ASIA${this.random(16, upper)}`,
      secretAccessKey: this.random(40, mixed),
      sessionToken: this.random(96, mixed),
    };
    const roleName = roleArn.slice(roleArn.lastIndexOf("/") + 1);
    const principal: Principal = {
      type: "role",
      roleArn,
      arn: `arn:aws:sts::${this.cloud.accountId}:assumed-role/${roleName}/${sessionName}`,
      ...(environmentId === undefined ? {} : { environmentId }),
    };
    this.byKey.set(credentials.accessKeyId, {
      secretAccessKey: credentials.secretAccessKey,
      sessionToken: credentials.sessionToken,
      principal,
      expires: this.cloud.clock.now() + seconds * 1000,
    });
    return credentials;
  }

  revoke(accessKeyId: string): void {
    if (accessKeyId !== this.operator.accessKeyId) this.byKey.delete(accessKeyId);
  }

  lookUp(accessKeyId: string): Issued | undefined {
    const issued = this.byKey.get(accessKeyId);
    if (issued && issued.expires <= this.cloud.clock.now()) {
      this.byKey.delete(accessKeyId);
      return undefined;
    }
    return issued;
  }

  private sweep(): void {
    const now = this.cloud.clock.now();
    for (const [key, issued] of this.byKey) if (issued.expires <= now) this.byKey.delete(key);
  }

  private random(length: number, alphabet: string): string {
    return Array.from({ length }, () => alphabet[Math.floor(this.cloud.random() * alphabet.length)]).join("");
  }
}

const upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const mixed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
