import { expect } from "chai";
import type { Json } from "../../../local/service";
import { s3Service } from "../../../local/services/s3";
import { checksumOf } from "../../../local/services/s3/checksums";
import { ServedCloud } from "./served-cloud";

const MALFORMED = "The XML you provided was not well-formed or did not validate against our published schema";
const FAILED = "At least one of the pre-conditions you specified did not hold";
const HEADER = "A header you provided implies functionality that is not implemented";
const RANGE =
  "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy";
const LOST =
  "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.";
const ETAG = "781e5e245d69b566979b86e28d23f2c7";

type Refusal = readonly [operation: string, input: Json, code: string, status: number, message: string, detail?: Json];

/** Requests on the bucket `games` that S3 refuses, and how; `ID` stands for the id of an upload of `big` with one part. */
const refusals: readonly Refusal[] = [
  ["GetObject", { Key: "ten", IfMatch: "x" }, "PreconditionFailed", 412, FAILED, { Condition: "If-Match" }],
  [
    "GetObject",
    { Key: "ten", IfUnmodifiedSince: "Mon, 01 Jan 2024 00:00:00 GMT" },
    "PreconditionFailed",
    412,
    FAILED,
    { Condition: "If-Unmodified-Since" },
  ],
  ["GetObject", { Key: "ten", IfNoneMatch: ETAG }, "NotModified", 304, "Not Modified"],
  [
    "GetObject",
    { Key: "ten", PartNumber: "2" },
    "InvalidPartNumber",
    416,
    "The requested partnumber is not satisfiable",
    { PartNumberRequested: "2", ActualPartCount: 1 },
  ],
  [
    "GetObject",
    { Key: "ten", PartNumber: "1", Range: "bytes=0-1" },
    "InvalidRequest",
    400,
    "Cannot specify both Range header and partNumber query parameter",
  ],
  [
    "GetObject",
    { Key: "ten", VersionId: "HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD" },
    "InvalidArgument",
    400,
    "Invalid version id specified",
    { ArgumentName: "versionId", ArgumentValue: "HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD" },
  ],
  ["PutObject", { Key: "ten", IfNoneMatch: "*" }, "PreconditionFailed", 412, FAILED, { Condition: "If-None-Match" }],
  ["PutObject", { Key: "none", IfMatch: "x" }, "NoSuchKey", 404, "The specified key does not exist.", { Key: "none" }],
  [
    "PutObject",
    { Key: "ten", IfNoneMatch: "x" },
    "NotImplemented",
    501,
    HEADER,
    {
      Header: "If-None-Match",
      additionalMessage: "We don't accept the provided value of If-None-Match header for this API",
    },
  ],
  [
    "PutObject",
    { Key: "ten", IfMatch: "*" },
    "NotImplemented",
    501,
    HEADER,
    { Header: "If-Match", additionalMessage: "We don't accept the provided value of If-Match header for this API" },
  ],
  [
    "PutObject",
    { Key: "ten", IfMatch: "x", IfNoneMatch: "*" },
    "NotImplemented",
    501,
    HEADER,
    {
      Header: "If-Match,If-None-Match",
      additionalMessage: "Multiple conditional request headers present in the request",
    },
  ],
  [
    "PutObject",
    { Key: "x", ChecksumCRC32C: "AAAA" },
    "InvalidRequest",
    400,
    "Value for x-amz-checksum-crc32c header is invalid.",
  ],
  [
    "PutObject",
    { Key: "x", ChecksumCRC32: "AAAAAQ==" },
    "BadDigest",
    400,
    "The CRC32 you specified did not match the calculated checksum.",
  ],
  [
    "PutObject",
    { Key: "x", ContentMD5: "MTIz" },
    "InvalidDigest",
    400,
    "The Content-MD5 you specified was invalid.",
    { "Content-MD5": "MTIz" },
  ],
  [
    "CopyObject",
    { Key: "copy", CopySource: "games/ten", CopySourceIfNoneMatch: ETAG },
    "PreconditionFailed",
    412,
    FAILED,
    { Condition: "x-amz-copy-source-If-None-Match" },
  ],
  [
    "CreateMultipartUpload",
    { Key: "x", ChecksumAlgorithm: "MD5" },
    "InvalidRequest",
    400,
    "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
  ],
  ...["0-8", "bytes=1-0", "bytes=1-", "bytes=0-1,3-4"].map((CopySourceRange): Refusal => [
    "UploadPartCopy",
    { Key: "big", UploadId: "ID", PartNumber: 2, CopySource: "games/ten", CopySourceRange },
    "InvalidArgument",
    400,
    RANGE,
    { ArgumentName: "x-amz-copy-source-range", ArgumentValue: CopySourceRange },
  ]),
  [
    "UploadPartCopy",
    { Key: "big", UploadId: "ID", PartNumber: 2, CopySource: "games/ten", CopySourceRange: "bytes=0-100" },
    "InvalidArgument",
    400,
    "Range specified is not valid for source object of size: 10",
    { ArgumentName: "x-amz-copy-source-range", ArgumentValue: "bytes=0-100" },
  ],
  [
    "UploadPartCopy",
    { Key: "big", UploadId: "ID", PartNumber: 2, CopySource: "games/ten", CopySourceRange: "bytes=100-200" },
    "InvalidRequest",
    400,
    "The specified copy range is invalid for the source object size",
  ],
  [
    "CompleteMultipartUpload",
    { Key: "big", UploadId: "ID", MultipartUpload: {} },
    "InvalidRequest",
    400,
    "You must specify at least one part",
  ],
  [
    "CompleteMultipartUpload",
    { Key: "big", UploadId: "ID", MultipartUpload: { Parts: [] } },
    "MalformedXML",
    400,
    MALFORMED,
  ],
  [
    "CompleteMultipartUpload",
    { Key: "big", UploadId: "ID", MultipartUpload: { Parts: [{ PartNumber: 2, ETag: `"${ETAG}"` }] } },
    "InvalidPart",
    400,
    LOST,
    { UploadId: "ID", PartNumber: 2, ETag: ETAG },
  ],
  [
    "ListObjectsV2",
    { EncodingType: "value" },
    "InvalidArgument",
    400,
    "Invalid Encoding Method specified in Request",
    { ArgumentName: "encoding-type", ArgumentValue: "value" },
  ],
  [
    "ListObjectsV2",
    { ContinuationToken: "" },
    "InvalidArgument",
    400,
    "The continuation token provided is incorrect",
    { ArgumentName: "continuation-token" },
  ],
  [
    "ListObjectVersions",
    { VersionIdMarker: "v" },
    "InvalidArgument",
    400,
    "A version-id marker cannot be specified without a key marker.",
    { ArgumentName: "version-id-marker", ArgumentValue: "v" },
  ],
  [
    "ListMultipartUploads",
    { KeyMarker: "big", UploadIdMarker: "v" },
    "InvalidArgument",
    400,
    "Invalid uploadId marker",
    { ArgumentName: "upload-id-marker", ArgumentValue: "v" },
  ],
  ["DeleteBucket", {}, "BucketNotEmpty", 409, "The bucket you tried to delete is not empty", { BucketName: "games" }],
  [
    "GetBucketLifecycleConfiguration",
    {},
    "NoSuchLifecycleConfiguration",
    404,
    "The lifecycle configuration does not exist",
    { BucketName: "games" },
  ],
  ["GetBucketTagging", {}, "NoSuchTagSet", 404, "The TagSet does not exist", { BucketName: "games" }],
  ["GetBucketPolicy", {}, "NoSuchBucketPolicy", 404, "The bucket policy does not exist", { BucketName: "games" }],
  [
    "CreateBucket",
    { Bucket: "others", CreateBucketConfiguration: { LocationConstraint: "us-east-1" } },
    "InvalidLocationConstraint",
    400,
    "The specified location-constraint is not valid",
    { LocationConstraint: "us-east-1" },
  ],
  [
    "PutBucketVersioning",
    { VersioningConfiguration: {} },
    "IllegalVersioningConfigurationException",
    400,
    "The Versioning element must be specified",
  ],
  ["PutBucketVersioning", { VersioningConfiguration: { Status: "enabled" } }, "MalformedXML", 400, MALFORMED],
  [
    "PutBucketPolicy",
    { Body: "random" },
    "MalformedPolicy",
    400,
    "Policies must be valid JSON and the first byte must be '{'",
  ],
  ["PutBucketPolicy", { Body: "{}" }, "MalformedPolicy", 400, "Missing required field Statement"],
  [
    "CreateBucket",
    { Bucket: "AB" },
    "InvalidBucketName",
    400,
    "The specified bucket is not valid.",
    { BucketName: "AB" },
  ],
];

