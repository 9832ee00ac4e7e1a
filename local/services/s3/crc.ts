/** A cyclic redundancy check that is fed piece by piece. */
export interface Crc {
  update(piece: Buffer): void;
  digest(): Buffer;
}

const CRC32 = tableOf(0xedb88320);
const CRC32C = tableOf(0x82f63b78);
const CRC64 = wideTable(0x9a6c9329, 0xac4bc9b5);

/** CRC-32 (ISO-HDLC) and CRC-32C (Castagnoli): 4 bytes, big-endian, as S3's headers carry them. */
export function crc32Of(kind: "CRC32" | "CRC32C"): Crc {
  const table = kind === "CRC32" ? CRC32 : CRC32C;
  let crc = 0xffffffff;
  return {
    update(piece) {
      for (const byte of piece) crc = table[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
    },
    digest() {
      const out = Buffer.alloc(4);
      out.writeUInt32BE((crc ^ 0xffffffff) >>> 0);
      return out;
    },
  };
}

/** CRC-64/NVME in two halves, because 64-bit integers of the language are slow. */
export function crc64Nvme(): Crc {
  let [high, low] = [0xffffffff, 0xffffffff];
  return {
    update(piece) {
      for (const byte of piece) {
        const at = (low ^ byte) & 0xff;
        low = ((low >>> 8) | (high << 24)) ^ CRC64.low[at]!;
        high = (high >>> 8) ^ CRC64.high[at]!;
      }
    },
    digest() {
      const out = Buffer.alloc(8);
      out.writeUInt32BE((high ^ 0xffffffff) >>> 0, 0);
      out.writeUInt32BE((low ^ 0xffffffff) >>> 0, 4);
      return out;
    },
  };
}

function tableOf(polynomial: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, n) => {
    for (let k = 0; k < 8; k++) n = n & 1 ? polynomial ^ (n >>> 1) : n >>> 1;
    return n >>> 0;
  });
}

function wideTable(highPolynomial: number, lowPolynomial: number): { high: Uint32Array; low: Uint32Array } {
  const table = { high: new Uint32Array(256), low: new Uint32Array(256) };
  for (let n = 0; n < 256; n++) {
    let [high, low] = [0, n];
    for (let k = 0; k < 8; k++) {
      const odd = low & 1;
      low = (low >>> 1) | (high << 31);
      high >>>= 1;
      if (odd) [high, low] = [high ^ highPolynomial, low ^ lowPolynomial];
    }
    table.high[n] = high;
    table.low[n] = low;
  }
  return table;
}
