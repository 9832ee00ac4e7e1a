import { createHash } from "node:crypto";
import { createReadStream, rmSync, statSync } from "node:fs";
import { mkdir, open, readFile, rename, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AwsError } from "../../aws-error";
import type { Cloud } from "../../cloud";
import { Bucket, type Encryption, type StoredObject } from "./buckets";

/** Everything about an object but its bytes. */
export type ObjectAttributes = Partial<
  Pick<StoredObject, "contentType" | "headers" | "metadata" | "encryption" | "checksums" | "parts" | "etag">
>;

/** Buckets and objects of the account: plain files below `<folder>/s3/<bucket>`, with an index in memory. */
export class ObjectStore {
  readonly buckets = new Map<string, Bucket>();
  private writes = 0;

  constructor(readonly cloud: Cloud) {}

  /** A bucket begins empty: files of an earlier run are no objects of this one. */
  create(name: string): Bucket {
    const bucket = new Bucket(name, join(this.cloud.folder, "s3", name), this.cloud.clock.now());
    rmSync(bucket.folder, { recursive: true, force: true });
    rmSync(this.aside(bucket), { recursive: true, force: true });
    this.buckets.set(name, bucket);
    return bucket;
  }

  bucket(name: string): Bucket {
    const bucket = this.buckets.get(name);
    if (!bucket) throw new AwsError("NoSuchBucket", "The specified bucket does not exist", 404, { BucketName: name });
    return bucket;
  }

  async drop(bucket: Bucket): Promise<void> {
    this.buckets.delete(bucket.name);
    this.cloud.resourcePolicies.delete(bucket.arn);
    await rm(bucket.folder, { recursive: true, force: true });
    await rm(this.aside(bucket), { recursive: true, force: true });
  }

  async put(bucket: Bucket, key: string, body: Buffer, attributes: ObjectAttributes = {}): Promise<StoredObject> {
    const file = this.pathOf(bucket, key);
    const draft = this.draft(bucket);
    await mkdir(dirname(draft), { recursive: true });
    await writeFile(draft, body);
    return this.settle(bucket, key, draft, file, body.length, md5(body), attributes);
  }

  /** Takes a finished file of this file system over as an object; the file moves. */
  async take(bucket: Bucket, key: string, from: string, attributes: ObjectAttributes = {}): Promise<StoredObject> {
    const { size } = await stat(from);
    const hash = attributes.etag ?? (await md5OfFile(from));
    return this.settle(bucket, key, from, this.pathOf(bucket, key), size, hash, attributes);
  }

  /** Registers a file that already lies where the object belongs. */
  async adopt(bucket: Bucket, key: string): Promise<StoredObject> {
    const file = join(bucket.folder, key);
    const { size } = await stat(file);
    const object = this.describe(bucket, key, file, size, await md5OfFile(file), {});
    bucket.set(object);
    return object;
  }

  async remove(bucket: Bucket, key: string): Promise<void> {
    const object = bucket.delete(key);
    if (!object) return;
    await rm(object.file, { force: true });
    // Empty folders must go, or a later key of the same name could not be a file.
    for (let folder = dirname(object.file); folder.startsWith(bucket.folder + "/"); folder = dirname(folder)) {
      const gone = await rmdir(folder).then(
        () => true,
        () => false,
      );
      if (!gone) return;
    }
  }

  async read(object: StoredObject, start = 0, end = object.size - 1): Promise<Buffer> {
    if (start === 0 && end === object.size - 1) return readFile(object.file);
    const length = end - start + 1;
    const buffer = Buffer.allocUnsafe(length);
    const handle = await open(object.file, "r");
    try {
      const { bytesRead } = await handle.read(buffer, 0, length, start);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  }

  /** A fresh path, its folder made, for a file that `take` will turn into an object. */
  async prepareDraft(bucket: Bucket): Promise<string> {
    const draft = this.draft(bucket);
    await mkdir(dirname(draft), { recursive: true });
    return draft;
  }

  /** A fresh path for bytes that are not an object yet. */
  draft(bucket: Bucket): string {
    return join(this.aside(bucket), `draft-${++this.writes}`);
  }

  private aside(bucket: Bucket): string {
    return join(this.cloud.folder, "s3-internal", bucket.name);
  }

  private async settle(
    bucket: Bucket,
    key: string,
    from: string,
    to: string,
    size: number,
    hash: string,
    attributes: ObjectAttributes,
  ): Promise<StoredObject> {
    await mkdir(dirname(to), { recursive: true });
    await rename(from, to);
    const before = bucket.objects.get(key);
    if (before && before.file !== to) await rm(before.file, { force: true });
    const object = this.describe(bucket, key, to, size, hash, attributes);
    bucket.set(object);
    return object;
  }

  private describe(
    bucket: Bucket,
    key: string,
    file: string,
    size: number,
    hash: string,
    attributes: ObjectAttributes,
  ): StoredObject {
    const encryption: Encryption = attributes.encryption ?? bucket.encryption;
    return {
      key,
      file,
      size,
      etag: attributes.etag ?? `"${hash}"`,
      lastModified: this.cloud.clock.now(),
      contentType: attributes.contentType ?? "binary/octet-stream",
      headers: attributes.headers ?? {},
      metadata: attributes.metadata ?? {},
      encryption,
      checksums: attributes.checksums ?? {},
      ...(attributes.parts === undefined ? {} : { parts: attributes.parts }),
    };
  }

  /** The key itself as a path where a file system can hold it; else a file named by the key's hash, beside. */
  private pathOf(bucket: Bucket, key: string): string {
    const known = bucket.objects.get(key);
    if (known) return known.file;
    const segments = key.split("/");
    // A name of a file system has at most 255 bytes.
    const plain = segments.every(
      (segment) =>
        segment !== "" &&
        segment !== "." &&
        segment !== ".." &&
        Buffer.byteLength(segment) < 250 &&
        !segment.includes("\0"),
    );
    // `a` and `a/b` are two objects in S3, but a file cannot be a folder as well.
    const below = segments.some((_, i) => i > 0 && bucket.objects.has(segments.slice(0, i).join("/")));
    const path = join(bucket.folder, ...segments);
    if (plain && !below && !statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
    return join(this.aside(bucket), createHash("sha256").update(key).digest("hex"));
  }
}

function md5(body: Buffer): string {
  return createHash("md5").update(body).digest("hex");
}

async function md5OfFile(file: string): Promise<string> {
  const hash = createHash("md5");
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  return hash.digest("hex");
}
