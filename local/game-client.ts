import { WebSocket } from "ws";

/** A notice about a friend, as the gateway sends it. */
export interface ReceivedNotice {
  readonly kind: string;
  readonly friend: string;
  readonly [member: string]: unknown;
}

/** An answer of the gateway that is an error. */
export class RequestRefused extends Error {
  constructor(
    readonly action: string,
    readonly code: string,
    message: string,
    readonly field: string | undefined,
  ) {
    super(`${action}: ${code}: ${message}${field === undefined ? "" : ` (${field})`}`);
    this.name = "RequestRefused";
  }
}

export interface GameClientOptions {
  readonly url: string;
  readonly protocol: string;
  readonly token: string;
}

interface Waiting {
  readonly resolve: (body: Record<string, unknown>) => void;
  readonly reject: (error: Error) => void;
}

/** A player's connection, as a native game client makes it: subprotocol, token, frames. */
export class GameClient {
  /** Every notice so far, oldest first. */
  readonly notices: ReceivedNotice[] = [];
  /** Every frame that arrived, as text. */
  readonly frames: string[] = [];
  /** Code with which the connection ended; undefined while it is open. */
  closeCode: number | undefined;
  private readonly waiting = new Map<string, Waiting>();
  private readonly listeners = new Set<() => void>();
  private next = 1;

  private constructor(readonly socket: WebSocket) {
    socket.on("message", (data) => this.receive((data as Buffer).toString("utf8")));
    socket.on("close", (code) => {
      this.closeCode = code;
      for (const { reject } of this.waiting.values()) reject(new Error(`The connection was closed with code ${code}.`));
      this.waiting.clear();
      this.changed();
    });
  }

  /** @throws Error with the HTTP status when the handshake is refused. */
  static open({ url, protocol, token }: GameClientOptions): Promise<GameClient> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url, [protocol, `bearer.${token}`]);
      const client = new GameClient(socket);
      socket.once("open", () => resolve(client));
      socket.once("unexpected-response", (request, response) => {
        reject(
          Object.assign(new Error(`The connection was refused with ${response.statusCode ?? 0}.`), {
            status: response.statusCode,
          }),
        );
        request.destroy();
      });
      socket.on("error", reject);
    });
  }

  /** Opens a connection and registers it. */
  static async enter(options: GameClientOptions): Promise<GameClient> {
    const client = await GameClient.open(options);
    await client.request("hello");
    return client;
  }

  /** Sends an action and resolves to the body of its reply. @throws RequestRefused */
  request(action: string, body: object = {}): Promise<Record<string, unknown>> {
    const id = String(this.next++);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.socket.send(JSON.stringify({ action, id, body }));
    });
  }

  /** Resolves when `fact` holds; looks after every frame. @throws Error after `timeoutMs`. */
  until<T>(fact: () => T | undefined | false, what: string, timeoutMs = 10_000): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () =>
          finish(() =>
            reject(
              new Error(`Still waiting for ${what} after ${timeoutMs} ms; notices: ${JSON.stringify(this.notices)}`),
            ),
          ),
        timeoutMs,
      );
      const finish = (end: () => void): void => {
        clearTimeout(timer);
        this.listeners.delete(look);
        end();
      };
      const look = (): void => {
        const value = fact();
        if (value !== undefined && value !== false) finish(() => resolve(value));
      };
      this.listeners.add(look);
      look();
    });
  }

  /** The first notice of this kind about this friend, now or later. */
  notice(kind: string, friend: string, timeoutMs?: number): Promise<ReceivedNotice> {
    return this.until(
      () => this.notices.find((n) => n.kind === kind && n.friend === friend),
      `"${kind}" of ${friend}`,
      timeoutMs,
    );
  }

  /** Resolves when all that the gateway has sent so far has arrived, or will never arrive. */
  caughtUp(): Promise<void> {
    if (this.socket.readyState !== WebSocket.OPEN) return Promise.resolve();
    return new Promise((resolve) => {
      // The answer to a WebSocket ping comes after the frames before it, and no function hears of it.
      const done = (): void => {
        this.socket.off("pong", done).off("close", done);
        resolve();
      };
      this.socket.on("pong", done).on("close", done);
      this.socket.ping();
    });
  }

  /** Calls back after every frame and at the end. */
  onFrame(listener: () => void): void {
    this.listeners.add(listener);
  }

  get closed(): boolean {
    return this.socket.readyState === WebSocket.CLOSED;
  }

  close(): Promise<void> {
    if (this.closed) return Promise.resolve();
    return new Promise((resolve) => {
      this.socket.once("close", () => resolve());
      this.socket.close();
    });
  }

  private receive(text: string): void {
    this.frames.push(text);
    const frame = JSON.parse(text) as Record<string, unknown>;
    const waiting = typeof frame["id"] === "string" ? this.waiting.get(frame["id"]) : undefined;
    if (frame["type"] === "notices") this.notices.push(...(frame["notices"] as ReceivedNotice[]));
    if (waiting) {
      this.waiting.delete(frame["id"] as string);
      if (frame["type"] === "error") {
        const error = frame["error"] as { code: string; message: string; field?: string };
        waiting.reject(new RequestRefused(String(frame["action"]), error.code, error.message, error.field));
      } else waiting.resolve((frame["body"] ?? {}) as Record<string, unknown>);
    }
    this.changed();
  }

  private changed(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
