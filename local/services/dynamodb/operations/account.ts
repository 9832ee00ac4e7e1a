import type { Operation } from "../../../service";
import type { Dependencies } from "../access";

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeLimits.html, with the quotas of a new account. */
export const describeLimits = (_: Dependencies): Operation => ({
  authorize: () => [{ action: "dynamodb:DescribeLimits", resource: "*" }],
  answer: () => ({
    AccountMaxReadCapacityUnits: 80_000,
    AccountMaxWriteCapacityUnits: 80_000,
    TableMaxReadCapacityUnits: 40_000,
    TableMaxWriteCapacityUnits: 40_000,
  }),
});

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeEndpoints.html */
export const describeEndpoints = ({ cloud }: Dependencies): Operation => ({
  authorize: () => [{ action: "dynamodb:DescribeEndpoints", resource: "*" }],
  answer: () => ({
    Endpoints: [{ Address: cloud.endpoint.replace(/^https?:\/\//, ""), CachePeriodInMinutes: 1440 }],
  }),
});
