import { resolve } from "node:path";
import type { Json } from "../service";

/** What stands for a value that is known only after the update (`@pulumi/pulumi/runtime/rpc`: `unknownValue`). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The member that marks an object as something else than a plain one, and what it can say. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SIGNATURES = {
  asset: "c44067f5952c0a294b673a41bacd8c17",
  archive: "0def7320c3a5731c473e5ecbe6d01bc7",
  secret: "1b47061264138c4ac30d75fd1eb44270",
  output: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
  resource: "5cf8f73096256a8f31e491e813e4eb8e",
} as const;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const signatureOf = (value: unknown): unknown => (isObject(value) ? value[SIGNATURE] : undefined);

/** Whether a value is unknown, or has anything unknown in it. */
export function hasUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isObject(value) && Object.values(value).some(hasUnknown);
}

/**
 * What the services' code is given: secrets opened, references to resources as their ids, assets and archives as
 * Pulumi's own objects have them, and no `null`, which on this wire says the same as nothing.
 * @param folder what the paths of assets are relative to.
 */
export function plainOf(value: unknown, folder: string): unknown {
  const plain = (member: unknown): unknown => plainOf(member, folder);
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  switch (signatureOf(value)) {
    case SIGNATURES.secret:
    case SIGNATURES.output:
      return plain(value["value"]);
    case SIGNATURES.resource:
      return value["id"] ?? value["urn"];
    case SIGNATURES.asset:
      // An empty text arrives as no member at all.
      return typeof value["path"] === "string" && value["path"] !== ""
        ? { path: resolve(folder, value["path"]) }
        : { text: value["text"] ?? "" };
    case SIGNATURES.archive:
      return isObject(value["assets"])
        ? { assets: plain(value["assets"]) }
        : { path: resolve(folder, String(value["path"])) };
    default:
      return Object.fromEntries(
        Object.entries(value)
          .filter(([name, member]) => name !== SIGNATURE && member !== null)
          .map(([name, member]) => [name, plain(member)]),
      );
  }
}

/** Whether a value holds an asset or archive, whose own form has to be kept in the state. */
export function hasAsset(value: unknown): boolean {
  const signature = signatureOf(value);
  if (signature === SIGNATURES.asset || signature === SIGNATURES.archive) return true;
  if (Array.isArray(value)) return value.some(hasAsset);
  return isObject(value) && Object.values(value).some(hasAsset);
}

/** What can travel: nothing undefined, no class, no function. */
export function wireOf(state: Json): Json {
  return JSON.parse(JSON.stringify(state)) as Json;
}

/** Whether two values say the same; assets and archives with equal contents do, wherever they are. */
export function same(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, index) => same(item, other[index]));
  if (!isObject(one) || !isObject(other)) return (one ?? undefined) === (other ?? undefined);
  if (typeof one["hash"] === "string" && signatureOf(one) !== undefined) return one["hash"] === other["hash"];
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => same(one[name], other[name]));
}
