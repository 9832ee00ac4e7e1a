import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cloud } from "../../../local/cloud";
import { type Clock, VirtualClock } from "../../../local/clock";
import { Front } from "../../../local/http/front";
import { HttpServer } from "../../../local/http/server";
import type { Principal } from "../../../local/principal";
import type { AccessRequest, Json, ResourceType, Service } from "../../../local/service";

/** Decides a right in a test: a denial, or undefined to allow. */
export type Rule = (principal: Principal, request: AccessRequest) => string | undefined;

/** A cloud with a chosen few services, rights decided by a rule of the test, served over HTTP when asked. */
export class ServedCloud {
  readonly cloud: Cloud;
  /** Every right that was asked, in order. */
  readonly asked: { readonly principal: Principal; readonly request: AccessRequest }[] = [];
  rule: Rule = () => undefined;
  private server: HttpServer | undefined;
  private readonly folder = mkdtempSync(join(tmpdir(), "served-cloud-"));

  constructor(readonly clock: Clock = new VirtualClock()) {
    this.cloud = new Cloud({ clock, folder: this.folder });
    const session = this.cloud.operator;
    this.cloud.ports.iam = {
      evaluate: (principal, request) => {
        this.asked.push({ principal, request });
        const denial = this.rule(principal, request);
        return denial === undefined ? { allowed: true, reason: "" } : { allowed: false, reason: denial };
      },
      issue: () => ({ accessKeyId: "AKIATEST", secretAccessKey: "secret", sessionToken: "token" }),
      revoke: () => undefined,
      lookUp: (accessKeyId) =>
        accessKeyId === "AKIATEST" ? { secretAccessKey: "secret", principal: session } : undefined,
      trusts: () => true,
    };
  }

  /** Registers a service and answers it. */
  add<S extends Service>(service: S): S {
    this.cloud.register(service);
    return service;
  }

  call<O = Json>(
    service: string,
    operation: string,
    input: Json,
    principal: Principal = this.cloud.operator,
  ): Promise<O> {
    return this.cloud.call<O>(service, operation, input, principal);
  }

  /** Declares a Pulumi resource, as the program's run does; answers its state. */
  async declare(type: string, name: string, inputs: Json): Promise<Json> {
    const resource = [...this.cloud.services.values()]
      .map((service) => service.resourceTypes[type])
      .find((found): found is ResourceType => found !== undefined);
    if (!resource) throw new Error(`no service plays ${type}`);
    const physicalName = (suffix = ""): string => `${name}-0a1b2c3${suffix}`;
    const created = await resource.create(inputs, {
      cloud: this.cloud,
      name,
      type,
      urn: `urn:pulumi:test::test::${type}::${name}`,
      physicalName,
    });
    return created.state;
  }

  /** Configuration for an AWS SDK client of the operator. */
  async clientConfig(): Promise<{
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  }> {
    if (!this.server) {
      this.server = new HttpServer(new Front(this.cloud));
      this.cloud.endpoint = await this.server.listen();
    }
    return {
      endpoint: this.cloud.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "AKIATEST", secretAccessKey: "secret" },
    };
  }

  async close(): Promise<void> {
    await this.server?.close();
    await this.cloud.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A session of a role, e.g. `role("reader")`. */
export function role(name: string): Principal {
  return {
    type: "role",
    roleArn: `arn:aws:iam::123456789012:role/${name}`,
    arn: `arn:aws:sts::123456789012:assumed-role/${name}/test`,
  };
}
