import type { StreamRecord } from "../../local/ports";
import { sesEngine } from "../../local/services/ses";
import type { Acknowledged } from "./mailbox";
import type { World } from "./world";

type Value = { readonly S?: string; readonly N?: string; readonly M?: Item; readonly L?: readonly Value[] };
type Item = Readonly<Record<string, Value | undefined>>;

/** Statuses after which nobody needs to act. */
const ENDS = [
  "sent",
  "delivered",
  "opened",
  "clicked",
  "bounced",
  "complained",
  "rejected",
  "failed",
  "skipped",
  "expired",
];
/** Ends at which no mail can have left. */
const UNSENT = ["failed", "skipped", "expired"];
/** What the provider has told, by how much it outweighs; what we do ourselves is not in it. */
const TOLD: Readonly<Record<string, number>> = {
  sent: 1,
  delivered: 2,
  opened: 3,
  clicked: 4,
  rejected: 6,
  bounced: 7,
  complained: 8,
};

/** A message as its item tells it at the end. */
export interface Ended {
  readonly player: string;
  readonly id: string;
  readonly status: string;
  readonly reason: string | undefined;
  readonly attempt: number;
  /** Attempts that SES did not refuse for its rate or quota. */
  readonly counted: number;
}

/** Watches the Messages table, record by record, and judges what became of every message. */
export class MessageJudge {
  readonly problems: string[] = [];
  private readonly tableArn: string;
  private readonly stop: () => void;
  private position: string | undefined;

  constructor(private readonly world: World) {
    const { cloud } = world;
    this.tableArn = cloud.arn("dynamodb", `table/${world.image.outputs["messagesTable"]!}`);
    const { LatestStreamArn } = cloud.ports.tables.describe(this.tableArn) as { LatestStreamArn: string };
    this.stop = cloud.ports.streams.onAppend(LatestStreamArn, () => {
      for (const record of cloud.ports.streams.read(LatestStreamArn, this.position, 1_000)) {
        this.position = record.dynamodb.SequenceNumber;
        this.see(record);
      }
    });
  }

  close(): void {
    this.stop();
  }

  messages(): Ended[] {
    const found: Ended[] = [];
    for (const item of this.world.cloud.ports.tables.items(this.tableArn)) {
      const read = item as Item;
      // Without an id it is an item that was tampered with.
      if (!read["sk"]?.S?.startsWith("MSG#") || read["id"] === undefined) continue;
      found.push({
        player: read["player"]?.S ?? "",
        id: read["id"]?.S ?? "",
        status: read["status"]?.S ?? "",
        reason: read["reason"]?.M?.["code"]?.S,
        attempt: Number(read["attempt"]?.N ?? 0),
        counted: countedAttempts(read),
      });
    }
    return found;
  }

  /** Whether every message is at an end. */
  get quiet(): boolean {
    return this.messages().every(({ status }) => ENDS.includes(status));
  }

  /**
   * Holds the end against what was acknowledged and what SES accepted.
   * @param parked messages whose records were given up: so many may still wait.
   */
  judge(acknowledged: readonly Acknowledged[], parked = 0): void {
    let waiting = 0;
    const { problems } = this;
    const messages = this.messages();
    const known = new Set(messages.map(({ id }) => id));
    for (const { player, id } of acknowledged) {
      if (!known.has(id)) problems.push(`message ${id} of ${player} was acknowledged and is not there`);
    }
    const mails = new Map<string, string[]>();
    for (const mail of sesEngine(this.world.cloud).inbox()) {
      const [id = "?"] = mail.tags["messageId"] ?? [];
      mails.set(id, [
        ...(mails.get(id) ?? []),
        `attempt ${mail.tags["attempt"]?.[0] ?? "?"} at ${new Date(mail.time).toISOString()}`,
      ]);
    }
    for (const [id, times] of mails) {
      if (times.length > 1) problems.push(`message ${id} was mailed ${times.length} times: ${times.join(", ")}`);
    }
    for (const { id, status, reason, attempt, counted } of messages) {
      const mailed = mails.has(id);
      const what = `message ${id} is ${status} (${reason ?? "no reason"}, attempt ${attempt})`;
      if (!ENDS.includes(status)) {
        if (++waiting > parked) problems.push(`${what}: nobody acts on it any more`);
      } else if (UNSENT.includes(status)) {
        if (mailed) problems.push(`${what} but its mail left`);
        if (reason === "attempts-used-up" && counted < 3) problems.push(`${what} after ${counted} tries that count`);
        if (reason === undefined) problems.push(`${what} and does not say why`);
      } else if (!mailed) problems.push(`${what} but no mail of it left`);
    }
  }

  /** No status may move back: what the provider has told outweighs what we believe, and only its later word replaces it. */
  private see(record: StreamRecord): void {
    const before = record.dynamodb.OldImage as Item | undefined;
    const after = record.dynamodb.NewImage as Item | undefined;
    const from = before?.["status"]?.S;
    const to = after?.["status"]?.S;
    if (from === undefined || to === undefined || from === to || !after?.["sk"]?.S?.startsWith("MSG#")) return;
    const back =
      TOLD[from] !== undefined
        ? (TOLD[to] ?? 0) <= TOLD[from] && !(from === "bounced" && to === "delivered")
        : ["skipped", "expired"].includes(from) && TOLD[to] === undefined;
    if (back) this.problems.push(`message ${after["id"]?.S} went back from ${from} to ${to}`);
    if (from === "failed" && to !== "queued") {
      this.problems.push(`message ${after["id"]?.S} was called failed and went to ${to}`);
    }
  }
}

function countedAttempts(item: Item): number {
  let counted = 0;
  for (const { M: line } of item["history"]?.L ?? []) {
    if (line?.["status"]?.S === "sending") counted++;
    if (line?.["detail"]?.S === "throttled") counted--;
  }
  return counted;
}
