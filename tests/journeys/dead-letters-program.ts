import { EmailDispatcher, EncryptionKey, MessageStore } from "../../components";

/** A program whose queues all have something to do: a channel that nobody takes, and a reaction to what became of mails. */
const key = new EncryptionKey("shared");
const common = { key, protect: false, monitoring: { alarms: "none" } } as const;

const messages = new MessageStore("messages", common);
const emails = new EmailDispatcher("emails", {
  ...common,
  messages,
  sender: { address: "hello@game.test" },
  recipients: ["*@players.test"],
});
emails.template("invite", { locales: { en: { subject: "Join us", html: "<p>Join us.</p>" } } });
emails.template("sorry", { locales: { en: { subject: "Sorry", html: "<p>Another way?</p>" } } });

const { enqueue } = messages.client();
messages.onStatus("bounced", async (change) => {
  await enqueue({
    player: change.player,
    type: "transactional",
    template: "sorry",
    to: `${change.player}-other@players.test`,
    deduplicationKey: `sorry-${change.id}`,
  });
});

export const messagesTable = messages.table.name;
export const enqueueFunction = messages.enqueueFunction.arn;
