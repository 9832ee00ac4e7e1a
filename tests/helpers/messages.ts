import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { playerPk } from "../../components/shared/player-keys";
import type { TraceEvent } from "../../local/trace";
import type { Mail } from "../../local/services/ses/mail";
import { sesEngine } from "../../local/services/ses";
import type { TestStack } from "./local-stack";

export type MessageItem = Readonly<Record<string, AttributeValue>>;

/** What the enqueue function answers for one message. */
export interface EnqueueAnswer {
  readonly id?: string;
  readonly created?: boolean;
  readonly error?: { readonly field: string; readonly message: string };
}

/** Messages of a stack on a virtual clock: enqueued as a game server does, followed to their end. */
export class Messages {
  constructor(private readonly stack: TestStack) {}

  /** Enqueues one message through the function for game servers. */
  async ask(message: Record<string, unknown>): Promise<EnqueueAnswer> {
    const { results } = await this.stack.invoke<{ results: EnqueueAnswer[] }>("enqueueFunction", message);
    return results[0]!;
  }

  /** Enqueues one message that must be taken; its id. */
  async send(player: string, message: Record<string, unknown>): Promise<string> {
    const answer = await this.ask({ player, type: "transactional", ...message });
    if (answer.id === undefined) throw new Error(`The message was refused: ${answer.error?.message ?? "?"}`);
    return answer.id;
  }

  /** A message's item, read inside the cloud. */
  async item(player: string, id: string): Promise<MessageItem> {
    const Key = { pk: { S: playerPk(player) }, sk: { S: `MSG#${id}` } };
    const input = { TableName: this.stack.stack.output("messagesTable"), Key, ConsistentRead: true };
    const { cloud } = this.stack;
    const { Item } = await cloud.call<{ Item?: MessageItem }>("dynamodb", "GetItem", input, cloud.operator);
    if (!Item) throw new Error(`There is no message ${id} of ${player}.`);
    return Item;
  }

  /** Lets time pass until a message has one of these statuses, at most `seconds`; its item. */
  async until(player: string, id: string, statuses: readonly string[], seconds = 600): Promise<MessageItem> {
    const known = async (): Promise<string> => (await this.item(player, id))["status"]?.S ?? "";
    const held = await this.stack.clock.advanceUntil(async () => statuses.includes(await known()), seconds * 1_000);
    if (!held) {
      throw new Error(
        `After ${seconds} s message ${id} of ${player} is ${await known()}, not ${statuses.join(" or ")}: ` +
          JSON.stringify(await this.item(player, id)),
      );
    }
    return this.item(player, id);
  }

  /** All that SES took for a message, oldest first. */
  mails(id: string): Mail[] {
    return [...sesEngine(this.stack.cloud).inbox()].filter((mail) => mail.tags["messageId"]?.includes(id)).reverse();
  }

  /** The statuses of a message's history. */
  static history(item: MessageItem): string[] {
    return (item["history"]?.L ?? []).map((entry) => entry.M?.["status"]?.S ?? "");
  }

  /** Each line of a message's history as `status detail`. */
  static lines(item: MessageItem): string[] {
    return (item["history"]?.L ?? []).map((entry) =>
      [entry.M?.["status"]?.S, entry.M?.["detail"]?.S].filter((text) => text !== undefined).join(" "),
    );
  }

  static reason(item: MessageItem): Record<string, string> {
    return Object.fromEntries(Object.entries(item["reason"]?.M ?? {}).map(([name, value]) => [name, value.S ?? ""]));
  }
}

/** Calls in a trace as `role service:Operation resource`. */
export function callsOf(events: readonly TraceEvent[]): string[] {
  return events
    .filter((event) => event.kind === "call" && event.error === undefined)
    .map((event) => `${nameOf(event.principal)} ${event.service}:${event.name} ${nameOf(event.resource)}`);
}

/** The logical name within an ARN: without Pulumi's random suffix. */
export function nameOf(arn: string | undefined): string {
  const session = /assumed-role\/([^/]+)/.exec(arn ?? "")?.[1];
  const last = session ?? (arn ?? "").split(/[:/]/).pop() ?? "";
  return last.replace(/-[0-9a-f]{7}$/, "");
}
