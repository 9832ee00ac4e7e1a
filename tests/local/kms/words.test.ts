import { expect } from "chai";
import type { Cloud } from "../../../local/cloud";
import type { Json } from "../../../local/service";
import { keyStore } from "../../../local/services/kms";
import { refusalOf } from "../../helpers/refusal";
import { kmsCloud } from "./kms-cloud";

const NONE = "134f2428-cec1-4b25-a1ae-9048164dba47";

/** Requests that KMS refuses, and its own words for it; `KEY` stands for a key's id. */
const refusals: readonly [operation: string, input: Json, words: string][] = [
  [
    "DescribeKey",
    { KeyId: NONE },
    `NotFoundException: Key 'arn:aws:kms:us-east-1:123456789012:key/${NONE}' does not exist`,
  ],
  ["DescribeKey", { KeyId: "fake-key-id" }, "NotFoundException: Invalid keyId 'fake-key-id'"],
  [
    "DescribeKey",
    { KeyId: NONE.replaceAll("-", "") },
    `NotFoundException: Invalid keyId '${NONE.replaceAll("-", "")}'`,
  ],
  ["DescribeKey", { KeyId: "mrk-fake-key-id" }, "NotFoundException: Invalid keyId 'mrk-fake-key-id'"],
  [
    "DescribeKey",
    { KeyId: `arn:aws:kms:ap-southeast-1:123456789012:key/${NONE}` },
    "NotFoundException: Invalid arn ap-southeast-1",
  ],
  [
    "DescribeKey",
    { KeyId: "mrk-d3b95762d3b95762d3b95762d3b95762" },
    "NotFoundException: Key 'arn:aws:kms:us-east-1:123456789012:key/mrk-d3b95762d3b95762d3b95762d3b95762' does not exist",
  ],
  ["GenerateRandom", {}, "ValidationException: NumberOfBytes is required."],
  [
    "GenerateDataKey",
    { KeyId: "KEY", KeySpec: "AES_512" },
    "ValidationException: 1 validation error detected: Value 'AES_512' at 'keySpec' failed to satisfy constraint: Member must satisfy enum value set: [AES_256, AES_128]",
  ],
  [
    "CreateKey",
    { KeySpec: "HMAC_256" },
    "ValidationException: You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.",
  ],
  ["GetKeyPolicy", { KeyId: "KEY", PolicyName: "other" }, "NotFoundException: No such policy exists"],
  [
    "TagResource",
    { KeyId: "KEY", Tags: [{ TagKey: "aws:x", TagValue: "" }] },
    "TagException: Tags beginning with aws: are reserved",
  ],
  [
    "EnableKeyRotation",
    { KeyId: "KEY", RotationPeriodInDays: 89 },
    "ValidationException: 1 validation error detected: Value '89' at 'rotationPeriodInDays' failed to satisfy constraint: Member must have value greater than or equal to 90",
  ],
  [
    "CancelKeyDeletion",
    { KeyId: "KEY" },
    "KMSInvalidStateException: arn:aws:kms:us-east-1:123456789012:key/KEY is not pending deletion.",
  ],
];

describe("KMS in its own words", () => {
  let cloud: Cloud;
  let key: string;
  beforeEach(() => {
    cloud = kmsCloud();
    key = keyStore(cloud).create({ tags: { team: "a" } }, cloud.operator).id;
  });
  const call = (operation: string, input: Json): Promise<Json> => cloud.call("kms", operation, input, cloud.operator);

  for (const [operation, input, words] of refusals) {
    it(`${operation} ${JSON.stringify(input)} is refused`, async () => {
      const asked = input["KeyId"] === "KEY" ? { ...input, KeyId: key } : input;
      expect(await refusalOf(call(operation, asked))).to.equal(words.replace("KEY", key));
    });
  }

  it("refuses what a key that waits for its deletion cannot do", async () => {
    const words = `KMSInvalidStateException: arn:aws:kms:us-east-1:123456789012:key/${key} is pending deletion.`;
    const { PendingWindowInDays, KeyState } = await call("ScheduleKeyDeletion", { KeyId: key });
    expect([PendingWindowInDays, KeyState]).to.deep.equal([30, "PendingDeletion"]);
    for (const operation of ["ScheduleKeyDeletion", "EnableKey", "DisableKey", "EnableKeyRotation"])
      expect(await refusalOf(call(operation, { KeyId: key })), operation).to.equal(words);
  });

  it("refuses to move a ciphertext by the name of another key", async () => {
    const { CiphertextBlob } = await call("Encrypt", { KeyId: key, Plaintext: "QQ==" });
    const other = keyStore(cloud).create({}, cloud.operator).id;
    expect(
      await refusalOf(call("ReEncrypt", { CiphertextBlob, SourceKeyId: other, DestinationKeyId: other })),
    ).to.equal(
      "IncorrectKeyException: The key ID in the request does not identify a CMK that can perform this operation.",
    );
  });

  it("shows rotation with its period and its next time", async () => {
    expect(await call("GetKeyRotationStatus", { KeyId: key })).to.deep.equal({ KeyId: key, KeyRotationEnabled: false });
    await call("EnableKeyRotation", { KeyId: key, RotationPeriodInDays: 180 });
    expect(await call("GetKeyRotationStatus", { KeyId: key })).to.deep.equal({
      KeyId: key,
      KeyRotationEnabled: true,
      RotationPeriodInDays: 180,
      NextRotationDate: Date.parse("2026-06-30T00:00:00Z") / 1000,
    });
  });

  it("keeps tags", async () => {
    await call("TagResource", { KeyId: key, Tags: [{ TagKey: "stage", TagValue: "dev" }] });
    await call("UntagResource", { KeyId: key, TagKeys: ["team"] });
    expect(await call("ListResourceTags", { KeyId: key })).to.deep.equal({
      Tags: [{ TagKey: "stage", TagValue: "dev" }],
      Truncated: false,
    });
  });

  it("lists keys in pages", async () => {
    keyStore(cloud).create({}, cloud.operator);
    const first = await call("ListKeys", { Limit: 1 });
    const second = await call("ListKeys", { Limit: 1, Marker: first["NextMarker"] });
    expect([first["Truncated"], second["Truncated"]]).to.deep.equal([true, false]);
    expect(((first["Keys"] as Json[])[0] as Json)["KeyId"]).to.equal(key);
  });
});
