import { AwsError } from "../../../aws-error";
import type { AnyOperation } from "../../../service";
import { keyAccess } from "../access";
import type { KeyStore } from "../keys";

/** A tag in KMS's own members. */
export interface Tag {
  readonly TagKey: string;
  readonly TagValue: string;
}

interface TagInput {
  readonly KeyId: string;
  readonly Tags: readonly Tag[];
  readonly TagKeys: readonly string[];
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_TagResource.html */
const MAX_TAGS = 50;

/** TagResource, UntagResource, ListResourceTags. */
export function tagOperations(store: KeyStore): Readonly<Record<string, AnyOperation>> {
  return {
    ListResourceTags: {
      authorize: ({ KeyId }: TagInput) => [keyAccess(store, "kms:ListResourceTags", KeyId)],
      answer: ({ KeyId }: TagInput) => ({
        Tags: [...store.get(KeyId).tags].map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
        Truncated: false,
      }),
    },
    TagResource: {
      authorize: ({ KeyId }: TagInput) => [keyAccess(store, "kms:TagResource", KeyId)],
      answer: ({ KeyId, Tags }: TagInput) => {
        checkTags(Tags);
        const { tags } = store.living(KeyId);
        if (new Set([...tags.keys(), ...Tags.map(({ TagKey }) => TagKey)]).size > MAX_TAGS) throw tooMany();
        for (const { TagKey, TagValue } of Tags) tags.set(TagKey, TagValue);
        return {};
      },
    },
    UntagResource: {
      authorize: ({ KeyId }: TagInput) => [keyAccess(store, "kms:UntagResource", KeyId)],
      answer: ({ KeyId, TagKeys }: TagInput) => {
        const { tags } = store.living(KeyId);
        for (const name of TagKeys) tags.delete(name);
        return {};
      },
    },
  };
}

/** @throws AwsError TagException for AWS's own names, for doubles and beyond 50. */
export function checkTags(tags: readonly Tag[]): void {
  if (tags.length > MAX_TAGS) throw tooMany();
  if (tags.some(({ TagKey }) => /^aws:/i.test(TagKey)))
    throw new AwsError("TagException", "Tags beginning with aws: are reserved");
  if (new Set(tags.map(({ TagKey }) => TagKey)).size < tags.length)
    throw new AwsError("TagException", "Duplicate tag keys");
}

function tooMany(): AwsError {
  return new AwsError("TagException", "Too many tags");
}