describe("S3 in its own words", () => {
  let served: ServedCloud;
  let upload: string;
  const call = (operation: string, input: Json): Promise<Json> =>
    served.call("s3", operation, { Bucket: "games", ...input });
  before(async () => {
    served = new ServedCloud();
    served.add(s3Service(served.cloud));
    await call("CreateBucket", {});
    await call("PutObject", { Key: "ten", Body: Buffer.from("0123456789") });
    upload = String((await call("CreateMultipartUpload", { Key: "big" }))["UploadId"]);
    await call("UploadPart", { Key: "big", UploadId: upload, PartNumber: 1, Body: Buffer.from("0123456789") });
  });
  after(() => served.close());

  for (const [operation, input, code, status, message, detail] of refusals) {
    it(`refuses ${operation} ${JSON.stringify(input)}`, async () => {
      const asked = input["UploadId"] === "ID" ? { ...input, UploadId: upload } : input;
      const error = (await call(operation, asked).catch((reason: unknown) => reason)) as Json;
      expect([error["code"], error["status"], error["message"]]).to.deep.equal([code, status, message]);
      if (detail) expect(error["detail"]).to.deep.equal(detail["UploadId"] ? { ...detail, UploadId: upload } : detail);
    });
  }

  it("has the checksums of all algorithms right", () => {
    const body = Buffer.from("123456789");
    expect(checksumOf("CRC32", body)).to.equal("y/Q5Jg==");
    expect(checksumOf("CRC32C", body)).to.equal("4waSgw==");
    expect(checksumOf("CRC64NVME", body)).to.equal("rosUhgp5mIg=");
    expect(checksumOf("CRC64NVME", Buffer.from("test"))).to.equal("+bu+zv66sUM=");
  });

  it("sums up by itself what came without a checksum, and parts by the upload's algorithm", async () => {
    expect(await call("PutObject", { Key: "plain", Body: Buffer.from("test") })).to.include({
      ChecksumCRC64NVME: "+bu+zv66sUM=",
      ChecksumType: "FULL_OBJECT",
    });
    const Key = "summed";
    const { UploadId } = await call("CreateMultipartUpload", { Key, ChecksumAlgorithm: "SHA256" });
    const part = { Key, UploadId, PartNumber: 1, Body: Buffer.from("abc") };
    const ChecksumSHA256 = checksumOf("SHA256", part.Body);
    const { ETag } = await call("UploadPart", { ...part, ChecksumSHA256 });
    const Parts = [{ PartNumber: 1, ETag, ChecksumSHA256 }];
    expect(await call("CompleteMultipartUpload", { Key, UploadId, MultipartUpload: { Parts } })).to.include({
      ChecksumSHA256: "T4tCwi3TcptRm6b2jS2nzFstYG0F2u1a1RKMwD5sY1g=-1",
      ChecksumType: "COMPOSITE",
    });
  });

  it("refuses a conditional end of an upload whose key was written or deleted meanwhile", async () => {
    const Key = "contended";
    const { ETag } = await call("PutObject", { Key, Body: Buffer.from("test") });
    const { UploadId } = await call("CreateMultipartUpload", { Key });
    const part = await call("UploadPart", { Key, UploadId, PartNumber: 1, Body: Buffer.from("test") });
    const end = { Key, UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag: part["ETag"] }] } };
    await call("PutObject", { Key, Body: Buffer.from("test") });
    const error = (await call("CompleteMultipartUpload", { ...end, IfMatch: ETag }).catch((e: unknown) => e)) as Json;
    expect([error["code"], error["status"], error["detail"]]).to.deep.equal([
      "ConditionalRequestConflict",
      409,
      { Condition: "If-Match", Key },
    ]);
    await call("CompleteMultipartUpload", end);
  });
});
