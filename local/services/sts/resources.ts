import type { InvokeType } from "../../service";

/** The provider's functions about who and where one is. STS has no resource types. */
export const stsInvokes: Readonly<Record<string, InvokeType>> = {
  "aws:index/getCallerIdentity:getCallerIdentity": (_inputs, cloud) => ({
    id: cloud.accountId,
    accountId: cloud.accountId,
    arn: cloud.operator.type === "operator" ? cloud.operator.arn : "",
    userId: "AIDAOPERATOR",
  }),
  "aws:index/getRegion:getRegion": (inputs, cloud) => {
    const region = typeof inputs["region"] === "string" ? inputs["region"] : cloud.region;
    return { id: region, name: region, region, endpoint: `ec2.${region}.amazonaws.com`, description: region };
  },
  "aws:index/getPartition:getPartition": () => ({
    id: "aws",
    partition: "aws",
    dnsSuffix: "amazonaws.com",
    reverseDnsPrefix: "com.amazonaws",
  }),
};
