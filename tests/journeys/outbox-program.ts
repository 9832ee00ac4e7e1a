import * as dynamodb from "@aws-sdk/client-dynamodb";
import { mailOnly } from "./mail-only";

/** What became of one message makes the next, in one transaction with a state of the game's. */
const { messages, emails } = mailOnly();
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
