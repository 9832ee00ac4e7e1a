import type { Api, Stage } from "./model";

/** The far end of a connection: a WebSocket, or a stand-in of a test. */
export interface Socket {
  send(text: string): void;
  close(code: number, reason: string): void;
  /** Bytes that wait for a client too slow to take them. */
  readonly bufferedAmount: number;
}

/** What a client asks for when it connects. */
export interface Handshake {
  readonly api: Api;
  /** First segment of the path. */
  readonly stageName: string;
  /** In the client's own order and spelling. */
  readonly headers: readonly (readonly [string, string])[];
  readonly query: URLSearchParams;
  readonly sourceIp: string;
}

/** A connection, from `$connect` to `$disconnect`. */
export interface Connection {
  readonly id: string;
  readonly api: Api;
  readonly stage: Stage;
  /** ms since the epoch. */
  readonly connectedAt: number;
  readonly sourceIp: string;
  readonly userAgent: string | undefined;
  /** `principalId` and context of the authorizer, as strings. */
  authorizer: Readonly<Record<string, string>> | undefined;
  /** Set when `$connect` has returned; before, posts answer 410. */
  socket: Socket | undefined;
  lastActiveAt: number;
}

export function headerOf(handshake: Handshake, name: string): string | undefined {
  const wanted = name.toLowerCase();
  const values = handshake.headers.filter(([key]) => key.toLowerCase() === wanted).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(",");
}
