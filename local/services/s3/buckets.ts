import { AwsError } from "../../aws-error";
import type { Json } from "../../service";

/** How a bucket encrypts what it stores, by default or for one object. */
export interface Encryption {
  readonly algorithm: "AES256" | "aws:kms";
  /** ARN of the customer key; absent for S3's own keys. */
  readonly keyArn?: string;
  readonly bucketKeyEnabled?: boolean;
}

/** What S3 knows of one object; its bytes are the file. */
export interface StoredObject {
  readonly key: string;
  /** Path of the file that holds the bytes. */
  readonly file: string;
  readonly size: number;
  /** With its quotes. */
  readonly etag: string;
  /** Milliseconds since the epoch. */
  readonly lastModified: number;
  readonly contentType: string;
  /** `Cache-Control`, `Content-Disposition`, `Content-Encoding`, `Content-Language`, `Expires`, by member name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly encryption: Encryption;
  /** By member name, e.g. `ChecksumCRC32`. */
  readonly checksums: Readonly<Record<string, string>>;
  /** Number of parts of a multipart upload. */
  readonly parts?: number;
}

/** A bucket: its settings and the index of its objects. */
export class Bucket {
  readonly objects = new Map<string, StoredObject>();
  encryption: Encryption = { algorithm: "AES256" };
  versioning: "Enabled" | "Suspended" | undefined;
  /** Declared settings that are kept and shown but have no effect here, by resource type. */
  readonly settings = new Map<string, Json>();
  private sorted: string[] | undefined;

  constructor(
    readonly name: string,
    readonly folder: string,
    readonly createdAt: number,
  ) {}

  get arn(): string {
    return `arn:aws:s3:::${this.name}`;
  }

  set(object: StoredObject): void {
    if (!this.objects.has(object.key)) this.sorted = undefined;
    this.objects.set(object.key, object);
  }

  delete(key: string): StoredObject | undefined {
    const object = this.objects.get(key);
    if (object) {
      this.objects.delete(key);
      this.sorted = undefined;
    }
    return object;
  }

  get(key: string): StoredObject {
    const object = this.objects.get(key);
    if (!object) throw new AwsError("NoSuchKey", "The specified key does not exist.", 404, { Key: key });
    return object;
  }

  /** All keys in the order of S3's listings: by UTF-8 bytes. */
  keys(): readonly string[] {
    this.sorted ??= [...this.objects.keys()].sort(byUtf8);
    return this.sorted;
  }
}

/** UTF-8 orders as code points do, which UTF-16 does not beyond the basic plane. */
export function byUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left === right) continue;
    const leftHigh = left >= 0xd800 && left <= 0xdfff;
    const rightHigh = right >= 0xd800 && right <= 0xdfff;
    return leftHigh === rightHigh ? left - right : leftHigh ? 1 : -1;
  }
  return a.length - b.length;
}
