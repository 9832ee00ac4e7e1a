import type { Operation } from "../../../service";
import { verifyWhole } from "../checksums";
import { usable } from "../key-state";
import { onKey, onObject } from "../rights";
import type { ObjectStore } from "../store";
import {
  attributesOf,
  bodyOf,
  checkNew,
  encryptionMembers,
  encryptionOf,
  type ObjectInput,
  writeContext,
} from "./common";
import { checkWrite } from "./conditions";
import { newVersionMember } from "./versions";

export function putObject(store: ObjectStore): Operation<ObjectInput> {
  return {
    authorize: (input, { cloud }) => [
      onObject("PutObject", input.Bucket, input.Key, writeContext(input)),
      ...onKey(cloud, ["GenerateDataKey"], encryptionOf(store, input), input.Bucket, input.Key),
    ],
    async answer(input, context) {
      context.use("s3.put", 1);
      checkNew(input);
      const bucket = store.bucket(input.Bucket);
      checkWrite(bucket.objects.get(input.Key), input.Key, input);
      const body = bodyOf(input);
      const checksums = verifyWhole(input, body);
      const encryption = usable(context.cloud, encryptionOf(store, input));
      const object = await store.put(bucket, input.Key, body, { ...attributesOf(input), checksums, encryption });
      return {
        ETag: object.etag,
        ...checksums,
        ChecksumType: "FULL_OBJECT",
        ...newVersionMember(object),
        ...encryptionMembers(encryption),
      };
    },
  };
}
