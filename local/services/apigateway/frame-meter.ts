/** Bytes of one frame that a client sends. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const frameLimit = 32 * 1024;

/**
 * Watches the bytes of a client for frames that are too large, which the WebSocket library cannot tell from messages.
 * https://www.rfc-editor.org/rfc/rfc6455#section-5.2
 */
export class FrameMeter {
  private header = Buffer.alloc(0);
  private skip = 0;

  /** Takes the next bytes; true when a frame announces more than the limit. */
  exceeds(chunk: Buffer): boolean {
    let rest = chunk;
    for (;;) {
      const skipped = Math.min(this.skip, rest.length);
      this.skip -= skipped;
      rest = rest.subarray(skipped);
      if (rest.length === 0) return false;
      const bytes = this.header.length === 0 ? rest : Buffer.concat([this.header, rest]);
      const length = headerOf(bytes);
      if (!length) {
        this.header = Buffer.from(bytes);
        return false;
      }
      if (length.payload > frameLimit) return true;
      rest = bytes.subarray(length.header);
      this.header = Buffer.alloc(0);
      this.skip = length.payload;
    }
  }
}

function headerOf(bytes: Buffer): { readonly header: number; readonly payload: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes[1]! & 0x7f;
  const mask = bytes[1]! & 0x80 ? 4 : 0;
  const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
  const header = 2 + extended + mask;
  if (bytes.length < header) return undefined;
  const payload = extended === 0 ? short : extended === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  return { header, payload };
}
