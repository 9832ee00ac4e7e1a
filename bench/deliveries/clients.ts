import { Worker } from "node:worker_threads";
import { createRequire } from "node:module";

export interface Door {
  readonly url: string;
  readonly protocols: readonly string[];
}

/** What the thread runs: many sockets that count the notices that arrive. No TypeScript in here: it is its own program. */
const SCRIPT = `
const { parentPort, workerData } = require("node:worker_threads");
const { WebSocket } = require(workerData.ws);
let received = 0, frames = 0, wanted = Infinity;
const sockets = [];
function look() {
  if (received >= wanted) {
    wanted = Infinity;
    parentPort.postMessage({ kind: "reached", frames, at: performance.timeOrigin + performance.now() });
  }
}
function open({ url, protocols }) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, protocols, { perMessageDeflate: false });
    socket.on("message", (data) => {
      const frame = JSON.parse(data.toString("utf8"));
      if (frame.type !== "notices") return;
      received += frame.notices.length;
      frames++;
      look();
    });
    socket.once("open", resolve);
    socket.on("error", reject);
    sockets.push(socket);
  });
}
parentPort.on("message", async (message) => {
  if (message.kind === "open") {
    try {
      for (let i = 0; i < message.doors.length; i += 20) await Promise.all(message.doors.slice(i, i + 20).map(open));
      parentPort.postMessage({ kind: "opened" });
    } catch (error) {
      parentPort.postMessage({ kind: "failed", message: String(error) });
    }
  } else if (message.kind === "await") {
    received = 0; frames = 0; wanted = message.notices;
    parentPort.postMessage({ kind: "counting" });
  } else for (const socket of sockets) socket.terminate();
});
`;

type Answer =
  | { readonly kind: "opened" | "counting" }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "reached"; readonly frames: number; readonly at: number };

/** Game clients in a thread of their own, so that their work is not taken for the cloud's. */
export class Clients {
  private readonly worker = new Worker(SCRIPT, {
    eval: true,
    execArgv: [],
    workerData: { ws: createRequire(__filename).resolve("ws") },
  });

  /** Opens a socket at each door. @throws Error when one is refused. */
  async open(doors: readonly Door[]): Promise<void> {
    this.worker.postMessage({ kind: "open", doors });
    await this.answer("opened");
  }

  /**
   * Counts the notices that `act` leads to.
   * @returns seconds from the start of `act` until all of them had arrived, and how many frames carried them.
   */
  async count(notices: number, act: () => Promise<unknown>): Promise<{ seconds: number; frames: number }> {
    this.worker.postMessage({ kind: "await", notices });
    await this.answer("counting");
    const reached = this.answer("reached");
    const started = performance.timeOrigin + performance.now();
    await act();
    const { at, frames } = await reached;
    return { seconds: (at - started) / 1_000, frames };
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private answer<K extends Answer["kind"]>(kind: K): Promise<Extract<Answer, { kind: K }>> {
    return new Promise((resolve, reject) => {
      const look = (answer: Answer): void => {
        if (answer.kind === "failed") reject(new Error(answer.message));
        else if (answer.kind === kind) resolve(answer as Extract<Answer, { kind: K }>);
        else return;
        this.worker.off("message", look);
      };
      this.worker.on("message", look);
    });
  }
}
