import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { Agent } from "node:http";
import type { HttpRequest } from "../../../local/service";
import { s3Service } from "../../../local/services/s3";
import { pathStyle } from "../../../local/services/s3/virtual-host";
import { ServedCloud } from "./served-cloud";

describe("A bucket's own host", () => {
  for (const [host, path] of [
    ["games.localhost:4566", "/games/a/b"],
    ["games.s3.localhost", "/games/a/b"],
    ["games.with.dots.s3.us-east-1.amazonaws.com", "/games.with.dots/a/b"],
    ["games.s3.amazonaws.com", "/games/a/b"],
    ["localhost:4566", "/a/b"],
    ["s3.localhost", "/a/b"],
    ["127.0.0.1:4566", "/a/b"],
    ["s3.us-east-1.amazonaws.com", "/a/b"],
    ["games.example.com", "/a/b"],
  ] as const) {
    it(`${host}/a/b is ${path}`, () => {
      const request: HttpRequest = { method: "GET", path: "/a/b", query: "", headers: { host }, body: Buffer.alloc(0) };
      expect(pathStyle(request).path).to.equal(path);
    });
  }

  it("is what an SDK asks when the endpoint is a name", async () => {
    const served = new ServedCloud();
    served.add(s3Service(served.cloud));
    await served.call("s3", "CreateBucket", { Bucket: "games" });
    const config = await served.clientConfig();
    const asked = new Set<string>();
    // Not every resolver knows the names below localhost.
    const httpAgent = new Agent({
      lookup: (name, options, found) => {
        asked.add(name);
        if (options.all) found(null, [{ address: "127.0.0.1", family: 4 }]);
        else found(null, "127.0.0.1", 4);
      },
    });
    const endpoint = config.endpoint.replace("127.0.0.1", "localhost");
    const s3 = new S3Client({ ...config, endpoint, requestHandler: { httpAgent } });
    await s3.send(new PutObjectCommand({ Bucket: "games", Key: "a b/c", Body: "x" }));
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: "games" }));
    expect(Contents!.map(({ Key }) => Key)).to.deep.equal(["a b/c"]);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: "games", Key: "a b/c" }));
    expect(await Body!.transformToString()).to.equal("x");
    expect([...asked]).to.deep.equal(["games.localhost"]);
    s3.destroy();
    await served.close();
  });
});
