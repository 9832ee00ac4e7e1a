import { AwsError } from "../../../aws-error";
import type { Json, Operation } from "../../../service";
import { onObject } from "../rights";
import type { ObjectStore } from "../store";
import type { ObjectInput } from "./common";

/** Deleting what does not exist succeeds, as in S3. */
export function deleteObject(store: ObjectStore): Operation<ObjectInput> {
  return {
    authorize: (input) => [onObject("DeleteObject", input.Bucket, input.Key)],
    async answer(input) {
      await store.remove(store.bucket(input.Bucket), input.Key);
      return {};
    },
  };
}

interface DeleteObjectsInput {
  readonly Bucket: string;
  readonly Delete: {
    readonly Object?: readonly { readonly Key: string }[];
    readonly Objects?: readonly { readonly Key: string }[];
    readonly Quiet?: string | boolean;
  };
}

/** Rights are asked per key; a denied key is an entry of `Errors`. */
export function deleteObjects(store: ObjectStore): Operation<DeleteObjectsInput> {
  return {
    authorize: (input) => {
      store.bucket(input.Bucket);
      return [];
    },
    async answer(input, context) {
      context.use("s3.put", 1);
      const keys = input.Delete.Objects ?? input.Delete.Object ?? [];
      if (keys.length === 0 || keys.length > 1000) {
        throw new AwsError(
          "MalformedXML",
          "The XML you provided was not well-formed or did not validate against our published schema",
        );
      }
      const Deleted: Json[] = [];
      const Errors: Json[] = [];
      for (const { Key } of keys) {
        const decision = context.cloud.ports.iam.evaluate(
          context.principal,
          onObject("DeleteObject", input.Bucket, Key),
        );
        if (!decision.allowed) {
          Errors.push({ Key, Code: "AccessDenied", Message: `Access Denied ${decision.reason}` });
          continue;
        }
        await store.remove(store.bucket(input.Bucket), Key);
        Deleted.push({ Key });
      }
      return {
        ...(String(input.Delete.Quiet) === "true" ? {} : { Deleted }),
        ...(Errors.length > 0 ? { Errors } : {}),
      };
    },
  };
}
