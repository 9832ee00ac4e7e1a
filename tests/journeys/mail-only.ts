import { EmailDispatcher, EncryptionKey, MessageStore } from "../../components";

/** A game without players: its messages bring their addresses, and it has e-mail alone. */
export function mailOnly(): { readonly messages: MessageStore; readonly emails: EmailDispatcher } {
  const common = { key: new EncryptionKey("shared"), protect: false, monitoring: { alarms: "none" } } as const;
  const messages = new MessageStore("messages", common);
  const emails = new EmailDispatcher("emails", {
    ...common,
    messages,
    sender: { address: "hello@game.test", domain: "game.test" },
    recipients: ["*@players.test"],
  });
  return { messages, emails };
}
