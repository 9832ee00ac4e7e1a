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
  /** Milliseconds since the epoch; set while the key waits for its deletion. */
  deletion?: number;
}

export interface KeyOptions {
  readonly policy?: unknown;
  readonly description?: string;
  readonly enabled?: boolean;
  readonly rotation?: boolean;
  readonly bypassLockoutCheck?: boolean;
}

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
    const arn = reference.startsWith("arn:")
      ? reference
      : this.cloud.arn("kms", reference.startsWith("alias/") ? reference : `key/${reference}`);
    throw new AwsError(
      "NotFoundException",
      reference.includes("alias/") ? `Alias ${arn} is not found.` : `Key '${arn}' does not exist`,
      400,
    );
  }

  /** A key that can be used now. */
  usable(reference: string): Key {
    const key = this.get(reference);
    if (key.deletion !== undefined)
      throw new AwsError("KMSInvalidStateException", `${key.arn} is pending deletion.`, 400);
    if (!key.enabled) throw new AwsError("DisabledException", `${key.arn} is disabled.`, 400);
    return key;
  }

  setAlias(name: string, target: string): Key {
    if (!name.startsWith("alias/")) throw new AwsError("ValidationException", "Invalid identifier", 400);
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
      description: `Default key that protects my ${service} data when no other key is defined`,
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
