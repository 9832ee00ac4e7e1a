import type { RestRoute } from "../../service";
import { decode } from "./wire";

const verbs: Readonly<Record<string, string>> = { GET: "Get", PUT: "Put", POST: "Post", DELETE: "Delete" };

/** Query parameters that make another operation of a request; https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html */
const ofBucket = [
  "accelerate",
  "acl",
  "analytics",
  "cors",
  "encryption",
  "intelligent-tiering",
  "inventory",
  "lifecycle",
  "logging",
  "metadataTable",
  "metrics",
  "notification",
  "object-lock",
  "ownershipControls",
  "policy",
  "policyStatus",
  "publicAccessBlock",
  "replication",
  "requestPayment",
  "session",
  "tagging",
  "versioning",
  "versions",
  "website",
];
const ofObject = [
  "acl",
  "attributes",
  "legal-hold",
  "renameObject",
  "restore",
  "retention",
  "select",
  "tagging",
  "torrent",
];

/**
 * Operations that are not played, by their own names: without these a request that asks for the tags of an object would
 * be taken for one that writes or deletes the object.
 */
export const unplayed: readonly RestRoute[] = [
  ...of("/{Bucket}/{Key+}", "Object", ofObject),
  ...of("/{Bucket}", "Bucket", ofBucket),
];

function of(path: string, owner: string, parameters: readonly string[]): RestRoute[] {
  return Object.entries(verbs).flatMap(([method, verb]) =>
    parameters.map((parameter) => ({
      method,
      path,
      query: [parameter],
      operation: `${verb}${owner}${parameter.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())}`,
      decode,
    })),
  );
}
