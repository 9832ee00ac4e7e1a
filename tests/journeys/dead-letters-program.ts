import { mailOnly } from "./mail-only";

/** A program whose queues all have something to do: a channel that nobody takes, and a reaction to what became of mails. */
const { messages, emails } = mailOnly();
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
