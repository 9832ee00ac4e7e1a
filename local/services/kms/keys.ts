import { AwsError } from "../../aws-error";
import type { Cloud } from "../../cloud";
import type { Principal } from "../../principal";
import type { Json } from "../../service";
import { iamEngine } from "../iam";
import { listOf, parsePolicy, statementsIn } from "../iam/policy-document";

export interface Key {
  readonly id: string;
  readonly arn: string;
  readonly created: number;
  readonly manager: "CUSTOMER" | "AWS";
  readonly material: Buffer;
  description: string;
  enabled: boolean;
  rotation: boolean;
  /** Days between rotations. */
  rotationPeriod: number;
  /** Milliseconds since the epoch, from which the rotations count. */
  rotationSince: number;
  /** In the order in which they were set. */
  readonly tags: Map<string, string>;
  /** Milliseconds since the epoch; set while the key waits for its deletion. */
  deletion?: number;
}

export interface KeyOptions {
  readonly policy?: unknown;
  readonly description?: string;
  readonly enabled?: boolean;
  readonly rotation?: boolean;
  readonly rotationPeriod?: number;
  readonly tags?: Readonly<Record<string, string>>;
  readonly bypassLockoutCheck?: boolean;
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html */
const DEFAULT_ROTATION_DAYS = 365;

/** An id of KMS's own: a UUID, or that of a multi-Region key. */
const KEY_ID = /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/;

/** What AWS's descriptions of its own keys call the data of a service. */
const PROTECTED: Readonly<Record<string, string>> = {
  dynamodb: "DynamoDB data",
  lambda: "Lambda functions",
  s3: "S3 objects",
  sns: "SNS data",
  sqs: "SQS messages",
};

/** Keys, aliases and their policies. Policies live in `cloud.resourcePolicies`, where IAM reads them. */
export class KeyStore {
  readonly keys = new Map<string, Key>();
  /** Key id by `alias/...`. */
  readonly aliases = new Map<string, string>();

  constructor(private readonly cloud: Cloud) {}

  create(options: KeyOptions, by: Principal): Key {
    const id = this.cloud.uuid();
    const arn = this.cloud.arn("kms", `key/${id}`);
    this.setPolicy(arn, options.policy ?? this.defaultPolicy(), by, options.bypassLockoutCheck);
    return this.add(id, arn, "CUSTOMER", options);
  }

