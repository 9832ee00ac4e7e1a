import { once } from "node:events";
import { WebSocket, type ClientOptions } from "ws";
import type { Json } from "../../../local/service";
import { apigatewayService, type ApiGatewayService } from "../../../local/services/apigateway";
import { rig, type Rig } from "../lambda/harness";

export interface GatewayRig extends Rig {
  readonly gateway: ApiGatewayService;
  readonly api: Json;
  /** Declares a route with a function of its own behind it. */
  route(routeKey: string, source: string, inputs?: Json): Promise<Json>;
  /** Makes the declared routes live on the stage `play`. */
  deploy(stage?: Json): Promise<Json>;
  connect(options?: { protocols?: string[]; path?: string; headers?: Record<string, string> }): Promise<Client>;
  call(operation: string, input: Json): Promise<Json>;
}

/** A WebSocket client that remembers what arrived. */
export class Client {
  readonly frames: string[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;

  constructor(readonly socket: WebSocket) {
    socket.on("message", (data: Buffer) => this.frames.push(data.toString()));
    socket.on("close", (code, reason: Buffer) => (this.closed = { code, reason: reason.toString() }));
  }

  /** Resolves when so many frames have arrived. */
  async until(count: number): Promise<readonly string[]> {
    while (this.frames.length < count) await once(this.socket, "message");
    return this.frames;
  }

  async end(): Promise<{ readonly code: number; readonly reason: string }> {
    if (!this.closed) await once(this.socket, "close");
    return this.closed!;
  }
}

/** A refused handshake. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly body: string,
  ) {
    super(`refused with ${status}`);
  }
}

export async function gatewayRig(): Promise<GatewayRig> {
  const base = rig();
  const gateway = apigatewayService(base.cloud);
  base.cloud.register(gateway);
  const api = await base.declare("aws:apigatewayv2/api:Api", "chat", { name: "chat", protocolType: "WEBSOCKET" });
  let made = 0;
  return {
    ...base,
    gateway,
    api,
    route: async (routeKey, source, inputs = {}) => {
      const fn = await base.fn(`route${++made}`, source);
      const integration = await base.declare("aws:apigatewayv2/integration:Integration", "integration", {
        apiId: api["id"],
        integrationType: "AWS_PROXY",
        integrationUri: fn["invokeArn"],
      });
      const target = `integrations/${String(integration["id"])}`;
      return base.declare("aws:apigatewayv2/route:Route", routeKey, { apiId: api["id"], routeKey, target, ...inputs });
    },
    deploy: async (stage = {}) => {
      const deployment = await base.declare("aws:apigatewayv2/deployment:Deployment", "d", { apiId: api["id"] });
      return base.declare("aws:apigatewayv2/stage:Stage", "play", {
        apiId: api["id"],
        name: "play",
        deploymentId: deployment["id"],
        ...stage,
      });
    },
    connect: ({ protocols = [], path = "/play", headers = {} } = {}) => {
      const options: ClientOptions = { headers };
      const socket = new WebSocket(`${String(api["apiEndpoint"])}${path}`, protocols, options);
      const client = new Client(socket);
      return new Promise((resolve, reject) => {
        socket.on("open", () => resolve(client));
        socket.on("error", reject);
        socket.on("unexpected-response", (_, response) => {
          let body = "";
          response.on("data", (chunk: Buffer) => (body += chunk.toString()));
          response.on("end", () => reject(new Refused(response.statusCode ?? 0, body)));
        });
      });
    },
    call: (operation, input) => base.cloud.call("apigateway", operation, input, base.cloud.operator),
  };
}
