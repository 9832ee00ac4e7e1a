import { expect } from "chai";
import type { Cloud } from "../../../local/cloud";
import { keyStore } from "../../../local/services/kms";
import type { Json } from "../../../local/service";
import { refusalOf } from "../../helpers/refusal";
import { kmsCloud } from "./kms-cloud";

describe("Aliases of KMS", () => {
  let cloud: Cloud;
  let key: string;
  beforeEach(() => {
    cloud = kmsCloud();
    key = keyStore(cloud).create({}, cloud.operator).id;
  });
  const call = (operation: string, input: Json): Promise<Json> => cloud.call("kms", operation, input, cloud.operator);
  const create = (AliasName: string, TargetKeyId = key): Promise<Json> =>
    call("CreateAlias", { AliasName, TargetKeyId });

  it("are listed for one key", async () => {
    const other = keyStore(cloud).create({}, cloud.operator).id;
    await create("alias/mine");
    await create("alias/theirs", other);
    const names = async (input: Json): Promise<unknown> =>
      ((await call("ListAliases", input))["Aliases"] as Json[]).map((alias) => alias["AliasName"]);
    expect(await names({ KeyId: key })).to.deep.equal(["alias/mine"]);
    expect(await names({ KeyId: "alias/theirs" })).to.deep.equal(["alias/theirs"]);
    expect(await names({})).to.deep.equal(["alias/mine", "alias/theirs"]);
  });

  it("are made once, moved when they are there, and lead to keys", async () => {
    await create("alias/mine");
    expect(await refusalOf(create("alias/mine"))).to.equal(
      "AlreadyExistsException: An alias with the name arn:aws:kms:us-east-1:123456789012:alias/mine already exists",
    );
    expect(await refusalOf(call("UpdateAlias", { AliasName: "alias/none", TargetKeyId: key }))).to.match(
      /^NotFoundException: Alias .*alias\/none is not found\.$/,
    );
    const second = keyStore(cloud).create({}, cloud.operator).id;
    await call("UpdateAlias", { AliasName: "alias/mine", TargetKeyId: second });
    expect(keyStore(cloud).get("alias/mine").id).to.equal(second);
    expect(await refusalOf(create("alias/second", "alias/mine"))).to.equal(
      "ValidationException: Aliases must refer to keys. Not aliases",
    );
  });

  it("have names that AWS takes", async () => {
    expect(await refusalOf(create("mine"))).to.equal(
      'ValidationException: Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    );
    expect(await refusalOf(create("alias/a b"))).to.match(/at 'aliasName' failed to satisfy constraint/);
    expect(await refusalOf(create("alias/a:b"))).to.match(/alias\/a:b contains invalid characters for an alias$/);
    expect(await refusalOf(create("alias/aws/mine"))).to.match(/^NotAuthorizedException/);
  });
});
