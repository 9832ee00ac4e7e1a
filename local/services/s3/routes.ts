import type { RestRoute } from "../../service";
import {
  decode,
  decodeChecked,
  decodeXml,
  encodeCopy,
  encodeEmpty,
  encodeHead,
  encodeLocation,
  encodeObject,
  encodePolicy,
  encodeXml,
} from "./wire";
import { unplayed } from "./unplayed";

const bucket = "/{Bucket}";
const object = "/{Bucket}/{Key+}";
const ok = encodeEmpty(200);
const noContent = encodeEmpty(204);

const played: readonly RestRoute[] = [
  { method: "GET", path: "/", operation: "ListBuckets", decode, encode: encodeXml("ListAllMyBucketsResult") },

  {
    method: "GET",
    path: object,
    query: ["uploadId"],
    operation: "ListParts",
    decode,
    encode: encodeXml("ListPartsResult"),
  },
  { method: "GET", path: object, operation: "GetObject", decode, encode: encodeObject },
  { method: "HEAD", path: object, operation: "HeadObject", decode, encode: encodeObject },
  {
    method: "PUT",
    path: object,
    query: ["partNumber", "uploadId"],
    headers: ["x-amz-copy-source"],
    operation: "UploadPartCopy",
    decode,
    encode: encodeCopy("CopyPartResult"),
  },
  { method: "PUT", path: object, query: ["partNumber", "uploadId"], operation: "UploadPart", decode, encode: ok },
  {
    method: "PUT",
    path: object,
    headers: ["x-amz-copy-source"],
    operation: "CopyObject",
    decode,
    encode: encodeCopy("CopyObjectResult"),
  },
  { method: "PUT", path: object, operation: "PutObject", decode, encode: ok },
  {
    method: "POST",
    path: object,
    query: ["uploads"],
    operation: "CreateMultipartUpload",
    decode,
    encode: encodeXml("InitiateMultipartUploadResult"),
  },
  {
    method: "POST",
    path: object,
    query: ["uploadId"],
    operation: "CompleteMultipartUpload",
    decode: decodeXml("MultipartUpload", ["Part"]),
    encode: encodeXml("CompleteMultipartUploadResult"),
  },
  { method: "DELETE", path: object, query: ["uploadId"], operation: "AbortMultipartUpload", decode, encode: noContent },
  { method: "DELETE", path: object, operation: "DeleteObject", decode, encode: noContent },

  {
    method: "POST",
    path: bucket,
    query: ["delete"],
    operation: "DeleteObjects",
    decode: decodeChecked("Delete", ["Object"]),
    encode: encodeXml("DeleteResult"),
  },
  { method: "GET", path: bucket, query: ["location"], operation: "GetBucketLocation", decode, encode: encodeLocation },
  { method: "PUT", path: bucket, query: ["policy"], operation: "PutBucketPolicy", decode, encode: noContent },
  { method: "DELETE", path: bucket, query: ["policy"], operation: "DeleteBucketPolicy", decode, encode: noContent },
  {
    method: "PUT",
    path: bucket,
    query: ["versioning"],
    operation: "PutBucketVersioning",
    decode: decodeXml("VersioningConfiguration", []),
    encode: ok,
  },
  { method: "GET", path: bucket, query: ["policy"], operation: "GetBucketPolicy", decode, encode: encodePolicy },
  {
    method: "GET",
    path: bucket,
    query: ["versioning"],
    operation: "GetBucketVersioning",
    decode,
    encode: encodeXml("VersioningConfiguration"),
  },
  {
    method: "GET",
    path: bucket,
    query: ["encryption"],
    operation: "GetBucketEncryption",
    decode,
    encode: encodeXml("ServerSideEncryptionConfiguration"),
  },
  {
    method: "GET",
    path: bucket,
    query: ["uploads"],
    operation: "ListMultipartUploads",
    decode,
    encode: encodeXml("ListMultipartUploadsResult"),
  },
  {
    method: "GET",
    path: bucket,
    query: ["list-type"],
    operation: "ListObjectsV2",
    decode,
    encode: encodeXml("ListBucketResult"),
  },
  { method: "GET", path: bucket, operation: "ListObjects", decode, encode: encodeXml("ListBucketResult") },
  { method: "HEAD", path: bucket, operation: "HeadBucket", decode, encode: encodeHead },
  {
    method: "PUT",
    path: bucket,
    operation: "CreateBucket",
    decode: decodeXml("CreateBucketConfiguration", []),
    encode: ok,
  },
  { method: "DELETE", path: bucket, operation: "DeleteBucket", decode, encode: noContent },
];

/** Reads of a bucket's configurations: the query parameter, the operation, the root of the answer. */
const configurations: readonly (readonly [query: string, operation: string, root: string])[] = [
  ["acl", "GetBucketAcl", "AccessControlPolicy"],
  ["accelerate", "GetBucketAccelerateConfiguration", "AccelerateConfiguration"],
  ["cors", "GetBucketCors", "CORSConfiguration"],
  ["lifecycle", "GetBucketLifecycleConfiguration", "LifecycleConfiguration"],
  ["logging", "GetBucketLogging", "BucketLoggingStatus"],
  ["notification", "GetBucketNotificationConfiguration", "NotificationConfiguration"],
  ["object-lock", "GetObjectLockConfiguration", "ObjectLockConfiguration"],
  ["ownershipControls", "GetBucketOwnershipControls", "OwnershipControls"],
  ["policyStatus", "GetBucketPolicyStatus", "PolicyStatus"],
  ["publicAccessBlock", "GetPublicAccessBlock", "PublicAccessBlockConfiguration"],
  ["replication", "GetBucketReplication", "ReplicationConfiguration"],
  ["requestPayment", "GetBucketRequestPayment", "RequestPaymentConfiguration"],
  ["tagging", "GetBucketTagging", "Tagging"],
  ["versions", "ListObjectVersions", "ListVersionsResult"],
  ["website", "GetBucketWebsite", "WebsiteConfiguration"],
];

const reads: readonly RestRoute[] = configurations.map(([query, operation, root]) => ({
  method: "GET",
  path: bucket,
  query: [query],
  operation,
  decode,
  encode: encodeXml(root),
}));

const toldApart = (route: RestRoute): boolean => route.query !== undefined;

/** S3's REST routes, path style. Those that a query parameter tells apart come before the plain ones. */
export const routes: readonly RestRoute[] = [
  ...played.filter(toldApart),
  ...reads,
  ...unplayed,
  ...played.filter((route) => !toldApart(route)),
];
