import * as dynamodb from "@aws-sdk/client-dynamodb";
import { EmailDispatcher, EncryptionKey, MessageStore } from "../../components";

/** A program without players: messages bring their addresses; what became of one makes the next in one transaction. */
const key = new EncryptionKey("shared");
const common = { key, protect: false, monitoring: { alarms: "none" } } as const;

const messages = new MessageStore("messages", common);
const emails = new EmailDispatcher("emails", {
  ...common,
  messages,
  sender: { address: "hello@game.test" },
  recipients: ["*@players.test"],
});
emails.template("invite", {
  locales: { en: { subject: "Join {{guild}}", html: '<p><a href="https://game.test/join">Join {{guild}}</a></p>' } },
});
emails.template("thanks", { locales: { en: { subject: "Thank you", html: "<p>See you soon.</p>" } } });

const table = messages.table.name;
const { transactItem } = messages.client();
messages.onStatus("clicked", async (change) => {
  const database = new dynamodb.DynamoDBClient();
  const thanks = transactItem({
    player: change.player,
    type: "transactional",
    template: "thanks",
    to: `${change.player}@players.test`,
    deduplicationKey: `thanks-${change.id}`,
  });
  const state = { pk: { S: `GUILD#${change.player}` }, sk: { S: "JOINED" } };
  try {
    await database.send(
      new dynamodb.TransactWriteItemsCommand({
        TransactItems: [
          thanks.item,
          { Put: { TableName: table.get(), Item: state, ConditionExpression: "attribute_not_exists(pk)" } },
        ],
      }),
    );
  } catch (error) {
    // The change came twice: state and message are there already, both.
    if ((error as { name?: unknown }).name !== "TransactionCanceledException") throw error;
  }
});

export const messagesTable = messages.table.name;
export const enqueueFunction = messages.enqueueFunction.arn;
