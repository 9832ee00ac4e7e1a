import type { Json } from "../../service";
import type { Checksums } from "./checksums";
import { noSuchKey } from "./errors";

/** How a bucket encrypts what it stores, by default or for one object. */
export interface Encryption {
  readonly algorithm: "AES256" | "aws:kms";
  /** ARN of the customer key; absent for S3's own keys. */
  readonly keyArn?: string;
  readonly bucketKeyEnabled?: boolean;
}

/** What S3 knows of one object, or of one version of it; its bytes are the file. */
export interface StoredObject {
  readonly key: string;
  /** Absent for what was written without versioning: the version `null`. */
  readonly versionId?: string;
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
  readonly checksums: Checksums;
  /** Sizes of the parts of a multipart upload. */
  readonly parts?: readonly number[];
}

/** What a delete leaves in a bucket with versions. */
export interface DeleteMarker {
  readonly key: string;
  readonly versionId?: string;
  readonly lastModified: number;
  readonly isMarker: true;
}

/** A version that is not the current object. */
export type Version = StoredObject | DeleteMarker;

export function isMarker(version: Version): version is DeleteMarker {
  return "isMarker" in version;
}

/** Something under way that must know when its key is written or deleted meanwhile. */
export interface Watcher {
  readonly key: string;
  disturbed: boolean;
}

/** A bucket: its settings, the index of its objects and their other versions. */
export class Bucket {
  readonly objects = new Map<string, StoredObject>();
  /** What is not current, the newest first; a delete marker that is first stands for the object. */
  readonly versions = new Map<string, Version[]>();
  readonly watchers = new Set<Watcher>();
  encryption: Encryption = { algorithm: "AES256" };
  versioning: "Enabled" | "Suspended" | undefined;
  tags: Readonly<Record<string, string>> = {};
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
    this.disturb(object.key);
  }

  delete(key: string): StoredObject | undefined {
    const object = this.objects.get(key);
    if (object) {
      this.objects.delete(key);
      this.sorted = undefined;
    }
    this.disturb(key);
    return object;
  }

  get(key: string): StoredObject {
    const object = this.objects.get(key);
    if (!object) throw noSuchKey(key);
    return object;
  }

  /** All versions of a key, the newest first. */
  versionsOf(key: string): readonly Version[] {
    const current = this.objects.get(key);
    const others = this.versions.get(key) ?? [];
    return current ? [current, ...others] : others;
  }

  keep(version: Version): void {
    const others = this.versions.get(version.key);
    if (others) others.unshift(version);
    else this.versions.set(version.key, [version]);
  }

  /** Takes a version that is not current out. */
  takeOut(version: Version): void {
    const left = (this.versions.get(version.key) ?? []).filter((other) => other !== version);
    if (left.length > 0) this.versions.set(version.key, left);
    else this.versions.delete(version.key);
  }

  /** All keys in the order of S3's listings: by UTF-8 bytes. */
  keys(): readonly string[] {
    this.sorted ??= [...this.objects.keys()].sort(byUtf8);
    return this.sorted;
  }

  private disturb(key: string): void {
    for (const watcher of this.watchers) if (watcher.key === key) watcher.disturbed = true;
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
