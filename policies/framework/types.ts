/** Tokens by which Pulumi's AWS provider still knows types that it has given a new name; the properties are the same. */
const RENAMED = /^aws:s3\/(\w+)V2:(\w+)V2$/;

/** A type's present token: `aws:s3/bucketV2:BucketV2` is `aws:s3/bucket:Bucket`. */
export function presentType(token: string): string {
  return token.replace(RENAMED, "aws:s3/$1:$2");
}
