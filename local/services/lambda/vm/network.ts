import { EventEmitter } from "node:events";
import * as http from "node:http";
import { Readable, Writable } from "node:stream";
import type { HttpRequest, HttpResponse } from "../../../service";

/** A call that an environment has made and that waits for its turn. */
export interface OutgoingCall {
  readonly environmentId: string;
  readonly functionName: string;
  readonly request: HttpRequest;
  /** Hands the reply to the function. */
  respond(response: HttpResponse): void;
  /** Breaks the connection without a reply. */
  break(): void;
}

/** Where an environment's calls go. */
export type Outgoing = (call: Pick<OutgoingCall, "request" | "respond" | "break">) => void;

type Headers = Readonly<Record<string, string | readonly string[] | number | undefined>>;
interface RequestOptions {
  readonly method?: string;
  readonly path?: string;
  readonly host?: string;
  readonly hostname?: string;
  readonly port?: number | string | null;
  readonly headers?: Headers;
}

/** The reply as Node's http hands it over. */
class Reply extends Readable {
  readonly statusMessage: string;
  readonly headers: Record<string, string> = {};
  readonly rawHeaders: string[] = [];
  readonly httpVersion = "1.1";
  readonly complete = true;

  constructor(
    readonly statusCode: number,
    response: HttpResponse,
  ) {
    super({ read: () => undefined });
    this.statusMessage = http.STATUS_CODES[statusCode] ?? "";
    for (const [name, value] of Object.entries(response.headers)) {
      this.headers[name.toLowerCase()] = value;
      this.rawHeaders.push(name, value);
    }
    const body = Buffer.from(response.body as string);
    if (body.length > 0) this.push(body);
    this.push(null);
  }

  setTimeout(): this {
    return this;
  }
}

/** A request of Node's http that reaches no socket: it is handed over when its body is complete. */
class Request extends Writable {
  readonly chunks: Buffer[] = [];
  readonly headers: Record<string, string> = {};
  readonly reusedSocket = false;
  private broken = false;

  constructor(
    private readonly options: RequestOptions,
    private readonly outgoing: Outgoing,
  ) {
    // It lives on after its body is complete: the reply is yet to come.
    super({
      autoDestroy: false,
      write: (chunk: Buffer, _, done) => {
        this.chunks.push(chunk);
        done();
      },
    });
    for (const [name, value] of Object.entries(options.headers ?? {})) this.setHeader(name, value);
    this.once("finish", () => this.hand());
  }

  setHeader(name: string, value: Headers[string]): this {
    if (value !== undefined) this.headers[name.toLowerCase()] = Array.isArray(value) ? value.join(",") : String(value);
    return this;
  }

  getHeader(name: string): string | undefined {
    return this.headers[name.toLowerCase()];
  }

  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setSocketKeepAlive(): this {
    return this;
  }

  flushHeaders(): this {
    return this;
  }

  abort(): void {
    this.broken = true;
    this.destroy();
  }

  private hand(): void {
    const { options } = this;
    const target = options.path ?? "/";
    const at = target.indexOf("?");
    const port = options.port === undefined || options.port === null ? "" : `:${options.port}`;
    this.headers["host"] ??= `${options.hostname ?? options.host ?? "localhost"}${port}`;
    this.outgoing({
      request: {
        method: options.method ?? "GET",
        path: at < 0 ? target : target.slice(0, at),
        query: at < 0 ? "" : target.slice(at + 1),
        headers: this.headers,
        body: Buffer.concat(this.chunks),
      },
      respond: (response) => {
        if (this.broken || this.destroyed) return;
        const reply = new Reply(response.status, response);
        reply.once("end", () => this.emit("close"));
        this.emit("response", reply);
      },
      break: () => {
        if (this.broken) return;
        this.destroy(Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }));
      },
    });
  }
}

/** Keeps the options that SDKs give it, and no socket. */
class Agent extends EventEmitter {
  readonly sockets = {};
  readonly requests = {};
  readonly freeSockets = {};
  readonly maxSockets: number;

  constructor(readonly options: { maxSockets?: number } = {}) {
    super();
    this.maxSockets = options.maxSockets ?? Infinity;
  }

  destroy(): void {
    this.removeAllListeners();
  }
}

type Callback = (reply: Reply) => void;

/** Stands in for `http` and `https` inside an environment. */
export function httpModule(outgoing: Outgoing): Readonly<Record<string, unknown>> {
  const request = (
    first: string | URL | RequestOptions,
    second?: RequestOptions | Callback,
    third?: Callback,
  ): Request => {
    const callback = typeof second === "function" ? second : third;
    const given = typeof second === "function" ? {} : (second ?? {});
    const options = typeof first === "string" || first instanceof URL ? { ...partsOf(first), ...given } : first;
    const made = new Request(options, outgoing);
    if (callback) made.once("response", callback);
    return made;
  };
  const get = (...args: Parameters<typeof request>): Request => {
    const made = request(...args);
    made.end();
    return made;
  };
  const { METHODS, STATUS_CODES } = http;
  return { request, get, Agent, globalAgent: new Agent(), METHODS, STATUS_CODES, IncomingMessage: Reply };
}

function partsOf(address: string | URL): RequestOptions {
  const url = new URL(address);
  return { method: "GET", hostname: url.hostname, port: url.port, path: `${url.pathname}${url.search}` };
}

/** Stands in for the global `fetch` inside an environment. */
export function fetchFunction(outgoing: Outgoing): typeof fetch {
  return async (input, init) => {
    const asked = new globalThis.Request(input, init);
    const url = new URL(asked.url);
    const body = Buffer.from(await asked.arrayBuffer());
    const headers = { host: url.host, ...Object.fromEntries(asked.headers) };
    return new Promise((resolve, reject) =>
      outgoing({
        request: { method: asked.method, path: url.pathname, query: url.search.slice(1), headers, body },
        respond: ({ status, headers: answered, body: content }) => {
          const empty = status === 204 || status === 304;
          resolve(
            new Response(empty ? null : new Uint8Array(Buffer.from(content as string)), { status, headers: answered }),
          );
        },
        break: () => reject(new TypeError("fetch failed")),
      }),
    );
  };
}
