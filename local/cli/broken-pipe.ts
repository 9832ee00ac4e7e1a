import type { EventEmitter } from "node:events";

/** Ends quietly when nobody reads any more, as in `npm run local | head`; what else goes wrong is thrown as before. */
export function endOnBrokenPipe(streams: readonly EventEmitter[], end: () => void): void {
  for (const stream of streams) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      end();
    });
  }
}
