import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  EmailDispatcher,
  EncryptionKey,
  MessageStore,
  RealtimeGateway,
  SegmentPipeline,
  TABLE_KEY_ACTIONS,
  operationsOf,
  withGrants,
} from "games-messaging";

const config = new pulumi.Config();
const key = new EncryptionKey("clash");
const common = { key, protect: false, monitoring: { alarms: "essential" } } as const;

// A table of the game's own, beside the components.
const guilds = new aws.dynamodb.Table("guilds", {
  billingMode: "PAY_PER_REQUEST",
  hashKey: "guild",
  rangeKey: "member",
  attributes: [
    { name: "guild", type: "S" },
    { name: "member", type: "S" },
  ],
  pointInTimeRecovery: { enabled: true },
  serverSideEncryption: { enabled: true, kmsKeyArn: key.arn },
});

// A client of the game's own: functions that capture it get exactly these rights.
const guildTable = guilds.name;
const roster = withGrants(
  {
    join: async (guild: string, member: string): Promise<void> => {
      const client = new dynamodb.DynamoDBClient({});
      const Item = { guild: { S: guild }, member: { S: member } };
      await client.send(new dynamodb.PutItemCommand({ TableName: guildTable.get(), Item }));
    },
    members: async (guild: string): Promise<string[]> => {
      const client = new dynamodb.DynamoDBClient({});
      const answer = await client.send(
        new dynamodb.QueryCommand({
          TableName: guildTable.get(),
          KeyConditionExpression: "guild = :guild",
          ExpressionAttributeValues: { ":guild": { S: guild } },
        }),
      );
      return (answer.Items ?? []).map((item) => item["member"]?.S ?? "");
    },
  },
  () => [
    { Sid: "Guilds", Action: ["dynamodb:PutItem", "dynamodb:Query"], Resource: guilds.arn },
    { Sid: "GuildsKey", Action: TABLE_KEY_ACTIONS.write, Resource: key.arn },
  ],
);

const gateway = new RealtimeGateway("arena", {
  ...common,
  manageAccountLogging: true,
  auth: { issuer: config.require("issuer"), audience: config.require("audience") },
  playerAttributes: { guild: "string", trophies: "number" },
});
const messages = new MessageStore("mail", { ...common, directory: gateway.directory });
const emails = new EmailDispatcher("post", {
  key,
  messages,
  sender: { address: "herald@guild-clash.test", name: "The Herald" },
  recipients: ["*@players.test"],
});
emails.template("war-won", {
  schema: {
    type: "object",
    properties: { enemy: { type: "string" }, trophies: { type: "integer" } },
    required: ["enemy", "trophies"],
  },
  locales: {
    en: {
      subject: "Victory over {{enemy}}",
      html: "<h1>Victory!</h1><p>{{player.name}}, your guild beat {{enemy}}: {{trophies}} trophies.</p>",
      text: "Victory! {{player.name}}, your guild beat {{enemy}}: {{trophies}} trophies.",
    },
  },
});
emails.template("champions", {
  locales: { en: { subject: "Champions' league", html: "<p>You are in, {{player.name}}.</p>", text: "You are in." } },
});

// Routes: frames `guild.join` and `guild.announce`.
const pusher = gateway.pusher();
const guildName = { type: "string", minLength: 1, maxLength: 40 } as const;
gateway.route(
  "guild.join",
  { type: "object", properties: { guild: guildName }, required: ["guild"] },
  async (context, body) => {
    await roster.join(body.guild, context.playerId);
    return { guild: body.guild, members: await roster.members(body.guild) };
  },
);
gateway.route(
  "guild.announce",
  {
    type: "object",
    properties: { guild: guildName, text: { type: "string", minLength: 1, maxLength: 280 } },
    required: ["guild", "text"],
  },
  async (context, body) => {
    const others = (await roster.members(body.guild)).filter((member) => member !== context.playerId);
    const announcement = { type: "announcement", guild: body.guild, from: context.playerId, text: body.text };
    const pushed = await Promise.all(others.map((member) => pusher.push(member, announcement)));
    return { reached: pushed.reduce((sum, { delivered }) => sum + delivered, 0) };
  },
);

// Events and statuses.
const { enqueue } = messages.client();
gateway.onPlayerEvent("war-won", async (event) => {
  const data = { enemy: "an unknown guild", trophies: 0, ...event.data };
  await enqueue({ player: event.player, type: "social", template: "war-won", data, deduplicationKey: event.id });
});
messages.onStatus("bounced", async (change) => {
  await pusher.push(change.player, { type: "address-wrong", message: change.id });
});

// A segment: who is invited to the champions' league.
const segments = new SegmentPipeline("scout", {
  ...common,
  directory: gateway.directory,
  messages,
  manageCatalogPolicy: true,
});
segments.define("champions", {
  where: {
    all: [
      { attribute: "trophies", atLeast: 3000 },
      { attribute: "guild", exists: true },
    ],
  },
  message: { type: "social", template: "champions" },
});

export const url = gateway.url;
export const protocol = gateway.protocol;
export const profileFunction = gateway.profileFunction.arn;
export const operations = operationsOf({ gateway, messages, emails, segments });
