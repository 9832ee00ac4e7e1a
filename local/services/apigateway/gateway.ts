import { AwsError } from "../../aws-error";
import type { Cloud } from "../../cloud";
import type { Ports } from "../../ports";
import type { Json } from "../../service";
import { roleSession } from "../lambda/rights";
import { accessLine } from "./access-log";
import { Bucket } from "./bucket";
import type { Connection } from "./connection";
import { commonLogTime, type RequestOf } from "./events";
import type { Api, Integration, Limits, Stage } from "./model";

/** How an integration or authorizer answered. */
export type Answer =
  | { readonly kind: "answered"; readonly payload: string }
  | { readonly kind: "failed"; readonly payload: string }
  | { readonly kind: "timed-out" };

/** The longest that an integration may take, in ms. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
export const integrationTimeoutMs = 29_000;
/** New connections per second and account. */
const newConnections: Limits = { rate: 500, burst: 500 };

/** The APIs of the account, their limits, their logs, and their way to Lambda. */
export class Gateway {
  readonly apis = new Map<string, Api>();
  readonly connections = new Map<string, Connection>();
  /** Where connections belonged that are gone, so that a post to them is authorized as on AWS before it answers 410. */
  readonly gone = new Map<string, { readonly api: Api; readonly stage: Stage }>();
  /** The role that may write logs, as `aws:apigateway/account:Account` sets it. */
  loggingRole: string | undefined;
  /** For tests of faults: whether the `$disconnect` event of a connection gets lost, which AWS allows itself. */
  losesDisconnect: (connectionId: string) => boolean = () => false;
  private accepted: Bucket;
  private readonly buckets = new Map<string, Bucket>();

  constructor(readonly cloud: Cloud) {
    this.accepted = new Bucket(cloud.clock, newConnections);
  }

  /** Sets the quota of new connections per second, as a support case does on AWS. @default 500 */
  set newConnectionsPerSecond(rate: number) {
    this.accepted = new Bucket(this.cloud.clock, { rate, burst: rate });
  }

  /** Whether a new connection is within the account's rate. */
  admitsConnection(): boolean {
    return this.accepted.take();
  }

  /** Whether a request is within the limits of its stage and route. */
  admits(api: Api, stage: Stage, routeKey: string): boolean {
    const limits = stage.routeLimits.get(routeKey) ?? stage.defaultLimits;
    if (!limits) return true;
    const own = stage.routeLimits.has(routeKey) ? routeKey : "*";
    const key = `${api.id}/${stage.name}/${own}/${limits.rate}/${limits.burst}`;
    let bucket = this.buckets.get(key);
    if (!bucket) this.buckets.set(key, (bucket = new Bucket(this.cloud.clock, limits)));
    return bucket.take();
  }

  /** Base of the ARNs by which policies name the methods of an API. */
  executionArn(api: Api): string {
    return this.cloud.arn("execute-api", api.id);
  }

  /** Calls a function with an event, as the service, in the name of `sourceArn`. */
  async call(functionArn: string, event: Json, sourceArn: string, timeoutMs: number): Promise<Answer> {
    const principal = { type: "service", service: "apigateway.amazonaws.com", sourceArn } as const;
    const input = { FunctionName: functionArn, Payload: Buffer.from(JSON.stringify(event)).toString("base64") };
    const { clock } = this.cloud;
    const run = this.cloud
      .call<{ FunctionError?: string; Payload: string }>("lambda", "Invoke", input, principal)
      .then<Answer, Answer>(
        (answer) => ({
          kind: answer.FunctionError === undefined ? "answered" : "failed",
          payload: Buffer.from(answer.Payload, "base64").toString(),
        }),
        (error: unknown) => {
          const code = error instanceof AwsError ? error.code : "InternalError";
          return { kind: "failed", payload: JSON.stringify({ errorType: code, errorMessage: String(error) }) };
        },
      );
    return new Promise((resolve) => {
      const timer = clock.setTimer(timeoutMs, () => resolve({ kind: "timed-out" }));
      void run.then((answer) => {
        timer.cancel();
        resolve(answer);
      });
    });
  }

  /** Calls the integration of a route. */
  async integrate(integration: Integration, request: RequestOf, event: Json): Promise<Answer> {
    const { api, stage } = request.connection;
    const sourceArn = `${this.executionArn(api)}/${stage.name}/${request.routeKey}`;
    return this.call(integration.functionArn, event, sourceArn, integration.timeoutMs);
  }

  /** Writes the line of a request to the stage's access log. Knows nothing of headers, so that no token gets there. */
  logAccess(request: RequestOf, status: number | string, more: Json = {}): void {
    const { connection, routeKey, eventType, requestId } = request;
    const { accessLog } = connection.stage;
    if (!accessLog || this.loggingRole === undefined) return;
    const now = this.cloud.clock.now();
    const line = accessLine(accessLog.format, {
      requestId,
      extendedRequestId: requestId,
      routeKey,
      eventType,
      status,
      connectionId: connection.id,
      connectedAt: connection.connectedAt,
      apiId: connection.api.id,
      stage: connection.stage.name,
      accountId: this.cloud.accountId,
      domainName: `${connection.api.id}.execute-api.${this.cloud.region}.amazonaws.com`,
      requestTime: commonLogTime(now),
      requestTimeEpoch: now,
      identity: { sourceIp: connection.sourceIp, userAgent: connection.userAgent },
      authorizer: connection.authorizer,
      ...more,
    });
    const role = roleSession(this.loggingRole, "apigateway");
    (this.cloud.ports as Partial<Ports>).logs?.write(
      role,
      accessLog.group,
      `${connection.api.id}-${connection.stage.name}`,
      [line],
    );
  }

  /** Writes a frame to the trace: who and how much, never what. */
  traceFrame(
    connection: Connection,
    direction: "in" | "out",
    name: string,
    bytes: number,
    error?: string,
  ): ReturnType<Cloud["trace"]["emit"]> {
    return this.cloud.trace.emit({
      kind: "frame",
      service: "apigateway",
      name,
      resource: `${this.executionArn(connection.api)}/${connection.stage.name}`,
      ...(error === undefined ? {} : { error }),
      units: { "apigatewayv2.websocket.message": Math.max(1, Math.ceil(bytes / 32_768)) },
      data: { direction, connectionId: connection.id, principalId: connection.authorizer?.["principalId"], bytes },
    });
  }

  metric(api: Api, stage: Stage, name: string, value: number, unit = "Count"): void {
    (this.cloud.ports as Partial<Ports>).metrics?.put(
      "AWS/ApiGateway",
      name,
      { ApiId: api.id, Stage: stage.name },
      value,
      unit,
    );
  }
}
