import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ConnectionLost, NoReply } from "../aws-error";
import type { HttpRequest, HttpResponse } from "../service";
import type { Front } from "./front";

/** Answers requests below `/_local/` and the console's pages; undefined leaves the request to AWS's protocols. */
export type LocalRoutes = (
  request: HttpRequest,
  response: ServerResponse,
) => Promise<HttpResponse | "handled" | undefined> | undefined;

/** The one HTTP port. Listens on 127.0.0.1 only. */
export class HttpServer {
  private readonly server: Server;

  constructor(
    private readonly front: Pick<Front, "handle" | "date">,
    private readonly local: LocalRoutes = () => undefined,
  ) {
    this.server = createServer((request, response) => void this.serve(request, response));
    // Functions keep their connections between invocations, as the SDK does on AWS.
    this.server.keepAliveTimeout = 60_000;
  }

  /**
   * @param port 0 takes a free one.
   * @returns the base URL.
   */
  async listen(port = 0): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(port, "127.0.0.1", () => {
        this.server.removeListener("error", reject);
        resolve();
      });
    });
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader("date", this.front.date());
    try {
      const request = await read(incoming);
      const own = await this.local(request, response);
      if (own === "handled") return;
      const answer = own ?? (await this.front.handle(request));
      // HEAD tells the length of a body that it does not send, so that a length given by the service stands.
      response.writeHead(answer.status, { "content-length": Buffer.byteLength(answer.body), ...answer.headers });
      response.end(request.method === "HEAD" ? undefined : answer.body);
    } catch (error) {
      if (!(error instanceof ConnectionLost) && !response.headersSent) {
        response.writeHead(500, { "content-type": "text/plain" });
        response.end(error instanceof Error ? error.message : String(error));
        return;
      }
      // Without a reply the socket stays open, as it does when a packet is lost for good.
      if (error instanceof NoReply) incoming.socket.once("close", error.givenUp);
      else incoming.socket.destroy();
    }
  }
}

function read(incoming: IncomingMessage): Promise<HttpRequest> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("error", reject);
    incoming.on("end", () => {
      // A client that goes through a proxy names the whole address.
      const url = (incoming.url ?? "/").replace(/^https?:\/\/[^/?]*/i, "").replace(/^(?=\?|$)/, "/");
      const at = url.indexOf("?");
      resolve({
        method: incoming.method ?? "GET",
        path: at < 0 ? url : url.slice(0, at),
        query: at < 0 ? "" : url.slice(at + 1),
        headers: incoming.headers as Record<string, string>,
        body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks),
      });
    });
  });
}
