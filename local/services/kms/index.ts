import type { Cloud } from "../../cloud";
import type { Service } from "../../service";
import { KeyStore } from "./keys";
import { cryptoOperations } from "./operations/crypto";
import { dataKeyOperations } from "./operations/data-keys";
import { keyOperations } from "./operations/keys";
import { policyAndAliasOperations } from "./operations/policies-and-aliases";
import { rotationOperations } from "./operations/rotation";
import { tagOperations } from "./operations/tags";
import { kmsResources } from "./resources";

const stores = new WeakMap<Cloud, KeyStore>();

/** The keys of a cloud, made on first use. */
export function keyStore(cloud: Cloud): KeyStore {
  let store = stores.get(cloud);
  if (!store) stores.set(cloud, (store = new KeyStore(cloud)));
  return store;
}

/** The ARN of the key behind an id, ARN, alias or alias ARN; undefined if there is none. Services put it into their AccessRequests. */
export function keyArnOf(cloud: Cloud, reference: string): string | undefined {
  return keyStore(cloud).find(reference)?.arn;
}

/** AWS Key Management Service, symmetric keys. */
export function kmsService(cloud: Cloud): Service {
  const store = keyStore(cloud);
  return {
    name: "kms",
    signingName: "kms",
    protocols: [{ kind: "json", target: "TrentService", version: "1.1" }],
    operations: {
      ...cryptoOperations(store),
      ...dataKeyOperations(store),
      ...keyOperations(store),
      ...policyAndAliasOperations(store),
      ...rotationOperations(store),
      ...tagOperations(store),
    },
    resourceTypes: kmsResources(store),
  };
}
