import type { Cloud } from "../../cloud";
import type { MailEventType } from "./mail";

/** The account's metrics in `AWS/SES`: counts per event, and the two rates that AWS judges an account by. */
export class Reputation {
  private sends = 0;
  private bounces = 0;
  private complaints = 0;
  private registered = false;

  constructor(private readonly cloud: Cloud) {}

  /** @param hard whether a bounce counts for the rate: hard ones of real addresses do, those of the simulator do not. */
  count(type: MailEventType, recipients: number, hard: boolean, configurationSet: string | undefined): void {
    const { metrics } = this.cloud.ports;
    if (!this.registered) {
      this.registered = true;
      metrics.gauge("AWS/SES", "Reputation.BounceRate", {}, () => (this.sends === 0 ? 0 : this.bounces / this.sends));
      metrics.gauge("AWS/SES", "Reputation.ComplaintRate", {}, () =>
        this.sends === 0 ? 0 : this.complaints / this.sends,
      );
    }
    metrics.put("AWS/SES", type, {}, recipients, "Count");
    if (configurationSet !== undefined)
      metrics.put("AWS/SES", type, { "ses:configuration-set": configurationSet }, recipients, "Count");
    if (type === "Send") this.sends += recipients;
    if (type === "Bounce" && hard) this.bounces += recipients;
    if (type === "Complaint" && hard) this.complaints += recipients;
  }
}
