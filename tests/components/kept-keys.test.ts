import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { MessageStore } from "../../components/message-store/message-store";
import { RealtimeGateway } from "../../components/realtime-gateway/realtime-gateway";
import { SegmentPipeline } from "../../components/segment-pipeline/segment-pipeline";
import { record } from "./declared";

interface Request {
  getName(): string;
  getType(): string;
  getRetainondelete(): boolean;
}

interface Monitor {
  registerResource(request: Request, done: (error: unknown, response: unknown) => void): unknown;
}

const KEPT_TOGETHER = ["aws:kms/key:Key", "aws:dynamodb/table:Table"];

describe("keys that components make for themselves", function () {
  this.timeout(60_000);

  for (const protect of [undefined, false]) {
    it(`are kept as the tables are when protect is ${String(protect ?? "left out")}`, async () => {
      await record([]);
      const kept = new Map<string, boolean>();
      const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
      const register = monitor.registerResource.bind(monitor);
      monitor.registerResource = (request, done) => {
        if (KEPT_TOGETHER.includes(request.getType())) kept.set(request.getName(), request.getRetainondelete());
        return register(request, done);
      };
      const args = protect === undefined ? {} : { protect };
      const auth = { issuer: "https://id.example.com", audience: "game" };
      const gateway = new RealtimeGateway("gateway", { auth, ...args });
      const messages = new MessageStore("messages", args);
      new SegmentPipeline("segments", { directory: gateway.directory, messages, ...args });
      await pulumi.runtime.disconnect();
      expect(Object.fromEntries(kept)).to.deep.equal(
        Object.fromEntries(
          [
            "gateway-key-key",
            "gateway-players",
            "gateway-presence",
            "messages-key-key",
            "messages-table",
            "segments-key-key",
            "segments-runs",
          ].map((name) => [name, protect ?? true]),
        ),
      );
    });
  }
});
