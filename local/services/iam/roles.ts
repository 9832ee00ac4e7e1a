import { AwsError } from "../../aws-error";
import type { Cloud } from "../../cloud";
import { managedPolicy } from "./managed-policies";
import { parsePolicy, policySize, statementsIn, type PolicyDocument, type StatementDocument } from "./policy-document";

export interface Role {
  readonly name: string;
  readonly arn: string;
  readonly path: string;
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly created: number;
  maxSessionDuration: number;
  description?: string;
  /** In the order in which they were set. */
  readonly tags: Map<string, string>;
  trust: PolicyDocument;
  readonly inline: Map<string, PolicyDocument>;
  readonly attached: Set<string>;
}

export interface ManagedPolicy {
  readonly arn: string;
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly created: number;
  document: PolicyDocument;
}

/** One statement that a role holds, and where it is written. */
export interface RoleStatement {
  /** Position among the role's statements. */
  readonly index: number;
  /** Name of the inline policy, or ARN of the attached one. */
  readonly policy: string;
  /** Position within that policy. */
  readonly position: number;
  readonly document: StatementDocument;
}

/** Roles and customer-managed policies: what is written, not what it means. */
export class RoleStore {
  readonly roles = new Map<string, Role>();
  readonly policies = new Map<string, ManagedPolicy>();
  /** Grows with every change, so that whoever caches knows. */
  version = 0;

  constructor(private readonly cloud: Cloud) {}

  role(nameOrArn: string): Role {
    const name = nameOrArn.slice(nameOrArn.lastIndexOf("/") + 1);
    const role = this.roles.get(name);
    if (!role) throw new AwsError("NoSuchEntity", `The role with name ${name} cannot be found.`, 404);
    return role;
  }

  putRole(
    name: string,
    trust: unknown,
    options: {
      path?: string;
      description?: string;
      maxSessionDuration?: number;
      tags?: Readonly<Record<string, string>>;
    } = {},
  ): Role {
    if (!/^[\w+=,.@-]{1,64}$/.test(name)) {
      throw new AwsError(
        "ValidationError",
        "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-",
      );
    }
    const document = parsePolicy(trust, "trust");
    limit(document, 2048, "ACLSizePerRole", 2048);
    this.version++;
    const known = this.roles.get(name);
    if (known) {
      known.trust = document;
      if (options.maxSessionDuration !== undefined) known.maxSessionDuration = options.maxSessionDuration;
      if (options.description !== undefined) known.description = options.description;
      if (options.tags) {
        known.tags.clear();
        for (const [key, value] of Object.entries(options.tags)) known.tags.set(key, value);
      }
      return known;
    }
    const path = options.path ?? "/";
    const role: Role = {
      name,
      arn: `arn:aws:iam::${this.cloud.accountId}:role${path}${name}`,
      path,
      id: `AROA${this.uniqueId()}`,
      created: this.cloud.clock.now(),
      maxSessionDuration: options.maxSessionDuration ?? 3600,
      ...(options.description === undefined ? {} : { description: options.description }),
      tags: new Map(Object.entries(options.tags ?? {})),
      trust: document,
      inline: new Map(),
      attached: new Set(),
    };
    this.roles.set(name, role);
    return role;
  }

  deleteRole(name: string): void {
    this.version++;
    this.roles.delete(name);
  }

  putInline(roleName: string, policyName: string, source: unknown): PolicyDocument {
    const role = this.role(roleName);
    const document = parsePolicy(source, "identity");
    const size = [...role.inline].reduce(
      (sum, [name, policy]) => sum + (name === policyName ? 0 : policySize(policy)),
      policySize(document),
    );
    if (size > 10_240)
      throw new AwsError("LimitExceeded", `Maximum policy size of 10240 bytes exceeded for role ${role.name}`, 409);
    role.inline.set(policyName, document);
    this.version++;
    return document;
  }

  inlineOf(roleName: string, policyName: string): PolicyDocument {
    const document = this.role(roleName).inline.get(policyName);
    if (!document) throw new AwsError("NoSuchEntity", `The role policy with name ${policyName} cannot be found.`, 404);
    return document;
  }

  deleteInline(roleName: string, policyName: string): void {
    this.roles.get(roleName)?.inline.delete(policyName);
    this.version++;
  }

  putPolicy(name: string, source: unknown, path = "/"): ManagedPolicy {
    const document = parsePolicy(source, "identity");
    limit(document, 6144, "PolicySize", 6144);
    const arn = `arn:aws:iam::${this.cloud.accountId}:policy${path}${name}`;
    this.version++;
    const known = this.policies.get(arn);
    if (known) {
      known.document = document;
      return known;
    }
    const policy: ManagedPolicy = {
      arn,
      name,
      path,
      id: `ANPA${this.uniqueId()}`,
      created: this.cloud.clock.now(),
      document,
    };
    this.policies.set(arn, policy);
    return policy;
  }

  deletePolicy(arn: string): void {
    this.policies.delete(arn);
    this.version++;
  }

  attach(roleName: string, policyArn: string): void {
    this.documentOf(policyArn);
    this.role(roleName).attached.add(policyArn);
    this.version++;
  }

  detach(roleName: string, policyArn: string): void {
    this.roles.get(roleName)?.attached.delete(policyArn);
    this.version++;
  }

  /** The document behind a policy ARN; an AWS managed policy that is not known here is refused, never taken for empty. */
  documentOf(policyArn: string): PolicyDocument {
    const document = this.policies.get(policyArn)?.document ?? managedPolicy(policyArn);
    if (document) return document;
    if (policyArn.startsWith("arn:aws:iam::aws:")) {
      throw new AwsError(
        "NoSuchEntity",
        `AWS managed policy ${policyArn} is not known to the local cloud; write its statements as a policy of your own, or add it to local/services/iam/managed-policies.ts.`,
        404,
      );
    }
    throw new AwsError("NoSuchEntity", `Policy ${policyArn} does not exist or is not attachable.`, 404);
  }

  /** A role's policies by inline name or attached ARN, in the order inline then attached. */
  policiesOf(roleName: string): readonly (readonly [policy: string, document: PolicyDocument])[] {
    const role = this.role(roleName);
    return [...role.inline, ...[...role.attached].map((arn) => [arn, this.documentOf(arn)] as const)];
  }

  /** Every statement of a role as written, whatever a test has taken away. */
  statementsOf(roleName: string): readonly RoleStatement[] {
    return this.policiesOf(roleName)
      .flatMap(([policy, document]) =>
        statementsIn(document).map((statement, position) => ({ policy, position, document: statement })),
      )
      .map((statement, index) => ({ index, ...statement }));
  }

  private uniqueId(): string {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    return Array.from({ length: 17 }, () => alphabet[Math.floor(this.cloud.random() * alphabet.length)]).join("");
  }
}

function limit(document: PolicyDocument, most: number, quota: string, shown: number): void {
  if (policySize(document) > most)
    throw new AwsError("LimitExceeded", `Cannot exceed quota for ${quota}: ${shown}`, 409);
}
