import { AwsError } from "../../aws-error";
import type { Cloud } from "../../cloud";
import type { SuppressedReason } from "./configuration-sets";

export interface Suppressed {
  readonly address: string;
  readonly reason: SuppressedReason;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** The knobs of an SES account, which a real one gets from AWS. */
export interface AccountSettings {
  /** Out of the sandbox. In the sandbox recipients must be verified too, at 1 mail a second and 200 a day. @default true */
  productionAccess: boolean;
  /** Recipients a second. @default 14 */
  maxSendRate: number;
  /** Recipients in any 24 hours. @default 50000 */
  max24HourSend: number;
  /** Whether the account may send at all. @default true */
  sendingEnabled: boolean;
}

const day = 86_400_000;

/** Quota, rate and suppression list of the account. */
export class Account {
  readonly settings: AccountSettings = {
    productionAccess: true,
    maxSendRate: 14,
    max24HourSend: 50_000,
    sendingEnabled: true,
  };
  /** Reasons for which the account's list stops a mail; a new account has both. */
  suppressedReasons: readonly SuppressedReason[] = ["BOUNCE", "COMPLAINT"];
  private readonly list = new Map<string, Suppressed>();
  private sent: { readonly time: number; readonly count: number }[] = [];
  private sentInDay = 0;

  constructor(private readonly cloud: Cloud) {}

  get limits(): { readonly rate: number; readonly quota: number } {
    const { productionAccess, maxSendRate, max24HourSend } = this.settings;
    return productionAccess
      ? { rate: maxSendRate, quota: max24HourSend }
      : { rate: Math.min(1, maxSendRate), quota: Math.min(200, max24HourSend) };
  }

  get sentLast24Hours(): number {
    this.forget();
    return this.sentInDay;
  }

  /** Counts recipients against rate and quota; SES refuses what is over, and queues nothing. */
  take(recipients: number): void {
    this.forget();
    const now = this.cloud.clock.now();
    const { rate, quota } = this.limits;
    if (this.sentInDay + recipients > quota) throw new AwsError("Throttling", "Daily message quota exceeded.", 400);
    let lastSecond = 0;
    for (let i = this.sent.length - 1; i >= 0 && this.sent[i]!.time > now - 1000; i--)
      lastSecond += this.sent[i]!.count;
    // One message may have more recipients than the rate allows in a second; it then needs that second for itself.
    if (lastSecond > 0 && lastSecond + recipients > rate)
      throw new AwsError("Throttling", "Maximum sending rate exceeded.", 400);
    this.sent.push({ time: now, count: recipients });
    this.sentInDay += recipients;
  }

  suppress(address: string, reason: SuppressedReason): void {
    this.list.set(address.toLowerCase(), { address: address.toLowerCase(), reason, time: this.cloud.clock.now() });
  }

  unsuppress(address: string): boolean {
    return this.list.delete(address.toLowerCase());
  }

  suppressed(address: string): Suppressed | undefined {
    return this.list.get(address.toLowerCase());
  }

  get suppressionList(): readonly Suppressed[] {
    return [...this.list.values()];
  }

  private forget(): void {
    const oldest = this.cloud.clock.now() - day;
    let gone = 0;
    while (gone < this.sent.length && this.sent[gone]!.time <= oldest) this.sentInDay -= this.sent[gone++]!.count;
    if (gone > 0) this.sent = this.sent.slice(gone);
  }
}
