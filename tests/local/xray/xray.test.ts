import { expect } from "chai";
import { tmpdir } from "node:os";
import { VirtualClock } from "../../../local/clock";
import { Cloud } from "../../../local/cloud";
import type { Json } from "../../../local/service";
import { iamService } from "../../../local/services/iam";
import { xrayService } from "../../../local/services/xray";

describe("X-Ray", () => {
  it("keeps segments by trace, and names those it cannot read", async () => {
    const cloud = new Cloud({ clock: new VirtualClock(), folder: tmpdir() });
    cloud.register(iamService(cloud));
    cloud.register(xrayService(cloud));
    const call = (operation: string, input: Json): Promise<Json> =>
      cloud.call("xray", operation, input, cloud.operator);
    const trace_id = "1-695500ff-0123456789abcdef01234567";
    const segment = (more: Json): string =>
      JSON.stringify({ trace_id, id: "0123456789abcdef", name: "f", start_time: 100, end_time: 101, ...more });
    const put = await call("PutTraceSegments", {
      TraceSegmentDocuments: [
        segment({}),
        segment({ id: "fedcba9876543210", end_time: 103, fault: true }),
        "{",
        segment({ id: "x" }),
      ],
    });
    expect((put["UnprocessedTraceSegments"] as Json[]).map((one) => one["ErrorCode"])).to.deep.equal([
      "ParseError",
      "InvalidId",
    ]);
    const found = (await call("GetTraceSummaries", { StartTime: 0, EndTime: 200 }))["TraceSummaries"] as Json[];
    expect(found.map(({ Id, Duration, HasFault }) => [Id, Duration, HasFault])).to.deep.equal([[trace_id, 3, true]]);
    expect(
      ((await call("BatchGetTraces", { TraceIds: [trace_id, "none"] }))["Traces"] as Json[])[0]!["Segments"],
    ).to.have.length(2);
    expect(cloud.meter.snapshot().units).to.deep.equal({ "xray.traceRecorded": 1 });
  });
});
