import type { Check } from "../check";
import { hasLines } from "../observe";
import { CheckFailure, type Stage } from "../stage";
import { friends, profile } from "./people";

/** Connects a player and says hello; collects the kinds of the notices that come. */
async function enter(stage: Stage, player: string, heard: string[] = []) {
  const client = await stage.connect(player, (notice) => {
    heard.push(`${String(notice["kind"])} ${String(notice["friend"])}`);
  });
  await stage.ask(client, "hello");
  return client;
}

/** Two friends with profiles, connected; what they hear. */
async function twoFriends(stage: Stage) {
  await profile(stage, "ada");
  await profile(stage, "grace");
  await friends(stage, "ada", "grace");
  const heardByAda: string[] = [];
  const heardByGrace: string[] = [];
  const ada = await enter(stage, "ada", heardByAda);
  const grace = await enter(stage, "grace", heardByGrace);
  await stage.until(() => heardByAda.includes("online grace"), "ada to hear that grace is online");
  return { ada, grace, heardByAda, heardByGrace };
}

const hears = (stage: Stage, heard: readonly string[], what: string): Promise<void> =>
  stage.until(() => heard.includes(what), `a friend to hear "${what}"`, 60_000);

const accessLogs: Check = {
  name: "a player connects, and the access log tells",
  run: async (stage) => {
    const ada = await stage.connect("ada");
    const answer = await stage.done(ada.request("no-such-route"), "an unknown route");
    if (!answer || !("code" in answer) || answer.code !== "unknown-action")
      throw new CheckFailure(`an unknown route was answered with ${JSON.stringify(answer)}`);
    const [api] = stage.gateway.gateway.apis.values();
    const group = [...(api?.stages.values() ?? [])][0]?.accessLog?.group ?? "";
    if (!(await hasLines(stage, group))) throw new CheckFailure("no line of the access log arrived");
    ada.drop();
  },
};

const hear: Check = {
  name: "friends hear who comes and goes",
  run: async (stage) => {
    const { grace, heardByAda } = await twoFriends(stage);
    grace.drop();
    await hears(stage, heardByAda, "offline grace");
  },
};

const manyDevices: Check = {
  name: "a second device is no second player, and a lost one is found",
  run: async (stage) => {
    const { ada, heardByAda } = await twoFriends(stage);
    const second = await enter(stage, "grace");
    const third = await enter(stage, "grace");
    // Nobody is told of their end: the next post finds one, the check of its life the other.
    stage.gateway.gateway.losesDisconnect = () => true;
    for (const client of stage.clients.filter(({ player }) => player === "grace")) client.drop();
    stage.gateway.gateway.losesDisconnect = () => false;
    await stage.ask(ada, "event", { event: "achievement", data: { name: "Ace" } });
    await hears(stage, heardByAda, "offline grace");
    if (second.open || third.open) throw new CheckFailure("a dropped connection is still open");
  },
};

/** Whether an item of the Presence table speaks of a connection. */
async function presenceHolds(stage: Stage, connection: string): Promise<boolean> {
  const { Items } = await stage.operator<{ Items: object[] }>("dynamodb", "Scan", {
    TableName: stage.output("presenceTable"),
  });
  return JSON.stringify(Items).includes(connection);
}

const forgotten: Check = {
  name: "a player whose end nobody saw goes offline when the connection's life is over",
  run: async (stage) => {
    const { ada, grace, heardByAda } = await twoFriends(stage);
    const connection = grace.connection?.id ?? "";
    stage.gateway.gateway.losesDisconnect = () => true;
    grace.drop();
    stage.gateway.gateway.losesDisconnect = () => false;
    stage.keepAlive(ada);
    await stage.until(
      () => heardByAda.includes("offline grace") || !ada.open,
      "the check of a connection's life",
      9_000_000,
    );
    // Nor does anything at her friends still stand for the connection.
    await stage.until(async () => !(await presenceHolds(stage, connection)), "the connection to be forgotten", 60_000);
    if (ada.open) return;
    const again = await stage.connect("ada");
    const { friends: seen = [] } = (await stage.ask(again, "hello")) as {
      friends?: { player: string; status: string }[];
    };
    if (seen.some(({ player, status }) => player === "grace" && status === "online"))
      throw new CheckFailure("grace is online for good");
  },
};

