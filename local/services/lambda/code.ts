import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { unzipSync } from "fflate";
import { AwsError } from "../../aws-error";

/** The files of an archive: path inside it to content. */
export type Files = Map<string, Buffer>;

/** A Pulumi asset or archive, as a program or the engine hands it over: members may be promises. */
export interface PulumiAsset {
  readonly text?: string | Promise<string>;
  readonly path?: string | Promise<string>;
  readonly uri?: string | Promise<string>;
  readonly assets?: Readonly<Record<string, PulumiAsset>> | Promise<Readonly<Record<string, PulumiAsset>>>;
}

/** Reads all files of a Pulumi archive: text assets, files, folders, zip files, archives of archives. */
export async function filesOf(archive: PulumiAsset): Promise<Files> {
  const files: Files = new Map();
  await collect(archive, "", files);
  return files;
}

async function collect(asset: PulumiAsset, name: string, files: Files): Promise<void> {
  const assets = await asset.assets;
  if (assets) {
    for (const [key, inner] of Object.entries(assets)) await collect(inner, path.posix.join(name, key), files);
    return;
  }
  const text = await asset.text;
  if (text !== undefined) {
    files.set(name, Buffer.from(text));
    return;
  }
  const file = await asset.path;
  if (file === undefined) {
    throw new Error(
      `code of a function: got an asset with the members ${Object.keys(asset).join(", ") || "(none)"}; ` +
        "expected text, a file, a folder, a zip file or an archive of these. Remote archives cannot be fetched by the local cloud.",
    );
  }
  if (fs.statSync(file).isDirectory()) walk(file, name, files);
  else if (file.endsWith(".zip") && (name === "" || "__pulumiArchive" in asset))
    unpack(fs.readFileSync(file), name, files);
  else files.set(name || path.basename(file), fs.readFileSync(file));
}

function walk(folder: string, name: string, files: Files): void {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name);
    const inside = path.posix.join(name, entry.name);
    if (entry.isDirectory()) walk(full, inside, files);
    else if (entry.isFile()) files.set(inside, fs.readFileSync(full));
  }
}

function unpack(zip: Buffer, name: string, files: Files): void {
  for (const [inside, content] of Object.entries(unzipSync(zip))) {
    if (!inside.endsWith("/")) files.set(path.posix.join(name, inside), Buffer.from(content));
  }
}

/**
 * Reads a zip file as `UpdateFunctionCode` takes it.
 * @throws AwsError InvalidParameterValueException when it is none.
 */
export function filesOfZip(zip: Buffer): Files {
  const files: Files = new Map();
  try {
    unpack(zip, "", files);
  } catch {
    throw new AwsError(
      "InvalidParameterValueException",
      "Could not unzip uploaded file. Please check your file, then try to upload again.",
      400,
    );
  }
  return files;
}

/** Where an archive was unpacked, and what it is known by. */
export interface Unpacked {
  readonly root: string;
  /** Base64 of a SHA-256 over names and contents: equal archives have equal hashes. */
  readonly sha256: string;
  /** Bytes of all files. */
  readonly size: number;
  /** Writes the files again, if somebody has deleted them meanwhile. */
  restore(): void;
}

/**
 * Writes the files below `folder`, in a folder named after their hash, so that an environment that still runs keeps its own.
 * @throws Error when a name leads out of the folder.
 */
export function unpackInto(folder: string, files: Files): Unpacked {
  const hash = createHash("sha256");
  let size = 0;
  for (const name of [...files.keys()].sort()) {
    const content = files.get(name)!;
    hash.update(`${name}\0${content.length}\0`).update(content);
    size += content.length;
  }
  const digest = hash.digest();
  const root = path.join(folder, digest.toString("hex").slice(0, 16));
  const write = (): void => {
    for (const [name, content] of files) {
      const target = path.resolve(root, name);
      if (!target.startsWith(root + path.sep)) {
        throw new Error(`code of a function: got the file name "${name}"; expected a path inside the archive.`);
      }
      fs.mkdirSync(path.dirname(target), { recursive: true });
      fs.writeFileSync(target, content);
    }
    // What the program's own package.json says of modules must not reach a function: on Lambda nothing lies above it.
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, "package.json"), "{}\n");
  };
  write();
  const restore = (): void => {
    if (!fs.existsSync(root)) write();
  };
  return { root, sha256: digest.toString("base64"), size, restore };
}
