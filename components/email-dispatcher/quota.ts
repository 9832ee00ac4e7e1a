import * as ses from "@aws-sdk/client-ses";
import { logWarning } from "../shared/log";
import { QUOTA_TTL_MS, SANDBOX_RATE } from "./limits";

/** What a container remembers of SES's quota. */
export interface QuotaMemory {
  rate?: number;
  until?: number;
}

/** Mails per second: the lower of the configured rate and SES's own, which is asked for every five minutes. */
export async function currentRate(
  client: ses.SESClient,
  configured: number | undefined,
  memory: QuotaMemory,
  now: number,
): Promise<number> {
  if (memory.until === undefined || memory.until <= now) {
    try {
      const quota = await client.send(new ses.GetSendQuotaCommand({}));
      if (quota.MaxSendRate !== undefined && quota.MaxSendRate > 0) memory.rate = quota.MaxSendRate;
    } catch (error) {
      logWarning("quota", "GetSendQuota", error);
    }
    memory.until = now + QUOTA_TTL_MS;
  }
  const own = memory.rate ?? SANDBOX_RATE;
  return configured === undefined ? own : Math.min(configured, own);
}
