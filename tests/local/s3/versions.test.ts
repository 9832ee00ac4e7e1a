import { expect } from "chai";
import type { Json } from "../../../local/service";
import { s3Service } from "../../../local/services/s3";
import { ServedCloud } from "./served-cloud";

describe("Versions of S3's objects", () => {
  let served: ServedCloud;
  beforeEach(async () => {
    served = new ServedCloud();
    served.add(s3Service(served.cloud));
    await served.call("s3", "CreateBucket", { Bucket: "games" });
  });
  afterEach(() => served.close());
  const versioning = (status: string): Promise<Json> =>
    served.declare("aws:s3/bucketVersioning:BucketVersioning", "v", {
      bucket: "games",
      versioningConfiguration: { status },
    });
  const call = (operation: string, input: Json = {}): Promise<Json> =>
    served.call("s3", operation, { Bucket: "games", ...input });
  const put = async (Key: string, text: string): Promise<unknown> =>
    (await call("PutObject", { Key, Body: Buffer.from(text) }))["VersionId"];
  const get = async (Key: string, more: Json = {}): Promise<string> =>
    String((await call("GetObject", { Key, ...more }))["Body"]);
  const refusal = async (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => "none",
      (error: unknown) => (error as Json)["code"],
    );
  const listed = async (input: Json = {}): Promise<readonly string[]> => {
    const { Versions, DeleteMarkers } = (await call("ListObjectVersions", input)) as Record<string, Json[]>;
    const shown = (kind: string) => (entry: Json) =>
      `${String(entry["Key"])} ${kind}${entry["IsLatest"] === true ? " latest" : ""}`;
    return [...Versions!.map(shown("object")), ...DeleteMarkers!.map(shown("marker"))];
  };

  it("are kept when another is written and when the object is deleted", async () => {
    await versioning("Enabled");
    const [first, second] = [await put("k", "one"), await put("k", "two")];
    expect(first).to.match(/^[\w.]{32}$/);
    expect(await get("k")).to.equal("two");
    expect(await get("k", { VersionId: first })).to.equal("one");

    const marker = await call("DeleteObject", { Key: "k" });
    expect(marker["DeleteMarker"]).to.equal(true);
    expect(await refusal(get("k"))).to.equal("NoSuchKey");
    expect(await refusal(get("k", { VersionId: marker["VersionId"] }))).to.equal("MethodNotAllowed");
    expect(await get("k", { VersionId: second })).to.equal("two");
    expect(await listed()).to.deep.equal(["k object", "k object", "k marker latest"]);
    expect(await refusal(call("DeleteBucket"))).to.equal("BucketNotEmpty");
  });

  it("come back when what hides them is deleted by its id, and go for good", async () => {
    await versioning("Enabled");
    const [first, second] = [await put("a/k", "one"), await put("a/k", "two")];
    const { VersionId } = await call("DeleteObject", { Key: "a/k" });
    expect(await call("DeleteObject", { Key: "a/k", VersionId })).to.deep.equal({ DeleteMarker: true, VersionId });
    expect(await get("a/k")).to.equal("two");
    await call("DeleteObject", { Key: "a/k", VersionId: second });
    expect(await get("a/k")).to.equal("one");
    expect(await refusal(get("a/k", { VersionId: second }))).to.equal("NoSuchVersion");
    const named = { Key: "a/k", VersionId: first };
    expect(await call("DeleteObjects", { Delete: { Objects: [named] } })).to.deep.equal({ Deleted: [named] });
    await call("DeleteBucket");
  });

  it("are the version null where none are given, one at most", async () => {
    expect(await put("k", "before")).to.equal(undefined);
    expect((await call("GetObject", { Key: "k" }))["VersionId"]).to.equal(undefined);
    await versioning("Enabled");
    expect((await call("GetObject", { Key: "k" }))["VersionId"]).to.equal("null");
    const given = await put("k", "during");
    await versioning("Suspended");
    expect(await put("k", "after")).to.equal(undefined);
    expect(await get("k", { VersionId: "null" })).to.equal("after");
    expect(await get("k", { VersionId: given })).to.equal("during");
    expect(await listed()).to.deep.equal(["k object latest", "k object"]);
    await call("DeleteObject", { Key: "k" });
    expect(await listed()).to.deep.equal(["k object", "k marker latest"]);
  });

  it("are listed in pages, by prefix and delimiter", async () => {
    await versioning("Enabled");
    for (const key of ["f/s/1", "f/s/2", "f/1", "f/1", "g"]) await put(key, "x");
    const seen: unknown[] = [];
    let markers: Json | undefined = {};
    while (markers) {
      const page: Json = await call("ListObjectVersions", { Prefix: "f/", Delimiter: "/", MaxKeys: 1, ...markers });
      seen.push(
        ...[page["Versions"], page["CommonPrefixes"]].flat().map((e) => (e as Json)["Key"] ?? (e as Json)["Prefix"]),
      );
      const { NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = page;
      markers =
        page["IsTruncated"] === true ? { KeyMarker, ...(VersionIdMarker ? { VersionIdMarker } : {}) } : undefined;
    }
    expect(seen).to.deep.equal(["f/1", "f/1", "f/s/"]);
  });

  it("are not left by what the cloud's own services write and delete", async () => {
    await versioning("Enabled");
    const { objects } = served.cloud.ports;
    await objects.put("games", "data/part", "1");
    await objects.remove("games", "data/part");
    expect(await listed()).to.deep.equal([]);
  });
});
