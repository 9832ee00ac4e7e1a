import { createHash } from "node:crypto";
import { AwsError } from "../../aws-error";
import type { Json } from "../../service";

/** The checksum members of S3's shapes. */
export const checksumMembers = [
  "ChecksumCRC32",
  "ChecksumCRC32C",
  "ChecksumCRC64NVME",
  "ChecksumSHA1",
  "ChecksumSHA256",
] as const;

const table = Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});

/** CRC-32 (ISO-HDLC) in base64, as `x-amz-checksum-crc32` carries it. */
export function crc32(body: Buffer): string {
  let crc = 0xffffffff;
  for (const byte of body) crc = table[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  const out = Buffer.alloc(4);
  out.writeUInt32BE((crc ^ 0xffffffff) >>> 0);
  return out.toString("base64");
}

/** Compares the checksums that came with a body to the body; answers those to keep. CRC32C and CRC64NVME are kept unverified. */
export function verify(input: Json, body: Buffer): Record<string, string> {
  const md5 = input["ContentMD5"];
  if (typeof md5 === "string" && Buffer.from(md5, "base64").length !== 16)
    throw new AwsError("InvalidDigest", "The Content-MD5 you specified was invalid.", 400, { "Content-MD5": md5 });
  if (typeof md5 === "string" && createHash("md5").update(body).digest("base64") !== md5) {
    throw new AwsError("BadDigest", "The Content-MD5 you specified did not match what we received.");
  }
  const kept: Record<string, string> = {};
  for (const member of checksumMembers) {
    const given = input[member];
    if (typeof given !== "string") continue;
    const own = compute(member, body);
    if (own !== undefined && own !== given) {
      const algorithm = member.slice("Checksum".length);
      throw new AwsError("BadDigest", `The ${algorithm} you specified did not match the calculated checksum.`);
    }
    kept[member] = given;
  }
  return kept;
}

function compute(member: (typeof checksumMembers)[number], body: Buffer): string | undefined {
  switch (member) {
    case "ChecksumCRC32":
      return crc32(body);
    case "ChecksumSHA1":
      return createHash("sha1").update(body).digest("base64");
    case "ChecksumSHA256":
      return createHash("sha256").update(body).digest("base64");
    default:
      return undefined;
  }
}
