import { AwsError } from "../../aws-error";
import type { Cloud } from "../../cloud";
import type { Json } from "../../service";
import { parsePolicy, statementsIn, type PolicyDocument } from "../iam/policy-document";
import type { Mailbox } from "./address";

export interface Identity {
  /** An address or a domain, in lower case. */
  readonly name: string;
  readonly type: "EMAIL_ADDRESS" | "DOMAIN";
  readonly arn: string;
  readonly dkimTokens: readonly string[];
  verified: boolean;
  configurationSet?: string;
  mailFrom?: { readonly domain: string; readonly behaviorOnMxFailure: string };
  feedbackForwarding: boolean;
  readonly policies: Map<string, PolicyDocument>;
}

/** Domains that can belong to nobody (RFC 2606, RFC 6761): there is no DNS to wait for. */
const reserved = /(?:^|[.@])(?:test|example|invalid|localhost|example\.(?:com|net|org))$/;

/**
 * Who may send. An identity below a reserved domain (`.test`, `.example`, ...) is verified at once; any other waits for
 * `verify`, as on AWS it waits for its DNS records or for a click.
 */
export class IdentityStore {
  readonly all = new Map<string, Identity>();

  constructor(private readonly cloud: Cloud) {}

  create(given: string): Identity {
    const name = given.toLowerCase();
    if (this.all.has(name)) throw new AwsError("AlreadyExistsException", `Email identity ${given} already exist.`, 400);
    const type = name.includes("@") ? "EMAIL_ADDRESS" : "DOMAIN";
    const arn = this.arnOf(name);
    const letters = "abcdefghijklmnopqrstuvwxyz234567";
    const token = (): string =>
      Array.from({ length: 32 }, () => letters[Math.floor(this.cloud.random() * 32)]).join("");
    const identity: Identity = {
      name,
      type,
      arn,
      dkimTokens: type === "DOMAIN" ? [token(), token(), token()] : [],
      verified: reserved.test(name),
      feedbackForwarding: true,
      policies: new Map(),
    };
    this.all.set(name, identity);
    return identity;
  }

  get(name: string): Identity {
    const identity = this.all.get(name.toLowerCase());
    if (!identity) throw new AwsError("NotFoundException", `Email identity ${name} does not exist.`, 404);
    return identity;
  }

  /** The operator's switch: the DNS records are there, the link was clicked. */
  verify(name: string): void {
    this.get(name).verified = true;
  }

  delete(name: string): void {
    const identity = this.get(name);
    this.all.delete(identity.name);
    this.cloud.resourcePolicies.delete(identity.arn);
  }

  arnOf(name: string): string {
    return this.cloud.arn("ses", `identity/${name.toLowerCase()}`);
  }

  /** The verified identity that covers an address: itself, its domain, or a parent domain; undefined if none does. */
  covering({ address, domain }: Mailbox): Identity | undefined {
    const labels = domain.split(".");
    for (const name of [address.toLowerCase(), ...labels.map((_, i) => labels.slice(i).join("."))]) {
      const identity = this.all.get(name);
      if (identity?.verified === true) return identity;
    }
    return undefined;
  }

  /** @throws AwsError BadRequestException for a MAIL FROM domain that is not below the identity's. */
  setMailFrom(identity: Identity, mailFrom: { readonly domain: string; readonly behaviorOnMxFailure: string }): void {
    const parent = identity.name.slice(identity.name.indexOf("@") + 1);
    if (!mailFrom.domain.toLowerCase().endsWith(`.${parent}`)) {
      const message = `Provided MAIL-FROM domain <${mailFrom.domain}> is not subdomain of the domain of the identity <${identity.name}>.`;
      throw new AwsError("BadRequestException", message, 400);
    }
    identity.mailFrom = mailFrom;
  }

  setPolicy(identity: Identity, name: string, source: unknown): void {
    if (source === undefined) identity.policies.delete(name);
    else identity.policies.set(name, parsePolicy(source, "resource"));
    const merged: Json = {
      Version: "2012-10-17",
      Statement: [...identity.policies.values()].flatMap((policy) => statementsIn(policy)),
    };
    if (identity.policies.size === 0) this.cloud.resourcePolicies.delete(identity.arn);
    else this.cloud.resourcePolicies.set(identity.arn, merged);
  }
}
