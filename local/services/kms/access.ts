import type { AccessRequest } from "../../service";
import type { EncryptionContext } from "./ciphertext";
import type { KeyStore } from "./keys";

/** The right to use one key, with the condition keys that KMS supplies. */
export function keyAccess(
  store: KeyStore,
  action: string,
  reference: string,
  context: EncryptionContext = {},
): AccessRequest {
  const key = store.get(reference);
  const alias = reference.indexOf("alias/");
  const pairs = Object.entries(context);
  return {
    action,
    resource: key.arn,
    context: {
      ...Object.fromEntries(pairs.map(([name, value]) => [`kms:EncryptionContext:${name}`, value])),
      ...(pairs.length === 0 ? {} : { "kms:EncryptionContextKeys": pairs.map(([name]) => name) }),
      ...(alias < 0 ? {} : { "kms:RequestAlias": reference.slice(alias) }),
      "kms:ResourceAliases": store.aliasesOf(key.id),
    },
  };
}