  /** Finds a key by id, ARN, alias name or alias ARN; AWS's own keys (`alias/aws/sqs`) come to be when first named. */
  find(reference: string): Key | undefined {
    if (typeof reference !== "string" || reference === "")
      throw new AwsError(
        "ValidationException",
        "1 validation error detected: Value at 'keyId' failed to satisfy constraint: Member must not be null",
      );
    const name = reference.startsWith("arn:")
      ? reference.slice(reference.indexOf(":", reference.indexOf(this.cloud.accountId)) + 1)
      : reference;
    if (name.startsWith("alias/aws/") && !this.aliases.has(name)) this.addAwsKey(name);
    const id = name.startsWith("alias/") ? this.aliases.get(name) : name.replace(/^key\//, "");
    const key = id === undefined ? undefined : this.keys.get(id);
    if (key?.deletion !== undefined && key.deletion <= this.cloud.clock.now()) {
      this.forget(key);
      return undefined;
    }
    return key;
  }

  get(reference: string): Key {
    const key = this.find(reference);
    if (key) return key;
    throw new AwsError("NotFoundException", this.whyNone(reference));
  }

  /** A key that is not about to be deleted. */
  living(reference: string): Key {
    const key = this.get(reference);
    if (key.deletion !== undefined)
      throw new AwsError("KMSInvalidStateException", `${key.arn} is pending deletion.`, 400);
    return key;
  }

  /** A key that can be used now. */
  usable(reference: string): Key {
    const key = this.living(reference);
    if (!key.enabled) throw new AwsError("DisabledException", `${key.arn} is disabled.`, 400);
    return key;
  }

  setAlias(name: string, target: string): Key {
    if (!name.startsWith("alias/")) {
      throw new AwsError(
        "ValidationException",
        'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
      );
    }
    if (!/^[a-zA-Z0-9:/_-]+$/.test(name)) {
      throw new AwsError(
        "ValidationException",
        `1 validation error detected: Value '${name}' at 'aliasName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$`,
        400,
      );
    }
    if (!/^alias\/[a-zA-Z0-9/_-]+$/.test(name))
      throw new AwsError("ValidationException", `${name} contains invalid characters for an alias`, 400);
    if (target.includes("alias/"))
      throw new AwsError("ValidationException", "Aliases must refer to keys. Not aliases", 400);
    if (name.startsWith("alias/aws/"))
      throw new AwsError("NotAuthorizedException", "AWS reserved alias names cannot be used", 400);
    const key = this.get(target);
    this.aliases.set(name, key.id);
    return key;
  }

  /** Replaces a key's policy after the checks that KMS makes: valid, principals that exist, no lock-out. */
  setPolicy(arn: string, source: unknown, by: Principal, bypassLockoutCheck = false): void {
    const refuse = (message: string): AwsError => new AwsError("MalformedPolicyDocumentException", message, 400);
    let document;
    try {
      document = parsePolicy(source, "resource");
    } catch (error) {
      throw refuse(error instanceof Error ? error.message : String(error));
    }
    const { roles } = iamEngine(this.cloud).store;
    const mine = `arn:aws:iam::${this.cloud.accountId}:role/`;
    for (const statement of statementsIn(document)) {
      const principal = statement.Principal;
      const names =
        typeof principal === "object" && principal !== null
          ? listOf((principal as Record<string, string | string[]>)["AWS"])
          : [];
      for (const name of names) {
        if (name.startsWith(mine) && !roles.has(name.slice(name.lastIndexOf("/") + 1))) {
          throw refuse("Policy contains a statement with one or more invalid principals.");
        }
      }
    }
    const policy = document as unknown as Json;
    if (
      !bypassLockoutCheck &&
      !iamEngine(this.cloud).wouldAllow(policy, by, { action: "kms:PutKeyPolicy", resource: arn })
    ) {
      throw refuse("The new key policy will not allow you to update the key policy in the future.");
    }
    this.cloud.resourcePolicies.set(arn, policy);
  }

  aliasesOf(id: string): readonly string[] {
    return [...this.aliases].filter(([, target]) => target === id).map(([name]) => name);
  }

  private whyNone(reference: string): string {
    const [, , , region] = reference.split(":");
    if (reference.startsWith("arn:") && region !== this.cloud.region) return `Invalid arn ${region}`;
    const name = reference.startsWith("arn:") ? reference : this.cloud.arn("kms", `key/${reference}`);
    if (reference.includes("alias/"))
      return `Alias ${reference.startsWith("arn:") ? reference : this.cloud.arn("kms", reference)} is not found.`;
    return KEY_ID.test(name.slice(name.lastIndexOf("/") + 1))
      ? `Key '${name}' does not exist`
      : `Invalid keyId '${reference}'`;
  }

  private forget(key: Key): void {
    this.keys.delete(key.id);
    this.cloud.resourcePolicies.delete(key.arn);
    for (const name of this.aliasesOf(key.id)) this.aliases.delete(name);
  }

  private add(id: string, arn: string, manager: Key["manager"], options: KeyOptions): Key {
    const material = Buffer.from(Array.from({ length: 32 }, () => Math.floor(this.cloud.random() * 256)));
    const key: Key = {
      id,
      arn,
      manager,
      material,
      created: this.cloud.clock.now(),
      description: options.description ?? "",
      enabled: options.enabled ?? true,
      rotation: options.rotation ?? manager === "AWS",
      rotationPeriod: options.rotationPeriod ?? DEFAULT_ROTATION_DAYS,
      rotationSince: this.cloud.clock.now(),
      tags: new Map(Object.entries(options.tags ?? {})),
    };
    this.keys.set(id, key);
    return key;
  }

  /** An AWS managed key: usable through its service by callers of this account, and by nobody else; services that act on their own may not. */
  private addAwsKey(alias: string): void {
    const service = alias.slice("alias/aws/".length);
    const id = this.cloud.uuid();
    const arn = this.cloud.arn("kms", `key/${id}`);
    this.cloud.resourcePolicies.set(arn, {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { AWS: "*" },
          Action: [
            "kms:Encrypt",
            "kms:Decrypt",
            "kms:ReEncrypt*",
            "kms:GenerateDataKey*",
            "kms:CreateGrant",
            "kms:DescribeKey",
          ],
          Resource: "*",
          Condition: {
            StringEquals: {
              "kms:CallerAccount": this.cloud.accountId,
              "kms:ViaService": `${service}.${this.cloud.region}.amazonaws.com`,
            },
          },
        },
      ],
    });
    this.add(id, arn, "AWS", {
      description: `Default key that protects my ${PROTECTED[service] ?? `${service} data`} when no other key is defined`,
    });
    this.aliases.set(alias, id);
  }

  private defaultPolicy(): Json {
    const Principal = { AWS: `arn:aws:iam::${this.cloud.accountId}:root` };
    return {
      Version: "2012-10-17",
      Id: "key-default-1",
      Statement: [{ Sid: "Enable IAM User Permissions", Effect: "Allow", Principal, Action: "kms:*", Resource: "*" }],
    };
  }
}
