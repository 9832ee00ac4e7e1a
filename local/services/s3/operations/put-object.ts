import { AwsError } from "../../../aws-error";
import type { Operation } from "../../../service";
import { verify } from "../checksums";
import { onKey, onObject } from "../rights";
import type { ObjectStore } from "../store";
import {
  attributesOf,
  bodyOf,
  checkWrite,
  encryptionMembers,
  encryptionOf,
  type ObjectInput,
  writeContext,
} from "./common";

export function putObject(store: ObjectStore): Operation<ObjectInput> {
  return {
    authorize: (input, { cloud }) => [
      onObject("PutObject", input.Bucket, input.Key, writeContext(input)),
      ...onKey(cloud, ["GenerateDataKey"], encryptionOf(store, input), input.Bucket, input.Key),
    ],
    async answer(input, context) {
      context.use("s3.put", 1);
      if (Buffer.byteLength(input.Key) > 1024) throw new AwsError("KeyTooLongError", "Your key is too long");
      const bucket = store.bucket(input.Bucket);
      checkWrite(bucket.objects.get(input.Key), input);
      const body = bodyOf(input);
      const checksums = verify(input, body);
      const encryption = encryptionOf(store, input);
      const object = await store.put(bucket, input.Key, body, { ...attributesOf(input), checksums, encryption });
      return { ETag: object.etag, ...checksums, ...encryptionMembers(encryption) };
    },
  };
}
