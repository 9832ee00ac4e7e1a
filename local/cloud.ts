import { randomUUID } from "node:crypto";
import { AwsError, ConnectionLost, NoReply } from "./aws-error";
import type { Clock } from "./clock";
import type { FaultKind, FaultPlan } from "./faults";
import { Meter } from "./meter";
import type { Ports } from "./ports";
import { describePrincipal, type Principal } from "./principal";
import type { CallContext, Json, Service } from "./service";
import { Trace, type TraceKind } from "./trace";

export interface CloudOptions {
  readonly clock: Clock;
  /** Folder for what lives on disk: objects, function code. */
  readonly folder: string;
  /** @default us-east-1 */
  readonly region?: string;
  /** @default 123456789012 */
  readonly accountId?: string;
  /** Source of ids and chances; give a seeded one to replay a run. @default Math.random */
  readonly random?: () => number;
}

/** AWS on one machine: services that call each other as principals, on one clock, into one trace. */
export class Cloud {
  readonly clock: Clock;
  readonly folder: string;
  readonly region: string;
  readonly accountId: string;
  readonly random: () => number;
  readonly trace: Trace;
  readonly meter: Meter;
  /** Resource policies by the ARN of the resource that carries them, in AWS's JSON. */
  readonly resourcePolicies = new Map<string, Json>();
  /** Set by the services that own them. */
  readonly ports = {} as Ports;
  /** The fault switch: decides the fate of each call that a function makes. */
  faults: FaultPlan = () => undefined;
  /**
   * Waits for work of this machine that takes real time (files, DuckDB): so does the clock. A deterministic runner sets
   * its own, so that no function goes on meanwhile.
   */
  realWork: <T>(work: Promise<T>) => Promise<T> = (work) => this.clock.track(work);
  /** Base URL of the front, e.g. `http://127.0.0.1:4566`; set once it listens. */
  endpoint = "http://127.0.0.1:0";
  readonly services = new Map<string, Service>();

  constructor(options: CloudOptions) {
    this.clock = options.clock;
    this.folder = options.folder;
    this.region = options.region ?? "us-east-1";
    this.accountId = options.accountId ?? "123456789012";
    this.random = options.random ?? Math.random;
    this.trace = new Trace(() => this.clock.now());
    this.meter = new Meter(this.trace);
  }

  get operator(): Principal {
    return { type: "operator", arn: `arn:aws:iam::${this.accountId}:user/operator` };
  }

  register(service: Service): void {
    this.services.set(service.name, service);
  }

  arn(service: string, resource: string): string {
    return `arn:aws:${service}:${this.region}:${this.accountId}:${resource}`;
  }

  /** A random id in the form of a UUID, from the cloud's own source of chance. */
  uuid(): string {
    if (this.random === Math.random) return randomUUID();
    const hex = Array.from({ length: 32 }, () => Math.floor(this.random() * 16).toString(16));
    hex[12] = "4";
    hex[16] = "8";
    const text = hex.join("");
    return `${text.slice(0, 8)}-${text.slice(8, 12)}-${text.slice(12, 16)}-${text.slice(16, 20)}-${text.slice(20)}`;
  }

  /** One API call by `principal`: authorized, traced, metered, open to faults. Every call of everyone comes through here. */
  async call<O = Json>(serviceName: string, operationName: string, input: Json, principal: Principal): Promise<O> {
    return this.clock.track(this.perform<O>(serviceName, operationName, input, principal));
  }

  /**
   * Waits, in a call of `principal`, for something that only time can bring. A function that does nothing but wait for the
   * call lets a virtual clock move on, too.
   */
  async idle<T>(principal: Principal, wait: Promise<T>): Promise<T> {
    const goOn = this.waitsFor(principal);
    try {
      return await this.clock.idle(wait);
    } finally {
      goOn();
    }
  }

  private waitsFor(principal: Principal): () => void {
    const environment = principal.type === "role" ? principal.environmentId : undefined;
    return environment === undefined ? () => undefined : this.ports.functions.waits(environment);
  }

  private async perform<O>(serviceName: string, operationName: string, input: Json, principal: Principal): Promise<O> {
    const service = this.services.get(serviceName);
    const operation = service?.operations[operationName];
    if (!service || !operation) {
      throw new AwsError(
        "UnknownOperationException",
        `The operation ${serviceName}:${operationName} is not played by the local cloud.`,
        400,
      );
    }
    const units: Record<string, number> = {};
    const data: Record<string, unknown> = {};
    const context: CallContext = {
      cloud: this,
      principal,
      requestId: this.uuid(),
      use: (rate, amount) => (units[rate] = (units[rate] ?? 0) + amount),
      note: (key, value) => (data[key] = value),
    };
    let resource: string | undefined;
    const cause =
      principal.type === "role" && principal.environmentId
        ? this.ports.functions.causeOf(principal.environmentId)
        : undefined;
    const emit = (kind: TraceKind, error?: string): void => {
      this.trace.emit({
        kind,
        service: serviceName,
        name: operationName,
        principal: describePrincipal(principal),
        ...(resource === undefined ? {} : { resource }),
        ...(cause === undefined ? {} : { cause }),
        ...(error === undefined ? {} : { error }),
        units,
        data,
      });
    };
    const fault =
      principal.type === "role"
        ? this.faults({ service: serviceName, operation: operationName, principal })
        : undefined;
    if (fault) data["fault"] = fault;
    this.fail(fault, "before", service, principal, emit);
    let output: O;
    try {
      const requests = operation.authorize(input, context);
      resource = requests[0]?.resource;
      for (const request of requests) {
        const decision = this.ports.iam.evaluate(principal, request);
        if (!decision.allowed) {
          data["action"] = request.action;
          data["deniedResource"] = request.resource;
          data["reason"] = decision.reason;
          emit("denied", "AccessDenied");
          throw denial(principal, request.action, request.resource, decision.reason);
        }
      }
      output = (await operation.answer(input, context)) as O;
    } catch (error) {
      if (error instanceof AwsError) {
        if (error.code !== "AccessDeniedException") emit("call", error.code);
        throw error;
      }
      emit("error", error instanceof Error ? error.message : String(error));
      throw error;
    }
    emit("call");
    this.fail(fault, "after", service, principal, emit);
    return output;
  }

  private fail(
    fault: FaultKind | undefined,
    moment: "before" | "after",
    service: Service,
    principal: Principal,
    emit: (kind: TraceKind, error?: string) => void,
  ): void {
    if (!fault) return;
    const early = fault === "throttle" || fault === "lost-request" || fault.endsWith("-before");
    if (early !== (moment === "before")) return;
    emit("fault", fault);
    if (fault === "throttle") {
      throw new AwsError(service.throttling ?? "ThrottlingException", "Rate exceeded", 400);
    }
    if ((fault === "crash-before" || fault === "crash-after") && principal.type === "role" && principal.environmentId) {
      this.ports.functions.crash(principal.environmentId);
    }
    if (!fault.startsWith("time-out")) throw new ConnectionLost();
    throw new NoReply(this.waitsFor(principal));
  }

  async close(): Promise<void> {
    for (const service of this.services.values()) await service.close?.();
    this.clock.close();
  }
}

function denial(principal: Principal, action: string, resource: string, reason: string): AwsError {
  const on = resource === "*" ? "" : ` on resource: ${resource}`;
  return new AwsError(
    "AccessDeniedException",
    `User: ${describePrincipal(principal)} is not authorized to perform: ${action}${on} ${reason}`,
    400,
  );
}
