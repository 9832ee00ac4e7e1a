import type { Cloud } from "../../cloud";
import type { Service } from "../../service";
import { connect, type Handshaken } from "./connect";
import type { Connection, Handshake, Socket } from "./connection";
import { Gateway } from "./gateway";
import { Listener } from "./listener";
import { begin, end, receive } from "./live";
import type { Api } from "./model";
import { connectionOperations, connectionRoutes } from "./operations/connections";
import { resourceTypes } from "./resources";

/** API Gateway's WebSocket APIs, with what the cloud's host and its tests need beside the API. */
export interface ApiGatewayService extends Service {
  readonly gateway: Gateway;
  /** Port of the first API that is made. @default 0, a free one */
  port: number;
  /** Plays a handshake without a network, for deterministic runs. */
  connect(handshake: Handshake): Promise<Handshaken>;
  /** Opens a connection that was accepted. */
  begin(connection: Connection, socket: Socket): void;
  /** Hands over a text frame of the client. */
  receive(connection: Connection, text: string): Promise<void>;
  /** The client has gone. */
  end(connection: Connection, code: number, reason: string): void;
}

/** Plays API Gateway: WebSocket APIs on ports of their own, `@connections` on the cloud's endpoint. */
export function apigatewayService(cloud: Cloud): ApiGatewayService {
  const gateway = new Gateway(cloud);
  const listeners: Listener[] = [];
  const service: ApiGatewayService = {
    name: "apigateway",
    signingName: "execute-api",
    protocols: [{ kind: "rest", routes: connectionRoutes }],
    operations: connectionOperations(gateway),
    resourceTypes: resourceTypes(gateway, async (api: () => Api | undefined) => {
      const listener = new Listener(gateway, api);
      const port = listeners.length === 0 ? service.port : 0;
      listeners.push(listener);
      return listener.listen(port);
    }),
    throttling: "LimitExceededException",
    gateway,
    port: 0,
    connect: (handshake) => connect(gateway, handshake),
    begin: (connection, socket) => begin(gateway, connection, socket),
    receive: (connection, body) => receive(gateway, connection, body),
    end: (connection, code, reason) => end(gateway, connection, code, reason),
    close: async () => {
      await Promise.all(listeners.map((listener) => listener.close()));
    },
  };
  return service;
}
