import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutBucketAclCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { s3Service } from "../../../local/services/s3";
import { role, ServedCloud } from "./served-cloud";

describe("s3 through the AWS SDK", () => {
  let served: ServedCloud;
  let s3: S3Client;

  before(async () => {
    served = new ServedCloud();
    served.add(s3Service(served.cloud));
    s3 = new S3Client(await served.clientConfig());
    await s3.send(new CreateBucketCommand({ Bucket: "games" }));
  });
  after(async () => {
    s3.destroy();
    await served.close();
  });

  const put = (Key: string, Body: string, more: object = {}) =>
    s3.send(new PutObjectCommand({ Bucket: "games", Key, Body, ...more }));
  const text = async (Key: string, more: object = {}): Promise<string> => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: "games", Key, ...more }));
    return Body!.transformToString();
  };
  const failure = async (work: Promise<unknown>): Promise<{ name: string; status: number | undefined }> => {
    try {
      await work;
    } catch (error) {
      const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
      return { name, status: $metadata?.httpStatusCode };
    }
    throw new Error("it did not fail");
  };

  it("stores an object as a plain file and gives it back with its headers and metadata", async () => {
    const stored = await put("a/über & <x>.txt", "hällo", {
      ContentType: "text/plain",
      Metadata: { who: "me" },
      CacheControl: "no-store",
    });

    const object = await s3.send(new GetObjectCommand({ Bucket: "games", Key: "a/über & <x>.txt" }));
    expect(await object.Body!.transformToString()).to.equal("hällo");
    expect(object.ETag).to.equal(stored.ETag);
    expect(object.ContentType).to.equal("text/plain");
    expect(object.CacheControl).to.equal("no-store");
    expect(object.Metadata).to.deep.equal({ who: "me" });
    expect(object.LastModified).to.deep.equal(new Date("2026-01-01T00:00:00Z"));
    expect(readFileSync(join(served.cloud.ports.objects.folder("games"), "a", "über & <x>.txt"), "utf8")).to.equal(
      "hällo",
    );
  });

  it("refuses what it does not play by S3's own code, and takes it for nothing else", async () => {
    await put("tagged", "kept");
    const Tagging = { TagSet: [{ Key: "a", Value: "b" }] };
    const unplayed = { name: "NotImplemented", status: 501 };

    expect(
      await failure(s3.send(new PutObjectTaggingCommand({ Bucket: "games", Key: "tagged", Tagging }))),
    ).to.deep.equal(unplayed);
    expect(await failure(s3.send(new DeleteObjectTaggingCommand({ Bucket: "games", Key: "tagged" })))).to.deep.equal(
      unplayed,
    );
    expect(await failure(s3.send(new PutBucketAclCommand({ Bucket: "games", ACL: "private" })))).to.deep.equal(
      unplayed,
    );
    expect(await text("tagged")).to.equal("kept");
  });

  it("calls a wrong key and a wrong signature by S3's own names", async () => {
    const config = await served.clientConfig();
    for (const [credentials, name] of [
      [{ accessKeyId: "AKIAOTHER", secretAccessKey: "secret" }, "InvalidAccessKeyId"],
      [{ accessKeyId: "AKIATEST", secretAccessKey: "other" }, "SignatureDoesNotMatch"],
    ] as const) {
      const stranger = new S3Client({ ...config, credentials });
      expect(await failure(stranger.send(new ListBucketsCommand({})))).to.deep.equal({ name, status: 403 });
      stranger.destroy();
    }
  });

  it("names all that a pre-signed URL needs when a part of it is missing", async () => {
    const { endpoint } = await served.clientConfig();
    const answer = await fetch(`${endpoint}/games/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0`);
    expect(answer.status).to.equal(400);
    expect(await answer.text()).to.include(
      "<Code>AuthorizationQueryParametersError</Code><Message>Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.</Message>",
    );
  });

  it("decodes chunked bodies with a checksum behind", async () => {
    const pieces = ["one,", "two,", "three"].map((piece) => Buffer.from(piece));
    await s3.send(
      new PutObjectCommand({
        Bucket: "games",
        Key: "chunked",
        Body: Readable.from(pieces),
        ContentLength: 13,
        ChecksumAlgorithm: "CRC32",
      }),
    );

    const head = await s3.send(new HeadObjectCommand({ Bucket: "games", Key: "chunked", ChecksumMode: "ENABLED" }));
    expect(await text("chunked")).to.equal("one,two,three");
    expect(head.ContentLength).to.equal(13);
    expect(head.ChecksumCRC32).to.match(/^[\w+/]{6}==$/);
    expect(head.ContentEncoding).to.equal(undefined);
  });

  it("refuses a body whose checksum is another", async () => {
    expect(await failure(put("bad", "x", { ChecksumSHA256: Buffer.alloc(32).toString("base64") }))).to.deep.equal({
      name: "BadDigest",
      status: 400,
    });
  });

  it("reads ranges from the front, the middle and the end", async () => {
    await put("range", "0123456789");

    expect(await text("range", { Range: "bytes=0-3" })).to.equal("0123");
    expect(await text("range", { Range: "bytes=8-99" })).to.equal("89");
    expect(await text("range", { Range: "bytes=-2" })).to.equal("89");
    expect(await text("range", { Range: "bytes=4-" })).to.equal("456789");
    const part = await s3.send(new GetObjectCommand({ Bucket: "games", Key: "range", Range: "bytes=2-3" }));
    expect(part.ContentRange).to.equal("bytes 2-3/10");
    expect(part.$metadata.httpStatusCode).to.equal(206);
    expect(await failure(text("range", { Range: "bytes=10-" }))).to.deep.equal({ name: "InvalidRange", status: 416 });
  });

  it("keeps the conditions of reads and writes", async () => {
    const { ETag } = await put("conditional", "1");

    expect(await failure(put("conditional", "2", { IfNoneMatch: "*" }))).to.deep.equal({
      name: "PreconditionFailed",
      status: 412,
    });
    expect(await failure(put("conditional", "2", { IfMatch: '"other"' }))).to.deep.equal({
      name: "PreconditionFailed",
      status: 412,
    });
    expect((await failure(text("conditional", { IfNoneMatch: ETag }))).status).to.equal(304);
    expect((await failure(text("conditional", { IfMatch: '"other"' }))).status).to.equal(412);
    await put("conditional", "2", { IfMatch: ETag });
    expect(await text("conditional")).to.equal("2");
  });

  it("answers 404 for what is missing, and 403 to a caller who may not list", async () => {
    expect(await failure(text("missing"))).to.deep.equal({ name: "NoSuchKey", status: 404 });
    expect((await failure(s3.send(new HeadObjectCommand({ Bucket: "games", Key: "missing" })))).status).to.equal(404);
    expect((await failure(s3.send(new ListObjectsV2Command({ Bucket: "nowhere" })))).name).to.equal("NoSuchBucket");
    served.rule = (_, request) =>
      request.action === "s3:ListBucket" ? "because no identity-based policy allows it" : undefined;
    try {
      expect(await failure(text("missing"))).to.deep.equal({ name: "AccessDenied", status: 403 });
    } finally {
      served.rule = () => undefined;
    }
  });

  it("lists in the order of UTF-8, by prefix and delimiter, page by page", async () => {
    await s3.send(new CreateBucketCommand({ Bucket: "listed" }));
    const keys = ["b/2", "b/1", "a", "b.txt", "c/x/y", "\u{10000}", "\uffee", "d&e"];
    for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket: "listed", Key, Body: Key }));

    const all = await s3.send(new ListObjectsV2Command({ Bucket: "listed" }));
    expect(all.Contents!.map(({ Key }) => Key)).to.deep.equal([
      "a",
      "b.txt",
      "b/1",
      "b/2",
      "c/x/y",
      "d&e",
      "\uffee",
      "\u{10000}",
    ]);
    expect(all.Contents![2]).to.deep.include({ Size: 3, StorageClass: "STANDARD" });
    const folders = await s3.send(new ListObjectsV2Command({ Bucket: "listed", Delimiter: "/" }));
    expect(folders.CommonPrefixes).to.deep.equal([{ Prefix: "b/" }, { Prefix: "c/" }]);
    expect(folders.Contents!.map(({ Key }) => Key)).to.deep.equal(["a", "b.txt", "d&e", "\uffee", "\u{10000}"]);

    const seen: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await s3.send(
        new ListObjectsV2Command({ Bucket: "listed", Delimiter: "/", MaxKeys: 2, ContinuationToken }),
      );
      expect(page.KeyCount).to.be.at.most(2);
      seen.push(
        ...(page.Contents ?? []).map(({ Key }) => Key!),
        ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix!),
      );
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    expect(seen.sort()).to.deep.equal(["a", "b.txt", "b/", "c/", "d&e", "\uffee", "\u{10000}"].sort());
    const old = await s3.send(new ListObjectsCommand({ Bucket: "listed", Prefix: "b/", Marker: "b/1" }));
    expect(old.Contents!.map(({ Key }) => Key)).to.deep.equal(["b/2"]);
  });

  it("holds a key and another one below it, and keys that no file system can hold", async () => {
    for (const key of ["x", "x/y", "x/y/", "../up", "a//b", "k".repeat(1000)]) {
      await put(key, `body of ${key}`);
      expect(await text(key)).to.equal(`body of ${key}`);
    }
    expect(await text("x")).to.equal("body of x");
    expect((await failure(put("k".repeat(1025), ""))).name).to.equal("KeyTooLongError");
  });

  it("deletes one, many, and what does not exist", async () => {
    for (const key of ["del/1", "del/2", "del/3"]) await put(key, "x");
    await s3.send(new DeleteObjectCommand({ Bucket: "games", Key: "del/1" }));
    const many = await s3.send(
      new DeleteObjectsCommand({ Bucket: "games", Delete: { Objects: [{ Key: "del/2" }, { Key: "del/none" }] } }),
    );

    expect(many.Deleted).to.deep.equal([{ Key: "del/2" }, { Key: "del/none" }]);
    const left = await s3.send(new ListObjectsV2Command({ Bucket: "games", Prefix: "del/" }));
    expect(left.Contents!.map(({ Key }) => Key)).to.deep.equal(["del/3"]);
    await put("del", "a file where a folder was needed no more");
  });

  it("joins the parts of a multipart upload", async () => {
    const target = { Bucket: "games", Key: "big" };
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ ...target, ContentType: "text/csv" }));
    const first = Buffer.alloc(5 * 1024 * 1024, "a");
    const Parts = [];
    for (const [i, Body] of [first, Buffer.from("end")].entries()) {
      const { ETag } = await s3.send(new UploadPartCommand({ ...target, UploadId, PartNumber: i + 1, Body }));
      Parts.push({ ETag, PartNumber: i + 1 });
    }
    const listed = await s3.send(new ListPartsCommand({ ...target, UploadId }));
    expect(listed.Parts!.map(({ Size }) => Size)).to.deep.equal([first.length, 3]);
    expect(
      (
        await failure(
          s3.send(
            new CompleteMultipartUploadCommand({
              ...target,
              UploadId,
              MultipartUpload: { Parts: [{ ETag: '"0"', PartNumber: 1 }] },
            }),
          ),
        )
      ).name,
    ).to.equal("InvalidPart");
    const done = await s3.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));

    expect(done.ETag).to.match(/^"[0-9a-f]{32}-2"$/);
    const head = await s3.send(new HeadObjectCommand(target));
    expect(head).to.include({ ContentLength: first.length + 3, ETag: done.ETag, ContentType: "text/csv" });
    expect(await text("big", { Range: "bytes=-5" })).to.equal("aaend");
    expect((await failure(s3.send(new AbortMultipartUploadCommand({ ...target, UploadId })))).name).to.equal(
      "NoSuchUpload",
    );
  });

  it("copies objects with or without their metadata", async () => {
    await put("from", "copied", { Metadata: { a: "1" }, ContentType: "text/plain" });
    const copy = await s3.send(new CopyObjectCommand({ Bucket: "games", Key: "to", CopySource: "games/from" }));
    await s3.send(
      new CopyObjectCommand({
        Bucket: "games",
        Key: "bare",
        CopySource: "games/from",
        MetadataDirective: "REPLACE",
        Metadata: { b: "2" },
      }),
    );

    expect(copy.CopyObjectResult!.ETag).to.match(/^"[0-9a-f]{32}"$/);
    expect(await text("to")).to.equal("copied");
    expect((await s3.send(new HeadObjectCommand({ Bucket: "games", Key: "to" }))).Metadata).to.deep.equal({ a: "1" });
    expect((await s3.send(new HeadObjectCommand({ Bucket: "games", Key: "bare" }))).Metadata).to.deep.equal({ b: "2" });
  });

  it("describes buckets", async () => {
    const { Buckets } = await s3.send(new ListBucketsCommand({}));
    expect(Buckets!.map(({ Name }) => Name)).to.include("games");
    expect((await s3.send(new GetBucketLocationCommand({ Bucket: "games" }))).LocationConstraint ?? "").to.equal("");
    expect((await s3.send(new HeadBucketCommand({ Bucket: "games" }))).BucketRegion).to.equal("us-east-1");
    expect((await failure(s3.send(new HeadBucketCommand({ Bucket: "none-such" })))).status).to.equal(404);
    // Only us-east-1 takes it that a bucket is made again by its owner.
    expect((await s3.send(new CreateBucketCommand({ Bucket: "games" }))).Location).to.equal("/games");
  });

  it("asks the rights on object, bucket policy and customer key of the caller", async () => {
    const keyArn = "arn:aws:kms:us-east-1:123456789012:key/k1";
    await served.declare("aws:s3/bucket:Bucket", "sealed", { bucket: "sealed" });
    await served.declare(
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      "sealed",
      {
        bucket: "sealed",
        rules: [
          {
            applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn },
            bucketKeyEnabled: true,
          },
        ],
      },
    );
    served.asked.length = 0;
    await served.call("s3", "PutObject", { Bucket: "sealed", Key: "k", Body: "x" }, role("writer"));
    const { ServerSideEncryption } = await served.call<{ ServerSideEncryption: string }>(
      "s3",
      "GetObject",
      { Bucket: "sealed", Key: "k" },
      role("writer"),
    );

    expect(ServerSideEncryption).to.equal("aws:kms");
    const context = {
      "kms:ViaService": "s3.us-east-1.amazonaws.com",
      "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::sealed",
    };
    expect(served.asked.map(({ request }) => request)).to.deep.equal([
      { action: "s3:PutObject", resource: "arn:aws:s3:::sealed/k", policyOf: "arn:aws:s3:::sealed", context: {} },
      { action: "kms:GenerateDataKey", resource: keyArn, context },
      { action: "s3:GetObject", resource: "arn:aws:s3:::sealed/k", policyOf: "arn:aws:s3:::sealed" },
      { action: "kms:Decrypt", resource: keyArn, context },
    ]);
  });
});
