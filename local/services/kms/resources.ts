import { textOf } from "../iam/inputs";
import type { Cloud } from "../../cloud";
import type { Created, Json, ResourceType } from "../../service";
import type { Key, KeyStore } from "./keys";

const json = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** Pulumi resource types of KMS. */
export function kmsResources(store: KeyStore): Readonly<Record<string, ResourceType>> {
  return {
    "aws:kms/key:Key": {
      create: (inputs, { cloud }) => {
        const key = store.create(
          {
            ...(inputs["policy"] === undefined ? {} : { policy: inputs["policy"] }),
            description: textOf(inputs["description"], ""),
            enabled: inputs["isEnabled"] !== false,
            rotation: inputs["enableKeyRotation"] === true,
            ...(typeof inputs["rotationPeriodInDays"] === "number"
              ? { rotationPeriod: inputs["rotationPeriodInDays"] }
              : {}),
            tags: (inputs["tags"] ?? {}) as Readonly<Record<string, string>>,
            bypassLockoutCheck: inputs["bypassPolicyLockoutSafetyCheck"] === true,
          },
          cloud.operator,
        );
        return keyState(store, key.id, inputs, cloud);
      },
      update: (id, inputs, { cloud }) => {
        const key = store.get(id);
        if (inputs["policy"] !== undefined)
          store.setPolicy(key.arn, inputs["policy"], cloud.operator, inputs["bypassPolicyLockoutSafetyCheck"] === true);
        key.description = textOf(inputs["description"], "");
        key.enabled = inputs["isEnabled"] !== false;
        key.rotation = inputs["enableKeyRotation"] === true;
        if (typeof inputs["rotationPeriodInDays"] === "number") key.rotationPeriod = inputs["rotationPeriodInDays"];
        setTags(key, inputs["tags"]);
        return keyState(store, id, inputs, cloud);
      },
      delete: (id, state, { cloud }) => {
        const key = store.find(id);
        if (key) key.deletion = cloud.clock.now() + Number(state["deletionWindowInDays"] ?? 30) * 86_400_000;
      },
    },
    "aws:kms/alias:Alias": {
      create: (inputs, context) => {
        const made = textOf(inputs["namePrefix"], "alias/") + context.physicalName().replace(/^alias\//, "");
        return alias(store, inputs, textOf(inputs["name"], made), context.cloud);
      },
      update: (id, inputs, { cloud }) => alias(store, inputs, id, cloud),
      delete: (id) => void store.aliases.delete(id),
    },
    "aws:kms/keyPolicy:KeyPolicy": {
      create: keyPolicy(store),
      update: (_id, inputs, context) => keyPolicy(store)(inputs, context),
    },
  };
}

function setTags(key: Key, tags: unknown): void {
  key.tags.clear();
  for (const [name, value] of Object.entries((tags ?? {}) as Readonly<Record<string, string>>))
    key.tags.set(name, value);
}

function keyState(store: KeyStore, id: string, inputs: Json, cloud: Cloud): Created {
  const key = store.get(id);
  const state = {
    ...inputs,
    id,
    keyId: id,
    arn: key.arn,
    description: key.description,
    isEnabled: key.enabled,
    enableKeyRotation: key.rotation,
    rotationPeriodInDays: inputs["rotationPeriodInDays"] ?? (key.rotation ? 365 : 0),
    keyUsage: inputs["keyUsage"] ?? "ENCRYPT_DECRYPT",
    customerMasterKeySpec: inputs["customerMasterKeySpec"] ?? "SYMMETRIC_DEFAULT",
    multiRegion: inputs["multiRegion"] ?? false,
    policy: json(cloud.resourcePolicies.get(key.arn)),
    tagsAll: inputs["tagsAll"] ?? inputs["tags"] ?? {},
  };
  return { id, state };
}

function alias(store: KeyStore, inputs: Json, name: string, cloud: Cloud): Created {
  const key = store.setAlias(name, textOf(inputs["targetKeyId"]));
  const state = { ...inputs, id: name, name, arn: cloud.arn("kms", name), targetKeyId: key.id, targetKeyArn: key.arn };
  return { id: name, state };
}

function keyPolicy(store: KeyStore) {
  return (inputs: Json, { cloud }: { readonly cloud: Cloud }): Created => {
    const key = store.get(textOf(inputs["keyId"]));
    store.setPolicy(key.arn, inputs["policy"], cloud.operator, inputs["bypassPolicyLockoutSafetyCheck"] === true);
    return { id: key.id, state: { ...inputs, id: key.id, keyId: key.id, policy: json(inputs["policy"]) } };
  };
}
