import type { Cloud } from "../../cloud";
import type { MailEventType } from "./mail";

/** What the rates of the account, or of one configuration set, are made of. */
class Rates {
  private sends = 0;
  private bounces = 0;
  private complaints = 0;

  constructor(cloud: Cloud, dimensions: Readonly<Record<string, string>>) {
    const { metrics } = cloud.ports;
    const rate = (count: number): number => (this.sends === 0 ? 0 : count / this.sends);
    metrics.gauge("AWS/SES", "Reputation.BounceRate", dimensions, () => rate(this.bounces));
    metrics.gauge("AWS/SES", "Reputation.ComplaintRate", dimensions, () => rate(this.complaints));
  }

  count(type: MailEventType, recipients: number, hard: boolean): void {
    if (type === "Send") this.sends += recipients;
    if (type === "Bounce" && hard) this.bounces += recipients;
    if (type === "Complaint" && hard) this.complaints += recipients;
  }
}

/**
 * Metrics in `AWS/SES` that need no event destination: the account's counts of events, and the two rates by which AWS judges
 * an account; the rates of a configuration set, too, where it asks for them (`reputationMetricsEnabled`).
 * https://docs.aws.amazon.com/ses/latest/dg/configuration-sets-export-metrics.html
 */
export class Reputation {
  private account: Rates | undefined;
  private readonly sets = new Map<string, Rates>();

  constructor(private readonly cloud: Cloud) {}

  /**
   * @param hard whether a bounce counts for the rate: hard ones of real addresses do, those of the simulator do not.
   * @param set the configuration set that the mail was sent with, where it has rates of its own.
   */
  count(type: MailEventType, recipients: number, hard: boolean, set: string | undefined): void {
    this.cloud.ports.metrics.put("AWS/SES", type, {}, recipients, "Count");
    this.account ??= new Rates(this.cloud, {});
    this.account.count(type, recipients, hard);
    if (set === undefined) return;
    let own = this.sets.get(set);
    if (!own) this.sets.set(set, (own = new Rates(this.cloud, { "ses:configuration-set": set })));
    own.count(type, recipients, hard);
  }
}
