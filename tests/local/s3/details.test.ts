import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import { RealClock } from "../../../local/clock";
import { s3Service } from "../../../local/services/s3";
import { ServedCloud } from "./served-cloud";

/** Members of S3's own error documents beside code and message. */
async function told(request: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await request;
  } catch (error) {
    const { $metadata: _, $fault: __, $response: ___, message: ____, ...members } = error as Record<string, unknown>;
    return members;
  }
  return {};
}

describe("S3 in detail", () => {
  let served: ServedCloud;
  let s3: S3Client;
  beforeEach(async () => {
    served = new ServedCloud(new RealClock());
    served.add(s3Service(served.cloud));
    s3 = new S3Client({ ...(await served.clientConfig()), forcePathStyle: true });
    await served.call("s3", "CreateBucket", { Bucket: "games" });
  });
  afterEach(async () => {
    s3.destroy();
    await served.close();
  });
  const upload = async (): Promise<string> =>
    (await s3.send(new CreateMultipartUploadCommand({ Bucket: "games", Key: "big" }))).UploadId!;

  it("copies a part from another object, whole or a range of it", async () => {
    await s3.send(new PutObjectCommand({ Bucket: "games", Key: "from", Body: "0123456789" }));
    const UploadId = await upload();
    const part = { Bucket: "games", Key: "big", UploadId, CopySource: "games/from" };
    const ranged = await s3.send(new UploadPartCopyCommand({ ...part, PartNumber: 1, CopySourceRange: "bytes=2-4" }));
    const { Parts } = await s3.send(new ListPartsCommand({ Bucket: "games", Key: "big", UploadId }));
    expect(Parts!.map(({ PartNumber, Size, ETag }) => ({ PartNumber, Size, ETag }))).to.deep.equal([
      { PartNumber: 1, Size: 3, ETag: ranged.CopyPartResult!.ETag },
    ]);
    const whole = await s3.send(new UploadPartCopyCommand({ ...part, PartNumber: 1 }));
    await s3.send(
      new CompleteMultipartUploadCommand({
        Bucket: "games",
        Key: "big",
        UploadId,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag: whole.CopyPartResult!.ETag }] },
      }),
    );
    const { Body, ContentType } = await s3.send(new GetObjectCommand({ Bucket: "games", Key: "big" }));
    expect(await Body!.transformToString()).to.equal("0123456789");
    expect(ContentType).to.equal("binary/octet-stream");
  });

  it("refuses a range of a copied part that is not within the source", async () => {
    await s3.send(new PutObjectCommand({ Bucket: "games", Key: "from", Body: "0123456789" }));
    const part = { Bucket: "games", Key: "big", UploadId: await upload(), PartNumber: 1, CopySource: "games/from" };
    for (const CopySourceRange of ["bytes=5-10", "bytes=5-", "bytes=5-4", "all"]) {
      expect(await told(s3.send(new UploadPartCopyCommand({ ...part, CopySourceRange })))).to.include({
        name: "InvalidArgument",
      });
    }
  });

  it("says in its errors what they are about", async () => {
    const get = (Bucket: string, Key: string, Range?: string): Promise<unknown> =>
      s3.send(new GetObjectCommand({ Bucket, Key, ...(Range === undefined ? {} : { Range }) }));
    await s3.send(new PutObjectCommand({ Bucket: "games", Key: "short", Body: "abc" }));
    expect(await told(get("none", "x"))).to.include({ name: "NoSuchBucket", BucketName: "none" });
    expect(await told(get("games", "none"))).to.include({ name: "NoSuchKey", Key: "none" });
    expect(await told(get("games", "short", "bytes=9-"))).to.include({
      name: "InvalidRange",
      RangeRequested: "bytes=9-",
      ActualObjectSize: "3",
    });
    const part = { Bucket: "games", Key: "big", UploadId: "none", PartNumber: 1, Body: "x" };
    expect(await told(s3.send(new UploadPartCommand(part)))).to.include({ name: "NoSuchUpload", UploadId: "none" });
    const beyond = { ...part, UploadId: await upload(), PartNumber: 10_001 };
    expect(await told(s3.send(new UploadPartCommand(beyond)))).to.include({
      name: "InvalidArgument",
      ArgumentName: "partNumber",
      ArgumentValue: "10001",
    });
  });

  it("refuses a copy that changes nothing, and an MD5 that is none", async () => {
    const copy = { Bucket: "games", Key: "same", CopySource: "games/same" };
    await s3.send(new PutObjectCommand({ Bucket: "games", Key: "same", Body: "1", Metadata: { a: "1" } }));
    expect(await told(s3.send(new CopyObjectCommand(copy)))).to.include({ name: "InvalidRequest" });
    await s3.send(new CopyObjectCommand({ ...copy, MetadataDirective: "REPLACE", Metadata: { a: "2" } }));
    await s3.send(new CopyObjectCommand({ ...copy, ServerSideEncryption: "AES256" }));
    const head = await s3.send(new HeadObjectCommand({ Bucket: "games", Key: "same" }));
    expect(head.Metadata).to.deep.equal({ a: "2" });
    const put = (ContentMD5: string): Promise<unknown> =>
      told(s3.send(new PutObjectCommand({ Bucket: "games", Key: "sum", Body: "1", ContentMD5 })));
    expect(await put("zz")).to.include({ name: "InvalidDigest" });
    expect(await put("1B2M2Y8AsgTpgAmY7PhCfg==")).to.include({ name: "BadDigest" });
  });

  it("tells of a checksum whether it is of the whole object", async () => {
    const [Bucket, Key] = ["games", "summed"];
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: "abc", ChecksumAlgorithm: "SHA256" }));
    const { ChecksumSHA256, ChecksumType } = await s3.send(
      new HeadObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }),
    );
    expect([ChecksumSHA256, ChecksumType]).to.deep.equal([
      "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",
      "FULL_OBJECT",
    ]);
  });

  it("lists parts and buckets in pages, and owners when asked", async () => {
    const UploadId = await upload();
    const parts = { Bucket: "games", Key: "big", UploadId };
    for (const PartNumber of [1, 2, 3]) await s3.send(new UploadPartCommand({ ...parts, PartNumber, Body: "x" }));
    const first = await s3.send(new ListPartsCommand({ ...parts, MaxParts: 2 }));
    expect([first.IsTruncated, first.NextPartNumberMarker, first.Parts!.length]).to.deep.equal([true, "2", 2]);
    const marker = { ...parts, PartNumberMarker: first.NextPartNumberMarker };
    expect((await s3.send(new ListPartsCommand(marker))).Parts!.map(({ PartNumber }) => PartNumber)).to.deep.equal([3]);

    for (const Bucket of ["alpha", "games-two"]) await served.call("s3", "CreateBucket", { Bucket });
    const page = await s3.send(new ListBucketsCommand({ MaxBuckets: 1, Prefix: "games" }));
    expect(page.Buckets!.map(({ Name }) => Name)).to.deep.equal(["games"]);
    const next = { Prefix: "games", ContinuationToken: page.ContinuationToken };
    expect((await s3.send(new ListBucketsCommand(next))).Buckets!.map(({ Name }) => Name)).to.deep.equal(["games-two"]);
    expect((await s3.send(new ListBucketsCommand({ BucketRegion: "eu-west-1" }))).Buckets ?? []).to.deep.equal([]);

    await s3.send(new PutObjectCommand({ Bucket: "games", Key: "one", Body: "1" }));
    const owned = await s3.send(new ListObjectsV2Command({ Bucket: "games", FetchOwner: true }));
    expect(owned.Contents![0]!.Owner).to.deep.equal({ ID: "123456789012" });
    expect(await told(s3.send(new ListObjectsV2Command({ Bucket: "games", ContinuationToken: "none" })))).to.include({
      name: "InvalidArgument",
    });
  });
});
