import type { Connection } from "../../local/services/apigateway/connection";
import type { ApiGatewayService } from "../../local/services/apigateway";
import type { Clock } from "../../local/clock";

type Body = Readonly<Record<string, unknown>>;

/** An answer of the gateway; undefined stands for none. */
export type Answer = { readonly body: Body } | { readonly code: string } | undefined;

/** What a client knows of a friend's presence. */
export interface Seen {
  readonly status: string;
  readonly version: number;
}

/** What a client reports to those who judge it. */
export interface Listener {
  /** A frame of notices has arrived, about this friend. */
  notice(client: GameClient, notice: Body): void;
}

/** Milliseconds after which a client asks again: API Gateway answers within 29 s. */
const PATIENCE_MS = 32_000;

/** A game client without a network: a player's connection, played straight on the gateway. */
export class GameClient {
  readonly views = new Map<string, Seen>();
  /** Its hello was answered: from here on it must hear of friends. */
  answered = false;
  connection: Connection | undefined;
  private next = 1;
  private readonly waiting = new Map<string, (answer: Answer) => void>();

  constructor(
    private readonly gateway: ApiGatewayService,
    private readonly clock: Clock,
    readonly player: string,
    private readonly token: string,
    private readonly listener: Listener,
  ) {}

  get open(): boolean {
    return this.connection !== undefined;
  }

  /** Plays the handshake. Resolves to the status: 101 when the connection is open. */
  async connect(): Promise<number> {
    const api = [...this.gateway.gateway.apis.values()][0]!;
    const handshaken = await this.gateway.connect({
      api,
      stageName: [...api.stages.keys()][0]!,
      headers: [
        ["Host", "localhost"],
        ["Sec-WebSocket-Protocol", `games-messaging.v1, bearer.${this.token}`],
        ["X-Forwarded-For", "127.0.0.1"],
      ],
      query: new URLSearchParams(),
      sourceIp: "127.0.0.1",
    });
    if (handshaken.kind === "refused") return handshaken.status;
    this.connection = handshaken.connection;
    this.gateway.begin(handshaken.connection, {
      send: (text) => this.receive(text),
      close: () => this.closed(),
      bufferedAmount: 0,
    });
    return 101;
  }

  /** The client goes; the gateway learns of it. */
  drop(): void {
    const { connection } = this;
    if (!connection) return;
    this.closed();
    this.gateway.end(connection, 1001, "");
  }

  /** Sends one action and waits for its answer; undefined when none came in time. */
  request(action: string, body: Body = {}): Promise<Answer> {
    const { connection } = this;
    if (!connection) return Promise.resolve(undefined);
    const id = String(this.next++);
    return new Promise((resolve) => {
      const end = (answer: Answer): void => {
        if (!this.waiting.delete(id)) return;
        timer.cancel();
        resolve(answer);
      };
      const timer = this.clock.setTimer(PATIENCE_MS, () => end(undefined));
      this.waiting.set(id, end);
      void this.gateway.receive(connection, JSON.stringify({ action, id, body })).catch(() => end(undefined));
    });
  }

  private closed(): void {
    this.connection = undefined;
    this.answered = false;
    this.endAll();
  }

  private endAll(): void {
    for (const end of [...this.waiting.values()]) end(undefined);
  }

  private receive(text: string): void {
    const frame = JSON.parse(text) as Body;
    if (frame["type"] === "notices" || frame["notices"] !== undefined) {
      for (const notice of frame["notices"] as Body[]) {
        this.listener.notice(this, notice);
        if (notice["kind"] !== "event") this.learn(notice);
      }
      return;
    }
    const end = this.waiting.get(String(frame["id"]));
    if (frame["type"] === "reply" && end) {
      const body = (frame["body"] ?? {}) as Body;
      for (const friend of (body["friends"] as Body[] | undefined) ?? []) this.learn(friend);
      if (body["status"] !== undefined && body["player"] !== undefined) this.learn(body);
      end({ body });
    } else if (frame["type"] === "error" && end) {
      end({ code: String((frame["error"] as Body)["code"]) });
    } else if (frame["type"] === undefined) {
      // API Gateway's own complaint, of one frame or another: a function failed.
      this.endAll();
    }
  }

  /** Rule 6 of the presence protocol: what is older than what is known is ignored. */
  private learn(told: Body): void {
    const friend = String(told["friend"] ?? told["player"]);
    const kind = String(told["kind"]);
    const status = told["status"] ?? (kind === "online" || kind === "offline" ? kind : undefined);
    if (status === undefined || told["version"] === undefined) return;
    const version = Number(told["version"]);
    if (version >= (this.views.get(friend)?.version ?? -1)) this.views.set(friend, { status: String(status), version });
  }
}
