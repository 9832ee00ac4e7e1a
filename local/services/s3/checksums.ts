import { createHash } from "node:crypto";
import { AwsError } from "../../aws-error";
import type { Json } from "../../service";
import { crc32Of, crc64Nvme } from "./crc";
import { invalidRequest } from "./errors";

/** The algorithms of S3's checksums and the bytes of their values. */
const LENGTHS = { CRC32: 4, CRC32C: 4, CRC64NVME: 8, SHA1: 20, SHA256: 32 } as const;

/** An algorithm of S3's checksums. */
export type Algorithm = keyof typeof LENGTHS;

/** In the order of S3's messages. */
export const algorithms = Object.keys(LENGTHS) as readonly Algorithm[];

/** The checksum members of S3's shapes. */
export const checksumMembers = algorithms.map((algorithm) => `Checksum${algorithm}` as const);

/** Checksums by member name, e.g. `ChecksumCRC32`. */
export type Checksums = Readonly<Record<string, string>>;

/** A checksum that is fed piece by piece. */
export interface Sum {
  update(piece: Buffer): void;
  digest(): Buffer;
}

export function sumOf(algorithm: Algorithm): Sum {
  switch (algorithm) {
    case "CRC32":
    case "CRC32C":
      return crc32Of(algorithm);
    case "CRC64NVME":
      return crc64Nvme();
    default: {
      const hash = createHash(algorithm.toLowerCase());
      return { update: (piece) => void hash.update(piece), digest: () => hash.digest() };
    }
  }
}

/** A checksum of a body in base64, as the header carries it. */
export function checksumOf(algorithm: Algorithm, body: Buffer): string {
  const sum = sumOf(algorithm);
  sum.update(body);
  return sum.digest().toString("base64");
}

/** The one checksum that came with a request. @throws AwsError InvalidRequest for several, and for none of this kind. */
export function givenChecksum(input: Json): { readonly algorithm: Algorithm; readonly value: string } | undefined {
  const given = algorithms.filter((algorithm) => typeof input[`Checksum${algorithm}`] === "string");
  if (given.length > 1)
    throw invalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
  const [algorithm] = given;
  if (algorithm === undefined) return undefined;
  const value = input[`Checksum${algorithm}`] as string;
  const sum = value.replace(/-\d+$/, "");
  if (!/^[A-Za-z0-9+/]+=*$/.test(sum) || Buffer.from(sum, "base64").length !== LENGTHS[algorithm])
    throw invalidRequest(`Value for x-amz-checksum-${algorithm.toLowerCase()} header is invalid.`);
  return { algorithm, value };
}

/** Compares MD5 and checksum that came with a body to the body; answers the checksum to keep. */
export function verify(input: Json, body: Buffer): Checksums {
  verifyMd5(input["ContentMD5"], body);
  const given = givenChecksum(input);
  if (!given) return {};
  if (checksumOf(given.algorithm, body) !== given.value) throw badDigest(given.algorithm);
  return { [`Checksum${given.algorithm}`]: given.value };
}

/** As `verify`; what came without a checksum gets S3's own: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html */
export function verifyWhole(input: Json, body: Buffer): Checksums {
  const kept = verify(input, body);
  return Object.keys(kept).length > 0 ? kept : { ChecksumCRC64NVME: checksumOf("CRC64NVME", body) };
}

export function badDigest(algorithm: Algorithm): AwsError {
  return new AwsError("BadDigest", `The ${algorithm} you specified did not match the calculated checksum.`);
}

function verifyMd5(md5: unknown, body: Buffer): void {
  if (typeof md5 !== "string") return;
  if (!/^[A-Za-z0-9+/]{22}==$/.test(md5))
    throw new AwsError("InvalidDigest", "The Content-MD5 you specified was invalid.", 400, { "Content-MD5": md5 });
  const own = createHash("md5").update(body).digest("base64");
  if (own === md5) return;
  throw new AwsError("BadDigest", "The Content-MD5 you specified did not match what we received.", 400, {
    ExpectedDigest: md5,
    CalculatedDigest: own,
  });
}
