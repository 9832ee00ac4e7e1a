import { createHash } from "node:crypto";
import {
  closeSync,
  createReadStream,
  mkdirSync,
  openSync,
  read,
  readFile,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { AwsError } from "../../aws-error";
import type { Cloud } from "../../cloud";
import { Bucket, type DeleteMarker, type Encryption, isMarker, type StoredObject, type Version } from "./buckets";

const readWhole = promisify(readFile);
const readPiece = promisify(read);

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
    const draft = await this.prepareDraft(bucket);
    await writeFile(draft, body);
    return this.settle(bucket, key, draft, body.length, md5(body), attributes);
  }

  /** Takes a finished file of this file system over as an object; the file moves. */
  async take(bucket: Bucket, key: string, from: string, attributes: ObjectAttributes = {}): Promise<StoredObject> {
    const { size } = await stat(from);
    const hash = attributes.etag ?? (await md5OfFile(from));
    return this.settle(bucket, key, from, size, hash, attributes);
  }

  /** Registers a file that already lies where the object belongs. */
  async adopt(bucket: Bucket, key: string): Promise<StoredObject> {
    const file = join(bucket.folder, key);
    const { size } = await stat(file);
    const object = this.describe(bucket, key, file, size, await md5OfFile(file), {});
    bucket.set(object);
    return object;
  }

  /** Deletes for good, whatever the bucket's versioning says: other versions stay. */
  async remove(bucket: Bucket, key: string): Promise<void> {
    const object = bucket.delete(key);
    if (object) this.dropFile(bucket, object.file);
    return Promise.resolve();
  }

  /** Deletes as a request does: in a bucket with versions a marker takes the object's place. */
  erase(bucket: Bucket, key: string): DeleteMarker | undefined {
    const { versioning } = bucket;
    const current = bucket.delete(key);
    if (current && !this.retire(bucket, current)) this.dropFile(bucket, current.file);
    if (versioning === undefined) return undefined;
    if (versioning === "Suspended") this.dropNull(bucket, key);
    const marker: DeleteMarker = {
      key,
      ...(versioning === "Enabled" ? { versionId: this.newVersionId(bucket, key) } : {}),
      lastModified: this.cloud.clock.now(),
      isMarker: true,
    };
    bucket.keep(marker);
    return marker;
  }

  /** Deletes one version; if it was the current one, the next takes its place. */
  eraseVersion(bucket: Bucket, version: Version): void {
    if (bucket.objects.get(version.key) === version) bucket.delete(version.key);
    else bucket.takeOut(version);
    if (!isMarker(version)) this.dropFile(bucket, version.file);
    const [next] = bucket.versionsOf(version.key);
    if (next === undefined || isMarker(next) || bucket.objects.has(version.key)) return;
    bucket.takeOut(next);
    const file = this.pathOf(bucket, next.key);
    mkdirSync(dirname(file), { recursive: true });
    renameSync(next.file, file);
    bucket.set({ ...next, file });
  }

  /** The file is opened at once: what is written meanwhile is another file. */
  async read(object: StoredObject, start = 0, end = object.size - 1): Promise<Buffer> {
    const handle = openSync(object.file, "r");
    try {
      if (start === 0 && end === object.size - 1) return await readWhole(handle);
      const buffer = Buffer.allocUnsafe(end - start + 1);
      const { bytesRead } = await readPiece(handle, buffer, 0, buffer.length, start);
      return buffer.subarray(0, bytesRead);
    } finally {
      closeSync(handle);
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

  /** Without a pause in between, so that no two writes of a key meet. */
  private settle(
    bucket: Bucket,
    key: string,
    from: string,
    size: number,
    hash: string,
    attributes: ObjectAttributes,
  ): StoredObject {
    const before = bucket.objects.get(key);
    if (before) this.retire(bucket, before);
    if (bucket.versioning === "Suspended") this.dropNull(bucket, key);
    const to = this.pathOf(bucket, key);
    mkdirSync(dirname(to), { recursive: true });
    renameSync(from, to);
    const object = this.describe(bucket, key, to, size, hash, attributes);
    bucket.set(object);
    return object;
  }

  /** Keeps an object that is no longer current as a version, if it has an id or the bucket gives them. */
  private retire(bucket: Bucket, object: StoredObject): boolean {
    if (bucket.versioning !== "Enabled" && object.versionId === undefined) return false;
    const file = this.draft(bucket);
    mkdirSync(dirname(file), { recursive: true });
    renameSync(object.file, file);
    this.tidy(bucket, object.file);
    bucket.keep({ ...object, file });
    return true;
  }

  /** There is one version `null` at most. */
  private dropNull(bucket: Bucket, key: string): void {
    for (const version of bucket.versions.get(key) ?? []) {
      if (version.versionId !== undefined) continue;
      bucket.takeOut(version);
      if (!isMarker(version)) rmSync(version.file, { force: true });
    }
  }

  private dropFile(bucket: Bucket, file: string): void {
    rmSync(file, { force: true });
    this.tidy(bucket, file);
  }

  /** Empty folders must go, or a later key of the same name could not be a file. */
  private tidy(bucket: Bucket, file: string): void {
    try {
      for (let folder = dirname(file); folder.startsWith(`${bucket.folder}/`); folder = dirname(folder))
        rmdirSync(folder);
    } catch {
      // Another object lies there.
    }
  }

  /** Unlike the cloud's own chance, ids of versions disturb no seed. */
  private newVersionId(bucket: Bucket, key: string): string {
    const hash = createHash("sha256").update(`${bucket.name}/${key}/${++this.writes}`).digest("base64url");
    return hash.slice(0, 32).replaceAll("-", ".");
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
      ...(bucket.versioning === "Enabled" ? { versionId: this.newVersionId(bucket, key) } : {}),
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
    if (known && bucket.versioning !== "Enabled" && known.versionId === undefined) return known.file;
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
