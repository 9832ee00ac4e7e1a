import { tmpdir } from "node:os";
import { VirtualClock } from "../../../local/clock";
import { Cloud } from "../../../local/cloud";
import { Front } from "../../../local/http/front";
import { HttpServer } from "../../../local/http/server";
import { cloudwatchService } from "../../../local/services/cloudwatch";
import { iamService, operatorCredentials } from "../../../local/services/iam";
import { kmsService } from "../../../local/services/kms";
import { logsService } from "../../../local/services/logs";
import { sesService } from "../../../local/services/ses";
import { stsService } from "../../../local/services/sts";
import { xrayService } from "../../../local/services/xray";

/** A cloud behind its real HTTP front, and what an SDK needs to reach it as the operator. */
export async function behindFront(): Promise<{
  cloud: Cloud;
  config: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
    maxAttempts: number;
  };
  close: () => Promise<void>;
}> {
  // Signatures carry the real time, so the cloud's clock starts there.
  const cloud = new Cloud({ clock: new VirtualClock(Date.now()), folder: tmpdir() });
  for (const make of [iamService, stsService, kmsService, logsService, cloudwatchService, sesService, xrayService])
    cloud.register(make(cloud));
  cloud.ports.events = { emit: () => undefined };
  const server = new HttpServer(new Front(cloud));
  const endpoint = await server.listen();
  return {
    cloud,
    config: { endpoint, region: "us-east-1", credentials: operatorCredentials(cloud), maxAttempts: 1 },
    close: async () => {
      await server.close();
      await cloud.close();
    },
  };
}
