import type { CallContext } from "../../service";
import type { Queue } from "./queue";

/** Each 64 KB of payload is one request (SQS pricing). */
const CHUNK = 65_536;

/** Meters a request on `queue` with `bytes` of payload. */
export function meter(context: CallContext, queue: Queue, bytes = 0): void {
  context.use(queue.fifo ? "sqs.fifo.request" : "sqs.standard.request", Math.max(1, Math.ceil(bytes / CHUNK)));
}
