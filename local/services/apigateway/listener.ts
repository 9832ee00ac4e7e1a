import * as http from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { connect } from "./connect";
import type { Connection, Handshake } from "./connection";
import { FrameMeter } from "./frame-meter";
import type { Gateway } from "./gateway";
import { begin, end, messageLimit, receive } from "./live";
import type { Api } from "./model";

/** What the code of a close frame means when the client gave no reason. */
const reasons: Readonly<Record<number, string>> = {
  1005: "Client-side close frame status not set",
  1006: "Connection Closed Abnormally",
};

/** The WebSocket port of one API on this machine. */
export class Listener {
  private readonly server = http.createServer((_, response) => {
    response.writeHead(426, { "content-type": "application/json" }).end('{"message":"Upgrade Required"}');
  });
  private readonly chosen = new WeakMap<http.IncomingMessage, string>();
  private readonly sockets = new WebSocketServer({
    noServer: true,
    maxPayload: messageLimit,
    handleProtocols: (_, request) => this.chosen.get(request) ?? false,
  });

  constructor(
    private readonly gateway: Gateway,
    private readonly apiOf: () => Api | undefined,
  ) {
    this.server.on("upgrade", (request, socket, head) => void this.upgrade(request, socket, head));
  }

  /** Starts to listen on 127.0.0.1 and resolves to the address, e.g. `ws://127.0.0.1:4567`. */
  async listen(port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(port, "127.0.0.1", resolve);
    });
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const client of this.sockets.clients) client.terminate();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async upgrade(request: http.IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // Until the library takes the socket over, an error of it would end the process.
    socket.on("error", () => socket.destroy());
    try {
      const api = this.apiOf();
      if (!api) {
        refuse(socket, 403, "Forbidden");
        return;
      }
      const outcome = await connect(this.gateway, handshakeOf(api, request));
      if (outcome.kind === "refused") {
        refuse(socket, outcome.status, outcome.message);
        return;
      }
      if (outcome.subprotocol !== undefined) this.chosen.set(request, outcome.subprotocol);
      if (socket.destroyed) {
        // The client left while $connect ran: for API Gateway the connection has been, and is no more.
        begin(this.gateway, outcome.connection, { send: () => undefined, close: () => undefined, bufferedAmount: 0 });
        end(this.gateway, outcome.connection, 1006, reasons[1006]!);
        return;
      }
      this.sockets.handleUpgrade(request, socket, head, (client) =>
        this.attach(client, socket, head, outcome.connection),
      );
    } catch (error) {
      this.gateway.cloud.trace.emit({
        kind: "error",
        service: "apigateway",
        name: "$connect",
        error: error instanceof Error ? error.message : String(error),
      });
      refuse(socket, 500, "Internal server error");
    }
  }

  private attach(client: WebSocket, socket: Duplex, head: Buffer, connection: Connection): void {
    const { gateway } = this;
    const meter = new FrameMeter();
    const measure = (chunk: Buffer): void => {
      if (!meter.exceeds(chunk)) return;
      socket.off("data", measure);
      client.close(1009, "");
      end(gateway, connection, 1009, "");
    };
    socket.prependListener("data", measure);
    client.on("error", () => client.terminate());
    client.on("message", (data: Buffer, binary) => {
      if (!gateway.connections.has(connection.id)) return;
      if (binary) {
        // Binary frames are not supported on the way in.
        client.close(1003, "");
        end(gateway, connection, 1003, "");
        return;
      }
      receive(gateway, connection, data.toString()).catch((error: unknown) => {
        gateway.cloud.trace.emit({
          kind: "error",
          service: "apigateway",
          name: "frame",
          error: error instanceof Error ? error.message : String(error),
        });
      });
    });
    client.on("close", (code, reason) => end(gateway, connection, code, reason.toString() || (reasons[code] ?? "")));
    begin(gateway, connection, {
      send: (text) => client.send(text),
      close: (code, reason) => client.close(code, reason),
      get bufferedAmount() {
        return client.bufferedAmount;
      },
    });
    if (head.length > 0) measure(head);
  }
}

function refuse(socket: Duplex, status: number, message: string): void {
  if (socket.destroyed) return;
  const body = JSON.stringify({ message });
  socket.end(
    `HTTP/1.1 ${status} ${http.STATUS_CODES[status] ?? "Error"}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function handshakeOf(api: Api, request: http.IncomingMessage): Handshake {
  const url = new URL(request.url ?? "/", "ws://localhost");
  const headers: [string, string][] = [];
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    headers.push([request.rawHeaders[i]!, request.rawHeaders[i + 1]!]);
  }
  const sourceIp = request.socket.remoteAddress ?? "127.0.0.1";
  headers.push(["X-Forwarded-For", sourceIp], ["X-Forwarded-Port", "443"], ["X-Forwarded-Proto", "https"]);
  const stageName = decodeURIComponent(url.pathname.replace(/^\/|\/$/g, ""));
  return { api, stageName, headers, query: url.searchParams, sourceIp };
}