const ping: Check = {
  name: "a ping keeps a connection",
  run: async (stage) => {
    await profile(stage, "ada");
    const ada = await enter(stage, "ada");
    await stage.ask(ada, "ping");
  },
};

const befriend: Check = {
  name: "players become friends and end it",
  run: async (stage) => {
    await profile(stage, "ada");
    await profile(stage, "grace");
    const heard: string[] = [];
    const ada = await enter(stage, "ada", heard);
    const grace = await enter(stage, "grace");
    // News go to the devices beside the one that asked.
    const heardBeside: string[] = [];
    await enter(stage, "grace", heardBeside);
    await stage.ask(ada, "friends.request", { player: "grace" });
    await stage.ask(grace, "friends.decline", { player: "ada" });
    await stage.ask(ada, "friends.request", { player: "grace" });
    await stage.ask(grace, "friends.accept", { player: "ada" });
    await hears(stage, heard, "friend grace");
    await hears(stage, heardBeside, "friend ada");
    const { friends: list } = (await stage.ask(ada, "friends.list")) as { friends: { status: string }[] };
    if (list.length !== 1) throw new CheckFailure(`ada has ${list.length} friends, not 1`);
    await stage.ask(ada, "friends.mute", { player: "grace" });
    await stage.ask(ada, "friends.unmute", { player: "grace" });
    await stage.ask(ada, "friends.remove", { player: "grace" });
    await stage.ask(ada, "friends.block", { player: "grace" });
    await stage.ask(ada, "friends.unblock", { player: "grace" });
  },
};

const ownProfile: Check = {
  name: "a player reads and changes profile, game data and preferences",
  run: async (stage) => {
    await profile(stage, "ada");
    const ada = await enter(stage, "ada");
    const version = async (action: string): Promise<number> => Number((await stage.ask(ada, action))["version"] ?? 0);
    await stage.ask(ada, "profile.put", { version: await version("profile.get"), locale: "de" });
    await stage.ask(ada, "game.put", { version: await version("game.get"), data: { level: 3 } });
    await stage.ask(ada, "preferences.get");
    await stage.ask(ada, "preferences.put", { emailSocial: true });
  },
};

const events: Check = {
  name: "friends hear an event, and the game's own function acts on it",
  run: async (stage) => {
    const { grace, heardByAda } = await twoFriends(stage);
    await stage.ask(grace, "event", { event: "achievement", data: { name: "First Blood" } });
    await hears(stage, heardByAda, "event grace");
    await written(stage, "achievement");
  },
};

/** A message of this template lies in the table. */
async function written(stage: Stage, template: string): Promise<void> {
  await stage.until(async () => {
    const { Items } = await stage.operator<{ Items: { template?: { S: string } }[] }>("dynamodb", "Scan", {
      TableName: stage.output("messagesTable"),
    });
    return Items.some((item) => item.template?.S === template);
  }, `a message "${template}" to be written`);
}

const servers: Check = {
  name: "a game server writes a profile and tells an event",
  run: async (stage) => {
    const { heardByAda } = await twoFriends(stage);
    await stage.invoke("gateway-serve-profile", { player: "grace", profile: { level: 4 } });
    await stage.invoke("gateway-serve-event", { player: "grace", event: "achievement", data: { name: "Gold" } });
    await hears(stage, heardByAda, "event grace");
  },
};

export const playerChecks: readonly Check[] = [
  accessLogs,
  hear,
  manyDevices,
  forgotten,
  ping,
  befriend,
  ownProfile,
  events,
  servers,
];
